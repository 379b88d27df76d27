"""What becomes of an intake: answers, consents, cases, reports and counts. No words stand here unsealed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, Float, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.conversations.models import Base, new_id


class IntakeAnswer(Base):
    """An answer, typed. The last one of a question holds. Text is sealed; a place is kept by name and point."""

    __tablename__ = "intake_answer"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    door: Mapped[str] = mapped_column(String(40))
    question: Mapped[str] = mapped_column(String(40))
    # choice, yes_no, number, date, place, text; "skipped" when the person did not want to say
    kind: Mapped[str] = mapped_column(String(8))
    code: Mapped[str | None] = mapped_column(String(200))
    number: Mapped[float | None] = mapped_column(Float)
    day: Mapped[date | None] = mapped_column(Date)
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_intake_answer_conversation", "conversation_id", "question", "created_at"),)


class ConsentGiven(Base):
    """A yes or no to sharing: which wording, in which language, which fields, to whom."""

    __tablename__ = "consent"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"))
    door: Mapped[str] = mapped_column(String(40))
    consent: Mapped[str] = mapped_column(String(40))
    version: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(8))
    given: Mapped[bool] = mapped_column(Boolean)
    fields: Mapped[list[Any]] = mapped_column(default=list)
    # id of the sentence that names who gets it
    receiver: Mapped[str] = mapped_column(String(80))
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_consent_conversation", "conversation_id"),)


class CaseFile(Base):
    """What a door's case-workers get: the answers that were consented to, and nothing of the conversation."""

    __tablename__ = "case_file"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"))
    consent_id: Mapped[str | None] = mapped_column(ForeignKey("consent.id", ondelete="SET NULL"))
    door: Mapped[str] = mapped_column(String(40))
    route: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(8))
    channel: Mapped[str] = mapped_column(String(16))
    # offered, accepted, booked, returned, withdrawn
    state: Mapped[str] = mapped_column(String(10), default="offered")
    reason: Mapped[str | None] = mapped_column(String(40))
    answers: Mapped[bytes | None] = mapped_column(LargeBinary)
    worker: Mapped[str | None] = mapped_column(String(64))
    booked_for: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    __table_args__ = (Index("ix_case_file_queue", "door", "state", "created_at"),)


class Report(Base):
    """An anonymous report. It knows no conversation, no person and no moment finer than the day."""

    __tablename__ = "report"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    door: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str | None] = mapped_column(String(200))
    place: Mapped[str | None] = mapped_column(String(120))
    happened: Mapped[str | None] = mapped_column(String(40))
    frequency: Mapped[str | None] = mapped_column(String(40))
    # web, sms, voice, counter
    source: Mapped[str] = mapped_column(String(16))
    more: Mapped[dict[str, Any]] = mapped_column(default=dict)
    day: Mapped[date] = mapped_column(Date)

    __table_args__ = (Index("ix_report_door", "door", "day"),)


class DoorEvent(Base):
    """A count at a door that outlives the conversation and names nobody."""

    __tablename__ = "door_event"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    door: Mapped[str] = mapped_column(String(40))
    # entered, verdict, outcome, consent, case, report, unmet
    event: Mapped[str] = mapped_column(String(16))
    code: Mapped[str | None] = mapped_column(String(80))
    detail: Mapped[str | None] = mapped_column(String(80))
    place: Mapped[str | None] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(8))
    channel: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_door_event", "door", "event", "created_at"),)
