"""Sessions in the database, so that they can be ended: by their owner, by an administrator, by time."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.conversations.identity import new_token, token_hash
from bot.settings import Settings
from bot.staff.models import Staff, StaffSession
from bot.staff.rights import EVERY_DOOR, Right, rights_of

_NOTED_EVERY = timedelta(seconds=60)
"""The time of the last request is written no more often than this."""


@dataclass(frozen=True, slots=True)
class Length:
    """How long a session lasts: after `idle` without a request, and after `most` whatever happens.

    The open desk counts as a request (its stream of news calls `still_in`): somebody who waits through a quiet
    night for the queue to ring is at work. Twelve hours and half an hour are the bounds of NIST SP 800-63B (AAL2).
    """

    most: timedelta = timedelta(hours=12)
    idle: timedelta = timedelta(minutes=30)

    @classmethod
    def from_settings(cls, settings: Settings) -> Length:
        return cls(timedelta(hours=settings.staff_session_hours), timedelta(minutes=settings.staff_idle_minutes))


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the staff who has signed in, as a request sees them."""

    id: str
    name: str
    roles: frozenset[str]
    doors: frozenset[str]
    rights: frozenset[Right]
    languages: tuple[str, ...]
    capacity: int
    interface: str
    session_id: str
    skills: tuple[str, ...] = ()
    second_factor: bool = False
    has_authenticator: bool = False
    must_change_password: bool = False
    demo: bool = False

    def may(self, right: Right) -> bool:
        return right in self.rights

    def at(self, door: str) -> bool:
        """Whether they work at this door."""
        return EVERY_DOOR in self.doors or door in self.doors


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that holds: whose it is, and the token that its forms carry."""

    member: Member
    csrf: str


def begin(
    session: Session, one: Staff, now: datetime, length: Length, *, second_factor: bool = False
) -> tuple[str, StaffSession]:
    """A new session and the token for its cookie, which is kept nowhere else."""
    token = new_token()
    row = StaffSession(
        token_hash=token_hash(token),
        staff_id=one.id,
        csrf=secrets.token_urlsafe(24),
        second_factor=second_factor,
        created_at=now,
        seen_at=now,
        expires_at=now + length.most,
    )
    session.add(row)
    session.flush()
    return token, row


def look_up(session: Session, token: str, now: datetime, length: Length) -> SignedIn | None:
    """Whose session this is; None when it has ended, is too old or idle, or the account is disabled. Reads only."""
    found = session.execute(
        select(StaffSession, Staff)
        .join(Staff, Staff.id == StaffSession.staff_id)
        .where(StaffSession.token_hash == token_hash(token), StaffSession.ended_at.is_(None), Staff.state == "active")
    ).one_or_none()
    if found is None:
        return None
    row, one = found
    if row.expires_at <= now or row.seen_at + length.idle <= now:
        return None
    return SignedIn(member_from(one, row), row.csrf)


def member_from(one: Staff, row: StaffSession) -> Member:
    return Member(
        id=one.id,
        name=one.name,
        roles=frozenset(one.roles),
        doors=frozenset(one.doors),
        rights=rights_of(one.roles),
        languages=tuple(one.languages),
        capacity=one.capacity,
        interface=one.interface,
        session_id=row.id,
        skills=tuple(one.skills),
        second_factor=row.second_factor,
        has_authenticator=one.totp_secret is not None,
        must_change_password=one.password_given,
        demo=one.demo,
    )


def needs_note(session: Session, session_id: str, now: datetime) -> bool:
    """Whether the time of the last request should be written again."""
    seen = session.scalar(select(StaffSession.seen_at).where(StaffSession.id == session_id))
    return seen is not None and seen + _NOTED_EVERY <= now


def note_seen(session: Session, session_id: str, now: datetime) -> None:
    session.execute(
        update(StaffSession)
        .where(StaffSession.id == session_id, StaffSession.ended_at.is_(None), StaffSession.seen_at < now)
        .values(seen_at=now)
        .execution_options(synchronize_session=False)
    )


def end(session: Session, session_id: str, staff_id: str, now: datetime) -> bool:
    """Ends one session of this account."""
    ended = session.execute(
        update(StaffSession)
        .where(StaffSession.id == session_id, StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool(ended.rowcount)  # type: ignore[attr-defined]


def end_all(session: Session, staff_id: str, now: datetime, *, but: str | None = None) -> int:
    """Ends every session of an account, but perhaps the one that asks; gives how many."""
    statement = update(StaffSession).where(StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None))
    if but is not None:
        statement = statement.where(StaffSession.id != but)
    ended = session.execute(statement.values(ended_at=now).execution_options(synchronize_session=False))
    return int(ended.rowcount)  # type: ignore[attr-defined]


def open_sessions(session: Session, staff_id: str, now: datetime, length: Length) -> list[StaffSession]:
    """The sessions of an account that hold now, the newest first."""
    return list(
        session.scalars(
            select(StaffSession)
            .where(
                StaffSession.staff_id == staff_id,
                StaffSession.ended_at.is_(None),
                StaffSession.expires_at > now,
                StaffSession.seen_at > now - length.idle,
            )
            .order_by(StaffSession.created_at.desc())
        )
    )
