"""Texts that did not reach the person, with the reason in words, for staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.carrier.addresses import CHANNELS
from bot.carrier.errors import REASONS, what, why
from bot.conversations.models import Outbox


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One of them. `state` is "failed", or "held" when the person has opted out; `offer_call` when they can be called
    but not written to."""

    outbox_id: str
    conversation_id: str
    message_id: str
    channel: str
    line: str | None
    state: str
    code: int | None
    why: str
    offer_call: bool
    crisis: bool
    attempts: int
    created_at: datetime


def dead_letters(session: Session, limit: int = 100, conversation_id: str | None = None) -> list[DeadLetter]:
    """The newest ones first; of one conversation if it is named."""
    wanted = select(Outbox).where(Outbox.state.in_(("failed", "held")), Outbox.channel.in_(CHANNELS))
    if conversation_id is not None:
        wanted = wanted.where(Outbox.conversation_id == conversation_id)
    rows = session.scalars(wanted.order_by(Outbox.created_at.desc(), Outbox.seq.desc()).limit(limit))
    return [_letter(row) for row in rows]


def _letter(row: Outbox) -> DeadLetter:
    own = row.error_code is None and row.status in REASONS
    return DeadLetter(
        outbox_id=row.id,
        conversation_id=row.conversation_id,
        message_id=row.message_id,
        channel=row.channel,
        line=row.line,
        state=row.state,
        code=row.error_code,
        why=why(row.status, row.error_code),
        offer_call=not own and what(row.error_code).retry == "voice",
        crisis=row.priority > 0,
        attempts=row.attempts,
        created_at=row.created_at,
    )
