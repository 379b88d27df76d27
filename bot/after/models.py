"""The tables of what comes after: follow-ups that were agreed to, what became of needs, answers to evaluations.

A follow-up goes with its conversation. What became of needs and the answers to evaluations know no conversation.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.conversations.models import Base, new_id

STATES = ("agreeing", "planned", "asked", "done", "cancelled")
"""agreeing: the questions about how and when are not all answered; silence is no consent, so nothing comes of it."""
CHANNELS = ("sms", "voice", "web")


class FollowUp(Base):
    """Somebody may be asked later whether they got help. Codes and times; the number is sealed."""

    __tablename__ = "follow_up"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    door: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10), default="agreeing")
    # sms, voice (a member of staff calls) or web (shown when they come back)
    channel: Mapped[str | None] = mapped_column(String(8))
    number: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(String(8))
    safe_hours: Mapped[str | None] = mapped_column(String(12))  # as callback.safe_hours
    day: Mapped[date | None] = mapped_column(Date)
    # the first moment of that day at which it is safe; a call that nobody answered moves it
    due_at: Mapped[datetime | None]
    # the consent: which wording, in which language, when, and who took it (person or a staff id)
    consent_version: Mapped[str] = mapped_column(String(20))
    consent_language: Mapped[str] = mapped_column(String(8))
    consent_at: Mapped[datetime]
    consent_by: Mapped[str] = mapped_column(String(36))
    needs: Mapped[list[Any]] = mapped_column(default=list)  # codes; empty: what they came for is not known
    place: Mapped[str | None] = mapped_column(String(120))
    income_group: Mapped[str | None] = mapped_column(String(40))
    # need → {"state": met|unmet|unknown, "reason": code}
    results: Mapped[dict[str, Any]] = mapped_column(default=dict)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    asked_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    # staff id, "person", or "system" when nobody answered
    done_by: Mapped[str | None] = mapped_column(String(36))
    # why it was cancelled: withdrawn, danger, opted_out, wrong_number
    reason: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_follow_up_due", "state", "due_at"), Index("ix_follow_up_door", "door", "state"))


class NeedOutcome(Base):
    """What became of one need, found by a follow-up: a count that names nobody and knows no conversation."""

    __tablename__ = "need_outcome"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    door: Mapped[str] = mapped_column(String(40))
    need: Mapped[str] = mapped_column(String(40))  # "" where it is not known
    state: Mapped[str] = mapped_column(String(8))  # met, unmet, unknown
    reason: Mapped[str | None] = mapped_column(String(20))
    place: Mapped[str | None] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(8))
    income_group: Mapped[str | None] = mapped_column(String(40))
    day: Mapped[date] = mapped_column(Date)

    __table_args__ = (Index("ix_need_outcome", "door", "need", "day"),)


class EvaluationAnswer(Base):
    """One answer to one question of a door's evaluation. Nothing joins it to anybody or to another answer."""

    __tablename__ = "evaluation_answer"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    door: Mapped[str] = mapped_column(String(40))
    question: Mapped[str] = mapped_column(String(40))
    answer: Mapped[str] = mapped_column(String(40))
    day: Mapped[date] = mapped_column(Date)

    __table_args__ = (Index("ix_evaluation_answer", "door", "question", "day"),)
