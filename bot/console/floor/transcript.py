"""A conversation to be read, not written in: by a supervisor who reads along, or a reviewer afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.models import Message
from bot.language.catalogue import RTL

MOST = 200
"""Messages of one view; of a longer conversation the latest."""


@dataclass(frozen=True, slots=True)
class Line:
    """One message. `translation` is what stands beside it in the reader's language, if there is one."""

    seq: int
    author: str
    name: str | None
    at: datetime
    language: str
    rtl: bool
    text: str
    translation: str | None


def transcript(session: Session, conversation_id: str, limit: int = MOST) -> list[Line]:
    """The latest messages of a conversation, in their order. Private notes are not among them."""
    rows = session.scalars(
        select(Message).where(Message.conversation_id == conversation_id).order_by(Message.seq.desc()).limit(limit)
    )
    return [
        Line(
            row.seq, row.author, row.payload.get("by_name"), row.created_at, row.language, row.language in RTL,
            row.text, row.translation or row.payload.get("original"),
        )
        for row in reversed(list(rows))
    ]  # fmt: skip
