"""Counts of a table's situations: by risk factor, area, agency, decision and outcome, small numbers protected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import TORONTO
from bot.console.floor.protection import LEAST, hidden, protected
from bot.doors.door import Door
from bot.tables.models import Diverted, Involved, Situation

Counts = dict[str, int | None]
"""Code → count; None where it is too small to be shown."""


@dataclass(frozen=True, slots=True)
class Trends:
    """One year of one table."""

    total: int | None
    factors: Counts
    areas: Counts
    agencies: Counts
    states: Counts
    outcomes: Counts
    days: float | None
    """Median days from referral to connection; None for fewer than five."""


def trends(session: Session, door: Door, year: int) -> Trends:
    """The counts of a calendar year, Toronto time. Names are not needed for any of them."""
    assert door.table is not None
    table = door.table
    first, last = datetime(year, 1, 1, tzinfo=TORONTO), datetime(year + 1, 1, 1, tzinfo=TORONTO)
    rows = session.scalars(
        select(Situation).where(Situation.door == door.id, Situation.created_at >= first, Situation.created_at < last)
    ).all()
    ids = [row.id for row in rows]
    agencies = Counter(
        session.scalars(select(Involved.agency).where(Involved.situation_id.in_(ids), Involved.state == "accepted"))
        if ids
        else ()
    )
    days = [
        (row.connected_at.astimezone(TORONTO).date() - row.created_at.astimezone(TORONTO).date()).days
        for row in rows
        if row.connected_at is not None
    ]
    return Trends(
        None if hidden(len(rows)) else len(rows),
        _each(table.factors, Counter(factor for row in rows for factor in row.factors)),
        _parts(table.areas, Counter(row.area for row in rows)),
        _each(table.agencies, agencies),
        _parts(dict.fromkeys(("referred", "met", "not_met", "closed", "lapsed")), Counter(row.state for row in rows)),
        _parts(table.outcomes, Counter(row.outcome for row in rows if row.outcome)),
        float(median(days)) if len(days) >= LEAST else None,
    )


def diversions(session: Session, door: Door, year: int) -> dict[str, Counts]:
    """People sent over by another service in a year: accepted and returned, by destination and by reason."""
    assert door.diversion is not None
    first, last = datetime(year, 1, 1, tzinfo=TORONTO), datetime(year + 1, 1, 1, tzinfo=TORONTO)
    rows = session.scalars(
        select(Diverted).where(Diverted.door == door.id, Diverted.created_at >= first, Diverted.created_at < last)
    ).all()
    destinations = Counter(row.destination for row in rows if row.destination and row.decision == "accepted")
    return {
        "decisions": _parts(dict.fromkeys(("accepted", "returned")), Counter(row.decision for row in rows)),
        "destinations": _parts(door.diversion.destinations, destinations),
        "reasons": _parts(door.diversion.reasons, Counter(row.reason for row in rows if row.reason)),
    }


def _parts(names: Mapping[str, object], counted: Counter[str]) -> Counts:
    """Parts of a whole: where one would follow from the others, another is hidden with it."""
    codes = list(names)
    return dict(zip(codes, protected([counted[code] for code in codes]), strict=True))


def _each(names: Mapping[str, object], counted: Counter[str]) -> Counts:
    """Counts that are no parts of a whole: a situation has several."""
    return {code: None if hidden(counted[code]) else counted[code] for code in names}
