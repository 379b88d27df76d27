"""What is unmet where: counts by need, place, language and income group, so that agencies can be told. No persons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.after.models import NeedOutcome
from bot.clock import TORONTO
from bot.console.api.asked import Asked
from bot.console.floor.protection import LEAST
from bot.console.floor.shared import doors_of, reading, show, shown
from bot.conversations.models import UnmetNeed
from bot.staff.gate import console_route
from bot.staff.rights import Right

HOME = "/console/unmet"
BY = ("place", "language", "income_group")
DAYS = 365


@dataclass(frozen=True, slots=True)
class Unmet:
    """How often a need was unmet, by one more thing that is known; `group` None where it is not known."""

    need: str
    group: str | None
    found: int
    """Told in follow-ups."""
    searched: int
    """Searches that found nothing."""


def unmet_by(session: Session, doors: Sequence[str], by: str, first: date, last: date) -> list[Unmet]:
    """Counts that may be shown: a row with fewer than five in all is left out.

    Args:
        by: "place", "language" or "income_group".
    """
    column = getattr(NeedOutcome, by)
    told = session.execute(
        select(NeedOutcome.need, column, func.count())
        .where(
            NeedOutcome.door.in_(doors), NeedOutcome.state == "unmet", NeedOutcome.day >= first, NeedOutcome.day <= last
        )
        .group_by(NeedOutcome.need, column)
    ).all()
    found: dict[tuple[str, str | None], list[int]] = {(need, group): [count, 0] for need, group, count in told}
    if by in ("place", "language"):
        column = getattr(UnmetNeed, by)
        begin = datetime.combine(first, time(0), TORONTO)
        end = datetime.combine(last + timedelta(days=1), time(0), TORONTO)
        for need, group, count in session.execute(
            select(UnmetNeed.need, column, func.count())
            .where(UnmetNeed.door.in_(doors), UnmetNeed.created_at >= begin, UnmetNeed.created_at < end)
            .group_by(UnmetNeed.need, column)
        ):
            found.setdefault((need, group), [0, 0])[1] = count
    rows = [Unmet(need, group, *counts) for (need, group), counts in found.items() if sum(counts) >= LEAST]
    return sorted(rows, key=lambda one: (-(one.found + one.searched), one.need, one.group or ""))


@shown
def page(request: Request, asked: Asked) -> Response:
    """The last twelve months, by what is chosen."""
    by = request.query_params.get("by", "")
    by = by if by in BY else BY[0]
    doors = doors_of(asked)
    door = request.query_params.get("door", "")
    last = asked.now.astimezone(TORONTO).date()
    with reading(asked) as session:
        wanted = [door] if door in doors else list(doors)
        rows = unmet_by(session, wanted, by, last - timedelta(days=DAYS), last)
    return show(request, asked, "unmet.html", rows=rows, by=by, ways=BY, doors=doors, door=door, least=LEAST)


routes = [console_route(HOME, page, right=Right.REPORTS)]
