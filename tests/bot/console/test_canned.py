"""Canned replies: the set that ships, by door and words, in the person's language where somebody has vouched for it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.api.canned import stocked
from bot.console.canned import PHASES, shipped
from bot.console.models import CannedReply, CannedVersion
from bot.service import Service
from tests.bot.conftest import MONDAY, Resident
from tests.bot.console.conftest import Hire, held

pytestmark = pytest.mark.anyio


def test_every_phase_has_a_reply_and_none_promises_a_number_or_a_time(service: Service) -> None:
    assert {one.phase for one in shipped()} == set(PHASES)
    for one in shipped():
        assert {"en", "fr"} <= one.titles.keys()
        assert one.message is None or one.message in service.catalogue.sources
        for text in one.texts.values():
            assert not re.search(r"\d|https?:|minutes?\b", text), one.shortcut


async def test_it_is_stocked_once_and_what_was_retired_stays_so(
    service: Service, resident: Resident, hire: Hire
) -> None:
    stocked(service)
    with service.ledger.writing() as session:
        gone = session.scalars(select(CannedReply).where(CannedReply.shortcut == "bye")).one()
        gone.retired_at = MONDAY
    stocked(service)
    with Session(service.ledger.engine) as session:
        assert len(session.scalars(select(CannedReply)).all()) == len(shipped())
    one = hire()
    conversation = await held(service, resident, one)
    found = (await one.get("canned", conversation=conversation)).json()
    assert "bye" not in [reply["shortcut"] for reply in found] and "hello" in [reply["shortcut"] for reply in found]


async def test_words_that_a_supervisor_changed_are_the_ones_that_are_offered(
    service: Service, resident: Resident, hire: Hire
) -> None:
    stocked(service)
    with service.ledger.writing() as session:
        place = session.scalars(select(CannedReply).where(CannedReply.shortcut == "place")).one()
        session.add(
            CannedVersion(
                canned_id=place.id, language="en", title="Town?", text="Which town are you in?", author="s",
                created_at=service.clock().replace(year=2030),
            )
        )  # fmt: skip
    one = hire()
    conversation = await held(service, resident, one, language="es")
    (found,) = (await one.get("canned", conversation=conversation, q="town")).json()
    assert found["text"] == "Which town are you in?" and found["how"] == "none" and found["language"] == "en"


async def test_it_is_found_by_words_without_accents(service: Service, resident: Resident, hire: Hire) -> None:
    stocked(service)
    one = hire(interface="fr", languages=("fr",))
    found = (await one.get("canned", q="securite")).json()
    assert "safe" in [reply["shortcut"] for reply in found]
    assert {reply["phase"] for reply in (await one.get("canned", phase="danger")).json()} == {"danger"}
