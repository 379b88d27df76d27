"""Opening hours: from the schedules of HSDS to open now, closes at and next opening. Pure functions.

A schedule is shaped like an iCalendar rule. Times are the wall clock of the place; an interval is compared in
UTC, so nights across midnight and changes of daylight-saving time come out as a clock on the wall shows them.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from math import inf
from zoneinfo import ZoneInfo

from directory_client.rules import Rule, is_public_holiday, occurs

TORONTO = ZoneInfo("America/Toronto")
CLOSING_WITHIN = timedelta(days=8)
"""A closing further away than this is not worth telling."""
WAITED_FOR = timedelta(days=7)
"""Who opens later than this comes as late as can be."""
NEXT_WITHIN_DAYS = 400
"""How far ahead an opening is looked for: a service that is open once a year is still found."""

Interval = tuple[datetime, datetime]


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo | None:
    """The zone of this name in the tz database ("America/Winnipeg"); None when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # "Eastern", "../etc", "America", which is a folder
        return None


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening of an ordinary week: Monday is 0; `closes` not after `opens` means on the next day."""

    day: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Timetable:
    """All the schedules of one listing, and where its clock hangs."""

    rules: tuple[Rule, ...] = ()
    text: str | None = None
    text_fr: str | None = None
    zone: ZoneInfo = TORONTO

    @property
    def always(self) -> bool:
        """Day and night, every day; public holidays change nothing then."""
        days = {day for rule in self.rules if rule.weekly_all_day for day in rule.weekdays}
        return len(days) == 7


@dataclass(frozen=True, slots=True)
class Hours:
    """What is known about opening at one moment; the times carry the zone of the place."""

    always: bool
    known: bool
    open_now: bool | None
    closes_at: datetime | None
    next_opening: datetime | None
    text: str | None
    weekly: tuple[Opening, ...]
    text_fr: str | None = None


def hours(table: Timetable, at: datetime) -> Hours:
    """State of a timetable at an aware moment.

    `closes_at` is set only while open, `next_opening` only while closed; both are None for a service that
    never closes, one whose hours nobody knows, and when they lie too far ahead.
    """
    if table.always:
        return Hours(True, True, True, None, None, table.text, _week(table, at), table.text_fr)
    if not table.rules:
        return Hours(False, False, None, None, None, table.text, (), table.text_fr)
    today = at.astimezone(table.zone).date()
    horizon = today + CLOSING_WITHIN
    current = _containing(openings(table, today - timedelta(days=1), horizon), at)
    closes = current[1].astimezone(table.zone) if current else None
    if closes and closes - at.astimezone(table.zone) > CLOSING_WITHIN - timedelta(days=1):
        closes = None
    return Hours(
        always=False,
        known=True,
        open_now=current is not None,
        closes_at=closes,
        next_opening=None if current else _next(table, at, today),
        text=table.text,
        weekly=_week(table, at),
        text_fr=table.text_fr,
    )


def is_open(table: Timetable, at: datetime) -> bool | None:
    """Whether a timetable is open at an aware moment; None when nobody knows."""
    if table.always:
        return True
    if not table.rules:
        return None
    today = at.astimezone(table.zone).date()
    return _containing(openings(table, today - timedelta(days=1), today), at) is not None


def coming(table: Timetable, first: date, last: date) -> array[float]:
    """When a door opens, closes, opens and so on, as far as anybody may wait for it on the days (of UTC) in between.

    Seconds since 1970, in order: thousands of these are kept in memory, a hundred looked at by each search.
    """
    if table.always:
        return array("d", (-inf, inf))
    around = openings(table, first - timedelta(days=2), last + WAITED_FOR + timedelta(days=1))
    return array("d", (moment.timestamp() for opening in around for moment in opening))


def hours_until_open(coming: array[float], at: datetime) -> float:
    """How many hours a door still is closed at an aware moment.

    0 while it is open, at most a week (168.0) however far off the next opening is.
    """
    moment = at.timestamp()
    passed = bisect_right(coming, moment)
    if passed % 2:  # it has opened once more than closed
        return 0.0
    starts = coming[passed] if passed < len(coming) else inf
    return min(starts - moment, WAITED_FOR.total_seconds()) / 3600


def openings(table: Timetable, first: date, last: date) -> list[Interval]:
    """Intervals, in UTC, that start on the local days `first` to `last`, in order, joined where they meet."""
    found: list[Interval] = []
    day = first
    while day <= last:
        for rule in table.rules:
            if occurs(rule, day):
                starts, ends = _interval(rule, day, table.zone)
                if ends > starts:  # an hour that the clock skips is no opening
                    found.append((starts, ends))
        day += timedelta(days=1)
    return _joined(sorted(found))


def _interval(rule: Rule, day: date, zone: ZoneInfo) -> Interval:
    ends_on = day + timedelta(days=1) if rule.closes <= rule.opens else day
    return _moment(day, rule.opens, zone), _moment(ends_on, rule.closes, zone)


@lru_cache(maxsize=16_384)
def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """In UTC. A province has thousands of timetables, and most of them open at nine."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def _joined(intervals: Iterable[Interval]) -> list[Interval]:
    joined: list[Interval] = []
    for starts, ends in intervals:
        if joined and starts <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(ends, joined[-1][1]))
        else:
            joined.append((starts, ends))
    return joined


def _containing(intervals: Sequence[Interval], at: datetime) -> Interval | None:
    moment = at.astimezone(UTC)
    return next((one for one in intervals if one[0] <= moment < one[1]), None)


def _next(table: Timetable, at: datetime, today: date) -> datetime | None:
    moment = at.astimezone(UTC)
    for ahead in range(NEXT_WITHIN_DAYS):
        day = today + timedelta(days=ahead)
        for starts, _ in openings(table, day, day):
            if starts > moment:
                return starts.astimezone(table.zone)
    return None


def _week(table: Timetable, at: datetime) -> tuple[Opening, ...]:
    return _ordinary_week(table.rules, at.astimezone(table.zone).date())


@lru_cache(maxsize=1024)
def _ordinary_week(rules: tuple[Rule, ...], today: date) -> tuple[Opening, ...]:
    week = {
        Opening(day, rule.opens, rule.closes)
        for rule in rules
        if rule.every_week and rule.valid_on(today)
        for day in rule.weekdays
    }
    return tuple(sorted(week, key=lambda opening: (opening.day, opening.opens, opening.closes)))


__all__ = [
    "Hours",
    "Opening",
    "Rule",
    "Timetable",
    "coming",
    "hours",
    "hours_until_open",
    "is_open",
    "is_public_holiday",
    "openings",
    "zone",
]
