"""What specialists keep beside a conversation: notes, canned replies, outcomes, referrals, transfers to partners.

Words stand in `note` (of specialists, never sent) and in `canned_version` (of nobody in particular). What outlives a
conversation that was erased are counts and codes, without words.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.conversations.models import Base, new_id

REFERRAL_STATES = ("given", "declined", "connected", "helped", "not_helped", "unknown")
"""What became of a service that a person was referred to; "given" until somebody asks."""
TRANSFER_STATES = ("offered", "connected", "no_answer", "busy", "refused", "unknown")


class Note(Base):
    """A specialist's private note. Nothing that sends to a person takes one."""

    __tablename__ = "note"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    # the page's own id of it; unique in the conversation, so that a repeat changes nothing
    client_id: Mapped[str] = mapped_column(String(64))
    author: Mapped[str] = mapped_column(String(36))  # id of a staff account
    author_name: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("conversation_id", "client_id", name="uq_note_client_id"),)


class CannedReply(Base):
    """A reply that specialists send often. `door` is None for all doors. Its words are in its newest version."""

    __tablename__ = "canned_reply"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    door: Mapped[str | None] = mapped_column(String(40))
    phase: Mapped[str] = mapped_column(String(20))
    shortcut: Mapped[str] = mapped_column(String(40))
    # id of a sentence in the catalogue that its words are taken from, in every language that has it
    message: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class CannedVersion(Base):
    """The words of a canned reply in one language, as they were from `created_at` on. The newest holds."""

    __tablename__ = "canned_version"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    canned_id: Mapped[str] = mapped_column(ForeignKey("canned_reply.id", ondelete="CASCADE"), index=True)
    language: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class DeskOutcome(Base):
    """How a conversation ended for a specialist, in codes. Outlives the conversation."""

    __tablename__ = "outcome"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"), index=True)
    handoff_id: Mapped[str | None] = mapped_column(String(36))
    door: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    staff_id: Mapped[str | None] = mapped_column(String(36))
    met: Mapped[list[Any]] = mapped_column(default=list)  # codes of needs
    unmet: Mapped[list[Any]] = mapped_column(default=list)  # [{"need": code, "reason": code}]
    risk_end: Mapped[int | None] = mapped_column(Integer)
    follow_up_asked: Mapped[bool] = mapped_column(Boolean, default=False)
    follow_up_consented: Mapped[bool] = mapped_column(Boolean, default=False)
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what the door asks for: codes, numbers, yes or no
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_outcome_door", "door", "created_at"),)


class Referral(Base):
    """A service that a specialist gave to a person. Outlives the conversation as a count."""

    __tablename__ = "referral"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"), index=True)
    door: Mapped[str] = mapped_column(String(40))
    listing_id: Mapped[str] = mapped_column(String(80))
    need: Mapped[str | None] = mapped_column(String(40))
    given_by: Mapped[str] = mapped_column(String(36))
    state: Mapped[str] = mapped_column(String(12), default="given")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_referral_door", "door", "created_at"),)


class PartnerTransfer(Base):
    """A person who was handed on to a partner line, and which facts they agreed to share: names of fields only."""

    __tablename__ = "partner_transfer"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"), index=True)
    door: Mapped[str] = mapped_column(String(40))
    line: Mapped[str] = mapped_column(String(60))
    shared: Mapped[list[Any]] = mapped_column(default=list)
    consent_version: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12), default="offered")
    by: Mapped[str] = mapped_column(String(36))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
