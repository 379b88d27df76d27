"""A code comes in: what its slip says, for the door's questions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.slips.models import ReferralSlip

if TYPE_CHECKING:
    from bot.doors.door import Door


def of_slip(session: Session, door: Door, code: str | None, now: datetime) -> dict[str, Any]:
    """What a conversation remembers of the slip that it came with; nothing at a door without slips.

    Returns:
        {"slip": "read" or "unknown", "known": answers that need not be asked, by the name under which they follow}
    """
    slips = door.entry.signs.slips if door.entry.signs else None
    if slips is None or not code:
        return {}
    slip = find(session, door.id, code, now)
    if slip is None:
        return {"slip": "unknown"}
    known = {}
    for name, value in ((slips.social, slip.social), (slips.health, slip.health)):
        question = door.asked(name) if name else None
        if question is not None and question.once:
            known[question.once] = [one for one in value if question.option(one)]
    return {"slip": "read", "known": known}


def find(session: Session, door: str, code: str, now: datetime) -> ReferralSlip | None:
    """The slip of a code, while it holds."""
    return session.scalars(
        select(ReferralSlip).where(
            ReferralSlip.door == door, ReferralSlip.code == code.upper(), ReferralSlip.expires_at > now
        )
    ).one_or_none()
