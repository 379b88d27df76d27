"""Calls in the database: whose conversation a call is, where it stands, and what was answered at each step.

All methods block and are called in threads. Words of a caller that are kept for a moment ("you said: …") stand in
pages and state; both are emptied when the carrier tells that the call has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.conversations import inbox, ownership, people
from bot.conversations.carrier_models import Call, CallPage
from bot.conversations.identity import Keys
from bot.conversations.ledger import Ledger
from bot.conversations.models import Conversation, Message, Outbox, new_id
from bot.conversations.views import Spoken
from bot.safety import Level
from bot.voice.calling import Calling, calling_of
from bot.words import Reply

CHANNEL = "voice"
AGAIN = timedelta(hours=24)
"""How long somebody who calls again from the same number goes on in the same conversation."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What became of an inbound message."""

    text: str
    done: bool


class Calls:
    """Reads and writes calls."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def open(
        self, sid: str, *, line: str, door: str, caller: str | None, keys: Keys, language: str, now: datetime
    ) -> Calling:
        """The call of this sid, begun unless it was there.

        Args:
            line: the number of ours that was called.
            caller: the number of the person; None when it is withheld, and then the call shares nothing.
            language: before anything is known of the person.
        """
        with self.ledger.writing() as session:
            known = calling_of(session, sid)
            if known is not None:
                return known
            person = people.person_for(session, keys, CHANNEL, caller, now).id if caller else None
            conversation = _earlier(session, person, line, now) if person else None
            conversation = conversation or people.new_conversation(
                session, door=door, channel=CHANNEL, person_id=person, line=line, language=language, now=now
            )
            conversation.updated_at = now
            # What was said or asked for in an earlier call is neither read out nor done again.
            flow = {"said": conversation.last_seq, "person_said": conversation.owner == "waiting"}
            session.add(
                Call(
                    sid=sid,
                    conversation_id=conversation.id,
                    line=line,
                    withheld=caller is None,
                    state={"flow": flow},
                    created_at=now,
                )
            )
            session.flush()
            opened = calling_of(session, sid)
            assert opened is not None
            return opened

    def load(self, sid: str) -> Calling | None:
        """The call as it stands; None when there is none, or when its conversation was erased."""
        with Session(self.ledger.reader) as session:
            return calling_of(session, sid)

    def page(self, sid: str, step: str) -> str | None:
        """What was answered at a step."""
        with Session(self.ledger.reader) as session:
            found = session.get(CallPage, (sid, step))
            return found.page if found else None

    def answer(
        self,
        sid: str,
        step: str,
        page: str,
        now: datetime,
        *,
        flow: Mapping[str, Any] | None = None,
        transfer: Mapping[str, Any] | None = None,
        also: Callable[[Session], None] | None = None,
    ) -> str:
        """Keeps what is answered at a step, once, with all that belongs to it in the same transaction.

        Args:
            flow: replaces the flow's part of the call's state.
            transfer: replaces the transfer's part.
            also: writes what else belongs to the step.

        Returns:
            The page that holds: the older one when the step was answered before, and then nothing is written.
        """
        with self.ledger.writing() as session:
            call = session.get(Call, sid)
            if call is None:
                return page  # the conversation was erased meanwhile
            try:
                with session.begin_nested():
                    session.add(CallPage(sid=sid, step=step, page=page, created_at=now))
                    session.flush()
            except IntegrityError:
                return session.execute(
                    select(CallPage.page).where(CallPage.sid == sid, CallPage.step == step)
                ).scalar_one()
            state = dict(call.state)
            if flow is not None:
                state["flow"] = dict(flow)
                _spoken_up_to(session, call.conversation_id, int(flow.get("said") or 0))
            if transfer is not None:
                state["transfer"] = dict(transfer)
            call.state = state
            if step.isdigit():
                call.step = max(call.step, int(step))
            if also is not None:
                also(session)
        return page

    def turn(self, channel_id: str) -> Turn | None:
        """The message of a step; None when there is none (any more)."""
        with Session(self.ledger.reader) as session:
            found = session.execute(
                select(Message.text, Message.state).where(Message.channel == CHANNEL, Message.channel_id == channel_id)
            ).one_or_none()
            return Turn(found.text, found.state == "done") if found else None

    def replies(self, conversation_id: str, after: int) -> list[Spoken]:
        """What was said to the person since `after`: answers, and words of specialists; not what went out as text.

        What the flow itself says (the start, for example) it says at once; it answers no message.
        """
        with Session(self.ledger.reader) as session:
            found = session.scalars(
                select(Message)
                .where(
                    Message.conversation_id == conversation_id,
                    Message.seq > after,
                    Message.direction == "out",
                    Message.channel != "sms",
                    or_(Message.answers.is_not(None), Message.author == "specialist"),
                )
                .order_by(Message.seq)
            )
            return [
                Spoken(m.seq, m.id, m.author, m.language, m.kind, m.text, m.created_at, m.payload, m.channel_id)
                for m in found
            ]

    def last_words(self, conversation_id: str) -> int:
        """The number of the person's last message in a conversation: what was said after it answers it."""
        with Session(self.ledger.reader) as session:
            found = session.scalars(
                select(Message.seq)
                .where(Message.conversation_id == conversation_id, Message.direction == "in")
                .order_by(Message.seq.desc())
                .limit(1)
            ).first()
            return found or 0

    def said(
        self, calling: Calling, replies: Sequence[Reply], now: datetime, *, language: str | None = None
    ) -> Callable[[Session], None]:
        """Writes words that answer no message, with the choices in them; with `language`, as the person's choice.

        For `also` of `answer`: what is said and what is kept of it belong together.
        """

        def write(session: Session) -> None:
            conversation = session.get_one(Conversation, calling.conversation_id)
            if language is not None:
                conversation.language, conversation.language_from = language, "chosen"
            options = [dict(option) for reply in replies for option in reply.options]
            if options:
                conversation.options = options
            conversation.updated_at = now
            session.flush()
            seq = inbox.next_seq(session, calling.conversation_id, len(replies)) if replies else 0
            for offset, reply in enumerate(replies):
                message = Message(
                    id=new_id(), conversation_id=calling.conversation_id, seq=seq + offset, direction="out",
                    author="bot", channel=CHANNEL, text=reply.text, language=reply.language, kind=reply.kind,
                    payload=reply.payload(), state="said", created_at=now,
                )  # fmt: skip
                session.add(message)

        return write

    def person_asked(self, calling: Calling, reason: str, now: datetime) -> Callable[[Session], None]:
        """Writes that the caller wants a person, so that the specialists see it. For `also` of `answer`."""

        def write(session: Session) -> None:
            ownership.ask_for_person(session, calling.conversation_id, reason=reason, priority=0, now=now)

        return write

    def join(self, sid: str, conversation_id: str, now: datetime) -> Calling | None:
        """The call goes on in another conversation: the caller has given its code."""
        with self.ledger.writing() as session:
            call = session.get(Call, sid)
            conversation = session.get(Conversation, conversation_id)
            if call is None or conversation is None:
                return None
            call.conversation_id = conversation_id
            conversation.updated_at = now
            session.flush()
            return calling_of(session, sid)

    def ended(self, sid: str, status: str, now: datetime) -> None:
        """The carrier says that the call is over: what was only kept for it is forgotten."""
        with self.ledger.writing() as session:
            call = session.get(Call, sid)
            if call is None or call.ended_at is not None:
                return
            call.status, call.ended_at = status[:20], now
            call.state = {part: value for part, value in call.state.items() if part != "flow"}
            session.execute(delete(CallPage).where(CallPage.sid == sid))
            _spoken_up_to(session, call.conversation_id, 1 << 30)


def _earlier(session: Session, person: str, line: str, now: datetime) -> Conversation | None:
    """The conversation that somebody goes on with who calls again.

    Not one in which there was danger, unless a specialist holds it: whoever redials from the same phone may be
    the one who is feared, and "a person has been asked for" would tell.
    """
    found = people.last_conversation(session, person, line, now - AGAIN)
    if found is None or (found.risk_level >= int(Level.HIGH) and found.owner != "held"):
        return None
    return found


def _spoken_up_to(session: Session, conversation_id: str, seq: int) -> None:
    """What was said aloud needs no delivery any more."""
    said = select(Message.id).where(Message.conversation_id == conversation_id, Message.seq <= seq)
    session.execute(
        update(Outbox)
        .where(Outbox.channel == CHANNEL, Outbox.state == "ready", Outbox.message_id.in_(said))
        .values(state="delivered")
        .execution_options(synchronize_session=False)
    )


__all__ = ["AGAIN", "CHANNEL", "Calling", "Calls", "Turn"]
