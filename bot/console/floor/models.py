"""The tables of the floor: settings of doors with their history, and what quality reviews found.

A review is split so that nobody is judged by a table: the scores stand by themselves (door, month, question) and
lead back neither to a conversation nor to a colleague; the comment stands with the conversation and goes with it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.conversations.models import Base, new_id


class DoorSetting(Base):
    """What holds for a door from `effective_from` until `superseded_at`; nothing is ever overwritten."""

    __tablename__ = "door_setting"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    door: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(40))  # hours, status, or a setting of the door's file
    value: Mapped[dict[str, Any]] = mapped_column(JSON)
    author: Mapped[str] = mapped_column(String(36))  # id of a staff account
    effective_from: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    # taken back before it began
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_door_setting_door", "door", "key", "effective_from"),)


class QualityReview(Base):
    """A closed conversation that was drawn for a reviewer. Says that it was reviewed, not how."""

    __tablename__ = "quality_review"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"), index=True)
    door: Mapped[str] = mapped_column(String(40))
    reviewer: Mapped[str] = mapped_column(String(36))
    drawn_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_quality_review_reviewer", "reviewer", "done_at"),)


class QualityScore(Base):
    """One answer of one review, joined to nothing: only sums are of use."""

    __tablename__ = "quality_score"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    door: Mapped[str] = mapped_column(String(40))
    month: Mapped[str] = mapped_column(String(7))  # 2026-11
    question: Mapped[str] = mapped_column(String(20))
    score: Mapped[int] = mapped_column(Integer)

    __table_args__ = (Index("ix_quality_score_month", "month", "door"),)


class QualityComment(Base):
    """What a reviewer wrote. It may speak of the conversation, so it is erased with it."""

    __tablename__ = "quality_comment"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    reviewer: Mapped[str] = mapped_column(String(36))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
