"""Somebody is offered to be asked later, says how and when, or does not; nothing comes of silence."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.after import wording
from bot.after.models import FollowUp
from bot.conversations.models import Message
from bot.waiting.numbers import HIDDEN
from tests.bot.conftest import Resident, words
from tests.bot.sms.conftest import Texter

pytestmark = pytest.mark.anyio
FOOD, OSHAWA = "1", "Oshawa"


def rows(app: Starlette, model: Any) -> list[Any]:
    with Session(app.state.service.ledger.reader) as session:
        return list(session.scalars(select(model)))


def number_of(messages: list[dict[str, Any]], label: str) -> str:
    """The number of a choice."""
    found = [one["number"] for message in messages for one in message["choices"] if label in one["label"]]
    assert found, f"no choice {label!r} in {words(messages)}"
    return str(found[0])


async def shown_food(resident: Resident, door: str = "211", language: str = "en") -> list[dict[str, Any]]:
    """A resident who has been shown food banks."""
    await resident.enter(door, language)
    said = await resident.say("food")
    said = await resident.say(number_of(said, "Food" if language == "en" else "Nourriture"))
    said = await resident.say("1")
    return await resident.say(OSHAWA)


async def test_after_results_it_is_one_more_choice_and_each_question_is_answered_by_number(
    app: Starlette, client: httpx.AsyncClient
) -> None:
    resident = Resident(app, client)
    said = await shown_food(resident)
    said = await resident.say(number_of(said, "Ask me later"))
    assert "Nobody else gets it" in words(said)
    assert not rows(app, FollowUp)  # nothing before the yes
    said = await resident.say("yes")
    (row,) = rows(app, FollowUp)
    assert (row.state, row.consent_version, row.consent_language, row.consent_by) == (
        "agreeing", wording.VERSION, "en", "person",
    )  # fmt: skip
    said = await resident.say(number_of(said, "By text"))
    said = await resident.say("416 967 1111")
    said = await resident.say("2")  # in a week
    said = await resident.say(number_of(said, "Mornings"))
    said = await resident.say(number_of(said, "Français"))
    assert "We will ask you on" in words(said)
    (row,) = rows(app, FollowUp)
    assert (row.state, row.channel, row.language, row.safe_hours) == ("planned", "sms", "fr", "morning")
    assert row.needs == ["food.pantry"] and row.place == "Oshawa"
    assert row.day == date(2026, 11, 30)
    assert row.due_at == datetime(2026, 11, 30, 13, 0, tzinfo=UTC)  # eight in the morning in Toronto
    assert app.state.service.keys.opened(row.number) == "+14169671111"
    said_in = [one.text for one in rows(app, Message) if one.direction == "in"]
    assert HIDDEN in said_in and not any("967" in text for text in said_in)


async def test_a_no_leaves_nothing_behind(app: Starlette, client: httpx.AsyncClient) -> None:
    resident = Resident(app, client)
    said = await shown_food(resident)
    await resident.say(number_of(said, "Ask me later"))
    said = await resident.say("no")
    assert "We will not ask" in words(said)
    assert not rows(app, FollowUp)


async def test_who_stops_answering_is_not_asked(app: Starlette, client: httpx.AsyncClient) -> None:
    resident = Resident(app, client)
    said = await shown_food(resident)
    await resident.say(number_of(said, "Ask me later"))
    said = await resident.say("1")
    await resident.say(number_of(said, "Here"))
    (row,) = rows(app, FollowUp)
    assert row.state == "agreeing" and row.due_at is None


async def test_what_was_agreed_to_can_be_taken_back(app: Starlette, client: httpx.AsyncClient) -> None:
    resident = Resident(app, client)
    said = await shown_food(resident)
    await resident.say(number_of(said, "Ask me later"))
    said = await resident.say("1")
    said = await resident.say(number_of(said, "Here"))
    said = await resident.say("1")
    said = await resident.say("1")
    assert rows(app, FollowUp)[0].state == "planned"
    said = await resident.say(number_of(said, "Do not ask me"))
    assert "We will not ask" in words(said)
    (row,) = rows(app, FollowUp)
    assert (row.state, row.reason, row.number) == ("cancelled", "withdrawn", None)


async def test_it_is_offered_once(app: Starlette, client: httpx.AsyncClient) -> None:
    resident = Resident(app, client)
    await shown_food(resident)
    said = await resident.say("Toronto")
    assert not any("Ask me later" in one["label"] for message in said for one in message["choices"])


async def test_never_after_high_danger(app: Starlette, client: httpx.AsyncClient) -> None:
    resident = Resident(app, client)
    await resident.enter()
    await resident.say("I want to kill myself")
    for text in ("food bank", "1", "1", OSHAWA, "thanks"):
        said = await resident.say(text)
        assert not any("Ask me later" in one["label"] for message in said for one in message["choices"])


async def test_by_text_the_own_number_is_kept_sealed_and_goes_with_the_conversation(
    app: Starlette, client: httpx.AsyncClient
) -> None:
    phone = Texter(app, client)
    for text in ("hello", "1", "1", OSHAWA):
        said = await phone.text(text)
    offered = next(line for text in said for line in text.splitlines() if "Ask me later" in line)
    await phone.text(offered.split()[0])
    await phone.text("yes")
    await phone.text("1")  # by text
    await phone.text("1")  # in three days
    await phone.text("1")  # any time
    said = await phone.text("1")
    assert any("We will ask you on" in text for text in said)
    (row,) = rows(app, FollowUp)
    assert row.state == "planned" and app.state.service.keys.opened(row.number) == phone.number
    assert row.due_at is not None and row.due_at - row.created_at < timedelta(days=3)
    app.state.service.ledger.erase(row.conversation_id, row.created_at)
    assert not rows(app, FollowUp)
