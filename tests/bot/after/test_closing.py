"""A specialist agrees on a follow-up in the form at the end: how, when, in which language; and what a call came to."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.after.models import FollowUp
from bot.conversations.models import Audit
from bot.service import Service
from tests.bot.conftest import MONDAY, Resident
from tests.bot.console.conftest import Colleague, Hire, held, hire, service, translator

__all__ = ["hire", "service", "translator"]
pytestmark = pytest.mark.anyio


async def closed(colleague: Colleague, conversation: str, **how: Any) -> Any:
    body: dict[str, Any] = {
        "met": ["food.pantry"], "unmet": [], "farewell": True,
        "fields": {"contact_kind": "person", "outcome": "referred"},
        "follow_up": {"asked": True, "consented": True, **how},
    }  # fmt: skip
    return await colleague.to(conversation, "close", **body)


def follow_ups(service: Service) -> list[FollowUp]:
    with Session(service.ledger.reader) as session:
        return list(session.scalars(select(FollowUp)))


async def test_how_when_and_in_which_language_are_kept(service: Service, resident: Resident, hire: Hire) -> None:
    one = hire()
    conversation = await held(service, resident, one, "I need food")
    how = {"channel": "voice", "number": "416 967 1111", "day": "2026-11-26", "hours": "evening", "language": "fr"}
    assert (await closed(one, conversation, **how)).status_code == 200
    (row,) = follow_ups(service)
    assert (row.state, row.channel, row.language, row.safe_hours) == ("planned", "voice", "fr", "evening")
    assert row.day == date(2026, 11, 26) and row.number is not None
    assert service.keys.opened(row.number) == "+14169671111"


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"channel": "voice"}, "closing_number"),
        ({"channel": "sms", "number": "12"}, "closing_number"),
        ({"day": "2020-01-01"}, "closing_day"),
    ],
)
async def test_what_cannot_be_done_is_refused_and_nothing_is_closed(
    service: Service, resident: Resident, hire: Hire, how: dict[str, str], code: str
) -> None:
    one = hire()
    conversation = await held(service, resident, one, "I need food")
    answer = await closed(one, conversation, **how)
    assert answer.status_code == 422 and answer.json()["code"] == code
    assert not follow_ups(service)


async def test_the_card_says_of_each_line_whether_it_was_reached(
    service: Service, resident: Resident, hire: Hire
) -> None:
    one = hire()
    conversation = await held(service, resident, one, "I need food")
    with service.ledger.writing() as session:
        for outcome in ("no_answer", "busy"):
            detail = {"to": "good2talk", "stop": 0, "outcome": outcome, "seconds": 0}
            session.add(
                Audit(conversation_id=conversation, actor="system", action="transfer", detail=detail, created_at=MONDAY)
            )
    card = (await one.opens(conversation))["connections"]
    assert {(one["label"], one["connected"]) for one in card["tries"]} == {("no answer", False), ("busy", False)}
