"""From rows of `schedule` to the timetable of a site."""

from __future__ import annotations

import inspect
from collections import namedtuple
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Select, or_, select

from directory_client.among import listed
from directory_client.hours import TORONTO, Timetable, zone
from directory_client.models import Schedule
from directory_client.owned import OWNERS, Site, grouped, nearest
from directory_client.rules import Rule, rule_of

RULES_KEPT = 4_096
"""Rules in memory: Monday to Friday from nine to five stands in thousands of rows."""
_RULE_FIELDS = tuple(inspect.signature(rule_of).parameters)
FIELDS = ("id", *OWNERS, *_RULE_FIELDS, "description", "notes", "description_fr")
"""Columns of a schedule that a timetable is made of."""
_RULE = slice(FIELDS.index(_RULE_FIELDS[0]), FIELDS.index(_RULE_FIELDS[-1]) + 1)
"""Where `rule_of`'s arguments stand among them."""
_DATES = frozenset(name for name in _RULE_FIELDS if Schedule.__table__.c[name].type.python_type is date)

Said: Any = namedtuple("Said", FIELDS)  # type: ignore[misc]  # the names are those of `rule_of`
"""A schedule as its `FIELDS` say; the dates may be texts."""


def timetables(connection: Connection, sites: Sequence[Site], zones: Mapping[str, str | None]) -> dict[str, Timetable]:
    """The timetables of these sites by their ids.

    Args:
        zones: names of the zones where the clocks of their locations hang.
    """
    rows = grouped(connection.execute(_schedules(connection.dialect.name), _owners(sites)))
    return {site.id: _timetable(nearest(rows, site.owners), zones.get(site.location_id or "")) for site in sites}


def timetable(site: Site, rows: Iterable[Any], zone_name: str | None) -> Timetable:
    """The hours of a site: of the service there, else of the service, else of the place.

    Args:
        rows: all schedules of these three, with `FIELDS`.
        zone_name: of the zone where its clock hangs.
    """
    return _timetable(nearest(grouped(rows), site.owners), zone_name)


def _timetable(rows: Iterable[Any], zone_name: str | None) -> Timetable:
    ordered = sorted(rows, key=attrgetter("id"))
    # By place, not by name: `row.count` would be the method of a tuple.
    rules = (_rule(tuple(row[_RULE])) for row in ordered)
    return Timetable(
        rules=tuple(rule for rule in rules if rule),
        text=_text(row.description or row.notes for row in ordered),
        text_fr=_text(row.description_fr for row in ordered),
        zone=(zone(zone_name) if zone_name else None) or TORONTO,
    )


@lru_cache(maxsize=RULES_KEPT)
def _rule(values: tuple[Any, ...]) -> Rule | None:
    said = dict(zip(_RULE_FIELDS, values, strict=True))
    dates = {name: date.fromisoformat(said[name]) for name in _DATES if isinstance(said[name], str)}
    return rule_of(**said | dates)


def _text(texts: Iterable[str | None]) -> str | None:
    return "; ".join(dict.fromkeys(text for text in texts if text)) or None


def _owners(sites: Sequence[Site]) -> dict[str, list[str]]:
    return {
        "services": list({site.service_id for site in sites}),
        "locations": list({site.location_id for site in sites if site.location_id}),
        "at_locations": list({site.at_location_id for site in sites if site.at_location_id}),
    }


@lru_cache(maxsize=2)
def _schedules(dialect: str) -> Select[*tuple[Any, ...]]:
    columns = Schedule.__table__.c
    mine = or_(
        listed(dialect, columns.service_id, "services"),
        listed(dialect, columns.service_at_location_id, "at_locations"),
        listed(dialect, columns.location_id, "locations"),
    )
    return select(*(columns[name] for name in FIELDS)).where(mine)


__all__ = ["FIELDS", "Said", "timetable", "timetables"]
