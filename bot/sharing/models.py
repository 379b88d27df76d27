"""The tables of sharing. Names of fields and codes; what was told, and reasons in words, stand sealed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.conversations.models import Base, new_id


class Agreement(Base):
    """What a partner may be told, for what, until when. A change is a new row; the old one ends where it begins."""

    __tablename__ = "agreement"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    recipient: Mapped[str] = mapped_column(String(60))  # id of a line of the directory
    purpose: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40))  # of the recipient, for exclusions such as "not my doctor"
    fields: Mapped[list[Any]] = mapped_column(default=list)
    grounds: Mapped[list[Any]] = mapped_column(default=list)
    keep_days: Mapped[int] = mapped_column(Integer)  # how long the partner may use what it was told
    since: Mapped[datetime]
    until: Mapped[datetime]
    reference: Mapped[str] = mapped_column(String(120), default="")  # where the signed paper is
    author: Mapped[str] = mapped_column(String(64))
    superseded_at: Mapped[datetime | None]
    # ended before its time
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_agreement_recipient", "recipient", "purpose", "since"),)


class PartnerMember(Base):
    """An account of somebody who works for a partner: sees what that partner was told, and nothing else."""

    __tablename__ = "partner_member"
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    recipient: Mapped[str] = mapped_column(String(60), primary_key=True)
    author: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class Disclosure(Base):
    """One time that a partner was told something: who, for what, which fields, on which ground, until when, by whom."""

    __tablename__ = "disclosure"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"), index=True)
    door: Mapped[str] = mapped_column(String(40))
    recipient: Mapped[str] = mapped_column(String(80))
    purpose: Mapped[str] = mapped_column(String(40))
    fields: Mapped[list[Any]] = mapped_column(default=list)
    ground: Mapped[str] = mapped_column(String(20))
    ends_at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(64))
    rule_version: Mapped[str] = mapped_column(String(20))
    agreement_id: Mapped[str | None] = mapped_column(String(36))
    override_id: Mapped[str | None] = mapped_column(String(36))
    consent_id: Mapped[str | None] = mapped_column(String(36))
    # what was told, sealed, under a code that the specialist gives the partner; gone after the end
    packet: Mapped[bytes | None] = mapped_column(LargeBinary)
    code_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_disclosure_recipient", "recipient", "created_at"),)


class Exclusion(Base):
    """Who must not know, as the person said: a kind of recipient or one line. Goes with the conversation."""

    __tablename__ = "exclusion"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str | None] = mapped_column(String(40))
    recipient: Mapped[str | None] = mapped_column(String(60))
    by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None] = mapped_column(String(64))


class Override(Base):
    """Somebody asks to share against an exclusion; somebody else decides."""

    __tablename__ = "sharing_override"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"), index=True)
    door: Mapped[str] = mapped_column(String(40))
    recipient: Mapped[str] = mapped_column(String(60))
    purpose: Mapped[str] = mapped_column(String(40))
    fields: Mapped[list[Any]] = mapped_column(default=list)
    ground: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(40))
    words: Mapped[bytes | None] = mapped_column(LargeBinary)  # the reason in words, sealed
    asked_by: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime]
    # pending, approved, refused, used
    state: Mapped[str] = mapped_column(String(10), default="pending")
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_sharing_override_state", "state", "asked_at"),)


class Correction(Base):
    """A change of a listing that a partner proposes. It speaks of a service, never of a person."""

    __tablename__ = "listing_correction"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    listing: Mapped[str] = mapped_column(String(80), index=True)
    field: Mapped[str] = mapped_column(String(40))
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(String(64))
    # proposed, signed, refused
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    reviewed_by: Mapped[str | None] = mapped_column(String(64))
    reviewed_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_listing_correction_state", "state", "created_at"),)
