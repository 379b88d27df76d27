"""The way of one message, with a controlled engine and the real rest."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations import ownership
from bot.conversations.models import Audit, Conversation, Message, NeedFound, PlaceFound, RiskFinding, UnmetNeed
from bot.engine import Parse
from tests.bot.conftest import FakeEngine, Resident, words

pytestmark = pytest.mark.anyio


async def rows(resident: Resident, model: Any) -> list[Any]:
    with Session(resident.app.state.service.ledger.reader) as session:
        return list(session.scalars(select(model)))


async def test_the_greeting_says_that_a_machine_answers_and_how_to_get_help_in_danger(resident: Resident) -> None:
    said = words(await resident.enter(language="en"))
    assert "automated assistant, not a person" in said
    assert "9-1-1" in said


async def test_a_resident_gets_services_near_them_without_rasa(resident: Resident) -> None:
    await resident.enter(language="en")
    menu = await resident.say("I need food")
    assert "error" not in words(menu).lower()
    assert menu[-1]["choices"][0]["label"] == "Food"
    await resident.say("1")
    await resident.say("1")
    results = await resident.say("Ajax")
    cards = [card for message in results for card in message["cards"]]
    assert cards and all(card["phones"] for card in cards)
    assert "Ajax" in words(results)


async def test_the_menu_without_rasa_offers_a_person_at_every_step(resident: Resident) -> None:
    await resident.enter(language="en")
    for text in ("hello there", "1"):
        last = (await resident.say(text))[-1]
        assert "Talk to a person" in [choice["label"] for choice in last["choices"]]


async def test_danger_is_answered_first_with_rasa_dead_and_a_person_is_asked_for(
    resident: Resident, engine: FakeEngine
) -> None:
    await resident.enter(language="en")
    said = await resident.say("I want to die")
    assert said[0]["kind"] == "crisis"
    assert "9-8-8" in words(said)
    assert "postal" not in words(said).lower()
    assert engine.asked == []
    assert (await resident.state())["owner"] == "waiting"
    finding = (await rows(resident, RiskFinding))[0]
    assert finding.level == 2 and finding.kind == "suicide"
    assert "die" not in " ".join(finding.reasons).split(":")


async def test_an_emergency_names_911_before_everything_else(resident: Resident) -> None:
    await resident.enter(language="en")
    said = await resident.say("I took all the pills")
    assert "9-1-1" in said[0]["text"]


async def test_while_waiting_in_danger_the_bot_stays_and_never_asks_for_a_place(
    resident: Resident, engine: FakeEngine
) -> None:
    await resident.enter(language="en")
    await resident.say("I want to die")
    engine.away = False
    engine.pieces = [{"say": "ask_place", "facts": {}}]
    first = await resident.say("nobody answers")
    second = await resident.say("hello?")
    assert "Where are you" not in words(first + second)
    assert first[0]["text"] != second[0]["text"]
    assert "9-8-8" in words(first) + words(second)


async def test_services_found_while_waiting_in_danger_are_shown(resident: Resident, engine: FakeEngine) -> None:
    await resident.enter(language="en")
    await resident.say("I want to die")
    engine.away = False
    engine.pieces = [{"listings": ["211-ontario"], "near": None, "need": "food.pantry", "detail": False}]
    said = await resident.say("is there a food bank in Ajax")
    assert any(message["cards"] for message in said)
    assert "9-8-8" in words(said)


async def test_distress_gets_a_gentle_question_and_then_the_help_that_was_asked_for(
    resident: Resident, engine: FakeEngine
) -> None:
    engine.away = False
    await resident.enter(language="en")
    said = await resident.say("I was suicidal last year. I need help with rent")
    assert "Are you thinking about hurting yourself?" in said[0]["text"]
    assert len(said) > 1
    assert (await resident.state())["owner"] == "bot"


async def test_the_bot_is_silent_while_a_specialist_holds_the_conversation(
    resident: Resident, engine: FakeEngine
) -> None:
    engine.away = False
    engine.pieces = [{"do": "handoff", "reason": "asked"}]
    await resident.enter(language="en")
    await resident.say("a person please")
    conversation = (await rows(resident, Conversation))[0]
    service = resident.app.state.service
    for specialist, gets_it in (("specialist-1", True), ("specialist-2", False)):
        with service.ledger.writing() as session:
            assert ownership.claim(session, conversation.id, specialist, service.clock()) is gets_it
    asked = len(engine.asked)
    assert await resident.say("are you there?") == []
    assert len(engine.asked) == asked
    danger = await resident.say("I want to die")
    assert danger == []
    assert [finding.level for finding in await rows(resident, RiskFinding)] == [2]


async def test_the_same_message_twice_is_answered_once(resident: Resident, engine: FakeEngine) -> None:
    engine.away = False
    await resident.enter(language="en")
    first = await resident.say("hello", message_id="same")
    again = await resident.say("hello", message_id="same")
    assert first and not again
    assert len([m for m in await rows(resident, Message) if m.direction == "in"]) == 1


async def test_messages_sent_at_once_are_answered_in_order_one_at_a_time(
    resident: Resident, engine: FakeEngine
) -> None:
    engine.away = False
    running, most = 0, 0

    async def slowly() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1

    engine.before = slowly
    await resident.enter(language="en")

    async def post(number: int) -> None:
        await resident.client.post(
            "/api/messages", json={"id": f"n{number}", "text": f"hello number {number}"}, headers=resident.headers
        )

    await asyncio.gather(*(post(number) for number in range(6)))
    await resident.app.state.service.turns.settle()
    assert most == 1
    stored = sorted(await rows(resident, Message), key=lambda message: message.seq)
    asked = [message.id for message in stored if message.direction == "in"]
    answered = [message.answers for message in stored if message.direction == "out" and message.answers]
    assert answered == asked


async def test_danger_does_not_wait_behind_a_slow_engine(resident: Resident, engine: FakeEngine) -> None:
    engine.away = False

    async def hang() -> None:
        await asyncio.sleep(30)

    engine.before = hang
    await resident.enter(language="en")
    await resident.client.post("/api/messages", json={"id": "a", "text": "hello"}, headers=resident.headers)
    await asyncio.sleep(0.1)
    async with asyncio.timeout(5):
        said = await resident.say("he is breaking the door with a knife")
    assert any(message["kind"] == "crisis" and "9-1-1" in message["text"] for message in said)


async def test_needs_and_places_are_kept_on_record(resident: Resident, engine: FakeEngine) -> None:
    engine.away = False
    engine.parse_as = Parse("need", 0.9, ("food.pantry", "housing.rent"))
    await resident.enter(language="en")
    await resident.say("food bank in Ajax and rent help")
    assert sorted((need.rank, need.code) for need in await rows(resident, NeedFound)) == [
        (0, "food.pantry"),
        (1, "housing.rent"),
    ]
    assert [place.name for place in await rows(resident, PlaceFound)] == ["Ajax"]


async def test_a_gap_in_the_directory_is_counted_as_unmet_need(resident: Resident, engine: FakeEngine) -> None:
    engine.away = False
    engine.pieces = [{"do": "unmet", "need": "animal.pets"}, {"say": "results_hint", "facts": {}}]
    await resident.enter(language="fr")
    await resident.say("nourriture pour mon chat à Wawa")
    unmet = (await rows(resident, UnmetNeed))[0]
    assert (unmet.need, unmet.language, unmet.door) == ("animal.pets", "fr", "211")


async def test_deleting_leaves_a_count_and_no_words(resident: Resident, engine: FakeEngine) -> None:
    engine.away = False
    engine.pieces = [{"do": "ask_delete"}]
    await resident.enter(language="en")
    asked = await resident.say("delete my data")
    assert [choice["label"] for choice in asked[-1]["choices"]] == ["Yes, erase it", "No, keep it"]
    response = await resident.client.delete("/api/conversation", headers=resident.headers)
    assert response.status_code == 204
    assert await rows(resident, Message) == []
    assert await rows(resident, Conversation) == []
    audit = await rows(resident, Audit)
    assert [(row.action, row.conversation_id) for row in audit] == [("erased", None)]
    gone = await resident.client.get("/api/messages", headers=resident.headers)
    assert gone.status_code == 404


async def test_a_mistake_of_ours_still_gives_the_person_a_way_on(
    resident: Resident, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.away = False
    engine.pieces = [{"say": "no_such_message", "facts": {}}]
    await resident.enter(language="en")
    said = await resident.say("hello")
    assert said and "Talk to a person" in [choice["label"] for choice in said[-1]["choices"]]


async def test_a_number_that_was_not_offered_brings_the_choices_back(resident: Resident) -> None:
    await resident.enter(language="en")
    menu = (await resident.say("hello"))[-1]
    again = (await resident.say("99"))[-1]
    assert again["choices"] == menu["choices"]
    assert "99" in again["text"]


async def test_digits_of_other_scripts_choose_too(resident: Resident) -> None:
    await resident.enter(language="en")
    await resident.say("hello")
    said = (await resident.say("٢"))[-1]
    assert "Shelter, a bed tonight" in [choice["label"] for choice in said["choices"]]
