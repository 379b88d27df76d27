"""The gateway's book: each method is one transaction, and a turn is two of them (receive, commit)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from bot.carrier.addresses import CHANNELS as TEXTING
from bot.channels.inbound import Inbound
from bot.conversations import inbox, lease, outcomes, ownership, people, reading
from bot.conversations.identity import Keys, new_token, token_hash
from bot.conversations.models import (
    Conversation,
    Message,
    new_id,
)
from bot.conversations.saying import say
from bot.conversations.together import Together, each
from bot.conversations.turnstile import Turnstile
from bot.conversations.views import ConversationView, MessageView, Outcome, OwnerChanged, Seen, Work, spoken
from bot.safety.levels import Level

if TYPE_CHECKING:
    from bot.words import Reply


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
            say(session, conversation.id, channel, replies, None, now)
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
                tuple(spoken(message) for message in found),
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
                say(session, conversation_id, "web", replies, None, now)

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
        say(session, inbound.conversation_id, inbound.channel, list(replies), received.message_id, now)
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
            silent = held or (theirs and not crisis)
            outcomes.write(
                session, outcomes.unsaid(outcome) if silent else outcome, conversation.risk_level, self.keys, now
            )
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
            say(session, fresh.id, channel, list(replies), None, now)


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
