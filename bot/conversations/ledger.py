"""The gateway's book: each method is one transaction, and a turn is two of them (receive, commit)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from bot.after import store as after
from bot.carrier.addresses import CHANNELS as TEXTING
from bot.channels.inbound import Inbound
from bot.conversations import inbox, lease, ownership, people, reading
from bot.conversations.identity import Keys, new_token, token_hash
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
from bot.conversations.together import Together, each
from bot.conversations.turnstile import Turnstile
from bot.handoff import book
from bot.intake.store import Where, written
from bot.safety.levels import Level
from bot.waiting import callback
from bot.waiting.numbers import HIDDEN

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
    """What the numbers mean that were shown last. Once something else was said they are "old": a number still means
    what it did, a plain yes does not."""


@dataclass(frozen=True, slots=True)
class MessageView:
    """The message of a turn. `parts` are the ids of all stored messages that it was put together from."""

    id: str
    text: str
    parts: tuple[str, ...] = ()
    given: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """A turn to be done: one inbound message, and the lease that allows it.

    `silent`: the message is a specialist's to answer. It is read for them, and the bot says nothing.
    """

    holder: str
    conversation: ConversationView
    message: MessageView
    silent: bool = False


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


class OwnerChanged(Exception):
    """A specialist has claimed the conversation, or let go of it, since the answer to a message was thought out."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A conversation as its own person may see it."""

    id: str
    door: str
    owner: str
    language: str
    messages: tuple[Spoken, ...] = ()
    pending: bool = False
    holder: str | None = None
    """The specialist who holds it: an id for the server, never for a page."""


CONNECT = "connect"
"""In the memory, until the next turn: the line to which a caller is to be put through."""
TURNS = 6
"""Messages and answers in one transaction; whoever writes meanwhile is acknowledged after it."""


