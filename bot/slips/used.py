"""Somebody has come with a slip: counted, and its reasons stand with the conversation's answers for the card."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from bot.slips.read import find

if TYPE_CHECKING:
    from bot.intake.store import Where


def came(session: Session, where: Where, code: str, now: datetime) -> list[dict[str, Any]]:
    """The slip's reasons as answers to be written down; none for the number of a sign or an unknown code."""
    from bot.doors.loading import door_named

    door = door_named(where.door)
    slips = door.entry.signs.slips if door.entry.signs else None
    slip = find(session, door.id, code, now) if slips else None
    if slips is None or slip is None:
        return []
    slip.uses, slip.used_at = slip.uses + 1, slip.used_at or now
    session.flush()
    reasons = ((slips.social, slip.social), (slips.health, slip.health))
    return [
        {"question": name, "kind": "choice", "value": list(value), "door": door.id}
        for name, value in reasons
        if name and value
    ]
