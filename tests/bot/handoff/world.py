"""A helpline without a web server: real database, real turns and words, an engine and ears that a test understands."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from bot.bus import Bus
from bot.cards import Cards
from bot.carrier.numbers import Numbers, OurNumber
from bot.channels.inbound import Inbound
from bot.conversations import ownership
from bot.conversations.identity import Keys
from bot.conversations.ledger import Ledger
from bot.conversations.models import Conversation, Message
from bot.conversations.views import Outcome, Work
from bot.database import open_database
from bot.directory import Directory
from bot.doors.loading import load
from bot.engine import Engine, EngineAnswer, Parse
from bot.handoff import presence
from bot.handoff.book import priority_of
from bot.handoff.models import Handoff
from bot.language.catalogue import Catalogue
from bot.language.identification import Identified
from bot.language.translation import NoTranslator
from bot.safety import Level, Risk
from bot.safety.levels import NO_RISK
from bot.service import Service
from bot.settings import Settings
from bot.staff.accounts import add_staff
from bot.turn import Turns, to_nobody
from bot.understanding import Ears, Heard
from bot.words import Words

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""A working day, ten in the morning in Toronto."""


@functools.cache
def words() -> Words:
    catalogue = Catalogue.load()
    return Words(catalogue, Cards(catalogue, NoTranslator()))


class PlainEars:
    """Hears danger where a text says "danger" or "dying", concern where it says "sad"."""

    def risk(self, text: str) -> Risk:
        if "dying" in text:
            return Risk(Level.EMERGENCY, "medical", ("test:dying",))
        if "danger" in text:
            return Risk(Level.HIGH, "suicide", ("test:danger",))
        return Risk(Level.CONCERN, "suicide", ("test:sad",)) if "sad" in text else NO_RISK

    def hear(
        self, text: str, *, session_language: str | None, risk: Risk | None = None, aside: str | None = None
    ) -> Heard:
        heard = Identified("en", False, 0.9)
        return Heard(text, risk or self.risk(text), heard, None, None, None, False)


class PlainEngine:
    """Always answers with one sentence."""

    async def turn(self, **request: Any) -> EngineAnswer:
        return EngineAnswer(({"say": "greet_again", "facts": {}},), Parse("greet", 0.9, ()), {})


@dataclass(frozen=True)
class Somebody:
    """A member of staff, as the gate gives it."""

    id: str
    name: str
    capacity: int = 3
    languages: tuple[str, ...] = ("en", "fr")
    skills: tuple[str, ...] = ()
    doors: frozenset[str] = frozenset({"*"})
    interface: str = "en"

    def at(self, door: str) -> bool:
        return "*" in self.doors or door in self.doors