class Ledger:
    """Reads and writes conversations. All methods block; the gateway calls them in threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.reader = engine.execution_options(reading=True)
        self.keys: Keys | None = None
        """Seal what people write into a door's questions."""
        self._holding: set[str] = set()
        self._writer: AbstractContextManager[Any] = (
            Turnstile(engine.url.database) if engine.dialect.name == "sqlite" else contextlib.nullcontext()
        )
        self._shared: Together[Callable[[Session], Any], Any] | None = (
            Together(self.writing, each, TURNS) if engine.dialect.name == "sqlite" else None
        )

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction that may write."""
        with self._writer, Session(self.engine) as session, session.begin():
            yield session

    async def together[Found](self, work: Callable[[Session], Found]) -> Found:
        """What the work gives, when it is committed.

        SQLite makes sure of one commit after the other; there small writes share a transaction. PostgreSQL does that
        by itself, and transactions that hold rows of several conversations would wait for each other.
        """
        if self._shared is not None:
            found: Found = await self._shared.run(work)
            return found
        return await to_thread.run_sync(self._written, work)

    def _written[Found](self, work: Callable[[Session], Found]) -> Found:
        with self.writing() as session:
            return work(session)

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
        also: Callable[[Session, Conversation], None] | None = None,
    ) -> str:
        """Opens a conversation with its greeting and gives its token. `also` is written in the same transaction."""
        token = new_token()
        with self.writing() as session:
            conversation = Conversation(
                id=new_id(), door=door, channel=channel, token_hash=token_hash(token), owner="bot", language=language,
                language_from=language_from, memory={}, options=[], created_at=now, updated_at=now,
            )  # fmt: skip
            session.add(conversation)
            session.flush()
            self.say(session, conversation.id, channel, replies, None, now)
            conversation.options = [dict(option) for reply in replies for option in reply.options]
            if also:
                also(session, conversation)
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
                conversation.turn_owner is not None or inbox.waits(session, conversation.id),
                conversation.holder,
            )

    def busy(self, conversation_id: str) -> bool:
        """Whether a turn of the conversation runs or a message waits for one."""
        with Session(self.reader) as session:
            return inbox.waits(session, conversation_id)

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
            if _owner(session, conversation_id) != "held":
                self.say(session, conversation_id, "web", replies, None, now)

    def erase(self, conversation_id: str, now: datetime) -> None:
        with self.writing() as session:
            reading.erase(session, conversation_id, now)

    # -- turns

    def receive(self, inbound: Inbound, now: datetime, *, later: bool = False) -> tuple[inbox.Received, Work | None]:
        """Stores a message and takes the conversation's turn if it is free, unless it is to be taken `later`."""
        with self.writing() as session:
            return self.received(session, inbound, now, later=later)

    def received(
        self, session: Session, inbound: Inbound, now: datetime, *, later: bool = False
    ) -> tuple[inbox.Received, Work | None]:
        """The same in the caller's transaction."""
        received = inbox.receive(
            session, conversation_id=inbound.conversation_id, channel=inbound.channel, channel_id=inbound.channel_id,
            text=inbound.text, language="und", now=now, payload=_beside(inbound),
        )  # fmt: skip
        if not received.new:
            return received, None
        _heard_on(session, inbound)
        ownership.reopen(session, inbound.conversation_id, now)
        holder = lease.new_holder()
        if later or not lease.take(session, inbound.conversation_id, holder, now):
            return received, None
        self._holding.add(holder)
        return received, _next_work(session, inbound.conversation_id, holder)

    def store_answered(
        self, session: Session, inbound: Inbound, replies: Sequence[Reply], now: datetime, *, held: bool = False
    ) -> str | None:
        """Stores a message that needs no turn together with what is said to it, in the caller's transaction.

        Args:
            held: whether the answer was thought out for a conversation that a specialist holds.

        Returns:
            The id of the message; None when it was known already, and nothing is said again.

        Raises:
            OwnerChanged: that is not so any more. Nothing may be stored; the answer is to be thought out anew.
        """
        received = inbox.receive(
            session, conversation_id=inbound.conversation_id, channel=inbound.channel, channel_id=inbound.channel_id,
            text=inbound.text, language="und", now=now, payload=_beside(inbound), state="done",
        )  # fmt: skip
        if not received.new:
            return None
        # The number that the message took has locked the row: the owner stays what it is now.
        if (_owner(session, inbound.conversation_id) == "held") != held:
            raise OwnerChanged
        _heard_on(session, inbound)
        self.say(session, inbound.conversation_id, inbound.channel, list(replies), received.message_id, now)
        return received.message_id

    async def take(self, conversation_id: str, now: datetime, urgent: str | None = None) -> Work | None:
        """Takes the turn of a conversation for a message that was stored to be taken later.

        Args:
            urgent: id of a message about danger: it is answered next, whoever has the turn.
        """
        return await self.together(partial(self._take, conversation_id=conversation_id, now=now, urgent=urgent))

    def _take(self, session: Session, conversation_id: str, now: datetime, urgent: str | None) -> Work | None:
        if urgent is not None:
            inbox.put_first(session, urgent)
        holder = lease.new_holder()
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
        # Each in a transaction of its own: two gateways that look at the same time must not wait for each other's rows.
        with Session(self.reader) as session:
            dead = lease.of_the_dead(session, self._holding)
        for conversation_id, owner in dead:
            with self.writing() as session:
                lease.release(session, conversation_id, owner)
        with Session(self.reader) as session:
            left = inbox.conversations_with_waiting_messages(session, now)
        for conversation_id in left:
            holder = lease.new_holder()
            with self.writing() as session:
                if not lease.take(session, conversation_id, holder, now):
                    continue
                work = _next_work(session, conversation_id, holder)
                if work is None:  # somebody has answered it meanwhile
                    lease.release(session, conversation_id, holder)
                    continue
                self._holding.add(holder)
                taken.append(work)
        return taken

    def commit(self, outcome: Outcome, now: datetime) -> Work | None:
        """Writes a finished turn and gives the next one of the conversation, if a message waits.

        Nothing is written when the lease was lost: whoever has it now answers the message.

        The bot is silent from a specialist's claim on, so who owns the conversation is read again here, under the
        row's lock: an answer that was on its way when somebody claimed is not said. Not even a crisis reply; the
        specialist sees the danger instead, and is alarmed. And nobody in danger is left without an answer: when the
        specialist has let go meanwhile, a message about danger that the bot was silent on is done anew.
        """
        work = outcome.work
        following = None
        try:
            following = self._written(lambda session: self._committed(session, outcome, now))
        finally:  # not before: whoever looks for turns of the dead meanwhile would take this one for theirs
            if following is None:
                self._holding.discard(work.holder)
        return following

    async def commit_soon(self, outcome: Outcome, now: datetime) -> Work | None:
        """The same, in a transaction that other small writes may share."""
        following = None
        try:
            following = await self.together(lambda session: self._committed(session, outcome, now))
        finally:
            if following is None:
                self._holding.discard(outcome.work.holder)
        return following

    def _committed(self, session: Session, outcome: Outcome, now: datetime) -> Work | None:
        work = outcome.work
        if not lease.release(session, work.conversation.id, work.holder):
            return None
        if outcome.effects.erase:
            self._erased(session, work.conversation.id, outcome.replies, now)
            return None
        conversation = session.get_one(Conversation, work.conversation.id, populate_existing=True)
        held, danger = conversation.owner == "held", outcome.heard.risk.level >= Level.HIGH
        crisis = outcome.decision.crisis and danger
        if held or crisis or not danger:
            theirs = _last(session, work) <= conversation.held_to
            unsaid = held or (theirs and not crisis)
            self._write(session, _unsaid(outcome) if unsaid else outcome, conversation.risk_level, now)
        # The row is locked since the release: whoever stored a message before is seen, whoever comes
        # later takes the turn.
        following = _next_work(session, work.conversation.id, work.holder)
        if following and lease.take(session, work.conversation.id, work.holder, now):
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
            self.say(session, fresh.id, channel, list(replies), None, now)

    def _write(self, session: Session, outcome: Outcome, risk_level: int, now: datetime) -> None:
        work, decision, heard, effects = outcome.work, outcome.decision, outcome.heard, outcome.effects
        conversation = work.conversation
        session.execute(
            update(Message)
            .where(Message.id.in_(work.message.parts))
            .values(state="done", language=outcome.language.heard)
        )
        if heard.english and len(work.message.parts) == 1:
            # A machine's second opinion that has passed the gate: for whoever of our staff reads along.
            session.execute(update(Message).where(Message.id == work.message.id).values(translation=heard.english))
        note_risk(session, conversation.id, work.message.id, heard.risk, now)
        book.raised(session, conversation.id, int(heard.risk.level), heard.risk.kind, now)
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
        memory.pop(CONNECT, None)
        if effects.connect:
            memory[CONNECT] = effects.connect
        if effects.restart:
            memory = {}
        place_name = (memory.get("place") or {}).get("name")
        for need, reason in effects.unmet:
            session.add(
                UnmetNeed(
                    door=conversation.door,
                    need=need,
                    reason=reason,
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
        said = self.say(session, conversation.id, conversation.channel, list(outcome.replies), work.message.id, now)
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
            "engine_stale": decision.engine_stale or effects.restart or work.silent,
            "risk_level": max(risk_level, int(heard.risk.level)),
            "updated_at": now,
        }
        options = [dict(option) for reply in outcome.replies for option in reply.options]
        if options:
            values["options"] = options
        elif outcome.replies and (shown := _outdated(session, conversation)):
            values["options"] = shown
        session.execute(
            update(Conversation)
            .where(Conversation.id == conversation.id)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        if effects.intake:
            door, channel, language = conversation.door, conversation.channel, outcome.language.language
            where = Where(conversation.id, door, channel, language, place_name)
            written(session, where, effects.intake, self.keys, now)
        if effects.after:
            after.written(session, conversation.id, effects.after, work.message.parts, now)
        if effects.handoff:
            ownership.ask_for_person(session, conversation.id, now=now, **effects.handoff)
        if effects.leave:
            ownership.stop_waiting(session, conversation.id, "left", now, actor="person")
        for told in effects.callback:
            if callback.keep(session, conversation.id, told, now) and told.number:
                # it stands encrypted from here on, and not among the words
                hidden = update(Message).where(Message.id.in_(work.message.parts)).values(text=HIDDEN, translation=None)
                session.execute(hidden.execution_options(synchronize_session=False))
        session.flush()

    def say(
        self,
        session: Session,
        conversation_id: str,
        channel: str,
        replies: list[Reply],
        answers: str | None,
        now: datetime,
        author: str = "bot",
    ) -> list[tuple[Reply, str]]:
        """Stores replies and their outbox rows, in order, in the caller's transaction.

        Args:
            answers: id of the message that they answer.
            author: "bot", "specialist", or "system" for what is told about a handoff.
        """
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
            self.say(session, conversation_id, "web", replies, None, now, author="system")
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
    waiting = inbox.next_of(waiting)
    text, parts = inbox.whole_text(waiting)
    given = waiting[0].payload.get("given")
    silent = conversation.owner == "held" or waiting[len(parts) - 1].seq <= conversation.held_to
    return Work(holder, view, MessageView(waiting[0].id, text, tuple(parts), given), silent)


def _outdated(session: Session, conversation: ConversationView) -> list[dict[str, Any]] | None:
    """The choices of a conversation once something else was said; None where that changes nothing.

    What was shown beside the turn, as by somebody whose waiting has ended meanwhile, is newer than the turn.
    """
    now = session.get_one(Conversation, conversation.id).options
    if list(now) != list(conversation.options) or all(option.get("old") for option in now):
        return None
    return [{**option, "old": True} for option in now]


def _unsaid(outcome: Outcome) -> Outcome:
    """The turn without anything that the bot would have said or begun. What it found stays: specialists need it."""
    return replace(
        outcome,
        replies=(),
        effects=replace(outcome.effects, handoff=None, restart=False, unmet=[], intake=[], leave=False, after=[]),
        decision=replace(outcome.decision, memory=None, engine_stale=True),
        language=replace(outcome.language, offered=None, interpreter=False),
    )


def _last(session: Session, work: Work) -> int:
    """The number of the message of a turn; of its last part, when the handset had cut it."""
    return session.scalars(select(func.max(Message.seq)).where(Message.id.in_(work.message.parts))).one() or 0


def _owner(session: Session, conversation_id: str) -> str | None:
    """Who owns the conversation now."""
    return session.scalars(select(Conversation.owner).where(Conversation.id == conversation_id)).one_or_none()


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
