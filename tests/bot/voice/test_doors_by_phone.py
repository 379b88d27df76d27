"""Doors on the phone: a report without a name and with the number withheld, in English and French."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.models import Conversation
from bot.doors.loading import load
from bot.intake.by_phone import spoken_facts
from bot.intake.models import Report
from bot.service import Service
from tests.bot.voice.conftest import DOOR_LINES, Calls
from tests.bot.voice.test_flow import Book
from tests.peers.caller import Caller

pytestmark = pytest.mark.anyio


async def called(caller: Caller, key: str = "1") -> Caller:
    await caller.dial()
    await caller.press(key)
    return caller


@pytest.mark.parametrize(("key", "sorry"), [("1", "I am sorry that this happened"), ("2", "Je suis désolé")])
async def test_racism_is_reported_by_phone_with_the_number_withheld(
    calls: Calls, helpline: Service, key: str, sorry: str
) -> None:
    with Session(helpline.ledger.reader) as session:
        before = set(session.scalars(select(Report.id)))
    caller = await called(calls("anonymous", line=DOOR_LINES["racism-report"]), key)
    await caller.press("1")
    assert sorry in caller.words
    for press in ("2", "2", "1"):
        await caller.press(press)
    with Session(helpline.ledger.reader) as session:
        (report,) = [one for one in session.scalars(select(Report)) if one.id not in before]
    assert (report.kind, report.place, report.source) == ("words", "work", "voice")
    (conversation,) = Book(helpline, caller).conversations
    assert conversation.person_id is None


async def test_a_number_that_is_shown_is_not_kept_either(calls: Calls, helpline: Service) -> None:
    caller = await called(calls(line=DOOR_LINES["racism-report"]))
    (conversation,) = Book(helpline, caller).conversations
    assert conversation.person_id is None and isinstance(conversation, Conversation)


async def test_the_line_against_trafficking_says_danger_first_with_its_number_and_name(calls: Calls) -> None:
    caller = calls(line=DOOR_LINES["trafficking"])
    await caller.dial()
    assert "Canadian Human Trafficking Hotline" in caller.words
    assert caller.words.index("9 1 1") < caller.words.index("answered by 2 1 1")
    await caller.press("1")
    assert "What would help you now" in caller.words
    await caller.press("2")
    assert "Do not delete apps" in caller.words


@pytest.mark.parametrize(("key", "asked"), [("1", "in danger right now"), ("2", "en danger en ce moment")])
async def test_reporton_asks_about_danger_first(calls: Calls, key: str, asked: str) -> None:
    caller = await called(calls(line=DOOR_LINES["reporton"]), key)
    assert asked in caller.words
    await caller.press("1")
    assert "9 1 1" in caller.words and caller.wants == "queue"


@pytest.mark.parametrize(("key", "closed"), [("1", "The pilot is closed"), ("2", "Le projet pilote est terminé")])
async def test_the_closed_pilot_says_so_on_the_phone(calls: Calls, key: str, closed: str) -> None:
    caller = calls(line=DOOR_LINES["basic-income"])
    await caller.dial()
    await caller.press(key)
    assert any(closed in one for one in caller.transcript.said())


def test_first_words_have_the_numbers_and_names_of_the_doors_lines() -> None:
    known = spoken_facts(load()["trafficking"], "fr")
    assert known["hotline"].startswith("1-833") and "traite" in known["hotline_name"] and known["line_911"] == "9-1-1"
