"""The tables of handoffs: who waited and how it ended, who took them, who is on duty. No words in them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.conversations.models import Base, new_id

STATUSES = ("available", "busy", "away", "offline")
OUTCOMES = ("closed", "returned", "left", "unanswered", "callback", "erased", "partner")
"""How a handoff ends. Until then its row has no `ended_at`, and a conversation has at most one such row."""


class Handoff(Base):
    """One wait for a person, from the asking until a specialist has closed it or it ended without one.

    Outlives its conversation as a count: nothing in it says who it was.
    """

    __tablename__ = "handoff"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"), index=True)
    door: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    # a code: asked, risk:high, language:pa, callback, voicemail, failures, keyword:help, loop, transfer, …
    reason: Mapped[str] = mapped_column(String(40))
    # the highest level that was found since it began, and its kind
    risk_level: Mapped[int] = mapped_column(Integer, default=0)
    kind: Mapped[str | None] = mapped_column(String(24))
    # who should take it: "language:pa" or a skill of staff; None for anybody
    skill: Mapped[str | None] = mapped_column(String(40))
    # how they came in: a mark of the door ("officer", "from_911"), and the number of a sign
    mark: Mapped[str | None] = mapped_column(String(40))
    sign: Mapped[str | None] = mapped_column(String(20))
    priority: Mapped[int] = mapped_column(Integer, default=0)
    asked_at: Mapped[datetime]
    # danger while a specialist holds it: since when, and when they have seen it
    raised_at: Mapped[datetime | None]
    raise_seen_at: Mapped[datetime | None]
    # the alarm: when it rang last, went to the supervisors, and to the telephone of whoever is on call
    alerted_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    paged_at: Mapped[datetime | None]
    pages: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    # the first claim; `claimed_by` holds it now, None while it waits (again)
    claimed_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(36))
    first_answer_at: Mapped[datetime | None]
    # when the person was told that nobody came, with other ways to help
    told_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(12))
    callback_id: Mapped[str | None] = mapped_column(
        ForeignKey("callback.id", ondelete="SET NULL", name="fk_handoff_callback")
    )

    __table_args__ = (
        Index(
            "uq_handoff_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_handoff_times", "ended_at", "asked_at"),
        Index("ix_handoff_asked", "asked_at"),
    )


class Presence(Base):
    """Whether a member of staff takes conversations, and when their console was last connected."""

    __tablename__ = "presence"
    staff_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    status: Mapped[str] = mapped_column(String(10), default="offline")
    seen_at: Mapped[datetime]
    since: Mapped[datetime]


class Taking(Base):
    """A stretch of time in which a specialist held a conversation, or a supervisor wrote in it beside them."""

    __tablename__ = "taking"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    handoff_id: Mapped[str] = mapped_column(ForeignKey("handoff.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[str] = mapped_column(String(36))
    # how it began: claim, transfer, takeover, reassign, join
    how: Mapped[str] = mapped_column(String(12))
    # how it ended: close, return, release, disconnected, transfer, takeover, reassign, erased
    ended_how: Mapped[str | None] = mapped_column(String(12))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_taking_staff", "staff_id", "ended_at"),)
