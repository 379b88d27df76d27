"""The register of a season. Of a household only what its program needs is kept, sealed, and counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.conversations.models import Base, new_id

STATES = ("registered", "waiting", "unclear", "withdrawn")


class Registration(Base):
    """A household in a season of a door."""

    __tablename__ = "registration"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"))
    door: Mapped[str] = mapped_column(String(40))
    # the year in which the season begins
    season: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(12))
    # what the person was told: registered or waiting
    told: Mapped[str] = mapped_column(String(12))
    # places that it takes, and what is counted of it: they stay when the answers are gone
    size: Mapped[int] = mapped_column(Integer, default=1)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    language: Mapped[str] = mapped_column(String(8))
    channel: Mapped[str] = mapped_column(String(16))
    answers: Mapped[bytes | None] = mapped_column(LargeBinary)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    __table_args__ = (Index("ix_registration_door", "door", "season", "state"),)


class RegistrationKey(Base):
    """A keyed pseudonym of facts of a household: equal ones are found, and none can be read back."""

    __tablename__ = "registration_key"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    household_key: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        Index("ix_registration_key", "household_key"),
        Index("ix_registration_key_of", "registration_id"),
    )
