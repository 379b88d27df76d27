"""The tables of the gateway.

Words of people stand in `message` alone. Addresses stand encrypted in `person`, apart from the words.
Everything else refers to both by opaque ids.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


def new_id() -> str:
    """An opaque id; says nothing of the order or the number of conversations."""
    return str(uuid.uuid4())


class Moment(TypeDecorator[datetime]):
    """An aware time, kept as UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored: use the product's clock")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Moment, dict[str, Any]: JSON, list[Any]: JSON}


class Person(Base):
    """Somebody on a channel: known by a keyed pseudonym, reachable by an encrypted address."""

    __tablename__ = "person"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    pseudonym: Mapped[str] = mapped_column(String(64), unique=True)
    channel: Mapped[str] = mapped_column(String(16))
    address: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class Conversation(Base):
    """One conversation at one door, and who owns it: bot, waiting, held or closed."""

    __tablename__ = "conversation"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    door: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    # our own number or address that the person uses, on channels of a carrier
    line: Mapped[str | None] = mapped_column(String(64))
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    owner: Mapped[str] = mapped_column(String(8), default="bot")
    holder: Mapped[str | None] = mapped_column(String(64))
    priority: Mapped[int] = mapped_column(Integer, default=0)
    waiting_since: Mapped[datetime | None]
    risk_level: Mapped[int] = mapped_column(Integer, default=0)
    language: Mapped[str] = mapped_column(String(8))
    # how the language is known: "default", "guessed", "identified", "chosen"
    language_from: Mapped[str] = mapped_column(String(12), default="default")
    memory: Mapped[dict[str, Any]] = mapped_column(default=dict)
    options: Mapped[list[Any]] = mapped_column(default=list)
    # true when Rasa missed something (it was away, or a specialist spoke) and must be given the memory again
    engine_stale: Mapped[bool] = mapped_column(default=True)
    last_seq: Mapped[int] = mapped_column(Integer, default=0)
    # the last message that a specialist had when they let go; the bot answers none up to it
    held_to: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    turn_owner: Mapped[str | None] = mapped_column(String(80))
    turn_until: Mapped[datetime | None]
    # when what was said, and what was answered to a door's questions, was forgotten (the door's `retention`)
    words_gone_at: Mapped[datetime | None]
    answers_gone_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_conversation_queue", "owner", "priority", "waiting_since"),
        Index("ix_conversation_person", "person_id", "line"),
    )


class Message(Base):
    """What was said, in both directions, in the order of `seq` within the conversation."""

    __tablename__ = "message"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    seq: Mapped[int] = mapped_column(Integer)
    direction: Mapped[str] = mapped_column(String(3))  # in, out
    author: Mapped[str] = mapped_column(String(10))  # person, bot, specialist, system
    channel: Mapped[str] = mapped_column(String(16))
    # the channel's own id of an inbound message; unique, so that a repeat changes nothing
    channel_id: Mapped[str | None] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    translation: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(12), default="text")
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # inbound: "received" until its turn is done, then "done"; outbound: "said"
    state: Mapped[str] = mapped_column(String(10))
    answers: Mapped[str | None] = mapped_column(String(36))
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("conversation_id", "seq", name="uq_message_seq"),
        UniqueConstraint("channel", "channel_id", name="uq_message_channel_id"),
        Index("ix_message_open", "state", "direction"),
    )


class RiskFinding(Base):
    """What the risk screen found in one message, with codes for reasons and no words."""

    __tablename__ = "risk_finding"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    level: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str | None] = mapped_column(String(24))
    third_person: Mapped[bool] = mapped_column(default=False)
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]


class NeedFound(Base):
    """A need that a person named, and what became of it."""

    __tablename__ = "need"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    rank: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime]


class PlaceFound(Base):
    """A place that a person named. A corrected one is a new row; the last one holds."""

    __tablename__ = "place"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    lat: Mapped[float] = mapped_column(Float)
    lon: Mapped[float] = mapped_column(Float)
    radius_km: Mapped[float] = mapped_column(Float)
    created_at: Mapped[datetime]


class ReferralShown(Base):
    """A listing that was shown to a person."""

    __tablename__ = "referral_shown"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    listing_id: Mapped[str] = mapped_column(String(80))
    need: Mapped[str | None] = mapped_column(String(40))
    rank: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime]


class UnmetNeed(Base):
    """A search that found nothing for a need: a count that outlives the conversation and names nobody."""

    __tablename__ = "unmet_need"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    door: Mapped[str] = mapped_column(String(40))
    need: Mapped[str] = mapped_column(String(40))
    # a code of the door file: out_of_region, closed_program; None when a search found nothing
    reason: Mapped[str | None] = mapped_column(String(40))
    place: Mapped[str | None] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]


class Outbox(Base):
    """What is to be delivered. A row is written with the reply, in the same transaction."""

    __tablename__ = "outbox"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), unique=True)
    channel: Mapped[str] = mapped_column(String(16))
    # ready, sending (a request to the carrier is under way), sent, delivered, failed, held (they opted out)
    state: Mapped[str] = mapped_column(String(10), default="ready")
    # the number of the message in its conversation: later ones wait for it
    seq: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    priority: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL", name="fk_outbox_person"))
    line: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_at: Mapped[datetime | None]
    # the carrier's id, what it said last and why it failed
    sid: Mapped[str | None] = mapped_column(String(64), index=True)
    status: Mapped[str | None] = mapped_column(String(20))
    error_code: Mapped[int | None] = mapped_column(Integer)
    sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_outbox_state", "state", "next_at"),
        Index("ix_outbox_conversation", "conversation_id", "state"),
    )


class Audit(Base):
    """Who changed what, without words. Outlives the conversation; `conversation_id` is then only a number."""

    __tablename__ = "audit"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str | None] = mapped_column(String(36), index=True)
    actor: Mapped[str] = mapped_column(String(64))  # person, bot, system, or the id of a staff account
    action: Mapped[str] = mapped_column(String(40))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
