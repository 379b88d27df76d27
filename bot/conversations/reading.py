"""Reading a conversation: for its own person, by token, and nobody else's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.cases import store as cases
from bot.conversations.identity import token_hash
from bot.conversations.models import Audit, Conversation, Message, Outbox
from bot.handoff import book
from bot.registers import book as registers
from bot.reports.outlive import left_behind


def by_token(session: Session, token: str) -> Conversation | None:
    """The conversation of a token, or None for one that never was or was erased."""
    return session.execute(
        select(Conversation).where(Conversation.token_hash == token_hash(token))
    ).scalar_one_or_none()


def messages_after(session: Session, conversation_id: str, seq: int) -> Sequence[Message]:
    """Messages with a higher number than `seq`, in order, both directions."""
    return session.scalars(
        select(Message).where(Message.conversation_id == conversation_id, Message.seq > seq).order_by(Message.seq)
    ).all()


def mark_delivered(session: Session, conversation_id: str, seq: int) -> None:
    """The client has said that it holds everything up to `seq`."""
    held = select(Message.id).where(Message.conversation_id == conversation_id, Message.seq <= seq)
    session.execute(
        update(Outbox)
        .where(
            Outbox.conversation_id == conversation_id,
            Outbox.channel == "web",  # a text that is still to be sent is not delivered by being seen on a page
            Outbox.state == "ready",
            Outbox.message_id.in_(held),
        )
        .values(state="delivered")
        .execution_options(synchronize_session=False)
    )


def erase(session: Session, conversation_id: str, now: datetime) -> None:
    """Erases a conversation and all that hangs on it. A count without words stays in the audit."""
    left_behind(session, conversation_id)
    cases.erased(session, conversation_id, now)
    registers.forgotten(session, conversation_id, now)
    book.ended(session, conversation_id, "erased", "erased", now)
    session.execute(delete(Conversation).where(Conversation.id == conversation_id))
    session.execute(update(Audit).where(Audit.conversation_id == conversation_id).values(conversation_id=None))
    session.add(Audit(conversation_id=None, actor="person", action="erased", detail={}, created_at=now))
