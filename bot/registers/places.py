"""Whether a register still has places, as conditions of a door ask it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.clock import TORONTO
from bot.registers.models import Registration

if TYPE_CHECKING:
    from bot.doors.door import Door


def state(session: Session | None, door: Door, settings: Mapping[str, Any], now: datetime) -> str:
    """ "full" when as many are registered this season as can be helped, else "open".

    Args:
        settings: of the door, as they hold now.
    """
    limit = capacity(door, settings)
    if session is None or not limit or door.registration is None:
        return "open"
    return "full" if taken(session, door, season_of(settings.get(door.registration.season), now)) >= limit else "open"


def capacity(door: Door, settings: Mapping[str, Any]) -> int:
    """How many can be helped; 0 for no limit."""
    name = door.registration.capacity if door.registration else None
    value = settings.get(name) if name else 0
    return int(value) if isinstance(value, int | float) else 0


def taken(session: Session, door: Door, season: str) -> int:
    """Places that are taken. What waits or is unclear takes none."""
    counted = select(func.coalesce(func.sum(Registration.size), 0)).where(
        Registration.door == door.id, Registration.season == season, Registration.state == "registered"
    )
    return int(session.scalar(counted) or 0)


def season_of(spec: object, now: datetime) -> str:
    """The name of the season at a moment: the year in which it began. "11-15..01-10" in January is last year's."""
    today: date = now.astimezone(TORONTO).date()
    first, _, last = str(spec or "").partition("..")
    if first and last and last < first and f"{today:%m-%d}" <= last:
        return str(today.year - 1)
    return str(today.year)
