"""A code comes in: what its slip says, for the door's questions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.slips.models import ReferralSlip
from bot.slips.signs import LENGTH, SIGNS

if TYPE_CHECKING:
    from bot.doors.door import Door


FEW_WORDS = 12
"""Words up to which a message may be about a code: "the paramedic gave me this paper it says 4F7K"."""
_CODE = re.compile(rf"(?<![^\W_])(?=[A-Z]*\d)(?=\d*[A-Z])[{SIGNS}]{{{LENGTH}}}(?![^\W_])")


def codes_in(text: str) -> tuple[str, ...]:
    """What may be the code of a slip in a short message, in capitals. Only a slip that was written tells."""
    return tuple(_CODE.findall(text.upper())) if len(text.split()) <= FEW_WORDS else ()


def nothing_but_a_code(text: str) -> bool:
    """Whether a message is what may be a code, and no words: it is in no language."""
    return _CODE.fullmatch(text.upper().strip(" .,!?#\"'")) is not None


def shown(session: Session, doors: Iterable[Door], text: str, now: datetime) -> tuple[Door, str] | None:
    """The door and code of the slip that a message names, while it holds."""
    for code in codes_in(text):
        for door in doors:
            if door.entry.signs and door.entry.signs.slips and find(session, door.id, code, now):
                return door, code
    return None


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
