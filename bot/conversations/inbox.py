"""Receiving: a message is stored under the channel's own id before anything else happens to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.conversations.models import Conversation, Message
from bot.sms.splitting import joined

URGENT = "urgent"
"""In the payload of a message about danger: it is answered before others that wait."""
PARTS_WITHIN = timedelta(seconds=10)
"""Parts of a text that a handset has cut come in within this time of each other; carriers may delay some."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of an inbound message. `new` is false for one that was there already."""

    message_id: str
    new: bool


def next_seq(session: Session, conversation_id: str, count: int = 1) -> int:
    """Takes `count` numbers in the order of the conversation and gives the first; safe across processes."""
    last = session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(last_seq=Conversation.last_seq + count)
        .returning(Conversation.last_seq)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    return last - count + 1


def receive(
    session: Session,
    *,
    conversation_id: str,
    channel: str,
    channel_id: str,
    text: str,
    language: str,
    now: datetime,
    payload: dict[str, Any] | None = None,
    state: str = "received",
) -> Received:
    """Stores an inbound message once.

    Args:
        channel_id: the channel's id of the message, made unique by the conversation where the channel's own
            ids are not (a browser makes its own).
        state: "done" for what needs no turn.
    """
    known = _known(session, channel, channel_id)
    if known:
        return Received(known, new=False)
    message = Message(
        conversation_id=conversation_id,
        seq=next_seq(session, conversation_id),
        direction="in",
        author="person",
        channel=channel,
        channel_id=channel_id,
        text=text,
        language=language,
        payload=payload or {},
        state=state,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(message)
            session.flush()
    except IntegrityError:  # the same message arrived twice at the same moment
        known = _known(session, channel, channel_id)
        if known is None:
            raise
        return Received(known, new=False)
    return Received(message.id, new=True)


def _known(session: Session, channel: str, channel_id: str) -> str | None:
    return session.execute(
        select(Message.id).where(Message.channel == channel, Message.channel_id == channel_id)
    ).scalar_one_or_none()


def waiting_messages(session: Session, conversation_id: str) -> list[Message]:
    """Inbound messages of a conversation whose turn has not been done, in order."""
    return list(
        session.scalars(
            select(Message)
            .where(Message.conversation_id == conversation_id, Message.state == "received")
            .order_by(Message.seq)
        )
    )


def waits(session: Session, conversation_id: str) -> bool:
    """Whether a message of a conversation waits for its turn, or is in it."""
    one = select(Message.id).where(Message.conversation_id == conversation_id, Message.state == "received").limit(1)
    return session.scalar(one) is not None


def put_first(session: Session, message_id: str) -> None:
    """A message that is about danger, and waits, is answered before those that came before it."""
    message = session.get(Message, message_id, populate_existing=True)
    if message is not None and message.state == "received":
        message.payload = {**message.payload, URGENT: True}
        session.flush()


def next_of(waiting: list[Message]) -> list[Message]:
    """Waiting messages from the one that is answered next: danger first, else in their order."""
    first = next((place for place, message in enumerate(waiting) if message.payload.get(URGENT)), 0)
    return waiting[first:]


def whole_text(waiting: list[Message]) -> tuple[str, list[str]]:
    """The first waiting message with the parts that a handset may have cut off it; the text and their ids."""
    taken = [waiting[0]]
    for message in waiting[1:]:
        if not taken[-1].payload.get("part") or message.created_at - taken[-1].created_at > PARTS_WITHIN:
            break
        taken.append(message)
    return joined([message.text for message in taken]), [message.id for message in taken]


def conversations_with_waiting_messages(session: Session, now: datetime) -> list[str]:
    """Conversations that somebody has to take up: after a crash, or when a process lost its turn.

    One whose last message may be continued at any moment is left to whoever waits for that.
    """
    waiting = select(Message.conversation_id, Message.payload, Message.created_at).where(Message.state == "received")
    last = {row.conversation_id: row for row in session.execute(waiting.order_by(Message.seq))}
    return [
        conversation
        for conversation, row in last.items()
        if not (row.payload.get("part") and now - row.created_at < PARTS_WITHIN)
    ]
