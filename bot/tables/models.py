"""The tables of situations, of people sent over by another service, and of plans.

Who it is and why stand sealed in `situation` and leave on schedule; what stays are codes that count.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.conversations.models import Base, new_id

AGE_GROUPS = ("child", "youth", "adult", "older", "unknown")
CONSENTS = ("given", "not_asked", "refused")


class Situation(Base):
    """A situation that a specialist has referred to a table."""

    __tablename__ = "situation"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    door: Mapped[str] = mapped_column(String(40))
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"))
    # referred, met (the threshold is), not_met, closed, lapsed (never decided)
    state: Mapped[str] = mapped_column(String(10), default="referred")
    danger_now: Mapped[bool] = mapped_column(Boolean)
    age_group: Mapped[str] = mapped_column(String(10))
    area: Mapped[str] = mapped_column(String(40))
    factors: Mapped[list[Any]] = mapped_column(default=list)
    excluded: Mapped[list[Any]] = mapped_column(default=list)  # agencies that the person does not want
    consent: Mapped[str] = mapped_column(String(10))
    consent_version: Mapped[str] = mapped_column(String(20))
    ground: Mapped[str | None] = mapped_column(String(10))  # without consent: "life" (risk to life)
    why: Mapped[bytes | None] = mapped_column(LargeBinary)
    identity: Mapped[bytes | None] = mapped_column(LargeBinary)
    referred_by: Mapped[str] = mapped_column(String(36))
    threshold_version: Mapped[str | None] = mapped_column(String(20))
    decided_by: Mapped[str | None] = mapped_column(String(36))
    decided_agency: Mapped[str | None] = mapped_column(String(40))
    decided_at: Mapped[datetime | None]
    connected_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(40))
    closed_at: Mapped[datetime | None]
    names_until: Mapped[datetime]
    names_left_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_situation_door", "door", "created_at"),
        Index("ix_situation_names", "names_left_at", "names_until"),
    )


class Voice(Base):
    """What one agency says of the threshold; it may change until the table has decided."""

    __tablename__ = "situation_voice"
    situation_id: Mapped[str] = mapped_column(ForeignKey("situation.id", ondelete="CASCADE"), primary_key=True)
    agency: Mapped[str] = mapped_column(String(40), primary_key=True)
    met: Mapped[bool] = mapped_column(Boolean)
    staff_id: Mapped[str] = mapped_column(String(36))
    created_at: Mapped[datetime]


class Involved(Base):
    """An agency that the table has ticked for an intervention."""

    __tablename__ = "situation_agency"
    situation_id: Mapped[str] = mapped_column(ForeignKey("situation.id", ondelete="CASCADE"), primary_key=True)
    agency: Mapped[str] = mapped_column(String(40), primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default="asked")  # asked, accepted, declined
    staff_id: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]


class Diverted(Base):
    """What a specialist decided about somebody whom another service has sent over. Outlives the conversation."""

    __tablename__ = "diversion"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"))
    door: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    decision: Mapped[str] = mapped_column(String(10))  # accepted, returned
    reason: Mapped[str | None] = mapped_column(String(40))
    destination: Mapped[str | None] = mapped_column(String(40))
    staff_id: Mapped[str] = mapped_column(String(36))
    created_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_diversion_conversation", "conversation_id", unique=True),
        Index("ix_diversion_door", "door", "created_at"),
    )


class Plan(Base):
    """Who looks after one person's several needs, and when next. No words; it goes with the conversation."""

    __tablename__ = "plan"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    door: Mapped[str] = mapped_column(String(40))
    owner: Mapped[str] = mapped_column(String(36))
    next_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8), default="open")  # open, done
    created_by: Mapped[str] = mapped_column(String(36))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_plan_conversation", "conversation_id", unique=True),
        Index("ix_plan_owner", "state", "owner", "next_at"),
    )
