"""The tables of text messages and calls, beside those of the conversations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.conversations.models import Base, new_id


class DeliveryEvent(Base):
    """A status callback as it came; the pair is unique, so that a repeat changes nothing."""

    __tablename__ = "delivery_event"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    sid: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(20))
    error_code: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("sid", "status", name="uq_delivery_event"),)


class OptOut(Base):
    """Somebody who wants no texts from one of our numbers.

    Stands apart from `person`: it is kept when a person has their conversations erased.
    """

    __tablename__ = "opt_out"
    line: Mapped[str] = mapped_column(String(64), primary_key=True)
    pseudonym: Mapped[str] = mapped_column(String(64), primary_key=True)
    word: Mapped[str] = mapped_column(String(20))
    told_by: Mapped[str] = mapped_column(String(10))  # person, carrier
    created_at: Mapped[datetime]


class Call(Base):
    """A phone call: where it stands, by the carrier's own id."""

    __tablename__ = "call"
    sid: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    line: Mapped[str] = mapped_column(String(64))
    withheld: Mapped[bool] = mapped_column(Boolean, default=False)
    # the last step that was answered; what comes with an older one is a repeat
    step: Mapped[int] = mapped_column(Integer, default=0)
    status: Mapped[str] = mapped_column(String(20), default="in-progress")
    state: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class CallPage(Base):
    """What was answered at a step of a call; the carrier's repeat gets the same."""

    __tablename__ = "call_page"
    sid: Mapped[str] = mapped_column(ForeignKey("call.sid", ondelete="CASCADE"), primary_key=True)
    step: Mapped[str] = mapped_column(String(40), primary_key=True)
    page: Mapped[str]
    created_at: Mapped[datetime]


class Callback(Base):
    """Somebody who asked to be called back, or left a message when nobody was there."""

    __tablename__ = "callback"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # callback, voicemail
    number: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(String(8))
    safe_hours: Mapped[str | None] = mapped_column(String(40))
    may_leave_message: Mapped[bool | None] = mapped_column(Boolean)
    recording: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default="open")  # open, done
    # tries without an answer, the last of them, and what came of it in the end
    tries: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    tried_at: Mapped[datetime | None]
    # when the consoles were told that it is due
    rung_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(12))  # reached, no_answer, wrong_number, not_wanted
    done_by: Mapped[str | None] = mapped_column(String(36))
    done_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_callback_state", "state", "created_at"),)


class ResumeCode(Base):
    """A short code that carries a conversation to another channel, once and for a short time."""

    __tablename__ = "resume_code"
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
