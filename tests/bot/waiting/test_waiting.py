"""Somebody waits for a person in the web chat: sees where they stand, goes on being helped, leaves, is called back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.conversations.carrier_models import Callback
from bot.conversations.models import Audit, Conversation, Message
from bot.handoff import claims, presence
from bot.handoff.due import end_the_unanswered
from bot.handoff.models import Handoff
from bot.service import Service
from bot.waiting.numbers import HIDDEN
from tests.bot.conftest import MONDAY, FakeEngine, Resident, words
from tests.support.staff import signed_in

pytestmark = pytest.mark.anyio
NUMBER = "416 967 1111"
PERSON = [{"do": "handoff", "reason": "asked"}]


def service_of(gateway: Starlette) -> Service:
    service: Service = gateway.state.service
    return service


def on_duty(gateway: Starlette, **of: Any) -> Any:
    """A specialist whose console is connected."""
    member, _ = signed_in(gateway, **of)
    with service_of(gateway).ledger.writing() as session:
        presence.set_status(session, member.id, "available", MONDAY)
    return member


def rows(gateway: Starlette, model: Any) -> list[Any]:
    with Session(service_of(gateway).ledger.engine) as session:
        return list(session.scalars(select(model)))


def conversation_of(gateway: Starlette) -> Conversation:
    found: Conversation = rows(gateway, Conversation)[-1]
    return found


def nobody_came(gateway: Starlette) -> None:
    """The time after which nobody is kept waiting has passed."""
    service = service_of(gateway)
    service.clock = service.turns.clock = lambda: MONDAY + timedelta(hours=3)
    assert end_the_unanswered(service) == 1


async def ask_for_person(resident: Resident, engine: FakeEngine) -> list[dict[str, Any]]:
    engine.away, engine.pieces = False, PERSON
    return await resident.say("I want to talk to a person")


async def wait_in_vain(gateway: Starlette, resident: Resident, engine: FakeEngine) -> None:
    """They asked for a person, and nobody came: to be called back is offered."""
    await resident.enter()
    await ask_for_person(resident, engine)
    nobody_came(gateway)


async def test_whoever_asks_is_told_their_place_and_what_they_can_do(
    gateway: Starlette, resident: Resident, engine: FakeEngine
) -> None:
    on_duty(gateway)
    await resident.enter()
    said = await ask_for_person(resident, engine)
    assert "You are next in line." in words(said)
    assert not any(message["choices"] for message in said)  # the panel has buttons
    state = await resident.state()
    assert state["owner"] == "waiting"
    assert state["waiting"]["sentences"] == ["You are next in line."]
    assert state["waiting"]["callback"] == "offer" and not state["waiting"]["danger"]


async def test_nobody_on_duty_is_said_with_a_line_that_answers(
    gateway: Starlette, resident: Resident, engine: FakeEngine
) -> None:
    await resident.enter()
    assert "No person is here" in words(await ask_for_person(resident, engine))
    waiting = (await resident.state())["waiting"]
    assert "No person is here" in waiting["sentences"][0]
    assert any(line["href"] == "tel:211" for line in waiting["lines"])


async def test_whoever_asks_twice_is_told_their_place_again(
    gateway: Starlette, resident: Resident, engine: FakeEngine
) -> None:
    on_duty(gateway)
    await resident.enter()
    await ask_for_person(resident, engine)
    again = words(await resident.say("is anybody there? a person please"))
    assert "told them again" in again and "You are next in line." in again


async def test_the_assistant_goes_on_helping_meanwhile(
    gateway: Starlette, resident: Resident, engine: FakeEngine
) -> None:
    await resident.enter()
    await ask_for_person(resident, engine)
    engine.pieces = [{"say": "ask_place", "facts": {}}]
    assert "Where are you now?" in words(await resident.say("I need food"))
    assert (await resident.state())["owner"] == "waiting"


async def test_whoever_leaves_is_with_the_assistant_again_and_it_is_written_down(
    gateway: Starlette, resident: Resident, engine: FakeEngine
) -> None:
    await resident.enter()
    await ask_for_person(resident, engine)
    answer = await resident.client.post("/api/waiting/leave", headers=resident.headers)
    assert answer.status_code == 204
    state = await resident.state()
    assert state["owner"] == "bot" and state["waiting"] is None
    assert "not waiting any more" in words(await resident.news())
    assert [row.outcome for row in rows(gateway, Handoff)] == ["left"]
    assert any(row.action == "left" and row.actor == "person" for row in rows(gateway, Audit))


async def test_who_has_been_taken_cannot_leave_by_an_old_button(
    gateway: Starlette, resident: Resident, engine: FakeEngine
) -> None:
    dana = on_duty(gateway, name="Dana")
    await resident.enter()
    await ask_for_person(resident, engine)
    claims.claim(service_of(gateway), conversation_of(gateway).id, dana)
    await resident.client.post("/api/waiting/leave", headers=resident.headers)
    assert conversation_of(gateway).owner == "held"
    assert "not waiting any more" not in words(await resident.news())


async def test_a_call_back_is_kept_with_what_is_safe_and_the_number_encrypted(
    gateway: Starlette, resident: Resident, engine: FakeEngine
) -> None:
    await resident.enter()
    await ask_for_person(resident, engine)
    form = {"number": NUMBER, "hours": "evening", "message": False, "language": "pa"}
    answer = await resident.client.post("/api/callback", json=form, headers=resident.headers)
    assert answer.status_code == 202
    row = rows(gateway, Callback)[0]
    assert service_of(gateway).keys.opened(row.number) == "+14169671111"
    assert (row.safe_hours, row.may_leave_message, row.language) == ("evening", False, "pa")
    assert rows(gateway, Handoff)[0].callback_id == row.id
    state = await resident.state()
    assert state["owner"] == "waiting" and state["waiting"]["callback"] == "asked"
    said = words(await resident.news())
    assert "A person will try to call you" in said and "9-1-1" in said
    assert "967" not in said


@pytest.mark.parametrize("number", ["911", "call me", "", "+44 20 7946 0958", "9" * 500])
async def test_a_number_that_cannot_be_called_is_refused(
    gateway: Starlette, resident: Resident, engine: FakeEngine, number: str
) -> None:
    await resident.enter()
    await ask_for_person(resident, engine)
    answer = await resident.client.post("/api/callback", json={"number": number}, headers=resident.headers)
    assert answer.status_code == 422
    assert not rows(gateway, Callback)


async def test_asking_twice_to_be_called_back_changes_the_one_request(
    gateway: Starlette, resident: Resident, engine: FakeEngine
) -> None:
    await resident.enter()
    await ask_for_person(resident, engine)
    for hours in ("morning", "any"):
        form = {"number": NUMBER, "hours": hours, "message": True}
        await resident.client.post("/api/callback", json=form, headers=resident.headers)
    assert [row.safe_hours for row in rows(gateway, Callback)] == ["any"]


async def test_by_text_the_questions_come_one_by_one_and_the_number_does_not_stay_in_the_words(
    gateway: Starlette, resident: Resident, engine: FakeEngine
) -> None:
    await wait_in_vain(gateway, resident, engine)
    ended = await resident.news()
    assert [choice["label"] for choice in ended[-1]["choices"]] == ["Ask to be called back", "Talk to a person"]
    assert "2-1-1" in words(ended)
    assert "Which phone number" in words(await resident.say("1"))
    assert "cannot use this phone number" in words(await resident.say("416 967 11"))
    assert "When is it safe" in words(await resident.say(NUMBER))
    assert "leave a message" in words(await resident.say("4"))
    assert "A person will try to call you" in words(await resident.say("2"))
    row = rows(gateway, Callback)[0]
    assert service_of(gateway).keys.opened(row.number) == "+14169671111"
    assert (row.safe_hours, row.may_leave_message) == ("evening", False)
    assert conversation_of(gateway).owner == "waiting"  # staff see the request
    texts = [message.text for message in rows(gateway, Message)]
    assert HIDDEN in texts and not any("967 1111" in text for text in texts)


async def test_the_words_of_a_choice_serve_as_well_as_its_number(
    gateway: Starlette, resident: Resident, engine: FakeEngine
) -> None:
    await wait_in_vain(gateway, resident, engine)
    assert "Which phone number" in words(await resident.say("ask to be called back"))
    assert "When is it safe" in words(await resident.say(NUMBER))
    assert "leave a message" in words(await resident.say("Any time."))
    assert "A person will try to call you" in words(await resident.say("no, please don't"))
    (row,) = rows(gateway, Callback)
    assert (row.safe_hours, row.may_leave_message) == ("any", False)


@pytest.mark.parametrize("text", ["Stop waiting", "stop waiting.", "cesser d'attendre"])
async def test_whoever_waits_leaves_by_saying_so_however_long_ago_they_were_told_how(
    gateway: Starlette, resident: Resident, engine: FakeEngine, text: str
) -> None:
    on_duty(gateway)
    await resident.enter()
    await ask_for_person(resident, engine)
    engine.pieces = [{"say": "ask_place", "facts": {}}]
    await resident.say("food please")
    assert conversation_of(gateway).owner == "waiting"
    await resident.say(text)
    assert conversation_of(gateway).owner == "bot"
    engine.pieces = [{"say": "ask_place", "facts": {}}]
    assert "Where are you now?" in words(await resident.say(text))  # nobody waits: ordinary words


async def test_a_yes_to_another_question_is_not_taken_for_consent(
    gateway: Starlette, resident: Resident, engine: FakeEngine
) -> None:
    await wait_in_vain(gateway, resident, engine)
    await resident.say("1")
    await resident.say(NUMBER)
    assert "leave a message" in words(await resident.say("4"))
    engine.pieces = [{"say": "ask_place", "facts": {}}]
    await resident.say("where can I eat today")
    await resident.say("yes")
    assert [row.may_leave_message for row in rows(gateway, Callback)] == [None]
    assert "A person will try to call you" in words(await resident.say("1"))  # the number still means what it did
    assert [row.may_leave_message for row in rows(gateway, Callback)] == [True]


async def test_what_was_agreed_so_far_is_kept_when_the_answers_stop(
    gateway: Starlette, resident: Resident, engine: FakeEngine
) -> None:
    await wait_in_vain(gateway, resident, engine)
    await resident.say("1")
    await resident.say(NUMBER)
    engine.pieces = [{"say": "ask_place", "facts": {}}]
    assert "Where are you now?" in words(await resident.say("food please"))
    row = rows(gateway, Callback)[0]
    assert (row.safe_hours, row.may_leave_message) == (None, None)


async def test_another_question_in_place_of_the_number_is_answered(
    gateway: Starlette, resident: Resident, engine: FakeEngine
) -> None:
    await wait_in_vain(gateway, resident, engine)
    await resident.say("1")
    engine.pieces = [{"say": "ask_place", "facts": {}}]
    assert "Where are you now?" in words(await resident.say("where can I eat today"))


async def test_in_danger_the_lines_are_shown_and_no_call_back_is_offered(
    gateway: Starlette, resident: Resident
) -> None:
    await resident.enter()
    said = await resident.say("I want to die")
    assert not any(message["choices"] for message in said)
    waiting = (await resident.state())["waiting"]
    assert waiting["danger"] and waiting["callback"] is None
    assert [line["href"] for line in waiting["lines"]][:2] == ["tel:911", "tel:988"]


async def test_who_holds_it_is_named_by_first_name_and_the_panel_is_gone(
    gateway: Starlette, resident: Resident, engine: FakeEngine
) -> None:
    dana = on_duty(gateway, name="Dana")
    await resident.enter()
    await ask_for_person(resident, engine)
    claims.claim(service_of(gateway), conversation_of(gateway).id, dana)
    state = await resident.state()
    assert (state["owner"], state["person"], state["waiting"]) == ("held", {"name": "Dana"}, None)
    assert dana.id not in str(state)


@pytest.mark.parametrize("language", ["en", "fr", "ar", "pa"])
async def test_the_panel_speaks_the_language_of_the_conversation(
    gateway: Starlette, resident: Resident, engine: FakeEngine, language: str
) -> None:
    on_duty(gateway)
    await resident.enter(language=language)
    await ask_for_person(resident, engine)
    sentence = service_of(gateway).catalogue.say("handoff_place_first", (await resident.state())["language"])
    assert (await resident.state())["waiting"]["sentences"] == [sentence]


async def test_signs_of_writing_reach_whoever_holds_it_and_say_nothing_else(
    gateway: Starlette, resident: Resident, engine: FakeEngine
) -> None:
    dana = on_duty(gateway)
    await resident.enter()
    await ask_for_person(resident, engine)
    service, conversation = service_of(gateway), conversation_of(gateway).id
    claims.claim(service, conversation, dana)
    async with service.bus.listening({conversation}) as news:
        for _ in range(5):
            await resident.client.post("/api/typing", json={"on": True, "text": "secret"}, headers=resident.headers)
        heard = [one for _ in range(3) if (one := await news.next(0.05)) and one.kind == "typing"]
    assert [dict(one.data) for one in heard] == [{"by": "person", "on": True}]


async def test_nobody_is_told_that_a_person_writes_to_the_assistant(gateway: Starlette, resident: Resident) -> None:
    await resident.enter()
    service, conversation = service_of(gateway), conversation_of(gateway).id
    async with service.bus.listening({conversation}) as news:
        await resident.client.post("/api/typing", json={"on": True}, headers=resident.headers)
        assert await news.next(0.05) is None


@pytest.mark.parametrize("path", ["/api/waiting/leave", "/api/callback", "/api/typing"])
async def test_without_the_token_of_the_conversation_nothing_can_be_done(resident: Resident, path: str) -> None:
    assert (await resident.client.post(path, json={})).status_code == 401
    wrong = {"authorization": "Bearer somebody-else"}
    assert (await resident.client.post(path, json={}, headers=wrong)).status_code == 404


async def test_without_a_script_the_same_can_be_done_by_forms(
    gateway: Starlette, resident: Resident, engine: FakeEngine
) -> None:
    engine.away, engine.pieces = False, PERSON
    client = resident.client
    await client.post("/chat/211", data={"text": "a person please"})
    page = (await client.get("/")).text
    assert 'id="stop-waiting"' in page and 'name="number"' in page
    assert "No person is here to answer right now" in page
    wrong = await client.post("/chat/211", data={"action": "callback", "number": "12", "hours": "any"})
    assert "cannot use this phone number" in (await client.get(wrong.headers["location"])).text
    form = {"action": "callback", "number": NUMBER, "hours": "morning", "message": "yes", "language": "en"}
    await client.post("/chat/211", data=form)
    assert [(row.safe_hours, row.may_leave_message) for row in rows(gateway, Callback)] == [("morning", True)]
    await client.post("/chat/211", data={"action": "leave"})
    assert conversation_of(gateway).owner == "bot"


async def test_the_place_moves_up_as_others_are_taken(
    gateway: Starlette, resident: Resident, engine: FakeEngine
) -> None:
    dana = on_duty(gateway)
    await resident.enter()
    await ask_for_person(resident, engine)
    first = conversation_of(gateway).id
    other = Resident(gateway, resident.client)
    await other.enter()
    service_of(gateway).clock = service_of(gateway).turns.clock = lambda: MONDAY + timedelta(seconds=30)
    await ask_for_person(other, engine)
    assert (await other.state())["waiting"]["sentences"] == ["People ahead of you: 1."]
    claims.claim(service_of(gateway), first, dana)
    assert (await other.state())["waiting"]["sentences"] == ["You are next in line."]
