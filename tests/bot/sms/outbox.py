"""A book with people and texts in it, for tests of delivery."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, select, text, update
from sqlalchemy.orm import Session

from bot.carrier.numbers import Numbers, OurNumber
from bot.conversations import inbox, people
from bot.conversations.database import upgrade
from bot.conversations.identity import Keys
from bot.conversations.models import Base, Conversation, Message, Outbox, new_id
from bot.database import open_database

KEYS = Keys.from_secret(b"k" * 32)
LINE = "+14165550100"
SLOW = "+14165550101"
DEAF = "+14165550102"
WHATSAPP = "whatsapp:+14165550100"
NUMBERS = Numbers(
    {
        LINE: OurNumber(number=LINE, kind="long", rate=1000),
        SLOW: OurNumber(number=SLOW, kind="long", rate=1),
        DEAF: OurNumber(number=DEAF, sms=False, voice=True),
        WHATSAPP: OurNumber(number=WHATSAPP, kind="whatsapp"),
    }
)
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database with all tables, for the tests of a module."""
    if request.param == "sqlite":
        yield from opened(f"sqlite:///{tmp_path_factory.mktemp('book') / 'book.db'}")
        return
    server = create_engine(request.getfixturevalue("postgres_url"), isolation_level="AUTOCOMMIT")
    name = f"test_{uuid.uuid4().hex}"
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield from opened(server.url.set(database=name).render_as_string(hide_password=False))
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


def opened(url: str) -> Iterator[Engine]:
    upgrade(url)
    engine = open_database(url)
    yield engine
    engine.dispose()


@pytest.fixture
def book(database: Engine) -> Book:
    """An empty book."""
    found = Book(database)
    found.clear()
    return found


class Hands:
    """A clock that a test turns."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def turn(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Book:
    """Writes conversations as the gateway does, with as little as delivery needs."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with Session(self.engine) as session, session.begin():
            yield session

    def clear(self) -> None:
        with self.writing() as session:
            for table in reversed(Base.metadata.sorted_tables):
                session.execute(table.delete())

    def conversation(self, address: str = "+14165550142", line: str = LINE, channel: str = "sms") -> str:
        """A person who has just written to a line of ours."""
        with self.writing() as session:
            person = people.person_for(session, KEYS, channel, address, NOW)
            found = people.new_conversation(
                session, door="211", channel=channel, person_id=person.id, line=line, language="en", now=NOW
            )
            return found.id

    def heard(self, conversation: str, text: str, at: datetime = NOW) -> None:
        with self.writing() as session:
            channel = session.get_one(Conversation, conversation).channel
            inbox.receive(
                session, conversation_id=conversation, channel=channel, channel_id=new_id(), text=text,
                language="en", now=at, state="done",
            )  # fmt: skip

    def said(
        self,
        conversation: str,
        text: str,
        at: datetime = NOW,
        crisis: bool = False,
        bare: bool = False,
        kind: str = "text",
    ) -> str:
        """A reply in the outbox; `bare` without what delivery can find out by itself. Gives the id of the row."""
        with self.writing() as session:
            owner = session.get_one(Conversation, conversation)
            seq = inbox.next_seq(session, conversation)
            message = Message(
                id=new_id(), conversation_id=conversation, seq=seq, direction="out", author="bot",
                channel=owner.channel, text=text, language="en", kind="crisis" if crisis else kind,
                payload={}, state="said", created_at=at,
            )  # fmt: skip
            session.add(message)
            session.flush()
            row = Outbox(
                id=new_id(), conversation_id=conversation, message_id=message.id, channel=owner.channel, created_at=at
            )
            if not bare:
                row.seq, row.priority, row.person_id = seq, 100 if crisis else 0, owner.person_id
                row.line, row.next_at = owner.line, at
            session.add(row)
            return row.id

    def row(self, outbox_id: str) -> Outbox:
        with Session(self.engine) as session:
            return session.get_one(Outbox, outbox_id)

    def rows(self) -> list[Outbox]:
        with Session(self.engine) as session:
            return list(session.scalars(select(Outbox).order_by(Outbox.created_at, Outbox.seq)))

    def set(self, outbox_id: str, **values: Any) -> None:
        with self.writing() as session:
            session.execute(update(Outbox).where(Outbox.id == outbox_id).values(**values))