@dataclass
class World:
    """The helpline. `now` is its clock."""

    url: str
    now: datetime = MONDAY
    rung: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    numbers: Numbers = field(default_factory=lambda: Numbers({"+14165550100": OurNumber(number="+14165550100")}))

    def __post_init__(self) -> None:
        engine = open_database(self.url)
        if engine.dialect.name == "sqlite":  # nobody cuts the power of a test

            @event.listens_for(engine, "connect")
            def _quick(connection: Any, _record: Any) -> None:
                connection.execute("PRAGMA synchronous=OFF")

        ledger = Ledger(engine)
        keys = Keys.from_secret(b"k" * 32)
        turns = Turns(
            ledger, Directory(engine), cast(Ears, PlainEars()), cast(Engine, PlainEngine()), words(), self.clock,
            to_nobody, numbers=self.numbers,
        )  # fmt: skip
        settings = Settings(public_url="https://chat.example.org", **self.settings)
        bus = Bus()
        told = bus.ring

        def ring(topic: str, kind: str = "changed", **data: Any) -> None:
            self.rung.append((topic, kind, data))
            told(topic, kind, **data)

        bus.ring = ring  # type: ignore[method-assign]
        parts = {
            "settings": settings, "clock": self.clock, "doors": load(), "catalogue": words().catalogue,
            "words": words(), "ledger": ledger, "directory": turns.directory, "engine": turns.engine, "turns": turns,
            "translator": NoTranslator(), "numbers": self.numbers, "keys": keys, "bus": bus,
            "heard_of": lambda conversation, desk=True: None,
        }  # fmt: skip
        self.service = cast(Service, SimpleNamespace(**parts))
        self._sent = 0

    def clock(self) -> datetime:
        return self.now

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)

    def close(self) -> None:
        self.service.ledger.engine.dispose()

    # -- people

    def conversation(self, channel: str = "web", *, door: str = "211", language: str = "en") -> str:
        token = self.service.ledger.start(
            door=door, channel=channel, language=language, language_from="chosen", replies=[], now=self.now
        )
        seen = self.service.ledger.seen(token, 0)
        assert seen is not None
        return seen.id

    def waits(self, channel: str = "web", *, level: int = 0, reason: str = "asked", **where: str) -> str:
        """Somebody who has asked for a person, or is in danger."""
        conversation = self.conversation(channel, **where)
        with self.service.ledger.writing() as session:
            session.get_one(Conversation, conversation).risk_level = level
            session.flush()
            ownership.ask_for_person(session, conversation, reason=reason, priority=priority_of(level), now=self.now)
        return conversation

    def receive(self, conversation: str, text: str) -> Work | None:
        self._sent += 1
        inbound = Inbound(conversation, "web", f"{conversation}:{self._sent}", text)
        return self.service.ledger.receive(inbound, self.now)[1]

    def decided(self, work: Work) -> Outcome:
        return asyncio.run(self.service.turns._turn(work))

    def say(self, conversation: str, text: str) -> None:
        """A message with its whole turn, and those that wait behind it."""
        work = self.receive(conversation, text)
        while work is not None:
            work = self.service.ledger.commit(self.decided(work), self.now)

    # -- staff

    def member(self, name: str, *, on: bool = True, **fields: Any) -> Somebody:
        with self.service.ledger.writing() as session:
            known = {one: fields[one] for one in ("capacity", "languages", "skills", "doors") if one in fields}
            phone = fields.pop("phone", None)
            staff = add_staff(
                session, self.service.keys, login=name.lower(), name=name, phone=phone, now=self.now, **known
            )
            session.flush()
            if on:
                presence.seen(session, staff.id, self.now)
            found = Somebody(staff.id, name)
        return replace(found, **{**fields, **({"doors": frozenset(fields["doors"])} if "doors" in fields else {})})

    def seen(self, *members: Somebody) -> None:
        with self.service.ledger.writing() as session:
            for member in members:
                presence.seen(session, member.id, self.now)

    # -- what stands in the database

    def read[Found](self, look: Callable[[Session], Found]) -> Found:
        with Session(self.service.ledger.reader) as session:
            return look(session)

    def row(self, conversation: str) -> Conversation:
        return self.read(lambda session: session.get_one(Conversation, conversation))

    def handoffs(self, conversation: str) -> list[Handoff]:
        return self.read(
            lambda session: list(
                session.scalars(
                    select(Handoff).where(Handoff.conversation_id == conversation).order_by(Handoff.asked_at)
                )
            )
        )

    def messages(self, conversation: str) -> list[Message]:
        return self.read(
            lambda session: list(
                session.scalars(select(Message).where(Message.conversation_id == conversation).order_by(Message.seq))
            )
        )

    def said(self, conversation: str, author: str = "system") -> str:
        """All that the system (or the bot) has said, in one text."""
        return "\n".join(one.text for one in self.messages(conversation) if one.author == author)

    def wipe(self) -> None:
        """An empty helpline again."""
        with self.service.ledger.writing() as session:
            session.execute(text("DELETE FROM conversation"))
            session.execute(text("DELETE FROM handoff"))
