"""Tables of supported referrals. The form goes with the conversation; what is counted stays and names nobody."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.conversations.models import Base, new_id

STATES = ("given", "received", "accepted", "not_accepted")
REASONS = ("full", "level", "distance", "no_contact", "other")
STEPS = ("call", "visit", "class")


class LearnerReferral(Base):
    """A form that was sent to a program, by its codes. `state` is what the program has told."""

    __tablename__ = "learner_referral"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"), index=True)
    consent_id: Mapped[str | None] = mapped_column(ForeignKey("consent.id", ondelete="SET NULL"))
    door: Mapped[str] = mapped_column(String(40))
    route: Mapped[str] = mapped_column(String(40))
    listing_id: Mapped[str] = mapped_column(String(200))
    need: Mapped[str | None] = mapped_column(String(40))
    stream: Mapped[str | None] = mapped_column(String(20))
    mode: Mapped[str | None] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(8))
    region: Mapped[str | None] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(12), default="given")
    reason: Mapped[str | None] = mapped_column(String(20))
    step: Mapped[str | None] = mapped_column(String(10))
    step_day: Mapped[date | None] = mapped_column(Date)
    worker: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[datetime]
    received_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_learner_referral_listing", "listing_id", "state", "created_at"),)


class LearnerForm(Base):
    """The answers that the learner has allowed, sealed. Gone with the conversation."""

    __tablename__ = "learner_form"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    referral_id: Mapped[str] = mapped_column(ForeignKey("learner_referral.id", ondelete="CASCADE"), unique=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    answers: Mapped[bytes] = mapped_column(LargeBinary)


class LearnerProgram(Base):
    """Who reads the forms of a program: a partner's account and a listing of the directory."""

    __tablename__ = "learner_program"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    listing_id: Mapped[str] = mapped_column(String(200), index=True)
    added_by: Mapped[str] = mapped_column(String(36))
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("staff_id", "listing_id", name="uq_learner_program"),)


class LearnerSearch(Base):
    """That somebody looked for a program, where, of what kind, and how many were near. No person or conversation."""

    __tablename__ = "learner_search"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    door: Mapped[str] = mapped_column(String(40))
    need: Mapped[str] = mapped_column(String(40))
    region: Mapped[str | None] = mapped_column(String(120))
    stream: Mapped[str | None] = mapped_column(String(20))
    mode: Mapped[str | None] = mapped_column(String(20))
    near: Mapped[int] = mapped_column(Integer)
    gap: Mapped[bool] = mapped_column(Boolean)
    year: Mapped[int] = mapped_column(Integer)

    __table_args__ = (Index("ix_learner_search", "door", "year", "region"),)
