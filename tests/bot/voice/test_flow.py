"""How a call goes: what a frightened person hears, whatever they do."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.conversations.carrier_models import Call, CallPage
from bot.conversations.models import Conversation, Message, Outbox, Person
from bot.conversations.resume import issue
from bot.voice import dialogue
from tests.bot.conftest import FakeEngine
from tests.bot.voice.conftest import LINE, PERSON, YOUTH_LINE, Calls, Handed
from tests.peers.caller import Caller

pytestmark = pytest.mark.anyio


def rows(app: Starlette, model: Any) -> list[Any]:
    with Session(app.state.service.ledger.reader) as session:
        return list(session.scalars(select(model)))


async def in_english(caller: Caller) -> Caller:
    await caller.dial()
    await caller.press("1")
    return caller


async def at_the_results(caller: Caller) -> Caller:
    """Food, food bank, Ajax."""
    await in_english(caller)
    for key in ("1", "1"):
        await caller.press(key)
    await caller.say("Ajax")
    return caller


# -- the first words


async def test_the_first_words_need_no_turn_and_say_that_a_machine_answers(calls: Calls, telephone: Starlette) -> None:
    caller = calls()
    await caller.dial()
    assert "automated assistant, not a person" in caller.words
    assert "hang up and dial 9 1 1" in caller.words
    assert "For English, press 1" in caller.words
    assert not rows(telephone, Message)


async def test_a_door_is_known_by_the_number_that_was_called(calls: Calls, telephone: Starlette) -> None:
    caller = calls(line=YOUTH_LINE)
    await in_english(caller)
    assert rows(telephone, Conversation)[0].door == "good2talk"
    assert "counsellor" in caller.words.lower()


async def test_whoever_speaks_at_once_is_heard_without_choosing_a_language(calls: Calls, handed: Handed) -> None:
    caller = calls()
    await caller.dial()
    await caller.say("I want to kill myself", 0.2, early=True)
    assert "9 8 8" in caller.words
    assert handed.reasons == ["risk"]
    assert handed.calls[0].risk_kind == "suicide"


# -- danger


async def test_danger_is_answered_with_the_words_and_a_person_at_once_and_no_menu(
    calls: Calls, handed: Handed, telephone: Starlette
) -> None:
    caller = await in_english(calls())
    await caller.say("I took all the pills", 0.3)
    assert "dial 9 1 1" in caller.words
    assert "press" not in caller.words
    assert handed.reasons == ["risk"] and caller.wants == "queue"
    assert rows(telephone, Conversation)[0].owner == "waiting"


async def test_danger_is_heard_behind_every_question(calls: Calls, handed: Handed) -> None:
    caller = await in_english(calls())
    await caller.say("a food tank", 0.2)
    assert "You said: a food tank" in caller.words
    await caller.say("I want to kill myself", 0.1)
    assert handed.reasons == ["risk"]


async def test_danger_does_not_wait_for_a_turn_that_is_stuck(
    calls: Calls, handed: Handed, telephone: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialogue, "IN_DANGER", 0.05)
    caller = await in_english(calls())

    async def nothing(*_: Any, **__: Any) -> bool:
        return True

    ledger = telephone.state.service.ledger
    monkeypatch.setattr(type(telephone.state.service.turns), "_go", lambda self, work: None)
    await caller.say("I want to kill myself")
    assert "9 8 8" in caller.words and handed.reasons == ["risk"]
    assert ledger.busy(rows(telephone, Conversation)[0].id)


async def test_in_danger_with_nobody_reached_the_numbers_are_said_and_nobody_is_cut_off(
    calls: Calls, handed: Handed
) -> None:
    handed.talks = True
    caller = await in_english(calls())
    await caller.say("I want to kill myself")
    assert "You are not forgotten" in caller.words and "9 8 8" in caller.words
    for _ in range(6):
        await caller.wait()
        assert not caller.over
        assert "9 8 8" in caller.words


# -- a person


async def test_zero_reaches_a_person_from_anywhere_and_needs_no_engine(
    calls: Calls, handed: Handed, engine: FakeEngine, telephone: Starlette
) -> None:
    for keys in ((), ("1",), ("1", "1"), ("1", "*"), ("8",)):
        caller = calls("anonymous")
        await caller.dial()
        for key in keys:
            await caller.press(key)
        asked = len(engine.asked)
        await caller.press("0")
        assert caller.wants == "queue" and len(engine.asked) == asked, keys
    assert handed.reasons == ["asked"] * 5
    assert {one.owner for one in rows(telephone, Conversation)} == {"waiting"}


async def test_asking_for_a_person_in_words_reaches_one(calls: Calls, handed: Handed, engine: FakeEngine) -> None:
    engine.away, engine.pieces = False, [{"do": "handoff", "reason": "asked"}]
    caller = await in_english(calls())
    await caller.say("can I talk to a real person")
    assert "stay on the line" in caller.words.lower()
    assert handed.reasons == ["asked"]


async def test_a_transfer_that_breaks_still_says_the_words_and_dials_a_line(calls: Calls, handed: Handed) -> None:
    handed.broken = True
    caller = await in_english(calls())
    await caller.say("I want to kill myself")
    assert any("9 8 8" in one for one in caller.transcript.said())
    assert caller.dialled and caller.caller_ids == [LINE]


async def test_somebody_held_by_a_specialist_is_put_through_and_not_met_with_silence(
    calls: Calls, handed: Handed, telephone: Starlette
) -> None:
    caller = await in_english(calls())
    service = telephone.state.service
    conversation = rows(telephone, Conversation)[0]
    with service.ledger.writing() as session:
        session.get(Conversation, conversation.id).owner = "held"
    await caller.say("hello?")
    assert handed.reasons == ["held"]


# -- silence, wrong keys, doubtful words


async def test_silence_is_met_with_the_question_then_keys_then_a_person(calls: Calls, handed: Handed) -> None:
    caller = await in_english(calls())
    await caller.wait()
    assert "I did not hear you" in caller.words and "Food: press 1" in caller.words
    await caller.wait()
    assert "use the keys" in caller.words and "Food: press 1" in caller.words
    await caller.wait()
    assert handed.reasons == ["failures"]


async def test_silence_from_the_first_moment_reaches_a_person(calls: Calls, handed: Handed) -> None:
    caller = calls()
    await caller.dial()
    for _ in range(3):
        await caller.wait()
    assert handed.reasons == ["failures"]


async def test_a_phone_that_was_laid_down_is_let_go_in_the_end(calls: Calls, handed: Handed) -> None:
    handed.talks = True
    caller = await in_english(calls())
    for _ in range(8):
        if caller.over:
            break
        await caller.wait()
    assert caller.over and "In danger, dial 9 1 1" in "\n".join(caller.transcript.said()[-3:])
    assert handed.reasons == ["failures"]


async def test_a_wrong_key_is_said_and_the_choices_come_again(calls: Calls, handed: Handed) -> None:
    caller = await in_english(calls())
    await caller.press("1")
    await caller.press("6")
    assert "no choice 6" in caller.words and "Meals: press 2" in caller.words
    await caller.press("#")
    await caller.press("7")
    assert handed.reasons == ["failures"]


async def test_a_right_key_forgives_the_wrong_ones(calls: Calls, handed: Handed) -> None:
    caller = await in_english(calls())
    for key in ("1", "6", "6", "1", "6", "6"):
        await caller.press(key)
    assert handed.reasons == []


async def test_doubtful_words_are_confirmed_before_they_count(
    calls: Calls, telephone: Starlette, engine: FakeEngine
) -> None:
    caller = await in_english(calls())
    await caller.say("a food tank", 0.3)
    assert "You said: a food tank" in caller.words
    assert not [m for m in rows(telephone, Message) if m.direction == "in"]
    await caller.press("2")
    assert "say it again" in caller.words
    await caller.say("a food bank", 0.4)
    await caller.say("yes")
    assert [m.text for m in rows(telephone, Message) if m.direction == "in"] == ["a food bank"]


async def test_nine_says_the_same_again(calls: Calls) -> None:
    caller = await at_the_results(calls())
    first = caller.words
    await caller.press("9")
    assert caller.words == first
    await caller.press("1")
    assert "For:" in caller.words or "Address" in caller.words


async def test_not_being_understood_twice_leads_to_keys_and_then_to_a_person(
    calls: Calls, handed: Handed, engine: FakeEngine
) -> None:
    engine.away, engine.pieces = False, [{"say": "fallback_first", "facts": {}}]
    caller = await in_english(calls())
    await caller.say("asdf qwer")
    await caller.say("asdf qwer")
    assert "Food: press 1" in caller.words
    await caller.say("asdf qwer")
    assert handed.reasons == ["failures"]


# -- languages


async def test_eight_has_more_languages_and_each_is_chosen_by_key(calls: Calls, telephone: Starlette) -> None:
    caller = calls()
    await caller.dial()
    await caller.press("8")
    assert "Urdu" in caller.words or "اردو" in caller.words
    await caller.press("3")  # Tagalog, after Urdu and Persian
    conversation = rows(telephone, Conversation)[0]
    assert (conversation.language, conversation.language_from) == ("tl", "chosen")


async def test_a_language_that_cannot_be_spoken_gets_an_interpreter_at_once(calls: Calls, handed: Handed) -> None:
    caller = calls()
    await caller.dial()
    await caller.press("8")
    await caller.press("1")  # Urdu: no voice, and nobody has spoken it
    assert handed.reasons == ["language"] and handed.calls[0].language == "ur"


async def test_a_language_with_recordings_goes_by_keys_and_then_to_an_interpreter(
    calls: Calls, handed: Handed, telephone: Starlette
) -> None:
    caller = calls()
    await caller.dial()
    for key in ("8", "8", "8", "1"):
        await caller.press(key)
    assert rows(telephone, Conversation)[0].language == "so"
    assert "so/voice_ask_need.mp3" in caller.words
    assert 'input="dtmf"' in caller.pages[-1]
    for _ in range(3):
        await caller.wait()
    assert handed.reasons == ["language"]


# -- places, codes, texts


async def test_a_postal_code_comes_by_keys(calls: Calls) -> None:
    caller = await in_english(calls())
    await caller.press("1")
    await caller.press("1")
    assert "press star" in caller.words
    await caller.press("*")
    await caller.press("517#")
    if "Which one" in caller.words:
        await caller.press(next(line[-2] for line in caller.words.split("\n") if "Ajax" in line or "Durham" in line))
    assert "Food bank" in caller.words


async def test_a_code_carries_a_chat_to_the_phone(calls: Calls, telephone: Starlette) -> None:
    service = telephone.state.service
    service.ledger.start(
        door="211", channel="web", language="en", language_from="chosen", replies=[], now=service.clock()
    )
    chat = rows(telephone, Conversation)[0].id
    with service.ledger.writing() as session:
        code = issue(session, chat, service.clock())
    caller = await in_english(calls())
    await caller.press("*")
    await caller.press("111111" if code != "111111" else "222222")
    assert "not valid" in caller.words
    await caller.press(code)
    assert "go on where you were" in caller.words
    await caller.say("Ajax")
    assert [m.conversation_id for m in rows(telephone, Message) if m.direction == "in"] == [chat]


async def test_services_are_sent_as_a_text_only_after_a_yes(calls: Calls, telephone: Starlette) -> None:
    caller = await at_the_results(calls())
    await caller.press("*")
    assert "Is it safe" in caller.words
    await caller.say("no")
    assert "I send no text" in caller.words and not [o for o in rows(telephone, Outbox) if o.channel == "sms"]
    await caller.press("9")
    await caller.hang_up()
    caller = await at_the_results(calls())
    await caller.press("*")
    await caller.press("1")
    assert "I have sent it" in caller.words
    sent = [o for o in rows(telephone, Outbox) if o.channel == "sms"]
    texts = {m.id: m.text for m in rows(telephone, Message)}
    person = {one.id: one for one in rows(telephone, Person)}[sent[0].person_id]
    assert sent and all(o.state == "ready" and o.line == LINE for o in sent)
    assert (person.channel, telephone.state.service.keys.opened(person.address)) == ("sms", PERSON)
    assert "905-555" in "\n".join(texts[o.message_id] for o in sent)
    await caller.press("1")
    assert not caller.over


@pytest.mark.parametrize(("number", "words"), [("anonymous", "hidden"), ("+18005550199", "cannot get texts")])
async def test_no_text_goes_to_a_hidden_number_or_one_that_cannot_get_any(
    calls: Calls, telephone: Starlette, number: str, words: str
) -> None:
    caller = await at_the_results(calls(number))
    await caller.press("*")
    assert words in caller.words
    assert not [o for o in rows(telephone, Outbox) if o.channel == "sms"]


# -- who is who


async def test_who_calls_again_goes_on_in_the_same_conversation(calls: Calls, telephone: Starlette) -> None:
    for _ in range(2):
        await (await in_english(calls())).hang_up()
    assert len(rows(telephone, Conversation)) == 1 and len(rows(telephone, Call)) == 2


@pytest.mark.parametrize(
    "number", ["anonymous", "", "+266696687", "+7378742833", "+86282452253", "+8656696", "+2562533"]
)
async def test_hidden_numbers_never_share_a_conversation(calls: Calls, telephone: Starlette, number: str) -> None:
    for _ in range(2):
        await (await in_english(calls(number))).hang_up()
    assert len(rows(telephone, Conversation)) == 2
    assert not rows(telephone, Person)


async def test_after_danger_whoever_redials_hears_nothing_of_it(calls: Calls, telephone: Starlette) -> None:
    caller = await in_english(calls())
    await caller.say("my husband beats me and I am afraid he will kill me")
    await caller.hang_up()
    again = await in_english(calls())
    await again.say("hello, who is this")
    assert "still here" not in "\n".join(again.transcript.said())
    assert len(rows(telephone, Conversation)) == 2


async def test_what_was_said_in_a_call_is_forgotten_when_it_ends_but_not_the_conversation(
    calls: Calls, telephone: Starlette
) -> None:
    caller = await at_the_results(calls())
    await caller.hang_up()
    await caller.carrier.settle()
    assert rows(telephone, CallPage) == []
    assert rows(telephone, Call)[0].state.get("flow") is None
    assert rows(telephone, Message)


async def test_who_has_everything_erased_hears_it_and_nothing_is_left(
    calls: Calls, telephone: Starlette, engine: FakeEngine
) -> None:
    engine.away, engine.pieces = False, [{"do": "delete"}]
    caller = await in_english(calls())
    await caller.say("delete my data")
    assert "erased" in caller.words and caller.over
    assert rows(telephone, Conversation) == rows(telephone, Call) == rows(telephone, CallPage) == []
