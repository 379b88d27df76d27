"""Settings of a door that change what is said, each with the day from which it holds, and its history.

`setting_in_force` is what the doors ask. A change adds a row; the rows of one door and key are put end to end
again, so that at any moment at most one is in force, and it stays known what was said to a person on any day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.floor.models import DoorSetting
from bot.staff.record import record


class CannotWithdraw(Exception):
    """The change has begun already, or is not there (any more)."""


def setting_in_force(session: Session, door: str, key: str, now: datetime) -> dict[str, Any] | None:
    """What staff have set for a door and holds now; None when the door's own file decides.

    Args:
        door: id of the door.
        key: "hours", "status", or the name of one of the settings of the door's file.
        now: the product's time.

    Returns:
        The value, checked when it was set: for "hours" the fields of the door file's hours (hours.py), for "status"
        {"state": …}, for a setting of the file {"value": …} (values.py).
    """
    value = session.scalar(
        select(DoorSetting.value)
        .where(
            DoorSetting.door == door,
            DoorSetting.key == key,
            DoorSetting.withdrawn_at.is_(None),
            DoorSetting.effective_from <= now,
            (DoorSetting.superseded_at.is_(None)) | (DoorSetting.superseded_at > now),
        )
        .order_by(DoorSetting.effective_from.desc(), DoorSetting.created_at.desc())
        .limit(1)
    )
    return dict(value) if value else None


def history(session: Session, door: str, key: str | None = None) -> list[DoorSetting]:
    """Every setting that a door ever had or will have, the latest first."""
    wanted = select(DoorSetting).where(DoorSetting.door == door)
    if key is not None:
        wanted = wanted.where(DoorSetting.key == key)
    return list(session.scalars(wanted.order_by(DoorSetting.effective_from.desc(), DoorSetting.created_at.desc())))


def change_setting(
    session: Session,
    door: str,
    key: str,
    value: dict[str, Any],
    *,
    author: str,
    effective_from: datetime,
    now: datetime,
) -> DoorSetting:
    """Adds a setting that holds from `effective_from` on, or at once when that is past.

    Args:
        value: checked by hours.py or values.py; {} leaves the matter to the door's own file again.
        author: id of the staff account.
    """
    row = DoorSetting(
        door=door, key=key, value=value, author=author, effective_from=max(effective_from, now), created_at=now
    )
    session.add(row)
    session.flush()
    _end_to_end(history(session, door, key), newest=row)
    record(session, author, "door_setting", door=door, at=now, key=key, setting=row.id)
    return row


def withdraw(session: Session, setting_id: str, *, author: str, now: datetime) -> DoorSetting:
    """Takes back a change that has not begun; what held before goes on.

    Raises:
        CannotWithdraw: when it has begun, or is not there.
    """
    row = session.get(DoorSetting, setting_id)
    if row is None or row.withdrawn_at is not None or row.effective_from <= now:
        raise CannotWithdraw(setting_id)
    row.withdrawn_at = now
    session.flush()
    _end_to_end(history(session, row.door, row.key))
    record(session, author, "door_setting_withdrawn", door=row.door, at=now, key=row.key, setting=row.id)
    return row


def _end_to_end(rows: Sequence[DoorSetting], newest: DoorSetting | None = None) -> None:
    """Each setting ends where the next one begins. Of two that begin together the later written one holds."""

    def order(row: DoorSetting) -> tuple[datetime, datetime, bool, bool]:
        lasts = row.superseded_at is None or row.superseded_at > row.effective_from
        return row.effective_from, row.created_at, row is newest, lasts

    following: datetime | None = None
    for row in sorted((row for row in rows if row.withdrawn_at is None), key=order, reverse=True):
        row.superseded_at = following
        following = row.effective_from
