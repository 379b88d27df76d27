"""The book of conversations on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.channels.inbound import Inbound
from bot.conversations.database import upgrade
from bot.conversations.ledger import Ledger
from bot.conversations.models import Audit, Conversation, Message
from bot.database import open_database

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'book.db'}"
    else:
        url = request.getfixturevalue("empty_postgres")
    upgrade(url)
    upgrade(url)  # a second time changes nothing
    engine = open_database(url)
    yield Ledger(engine)
    engine.dispose()


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
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda n: ledger.claim(conversation, f"s{n}", [], NOW), range(8)))
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
