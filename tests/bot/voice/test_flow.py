"""How a call goes: what a frightened person hears, whatever they do."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.carrier_models import Call, CallPage
from bot.conversations.models import Conversation, Message, Outbox, Person
from bot.conversations.resume import issue
from bot.service import Service
from bot.voice import dialogue
from tests.bot.conftest import FakeEngine
from tests.bot.voice.conftest import LINE, YOUTH_LINE, Calls, Handed
from tests.peers.caller import Caller

pytestmark = pytest.mark.anyio


class Book:
    """What the gateway has written down of some calls."""

    def __init__(self, service: Service, *callers: Caller) -> None:
        self.service = service
        sids = [caller.call.sid for caller in callers]
        with Session(service.ledger.reader) as session:
            self.calls = list(session.scalars(select(Call).where(Call.sid.in_(sids))))
            ids = {call.conversation_id for call in self.calls}
            self.conversations = list(session.scalars(select(Conversation).where(Conversation.id.in_(ids))))
            messages = select(Message).where(Message.conversation_id.in_(ids)).order_by(Message.seq)
            self.messages = list(session.scalars(messages))
            texts = select(Outbox).where(Outbox.conversation_id.in_(ids), Outbox.channel == "sms")
            self.texts = list(session.scalars(texts))
            self.pages = list(session.scalars(select(CallPage).where(CallPage.sid.in_(sids))))

    @property
    def said(self) -> list[str]:
        """What the caller said, as it was kept."""
        return [message.text for message in self.messages if message.direction == "in"]


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


async def test_the_first_words_need_no_turn_and_say_that_a_machine_answers(calls: Calls, helpline: Service) -> None:
    caller = calls()
    await caller.dial()
    assert "automated assistant, not a person" in caller.words
    assert "hang up and dial 9 1 1" in caller.words
    assert "For English, press 1" in caller.words
    assert not Book(helpline, caller).messages


async def test_a_door_is_known_by_the_number_that_was_called(calls: Calls, helpline: Service) -> None:
    caller = calls(line=YOUTH_LINE)
    await in_english(caller)
    assert Book(helpline, caller).conversations[0].door == "good2talk"
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
    calls: Calls, handed: Handed, helpline: Service
) -> None:
    caller = await in_english(calls())
    await caller.say("I took all the pills", 0.3)
    assert "dial 9 1 1" in caller.words
    assert "press" not in caller.words
    assert handed.reasons == ["risk"] and caller.wants == "queue"
    assert Book(helpline, caller).conversations[0].owner == "waiting"


async def test_danger_is_heard_behind_every_question(calls: Calls, handed: Handed) -> None:
    caller = await in_english(calls())
    await caller.say("a food tank", 0.2)
    assert "You said: a food tank" in caller.words
    await caller.say("I want to kill myself", 0.1)
    assert handed.reasons == ["risk"]


async def test_danger_does_not_wait_for_a_turn_that_is_stuck(
    calls: Calls, handed: Handed, helpline: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialogue, "IN_DANGER", 0.05)
    caller = await in_english(calls())

    async def nothing(*_: Any, **__: Any) -> bool:
        return True

    ledger = helpline.ledger
    monkeypatch.setattr(type(helpline.turns), "_go", lambda self, work: None)
    await caller.say("I want to kill myself")
    assert "9 8 8" in caller.words and handed.reasons == ["risk"]
    assert ledger.busy(Book(helpline, caller).conversations[0].id)


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
    calls: Calls, handed: Handed, engine: FakeEngine, helpline: Service
) -> None:
    for keys in ((), ("1",), ("1", "1"), ("1", "*"), ("8",)):
        caller = calls("anonymous")
        await caller.dial()
        for key in keys:
            await caller.press(key)
        asked = len(engine.asked)
        await caller.press("0")
        assert caller.wants == "queue" and len(engine.asked) == asked, keys
        assert Book(helpline, caller).conversations[0].owner == "waiting"
    assert handed.reasons == ["asked"] * 5


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
    calls: Calls, handed: Handed, helpline: Service
) -> None:
    caller = await in_english(calls())
    service = helpline
    conversation = Book(helpline, caller).conversations[0]
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
    calls: Calls, helpline: Service, engine: FakeEngine
) -> None:
    caller = await in_english(calls())
    await caller.say("a food tank", 0.3)
    assert "You said: a food tank" in caller.words
    assert Book(helpline, caller).said == []
    await caller.press("2")
    assert "say it again" in caller.words
    await caller.say("a food bank", 0.4)
    await caller.say("yes")
    assert Book(helpline, caller).said == ["a food bank"]


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


async def test_eight_has_more_languages_and_each_is_chosen_by_key(calls: Calls, helpline: Service) -> None:
    caller = calls()
    await caller.dial()
    await caller.press("8")
    assert "Urdu" in caller.words or "اردو" in caller.words
    await caller.press("3")  # Tagalog, after Urdu and Persian
    conversation = Book(helpline, caller).conversations[0]
    assert (conversation.language, conversation.language_from) == ("tl", "chosen")


async def test_a_language_that_cannot_be_spoken_gets_an_interpreter_at_once(calls: Calls, handed: Handed) -> None:
    caller = calls()
    await caller.dial()
    await caller.press("8")
    await caller.press("1")  # Urdu: no voice, and nobody has spoken it
    assert handed.reasons == ["language"] and handed.calls[0].language == "ur"


async def test_a_language_with_recordings_goes_by_keys_and_then_to_an_interpreter(
    calls: Calls, handed: Handed, helpline: Service
) -> None:
    caller = calls()
    await caller.dial()
    for key in ("8", "8", "8", "1"):
        await caller.press(key)
    assert Book(helpline, caller).conversations[0].language == "so"
    assert "so/voice_no_speech.mp3" in caller.words
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


async def test_a_code_carries_a_chat_to_the_phone(calls: Calls, helpline: Service) -> None:
    now = helpline.clock()
    token = helpline.ledger.start(door="211", channel="web", language="en", language_from="chosen", replies=[], now=now)
    seen = helpline.ledger.seen(token, 0)
    assert seen is not None
    with helpline.ledger.writing() as session:
        code = issue(session, seen.id, now)
    caller = await in_english(calls())
    await caller.press("*")
    await caller.press("111111" if code != "111111" else "222222")
    assert "not valid" in caller.words
    await caller.press(code)
    assert "go on where you were" in caller.words
    await caller.say("Ajax")
    book = Book(helpline, caller)
    assert book.conversations[0].id == seen.id and book.said == ["Ajax"]


async def test_services_are_sent_as_a_text_only_after_a_yes(calls: Calls, helpline: Service, person: str) -> None:
    caller = await at_the_results(calls())
    await caller.press("*")
    assert "Is it safe" in caller.words
    await caller.say("no")
    assert "I send no text" in caller.words and not Book(helpline, caller).texts
    await caller.hang_up()
    caller = await at_the_results(calls())
    await caller.press("*")
    await caller.press("1")
    assert "I have sent it" in caller.words
    book = Book(helpline, caller)
    words = {message.id: message.text for message in book.messages}
    with Session(helpline.ledger.reader) as session:
        receiver = session.get_one(Person, book.texts[0].person_id)
    assert all(text.state == "ready" and text.line == LINE for text in book.texts)
    assert (receiver.channel, helpline.keys.opened(receiver.address or b"")) == ("sms", person)
    assert "905-555" in "\n".join(words[text.message_id] for text in book.texts)
    await caller.press("1")
    assert "For:" in caller.words  # the keys of the services still mean them


@pytest.mark.parametrize(("number", "words"), [("anonymous", "hidden"), ("+18005550199", "cannot get texts")])
async def test_no_text_goes_to_a_hidden_number_or_one_that_cannot_get_any(
    calls: Calls, helpline: Service, number: str, words: str
) -> None:
    caller = await at_the_results(calls(number))
    await caller.press("*")
    assert words in caller.words
    assert not Book(helpline, caller).texts


# -- who is who


async def two_calls(calls: Calls, *number: str) -> list[Caller]:
    callers = [calls(*number), calls(*number)]
    for caller in callers:
        await in_english(caller)
        await caller.hang_up()
    return callers


async def test_who_calls_again_goes_on_in_the_same_conversation(calls: Calls, helpline: Service) -> None:
    book = Book(helpline, *await two_calls(calls))
    assert len(book.calls) == 2 and len(book.conversations) == 1


@pytest.mark.parametrize(
    "number", ["anonymous", "", "+266696687", "+7378742833", "+86282452253", "+8656696", "+2562533"]
)
async def test_hidden_numbers_never_share_a_conversation(calls: Calls, helpline: Service, number: str) -> None:
    book = Book(helpline, *await two_calls(calls, number))
    assert len(book.conversations) == 2
    assert [one.person_id for one in book.conversations] == [None, None]


async def test_after_danger_whoever_redials_hears_nothing_of_it(calls: Calls, helpline: Service) -> None:
    caller = await in_english(calls())
    await caller.say("my husband beats me and I am afraid he will kill me")
    await caller.hang_up()
    again = await in_english(calls())
    await again.say("hello, who is this")
    assert "still here" not in "\n".join(again.transcript.said())
    assert len(Book(helpline, caller, again).conversations) == 2


async def test_what_was_kept_for_the_call_is_forgotten_when_it_ends_but_not_the_conversation(
    calls: Calls, helpline: Service
) -> None:
    caller = await at_the_results(calls())
    await caller.hang_up()
    await caller.carrier.settle()
    book = Book(helpline, caller)
    assert book.pages == [] and "flow" not in book.calls[0].state
    assert "Ajax" in book.said


async def test_who_has_everything_erased_hears_it_and_nothing_is_left(
    calls: Calls, helpline: Service, engine: FakeEngine
) -> None:
    engine.away, engine.pieces = False, [{"do": "delete"}]
    caller = await in_english(calls())
    conversation = Book(helpline, caller).conversations[0].id
    await caller.say("delete my data")
    assert "erased" in caller.words and caller.over
    with Session(helpline.ledger.reader) as session:
        assert session.get(Conversation, conversation) is None
    book = Book(helpline, caller)
    assert book.calls == [] and book.pages == []
