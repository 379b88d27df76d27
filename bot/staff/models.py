"""The tables of staff: accounts, sessions, and the record, which the database lets nobody change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.conversations.models import Base, new_id


class Staff(Base):
    """Somebody who works here. Passwords are hashed, second factors and telephone numbers sealed."""

    __tablename__ = "staff"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(80), unique=True)  # always in small letters
    name: Mapped[str] = mapped_column(String(80))
    # None: signs in with OpenID Connect alone
    password_hash: Mapped[str | None] = mapped_column(String(200))
    # true while the password is one that somebody else has set: the first thing is then to choose another
    password_given: Mapped[bool] = mapped_column(default=False)
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    # the last time step whose code was used: neither it nor an earlier one is taken again
    totp_step: Mapped[int] = mapped_column(Integer, default=0)
    # hashes of the recovery codes that are left
    recovery: Mapped[list[Any]] = mapped_column(default=list)
    roles: Mapped[list[Any]] = mapped_column(default=list)
    doors: Mapped[list[Any]] = mapped_column(default=list)
    languages: Mapped[list[Any]] = mapped_column(default=list)
    skills: Mapped[list[Any]] = mapped_column(default=list)
    capacity: Mapped[int] = mapped_column(Integer, default=3)
    interface: Mapped[str] = mapped_column(String(2), default="en")  # en, fr
    state: Mapped[str] = mapped_column(String(10), default="active")  # active, disabled
    # made with the sample data; signs in on this machine alone
    demo: Mapped[bool] = mapped_column(default=False)
    phone: Mapped[bytes | None] = mapped_column(LargeBinary)
    oidc_subject: Mapped[str | None] = mapped_column(String(255), unique=True)
    failed: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class StaffSession(Base):
    """A sign-in that lasts. The cookie's token stands here only as a hash."""

    __tablename__ = "staff_session"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    second_factor: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class StaffAudit(Base):
    """Who saw, changed or took out what: codes and ids, no words. Triggers refuse to change or delete a row."""

    __tablename__ = "staff_audit"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(40))
    conversation_id: Mapped[str | None] = mapped_column(String(36))
    door: Mapped[str | None] = mapped_column(String(40))
    codes: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __table_args__ = (
        Index("ix_staff_audit_at", "at"),
        Index("ix_staff_audit_actor", "actor", "action", "at"),
        Index("ix_staff_audit_conversation", "conversation_id", "at"),
    )
