"""Waiting for a person by text: the place, the choices by number, a call back to the same number."""

from __future__ import annotations

import pytest

from bot.conversations.carrier_models import Callback
from bot.conversations.models import Conversation
from bot.handoff.models import Handoff
from bot.sms.segments import count
from tests.bot.conftest import FakeEngine
from tests.bot.sms.conftest import Texter

pytestmark = pytest.mark.anyio
PERSON = [{"do": "handoff", "reason": "asked"}]


async def ask(phone: Texter, engine: FakeEngine) -> list[str]:
    engine.pieces = PERSON
    return await phone.text("I want to talk to a person")


async def test_who_asks_by_text_is_told_who_answers_now_and_what_they_can_do(phone: Texter, engine: FakeEngine) -> None:
    said = await ask(phone, engine)
    whole = "\n".join(said)
    assert "No person is here" in whole and "2-1-1" in whole
    assert "Ask to be called back" in whole and "Stop waiting" in whole
    assert all(len(text) <= 320 and count(text).segments <= 3 for text in said)


async def test_the_same_number_is_called_back_without_being_typed(phone: Texter, engine: FakeEngine) -> None:
    await ask(phone, engine)
    assert "the number that you are texting from" in "\n".join(await phone.text("1"))
    assert "When is it safe" in "\n".join(await phone.text("1"))
    assert "leave a message" in "\n".join(await phone.text("2"))
    assert "A person will try to call you" in "\n".join(await phone.text("1"))
    row = phone.all(Callback)[0]
    assert phone.app.state.service.keys.opened(row.number) == phone.number
    assert (row.safe_hours, row.may_leave_message) == ("morning", True)


async def test_another_number_can_be_given(phone: Texter, engine: FakeEngine) -> None:
    await ask(phone, engine)
    await phone.text("1")
    assert "Which phone number" in "\n".join(await phone.text("2"))
    await phone.text("416 967 1111")
    assert phone.app.state.service.keys.opened(phone.all(Callback)[0].number) == "+14169671111"


async def test_no_call_is_taken_for_no(phone: Texter, engine: FakeEngine) -> None:
    await ask(phone, engine)
    await phone.text("1")
    await phone.text("3")
    assert phone.all(Callback) == []


async def test_to_stop_waiting_is_a_number(phone: Texter, engine: FakeEngine) -> None:
    await ask(phone, engine)
    assert "not waiting any more" in "\n".join(await phone.text("2"))
    assert [row.owner for row in phone.all(Conversation)] == ["bot"]
    assert [row.outcome for row in phone.all(Handoff)] == ["left"]


async def test_in_danger_no_text_offers_a_call_back(phone: Texter) -> None:
    said = "\n".join(await phone.text("I want to die"))
    assert "9-8-8" in said and "called back" not in said
