"""The gateway's book: each method is one transaction, and a turn is two of them (receive, commit)."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from bot.carrier.addresses import CHANNELS as TEXTING
from bot.channels.inbound import Inbound
from bot.conversations import inbox, lease, ownership, people, reading
from bot.conversations.identity import new_token, token_hash
from bot.conversations.models import (
    Audit,
    Conversation,
    Message,
    NeedFound,
    Outbox,
    PlaceFound,
    ReferralShown,
    RiskFinding,
    UnmetNeed,
    new_id,
)

if TYPE_CHECKING:
    from bot.dialogue import Decision
    from bot.effects import Effects
    from bot.language.session import LanguageStep
    from bot.safety import Risk
    from bot.understanding import Heard
    from bot.words import Reply


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation as it stood when the turn began."""

    id: str
    door: str
    channel: str
    owner: str
    language: str
    language_from: str
    risk_level: int
    engine_stale: bool
    fresh: bool = False
    """Nothing has been said in it before."""
    line: str | None = None
    """Our own number that the person uses, on a channel of the carrier."""
    memory: Mapping[str, Any] = field(default_factory=dict)
    options: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class MessageView:
    """The message of a turn. `parts` are the ids of all stored messages that it was put together from."""

    id: str
    text: str
    parts: tuple[str, ...] = ()
    given: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """A turn to be done: one inbound message, and the lease that allows it."""

    holder: str
    conversation: ConversationView
    message: MessageView


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished turn, to be written in one transaction."""

    work: Work
    heard: Heard
    language: LanguageStep
    decision: Decision
    replies: tuple[Reply, ...]
    effects: Effects


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message as a client gets it."""

    seq: int
    id: str
    author: str
    language: str
    kind: str
    text: str
    created_at: datetime
    payload: Mapping[str, Any]
    channel_id: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A conversation as its own person may see it."""

    id: str
    door: str
    owner: str
    language: str
    messages: tuple[Spoken, ...] = ()
    pending: bool = False


class Ledger:
    """Reads and writes conversations. All methods block; the gateway calls them in threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.reader = engine.execution_options(reading=True)
        self._holding: set[str] = set()
        # SQLite has one writer at a time and lets the others poll; within a process they queue instead.
        self._writer: AbstractContextManager[Any] = (
            threading.Lock() if engine.dialect.name == "sqlite" else contextlib.nullcontext()
        )

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction that may write."""
        with self._writer, Session(self.engine) as session, session.begin():
            yield session

    # -- conversations

    def start(
        self,
        *,
        door: str,
        channel: str,
        language: str,
        language_from: str,
        replies: list[Reply],
        now: datetime,
    ) -> str:
        """Opens a conversation with its greeting and gives its token."""
        token = new_token()
        with self.writing() as session:
            conversation = Conversation(
                id=new_id(), door=door, channel=channel, token_hash=token_hash(token), owner="bot", language=language,
                language_from=language_from, memory={}, options=[], created_at=now, updated_at=now,
            )  # fmt: skip
            session.add(conversation)
            session.flush()
            self._say(session, conversation.id, channel, replies, None, now)
            conversation.options = [dict(option) for reply in replies for option in reply.options]
        return token

    def seen(self, token: str, after: int) -> Seen | None:
        """The conversation of a token with its messages after `after`; None when there is none."""
        with Session(self.reader) as session:
            conversation = reading.by_token(session, token)
            if conversation is None:
                return None
            found = reading.messages_after(session, conversation.id, after)
            return Seen(
                conversation.id,
                conversation.door,
                conversation.owner,
                conversation.language,
                tuple(_spoken(message) for message in found),
                conversation.turn_owner is not None,
            )

    def busy(self, conversation_id: str) -> bool:
        """Whether a turn of the conversation runs or a message waits for one."""
        with Session(self.reader) as session:
            return bool(inbox.waiting_messages(session, conversation_id))

    def delivered(self, conversation_id: str, seq: int) -> None:
        with self.writing() as session:
            reading.mark_delivered(session, conversation_id, seq)

    def choose_language(self, conversation_id: str, language: str, replies: list[Reply], now: datetime) -> None:
        """The person's explicit choice, from the picker."""
        with self.writing() as session:
            session.execute(
                update(Conversation)
                .where(Conversation.id == conversation_id)
                .values(language=language, language_from="chosen", updated_at=now)
            )
            self._say(session, conversation_id, "web", replies, None, now)

    def erase(self, conversation_id: str, now: datetime) -> None:
        with self.writing() as session:
            reading.erase(session, conversation_id, now)

    # -- turns

    def receive(self, inbound: Inbound, now: datetime, *, later: bool = False) -> tuple[inbox.Received, Work | None]:
        """Stores a message and takes the conversation's turn if it is free, unless it is to be taken `later`."""
        holder = lease.new_holder()
        with self.writing() as session:
            received = inbox.receive(
                session,
                conversation_id=inbound.conversation_id,
                channel=inbound.channel,
                channel_id=inbound.channel_id,
                text=inbound.text,
                language="und",
                now=now,
                payload=_beside(inbound),
            )
            if not received.new:
                return received, None
            _heard_on(session, inbound)
            ownership.reopen(session, inbound.conversation_id, now)
            if later or not lease.take(session, inbound.conversation_id, holder, now):
                return received, None
            self._holding.add(holder)
            return received, _next_work(session, inbound.conversation_id, holder)

    def store_answered(self, session: Session, inbound: Inbound, replies: Sequence[Reply], now: datetime) -> str | None:
        """Stores a message that needs no turn together with what is said to it, in the caller's transaction.

        Returns:
            The id of the message; None when it was known already, and nothing is said again.
        """
        received = inbox.receive(
            session, conversation_id=inbound.conversation_id, channel=inbound.channel, channel_id=inbound.channel_id,
            text=inbound.text, language="und", now=now, payload=_beside(inbound), state="done",
        )  # fmt: skip
        if not received.new:
            return None
        _heard_on(session, inbound)
        self._say(session, inbound.conversation_id, inbound.channel, list(replies), received.message_id, now)
        return received.message_id

    def take(self, conversation_id: str, now: datetime) -> Work | None:
        """Takes the turn of a conversation for a message that was stored to be taken later."""
        holder = lease.new_holder()
        with self.writing() as session:
            if not inbox.waiting_messages(session, conversation_id):
                return None
            if not lease.take(session, conversation_id, holder, now):
                return None
            self._holding.add(holder)
            return _next_work(session, conversation_id, holder)

    def keep(self, holders: Collection[str], now: datetime) -> None:
        """Renews the leases of turns that this process is still doing. Done twice, they would only be slower."""
        if holders:
            with self.writing() as session:
                lease.keep(session, holders, now)

    def take_abandoned(self, now: datetime) -> list[Work]:
        """Takes the turns of conversations that have an unanswered message and that nobody works on."""
        taken: list[Work] = []
        with Session(self.reader) as session:
            if not inbox.conversations_with_waiting_messages(session, now):
                return taken
        with self.writing() as session:
            lease.release_the_dead(session, self._holding)
            for conversation_id in inbox.conversations_with_waiting_messages(session, now):
                holder = lease.new_holder()
                if lease.take(session, conversation_id, holder, now):
                    self._holding.add(holder)
                    work = _next_work(session, conversation_id, holder)
                    if work:
                        taken.append(work)
        return taken

    def commit(self, outcome: Outcome, now: datetime) -> Work | None:
        """Writes a finished turn and gives the next one of the conversation, if a message waits.

        Nothing is written when the lease was lost: whoever has it now answers the message.
        """
        work = outcome.work
        with self.writing() as session:
            self._holding.discard(work.holder)
            if not lease.release(session, work.conversation.id, work.holder):
                return None
            if outcome.effects.erase:
                self._erased(session, work.conversation.id, outcome.replies, now)
                return None
            self._write(session, outcome, now)
            # The row is locked since the release: whoever stored a message before is seen, whoever comes
            # later takes the turn.
            following = _next_work(session, work.conversation.id, work.holder)
            if following and lease.take(session, work.conversation.id, work.holder, now):
                self._holding.add(work.holder)
                return following
        return None

    def _erased(self, session: Session, conversation_id: str, replies: Sequence[Reply], now: datetime) -> None:
        """Erases a conversation. Where nobody sees that it is gone, as by text, a new one says so and no more."""
        conversation = session.get_one(Conversation, conversation_id)
        person, line = conversation.person_id, conversation.line
        door, channel, language = conversation.door, conversation.channel, conversation.language
        reading.erase(session, conversation_id, now)
        if person and line and channel in TEXTING:
            fresh = people.new_conversation(
                session, door=door, channel=channel, person_id=person, line=line, language=language, now=now
            )
            self._say(session, fresh.id, channel, list(replies), None, now)

    def _write(self, session: Session, outcome: Outcome, now: datetime) -> None:
        work, decision, heard, effects = outcome.work, outcome.decision, outcome.heard, outcome.effects
        conversation = work.conversation
        session.execute(
            update(Message)
            .where(Message.id.in_(work.message.parts))
            .values(state="done", language=outcome.language.heard)
        )
        note_risk(session, conversation.id, work.message.id, heard.risk, now)
        for rank, code in enumerate(decision.needs):
            session.add(
                NeedFound(
                    conversation_id=conversation.id,
                    message_id=work.message.id,
                    code=code,
                    rank=rank,
                    created_at=now,
                )
            )
        if heard.place:
            place = heard.place
            session.add(
                PlaceFound(
                    conversation_id=conversation.id, message_id=work.message.id, name=place.name, kind=place.kind,
                    lat=place.lat, lon=place.lon, radius_km=place.radius_km, created_at=now,
                )
            )  # fmt: skip
        memory = dict(decision.memory if decision.memory is not None else conversation.memory)
        if heard.place and "place" not in decision_slots(decision):
            memory["place"] = _place_json(heard)
        if outcome.language.offered:
            memory["offered"] = outcome.language.offered
        if outcome.language.interpreter:
            memory["greeted"] = outcome.language.language
        if effects.restart:
            memory = {}
        place_name = (memory.get("place") or {}).get("name")
        for need in effects.unmet:
            session.add(
                UnmetNeed(
                    door=conversation.door,
                    need=need,
                    place=place_name,
                    language=outcome.language.language,
                    created_at=now,
                )
            )
        if effects.complaint:
            session.add(
                Audit(
                    conversation_id=conversation.id,
                    actor="person",
                    action="complaint",
                    detail={},
                    created_at=now,
                )
            )
        said = self._say(session, conversation.id, conversation.channel, list(outcome.replies), work.message.id, now)
        for reply, message_id in said:
            for rank, listing_id in enumerate(reply.shown):
                session.add(
                    ReferralShown(
                        conversation_id=conversation.id, message_id=message_id, listing_id=listing_id,
                        need=(memory.get("need") or [None])[0], rank=rank, created_at=now,
                    )
                )  # fmt: skip
        values: dict[str, Any] = {
            "language": outcome.language.language,
            "language_from": outcome.language.known_from,
            "memory": memory,
            "engine_stale": decision.engine_stale or effects.restart or conversation.owner == "held",
            "risk_level": max(conversation.risk_level, int(heard.risk.level)),
            "updated_at": now,
        }
        options = [dict(option) for reply in outcome.replies for option in reply.options]
        if options:
            values["options"] = options
        session.execute(
            update(Conversation)
            .where(Conversation.id == conversation.id)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        if effects.handoff:
            ownership.ask_for_person(session, conversation.id, now=now, **effects.handoff)
        session.flush()

    def _say(
        self,
        session: Session,
        conversation_id: str,
        channel: str,
        replies: list[Reply],
        answers: str | None,
        now: datetime,
        author: str = "bot",
    ) -> list[tuple[Reply, str]]:
        """Stores replies and their outbox rows, in order."""
        if not replies:
            return []
        seq = inbox.next_seq(session, conversation_id, len(replies))
        said: list[tuple[Reply, str]] = []
        for offset, reply in enumerate(replies):
            message = Message(
                id=new_id(), conversation_id=conversation_id, seq=seq + offset, direction="out", author=author,
                channel=channel, text=reply.text, language=reply.language, kind=reply.kind, payload=reply.payload(),
                state="said", answers=answers, created_at=now,
            )  # fmt: skip
            session.add(message)
            said.append((reply, message.id))
        session.flush()
        conversation = session.get_one(Conversation, conversation_id)
        for offset, (reply, message_id) in enumerate(said):
            session.add(
                Outbox(
                    conversation_id=conversation_id, message_id=message_id, channel=channel, seq=seq + offset,
                    priority=ownership.DANGER if reply.kind == "crisis" else 0, person_id=conversation.person_id,
                    line=conversation.line, next_at=now if channel in TEXTING else None, created_at=now,
                )
            )  # fmt: skip
        return said

    # -- ownership, for specialists

    def claim(self, conversation_id: str, specialist: str, replies: list[Reply], now: datetime) -> bool:
        """Gives the conversation to a specialist who pressed first; the person is told."""
        with self.writing() as session:
            if not ownership.claim(session, conversation_id, specialist, now):
                return False
            self._say(session, conversation_id, "web", replies, None, now, author="system")
            return True


def note_risk(session: Session, conversation_id: str, message_id: str, risk: Risk, now: datetime) -> None:
    """Keeps what the screen found in a message, if it found anything."""
    if risk.level > 0:
        session.add(
            RiskFinding(
                conversation_id=conversation_id, message_id=message_id, level=int(risk.level), kind=risk.kind,
                third_person=risk.third_person, reasons=list(risk.reasons), created_at=now,
            )
        )  # fmt: skip


def decision_slots(decision: Decision) -> Mapping[str, Any]:
    """What the dialogue itself has put into the memory."""
    memory = decision.memory or {}
    return {name: value for name, value in memory.items() if value is not None and not decision.crisis}


def _place_json(heard: Heard) -> dict[str, Any]:
    from bot.understanding import place_json

    assert heard.place is not None
    return place_json(heard.place)


def _next_work(session: Session, conversation_id: str, holder: str) -> Work | None:
    waiting = inbox.waiting_messages(session, conversation_id)
    if not waiting:
        return None
    conversation = session.get_one(Conversation, conversation_id, populate_existing=True)
    view = ConversationView(
        conversation.id, conversation.door, conversation.channel, conversation.owner, conversation.language,
        conversation.language_from, conversation.risk_level, conversation.engine_stale, waiting[0].seq == 1,
        conversation.line, dict(conversation.memory), tuple(conversation.options),
    )  # fmt: skip
    text, parts = inbox.whole_text(waiting)
    given = waiting[0].payload.get("given")
    return Work(holder, view, MessageView(waiting[0].id, text, tuple(parts), given))


def _beside(inbound: Inbound) -> dict[str, Any]:
    """What is kept of a message beside its words."""
    return {**({"given": dict(inbound.given)} if inbound.given else {}), **({"part": True} if inbound.part else {})}


def _heard_on(session: Session, inbound: Inbound) -> None:
    """Answers go where the person wrote last."""
    session.execute(
        update(Conversation)
        .where(Conversation.id == inbound.conversation_id, Conversation.channel != inbound.channel)
        .values(channel=inbound.channel)
        .execution_options(synchronize_session=False)
    )


def _spoken(message: Message) -> Spoken:
    return Spoken(
        message.seq, message.id, message.author, message.language, message.kind, message.text, message.created_at,
        message.payload, message.channel_id,
    )  # fmt: skip
