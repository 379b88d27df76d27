"""Writing a slip: a code that nobody can mistake for a word or another code."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.doors.door import Door
from bot.slips.models import ReferralSlip
from bot.slips.signs import LENGTH, SIGNS


class NothingNoted(ValueError):
    """A slip without any kind of help."""


def new_code() -> str:
    """Four signs with at least one digit and one letter: "4F7K"."""
    while True:
        code = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
        if any(c.isdigit() for c in code) and any(c.isalpha() for c in code):
            return code


def write(
    session: Session, door: Door, *, language: str, reasons: Sequence[str], by: str, now: datetime
) -> ReferralSlip:
    """Writes a slip.

    Args:
        reasons: options of the door's two questions; what is no option of them counts as not given.
        by: id of the staff account.

    Raises:
        NothingNoted: when no reason is left.
    """
    slips = door.entry.signs.slips if door.entry.signs else None
    assert slips is not None
    kept = [_options(door, name, reasons) for name in (slips.social, slips.health)]
    if not any(kept):
        raise NothingNoted(door.id)
    code = new_code()
    while session.scalar(select(ReferralSlip.id).where(ReferralSlip.door == door.id, ReferralSlip.code == code)):
        code = new_code()
    slip = ReferralSlip(
        door=door.id, code=code, language=language, social=kept[0], health=kept[1], written_by=by, created_at=now,
        expires_at=now + timedelta(days=slips.days),
    )  # fmt: skip
    session.add(slip)
    session.flush()
    return slip


def _options(door: Door, name: str | None, reasons: Sequence[str]) -> list[str]:
    question = door.asked(name) if name else None
    if question is None:
        return []
    return [one.id for one in question.choices if one.need and f"{name}.{one.id}" in reasons]
