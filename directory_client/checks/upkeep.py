"""Dates of confirmation, hours, service areas and needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any, cast

from directory_client.checks.facts import Hours, Region, ServiceFacts
from directory_client.checks.finding import Told
from directory_client.index import reach_of
from directory_client.listings import is_stale

_TIME = re.compile(r"\s*([01]?\d|2[0-4]):?([0-5]\d)(?::[0-5]\d)?(?:Z|[+-]\d\d:?\d\d)?\s*")
_NOON = 12 * 60
LONGEST_NIGHT = 18 * 60
"""Minutes: an opening over midnight that lasts longer is more likely a slip than a night."""


def unconfirmed(service: ServiceFacts, today: date) -> Iterator[Told]:
    assured = service.assured_date
    if assured is None:
        yield "assured_date", "missing"
    elif assured > today:
        yield "assured_date", "in the future"
    elif is_stale(assured, today):
        months = (today.year - assured.year) * 12 + today.month - assured.month - (today.day < assured.day)
        yield "assured_date", f"{months} months ago" if months < 36 else f"{months // 12} years ago"


def hours_unread(service: ServiceFacts, today: date) -> Iterator[Told]:
    texts = [row.text for row in service.hours if row.text]
    if texts and not any(row.opens_at for row in service.hours):
        yield "schedules", f"a text of {sum(map(len, texts))} characters"


def hours_odd(service: ServiceFacts, today: date) -> Iterator[Told]:
    for reason in dict.fromkeys(filter(None, map(odd, service.hours))):
        yield "schedules", reason


def odd(row: Hours) -> str | None:
    """What is strange about an opening; None when nothing is. Midnight to midnight is all day."""
    if not row.opens_at and not row.closes_at:
        return None
    opens, closes = _minutes(row.opens_at), _minutes(row.closes_at)
    if opens is None or closes is None:
        return "an opening or closing time is missing or no time"
    if opens % 1440 == 0 or closes % 1440 == 0:
        return None
    if opens == closes:
        return "opens and closes in the same minute"
    if closes < opens < _NOON:
        return "closes before it opens in the morning"
    if closes < opens and closes + 1440 - opens > LONGEST_NIGHT:
        return "closes before it opens, more than 18 hours later"
    return None


def area_unknown(service: ServiceFacts, today: date) -> Iterator[Told]:
    for area in service.areas:
        if not _known(area):
            yield "service_areas", f"“{' '.join((area.name or '').split())[:60]}”" if area.name else "without a name"


def no_need(service: ServiceFacts, today: date) -> Iterator[Told]:
    if not service.needs:
        yield "needs", "none"


@lru_cache(maxsize=20_000)
def _known(area: Region) -> bool:
    # With a place of its own a service counts as local when, and only when, its area cannot be told.
    return reach_of([cast(Any, area)], located=True).kind != "local"


def _minutes(text: str | None) -> int | None:
    found = _TIME.fullmatch(text or "")
    return int(found[1]) * 60 + int(found[2]) if found else None
