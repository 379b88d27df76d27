"""Who is on duty: the status that staff choose, and when their console was last connected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.conversations.models import Conversation
from bot.handoff.models import STATUSES, Presence

GONE = timedelta(minutes=2)
"""A console that has been silent for so long is gone; what its owner held goes back to those who wait."""
OFTEN = timedelta(seconds=10)
"""Heartbeats within this time are not written again: thirty consoles shall not keep a database busy."""


@dataclass(frozen=True, slots=True)
class On:
    """Somebody whose console is connected."""

    staff_id: str
    status: str
    since: datetime


def set_status(session: Session, staff_id: str, status: str, now: datetime) -> None:
    """Sets what somebody has chosen; a status is also a sign of life.

    Raises:
        ValueError: for a word that is no status.
    """
    if status not in STATUSES:
        raise ValueError(f"a status is one of {', '.join(STATUSES)}")
    row = locked(session, staff_id, now)
    if row.status != status:
        row.status, row.since = status, now
    row.seen_at = max(row.seen_at, now)
    session.flush()


def seen(session: Session, staff_id: str, now: datetime) -> None:
    """A sign of life. Somebody who comes back after a silence finds the status that they had.

    The first one of an account makes it available.
    """
    row = locked(session, staff_id, now, status="available", seen_at=now)
    row.seen_at = max(row.seen_at, now)
    session.flush()


def must_be_seen(session: Session, staff_id: str, now: datetime) -> bool:
    """Whether a sign of life is worth writing; asks with a reader only."""
    row = session.get(Presence, staff_id)
    return row is None or now - row.seen_at >= OFTEN


def locked(
    session: Session, staff_id: str, now: datetime, *, status: str = "offline", seen_at: datetime | None = None
) -> Presence:
    """The row of somebody, made when missing and locked until the transaction ends: their claims come one by one.

    Args:
        status: of a new row.
        seen_at: of a new row; without, nobody has been seen.
    """
    mine = select(Presence).where(Presence.staff_id == staff_id).with_for_update()
    row = session.scalars(mine, execution_options={"populate_existing": True}).one_or_none()
    if row is not None:
        return row
    try:
        with session.begin_nested():
            row = Presence(staff_id=staff_id, status=status, seen_at=seen_at or now - 2 * GONE, since=now)
            session.add(row)
            session.flush()
            return row
    except IntegrityError:  # another console of theirs was quicker
        return session.scalars(mine, execution_options={"populate_existing": True}).one()


def on_duty(session: Session, now: datetime) -> Sequence[On]:
    """Everybody whose console is connected and who is not offline, with their status."""
    rows = session.scalars(
        select(Presence).where(Presence.seen_at >= now - GONE, Presence.status != "offline").order_by(Presence.staff_id)
    )
    return [On(row.staff_id, row.status, row.since) for row in rows]


def statuses(session: Session, staff: Iterable[str], now: datetime) -> Mapping[str, str]:
    """The status of each: "offline" for those whose console is silent."""
    found = {row.staff_id: row for row in session.scalars(select(Presence))}
    return {one: found[one].status if one in found and found[one].seen_at >= now - GONE else "offline" for one in staff}


def gone(session: Session, now: datetime) -> Sequence[tuple[str, str]]:
    """(conversation, holder) of all that are held by somebody whose console is silent."""
    rows = session.execute(
        select(Conversation.id, Conversation.holder)
        .outerjoin(Presence, Presence.staff_id == Conversation.holder)
        .where(
            Conversation.owner == "held",
            Conversation.holder.is_not(None),
            or_(Presence.seen_at.is_(None), Presence.seen_at < now - GONE),
        )
        .order_by(Conversation.id)
    )
    return [(conversation, str(holder)) for conversation, holder in rows]
