"""The book of conversations on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.channels.inbound import Inbound
from bot.conversations import ownership
from bot.conversations.ledger import Ledger
from bot.conversations.models import Audit, Conversation, Message, Outbox
from bot.words import Reply

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def opened(ledger: Ledger) -> str:
    token = ledger.start(door="211", channel="web", language="en", language_from="default", replies=[], now=NOW)
    seen = ledger.seen(token, 0)
    assert seen is not None
    return seen.id


def test_the_same_message_from_many_at_once_is_stored_once(ledger: Ledger) -> None:
    conversation = opened(ledger)
    inbound = Inbound(conversation, "web", "one", "hello")
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: ledger.receive(inbound, NOW), range(16)))
    assert sum(received.new for received, _ in results) == 1
    assert sum(work is not None for _, work in results) == 1


def test_only_one_of_many_messages_gets_the_turn_and_order_is_kept(ledger: Ledger) -> None:
    conversation = opened(ledger)

    def send(number: int) -> bool:
        return ledger.receive(Inbound(conversation, "web", str(number), str(number)), NOW)[1] is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(send, range(16))) == 1
    with Session(ledger.reader) as session:
        numbers = session.scalars(select(Message.seq).order_by(Message.seq)).all()
    assert list(numbers) == list(range(1, 17))


def test_of_two_specialists_who_press_at_once_one_gets_it(ledger: Ledger) -> None:
    conversation = opened(ledger)
    with Session(ledger.engine) as session, session.begin():
        session.execute(text("UPDATE conversation SET owner = 'waiting'"))

    def press(number: int) -> bool:
        with ledger.writing() as session:
            return ownership.claim(session, conversation, f"s{number}", NOW)

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(press, range(8)))
    assert sum(won) == 1
    with Session(ledger.reader) as session:
        assert session.scalar(select(Conversation.owner)) == "held"
        assert len(session.scalars(select(Audit).where(Audit.action == "claimed")).all()) == 1


def test_a_turn_that_was_left_is_taken_up_after_its_time(ledger: Ledger) -> None:
    conversation = opened(ledger)
    _, work = ledger.receive(Inbound(conversation, "web", "a", "hello"), NOW)
    assert work is not None
    assert ledger.take_abandoned(NOW) == []
    later = ledger.take_abandoned(NOW + timedelta(minutes=1))
    assert [one.message.text for one in later] == ["hello"]


def test_erasing_leaves_no_row_of_the_conversation(ledger: Ledger) -> None:
    conversation = opened(ledger)
    ledger.receive(Inbound(conversation, "web", "a", "my words"), NOW)
    ledger.erase(conversation, NOW)
    with Session(ledger.reader) as session:
        assert session.scalars(select(Message)).all() == []
        assert [row.conversation_id for row in session.scalars(select(Audit))] == [None]


def test_a_text_that_the_handset_cut_is_answered_as_one(ledger: Ledger) -> None:
    conversation = opened(ledger)
    first = Inbound(conversation, "sms", "a", "They are cutting off my ", part=True)
    _, work = ledger.receive(first, NOW, later=True)
    assert work is None
    assert ledger.take_abandoned(NOW + timedelta(seconds=1)) == [], "its rest may be about to come"
    _, work = ledger.receive(Inbound(conversation, "sms", "b", "power on Friday"), NOW + timedelta(seconds=2))
    assert work is not None
    assert work.message.text == "They are cutting off my power on Friday"
    assert len(work.message.parts) == 2


def test_a_cut_text_whose_rest_never_comes_is_answered_even_when_the_process_has_died(ledger: Ledger) -> None:
    conversation = opened(ledger)
    ledger.receive(Inbound(conversation, "sms", "a", "x" * 160, part=True), NOW, later=True)
    (work,) = Ledger(ledger.engine).take_abandoned(NOW + timedelta(seconds=11))
    assert work.message.text == "x" * 160
    work_again = asyncio.run(ledger.take(conversation, NOW + timedelta(seconds=11)))
    assert work_again is None, "somebody has the turn"


def test_texts_that_are_long_apart_are_two(ledger: Ledger) -> None:
    conversation = opened(ledger)
    ledger.receive(Inbound(conversation, "sms", "a", "x" * 160, part=True), NOW, later=True)
    _, work = ledger.receive(Inbound(conversation, "sms", "b", "another"), NOW + timedelta(minutes=1))
    assert work is not None and work.message.text == "x" * 160


def test_what_needs_no_turn_is_answered_once_where_it_was_said(ledger: Ledger) -> None:
    conversation = opened(ledger)
    inbound = Inbound(conversation, "sms", "a", "STOP")
    for new in (True, False):
        with ledger.writing() as session:
            stored = ledger.store_answered(session, inbound, [Reply("You will get no more texts.", "en")], NOW)
            assert (stored is not None) == new
    with Session(ledger.reader) as session:
        assert session.scalars(select(Outbox.channel)).all() == ["sms"]
        assert session.scalars(select(Message.state).where(Message.direction == "in")).all() == ["done"]
    assert asyncio.run(ledger.take(conversation, NOW)) is None
