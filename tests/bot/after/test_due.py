"""What is due is done once, by whichever process comes first, and nothing is lost by a restart."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.after import due, retention, store, wording
from bot.after.asking import Around, answered
from bot.after.models import FollowUp, NeedOutcome
from bot.cards import Cards
from bot.conversations import people
from bot.conversations.carrier_models import Callback
from bot.conversations.database import upgrade
from bot.conversations.models import Audit, Conversation, Message, NeedFound, Outbox, Person
from bot.conversations.views import ConversationView
from bot.doors.loading import common, door_named
from bot.doors.texts import joined
from bot.intake.models import IntakeAnswer
from bot.language.translation import NoTranslator
from bot.words import Words
from tests.bot.handoff.world import MONDAY, World, words

NUMBER = "+14165550123"
LINE = "+14165550100"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        found = f"sqlite:///{tmp_path / 'porchlight.db'}"
    else:
        found = request.getfixturevalue("empty_postgres")
    upgrade(found)
    yield found


def gateway(url: str) -> World:
    """A process of the helpline, with the sentences of the doors."""
    made = World(url)
    catalogue = joined(words().catalogue, made.service.doors.values(), common())
    made.service.words = Words(catalogue, Cards(catalogue, NoTranslator()))
    return made


@pytest.fixture
def world(url: str) -> Iterator[World]:
    made = gateway(url)
    yield made
    made.close()


def rows(world: World, model: Any) -> list[Any]:
    with Session(world.service.ledger.reader) as session:
        return list(session.scalars(select(model)))


def texter(world: World, number: str = NUMBER) -> str:
    """A conversation by text."""
    with world.service.ledger.writing() as session:
        person = people.person_for(session, world.service.keys, "sms", number, world.now)
        return people.new_conversation(
            session, door="211", channel="sms", person_id=person.id, line=LINE, language="en", now=world.now
        ).id


def planned(world: World, conversation: str, *, channel: str = "sms", needs: tuple[str, ...] = ("food.pantry",)) -> str:
    """A follow-up that was agreed to, for tomorrow."""
    with world.service.ledger.writing() as session:
        home = session.get_one(Conversation, conversation)
        home.memory = {"place": {"name": "Oshawa"}, "known": {"income_group": "low"}}
        row = store.new(session, home, world.now, version="2026-11", language="en", by="person", needs=needs)
        row.channel, row.day, row.number = channel, date(2026, 11, 24), world.service.keys.sealed(NUMBER)
        assert store.plan(row)
        return row.id


def said(world: World) -> list[str]:
    return [one.text for one in rows(world, Message) if one.direction == "out"]


def test_it_is_asked_on_its_day_and_not_before(world: World) -> None:
    conversation = texter(world)
    planned(world, conversation)
    assert due.ask_due(world.service) == 0
    world.later(days=1)
    assert due.ask_due(world.service) == 1
    (text,) = said(world)
    assert "did you get help" in text and "Food bank" in text and "1 Yes" in text.replace("1. ", "1 ")
    assert [one.channel for one in rows(world, Outbox)] == ["sms"]
    assert due.ask_due(world.service) == 0


def test_two_processes_ask_each_once(url: str, world: World) -> None:
    follow_ups = [planned(world, texter(world, f"+1416555{n:04}")) for n in range(20, 26)]
    world.later(days=1)
    others = [gateway(url) for _ in range(3)]
    for one in others:
        one.now = world.now
    counts: list[int] = []
    threads = [threading.Thread(target=lambda one=one: counts.append(due.ask_due(one.service))) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == len(follow_ups) == len(rows(world, Outbox))
    for one in others:
        one.close()


def test_a_restart_loses_none(url: str, world: World) -> None:
    planned(world, texter(world))
    world.later(days=3)  # nobody looked meanwhile
    restarted = gateway(url)
    restarted.now = world.now
    assert due.ask_due(restarted.service) == 1
    restarted.close()
    assert len(rows(world, Outbox)) == 1


def test_what_breaks_off_in_the_middle_is_done_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    planned(world, texter(world))
    world.later(days=1)
    with monkeypatch.context() as patch:
        patch.setattr(due, "_said", lambda *anything: (_ for _ in ()).throw(RuntimeError("killed")))
        with pytest.raises(RuntimeError):
            due.ask_due(world.service)
    assert rows(world, FollowUp)[0].state == "planned"
    assert due.ask_due(world.service) == 1


def test_nobody_is_texted_at_night(world: World) -> None:
    planned(world, texter(world))
    world.later(days=1, hours=13)  # eleven in the evening in Toronto
    assert due.ask_due(world.service) == 0
    world.later(hours=10)
    assert due.ask_due(world.service) == 1


def test_danger_that_was_found_meanwhile_ends_it(world: World) -> None:
    conversation = texter(world)
    planned(world, conversation)
    with world.service.ledger.writing() as session:
        session.execute(update(Conversation).values(risk_level=2))
    world.later(days=1)
    assert due.ask_due(world.service) == 0
    (row,) = rows(world, FollowUp)
    assert (row.state, row.reason, row.number) == ("cancelled", "danger", None)
    assert not said(world)


def test_who_opted_out_is_not_texted(world: World) -> None:
    planned(world, texter(world))
    with world.service.ledger.writing() as session:
        pseudonym = world.service.keys.pseudonym("sms", NUMBER)
        people.opt_out(session, LINE, pseudonym, word="STOP", told_by="person", now=world.now)
    world.later(days=1)
    assert due.ask_due(world.service) == 0
    assert rows(world, FollowUp)[0].reason == "opted_out"


def test_on_the_web_it_stands_on_the_page_when_they_come_back(world: World) -> None:
    conversation = world.conversation("web")
    planned(world, conversation, channel="web")
    world.later(days=1)
    assert due.ask_due(world.service) == 1
    (message,) = rows(world, Message)
    assert message.conversation_id == conversation and message.payload["choices"]


def test_from_the_web_by_text_it_goes_to_the_number_that_they_gave(world: World) -> None:
    conversation = world.conversation("web")
    planned(world, conversation)
    world.later(days=1)
    assert due.ask_due(world.service) == 1
    (message,) = rows(world, Message)
    other = next(one for one in rows(world, Conversation) if one.id == message.conversation_id)
    assert other.id != conversation and other.channel == "sms" and other.line == LINE
    (person,) = rows(world, Person)
    assert world.service.keys.opened(person.address) == NUMBER


def test_each_need_ends_met_or_unmet_with_a_reason_and_is_counted_without_a_person(world: World) -> None:
    conversation = texter(world)
    planned(world, conversation, needs=("food.pantry", "utilities.bills"))
    world.later(days=1)
    due.ask_due(world.service)

    def choose(state: str, options: list[Any]) -> list[dict[str, Any]]:
        """Chooses by what an option means; gives the next options."""
        given = next(one for one in options if state in (one["entities"].get("state"), one["entities"].get("reason")))
        view = ConversationView(conversation, "211", "sms", "bot", "en", "chosen", 0, True)
        around = Around(door_named("211"), "en", world.now, world.service.keys)
        decision = answered(view, "", given, around)
        assert decision is not None
        with world.service.ledger.writing() as session:
            noted = [piece for piece in decision.pieces if "do" in piece]
            store.written(session, conversation, noted, [], world.now)
        return [one["given"] for piece in decision.pieces for one in piece.get("choices", ())]

    (home,) = rows(world, Conversation)
    options = choose("met", [one["given"] for one in home.options])
    options = choose("unmet", options)
    assert rows(world, FollowUp)[0].state == "asked"
    choose("full", options)
    (row,) = rows(world, FollowUp)
    assert (row.state, row.done_by, row.number) == ("done", "person", None)
    counted = {(one.need, one.state, one.reason) for one in rows(world, NeedOutcome)}
    assert counted == {("food.pantry", "met", None), ("utilities.bills", "unmet", "full")}
    assert {(one.place, one.language, one.income_group) for one in rows(world, NeedOutcome)} == {
        ("Oshawa", "en", "low")
    }
    assert not {"conversation_id", "created_at"} & set(NeedOutcome.__table__.columns.keys())
    world.service.ledger.erase(conversation, world.now)
    assert len(rows(world, NeedOutcome)) == 2 and not rows(world, FollowUp)


def test_silence_is_unknown_after_a_week_and_counted_once(url: str, world: World) -> None:
    planned(world, texter(world))
    world.later(days=1)
    due.ask_due(world.service)
    assert due.end_unanswered(world.service) == 0
    world.later(days=8)
    other = gateway(url)
    other.now = world.now
    assert due.end_unanswered(world.service) + due.end_unanswered(other.service) == 1
    other.close()
    assert [(one.need, one.state) for one in rows(world, NeedOutcome)] == [("food.pantry", "unknown")]


def test_what_was_not_agreed_to_whole_is_forgotten_after_a_day(world: World) -> None:
    conversation = texter(world)
    with world.service.ledger.writing() as session:
        row = store.new(
            session, session.get_one(Conversation, conversation), world.now, version="1", language="en", by="person"
        )
        row.number = b"sealed"
    world.later(days=2)
    assert due.ask_due(world.service) == 0 and due.end_unanswered(world.service) == 1
    assert rows(world, FollowUp)[0].number is None


def test_a_call_back_is_announced_once_and_again_after_a_try(url: str, world: World) -> None:
    conversation = world.conversation()
    with world.service.ledger.writing() as session:
        session.add(
            Callback(
                id="c1", conversation_id=conversation, kind="callback", language="en", state="open", number=b"x",
                safe_hours="afternoon", created_at=world.now,
            )
        )  # fmt: skip
    assert due.announce_calls(world.service) == 0  # it is morning
    world.later(hours=3)
    other = gateway(url)
    other.now = world.now
    assert due.announce_calls(world.service) + due.announce_calls(other.service) == 1
    world.later(minutes=5)
    with world.service.ledger.writing() as session:
        session.execute(update(Callback).values(tried_at=world.now, tries=1))
    world.later(hours=1, minutes=1)
    assert due.announce_calls(world.service) == 1
    other.close()


def spoken(world: World) -> str:
    """A conversation with words, a need and an answer, at a door that keeps words 90 days."""
    conversation = texter(world)
    with world.service.ledger.writing() as session:
        message = Message(
            conversation_id=conversation, seq=1, direction="in", author="person", channel="sms", channel_id="SM1",
            text="I am Pat Example", language="en", payload={}, state="done", created_at=world.now,
        )  # fmt: skip
        session.add(message)
        session.flush()
        session.add(
            NeedFound(conversation_id=conversation, message_id=message.id, code="food.pantry", created_at=world.now)
        )
        session.add(
            IntakeAnswer(
                conversation_id=conversation,
                door="211",
                question="name",
                kind="text",
                sealed=b"x",
                created_at=world.now,
            )
        )
    return conversation


def test_words_go_first_and_counts_stay(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation = spoken(world)
    door = world.service.doors["211"].model_copy(
        update={"retention": type(world.service.doors["211"].retention)(words_days=30, answers_days=60)}
    )
    world.service.doors = {"211": door}
    world.later(days=29)
    assert retention.forget_words(world.service) == []
    world.later(days=2)
    assert retention.forget_words(world.service) == [conversation]
    assert retention.forget_words(world.service) == []
    (message,) = rows(world, Message)
    assert message.text == "" and rows(world, IntakeAnswer)
    assert [one.code for one in rows(world, NeedFound)] == ["food.pantry"]
    world.later(days=30)
    assert retention.forget_answers(world.service) == [conversation]
    assert not rows(world, IntakeAnswer) and not rows(world, Person)
    assert [one.code for one in rows(world, NeedFound)] == ["food.pantry"]
    assert {one.action for one in rows(world, Audit)} >= {"words_forgotten", "answers_forgotten"}


def test_two_processes_forget_once(url: str, world: World) -> None:
    spoken(world)
    world.later(days=100)
    other = gateway(url)
    other.now = world.now
    assert len(retention.forget_words(world.service)) + len(retention.forget_words(other.service)) == 1
    other.close()


def test_a_conversation_that_waits_or_expects_a_call_keeps_its_words(world: World) -> None:
    conversation = spoken(world)
    with world.service.ledger.writing() as session:
        session.execute(update(Conversation).values(owner="waiting"))
    world.later(days=100)
    assert retention.forget_words(world.service) == []
    with world.service.ledger.writing() as session:
        session.execute(update(Conversation).values(owner="bot"))
        session.add(
            Callback(
                id="c1",
                conversation_id=conversation,
                kind="callback",
                language="en",
                state="open",
                created_at=world.now,
            )
        )
    assert retention.forget_words(world.service) == []


def test_the_days_offered_are_days_ahead() -> None:
    piece = wording.when_piece(MONDAY.date())
    days = [one["given"]["entities"]["day"] for one in piece["choices"]]
    assert days == [(MONDAY.date() + timedelta(days=ahead)).isoformat() for ahead in wording.DAYS]
