"""Referrals by slip: made, used, and why. Counts only; small ones by reason are not shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.console.floor.protection import protected
from bot.doors.door import Door
from bot.intake.models import DoorEvent
from bot.slips.models import ReferralSlip


@dataclass(frozen=True, slots=True)
class Figures:
    """`made`, `used` (slips with which somebody has come), `contacts` (how often), `without` (who just said so).

    `social` and `health` are (option, made, used); None is a count that is too small to be shown.
    """

    made: int = 0
    used: int = 0
    contacts: int = 0
    without: int = 0
    social: list[tuple[str, int | None, int | None]] = field(default_factory=list)
    health: list[tuple[str, int | None, int | None]] = field(default_factory=list)


def figures(session: Session, door: Door, since: datetime, until: datetime) -> Figures:
    """The counts of a stretch of time, by the day on which slips were written and people came."""
    slips = session.scalars(
        select(ReferralSlip).where(
            ReferralSlip.door == door.id, ReferralSlip.created_at >= since, ReferralSlip.created_at < until
        )
    ).all()
    known = select(ReferralSlip.code).where(ReferralSlip.door == door.id)
    without = session.scalar(
        select(func.count())
        .select_from(DoorEvent)
        .where(
            DoorEvent.door == door.id, DoorEvent.event == "entered", DoorEvent.created_at >= since,
            DoorEvent.created_at < until, DoorEvent.detail.is_(None) | DoorEvent.detail.not_in(known),
        )
    )  # fmt: skip
    made: dict[str, Counter[str]] = {"social": Counter(), "health": Counter()}
    used: dict[str, Counter[str]] = {"social": Counter(), "health": Counter()}
    for slip in slips:
        for name, reasons in (("social", slip.social), ("health", slip.health)):
            made[name].update(reasons)
            used[name].update(reasons if slip.uses else [])
    return Figures(
        made=len(slips),
        used=sum(1 for slip in slips if slip.uses),
        contacts=sum(slip.uses for slip in slips),
        without=without or 0,
        social=_rows(made["social"], used["social"]),
        health=_rows(made["health"], used["health"]),
    )


def _rows(made: Mapping[str, int], used: Mapping[str, int]) -> list[tuple[str, int | None, int | None]]:
    reasons = sorted(made, key=lambda reason: (-made[reason], reason))
    shown = protected([made[one] for one in reasons])
    come = protected([used.get(one, 0) for one in reasons])
    return list(zip(reasons, shown, come, strict=True))
