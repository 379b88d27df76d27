"""The timetables of the index: each different one is kept once, under a name that its contents give it.

Thousands of places open from nine to five. What a name stands for never changes, so a process that has read a
timetable need not read it again, and a search can ask of every candidate how long its door stays closed.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from directory_client.among import among
from directory_client.hours import Timetable, coming, hours_until_open
from directory_client.memory import Memory
from directory_client.models import SearchHours, SearchSite
from directory_client.rules import Rule

KEPT = 32_768
"""Timetables in memory, each with the openings of some weeks in half a kilobyte."""

_RULES: TypeAdapter[tuple[Rule, ...]] = TypeAdapter(tuple[Rule, ...])
_ROWS = select(SearchHours.name, SearchHours.zone, SearchHours.rules)
_coming: Memory[tuple[str, date], array[float]] = Memory(KEPT)
"""The openings of a timetable, by its name, of which a search in the week of a Monday may want to know."""


class Kept(NamedTuple):
    """A timetable as a row of `search_hours`."""

    name: str
    zone: str
    rules: str


def kept(table: Timetable) -> Kept | None:
    """The row of a timetable; None of one that says nothing certain."""
    return _packed(table.rules, str(table.zone)) if table.rules else None


@lru_cache(maxsize=4_096)
def _packed(rules: tuple[Rule, ...], zone: str) -> Kept:
    text = _RULES.dump_json(rules, exclude_defaults=True).decode()
    return Kept(hashlib.blake2b(f"{zone} {text}".encode(), digest_size=12).hexdigest(), zone, text)


def read(row: Kept) -> Timetable:
    """The timetable of a row."""
    return Timetable(_RULES.validate_json(row.rules), zone=ZoneInfo(row.zone))


def keep(connection: Connection, rows: Collection[Kept]) -> None:
    """Writes those that are not there yet."""
    if rows:
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        connection.execute(insert(SearchHours).on_conflict_do_nothing(), [row._asdict() for row in rows])


def tidy(connection: Connection) -> None:
    """Takes out those that no place has any more."""
    used = select(SearchSite.hours).where(SearchSite.hours.is_not(None))
    connection.execute(delete(SearchHours).where(SearchHours.name.not_in(used)))


def learn(connection: Connection, at: datetime) -> int:
    """Reads all timetables, as many as are kept, for searches in the week of an aware moment; returns how many."""
    return len(_read_for(_monday(at), connection.execute(_ROWS.limit(KEPT))))


def closed_for(connection: Connection, names: Collection[str], at: datetime) -> Mapping[str, float]:
    """How many hours each of these timetables still is closed at an aware moment; 0 of one that is open."""
    monday = _monday(at)
    found = {name: _coming.get((name, monday)) for name in names}
    if missing := [name for name, openings in found.items() if openings is None]:
        found |= _read_for(monday, connection.execute(_ROWS.where(among(connection, SearchHours.name, missing))))
    return {name: hours_until_open(openings, at) for name, openings in found.items() if openings is not None}


def _monday(at: datetime) -> date:
    """Of the week, in UTC."""
    day = at.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def _read_for(monday: date, rows: Iterable[Row[str, str, str]]) -> dict[str, array[float] | None]:
    found: dict[str, array[float] | None] = {}
    for row in rows:
        found[row.name] = openings = coming(read(Kept(*row)), monday, monday + timedelta(days=6))
        _coming.keep((row.name, monday), openings)
    return found


__all__ = ["Kept", "closed_for", "keep", "kept", "learn", "read", "tidy"]
