"""One schedule of HSDS as a rule, and the days on which it opens."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from functools import lru_cache

import holidays

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MIDNIGHT = time(0)
LAST_MINUTE = time(23, 59)
"""As a closing time it is how forms without "24:00" write midnight."""
LONGEST_COUNT_DAYS = 3700
"""A rule that ends after a number of occurrences is followed for ten years at most."""

_DAY = re.compile(r"([+-]?\d{1,3})?\s*(MO|TU|WE|TH|FR|SA|SU)", re.IGNORECASE)
_TIME = re.compile(r"\s*(\d{1,2}):?(\d{2})(?::(\d{2}))?")


@dataclass(frozen=True, slots=True)
class Rule:
    """When a door opens and closes, on the wall clock, and on which days."""

    opens: time
    closes: time
    """Not after `opens`: on the next day; both midnight: all day."""
    freq: str = "WEEKLY"
    """"WEEKLY", "MONTHLY" or "ONCE" (on `dtstart`)."""
    days: tuple[tuple[int, int], ...] = ()
    """(which in the month, weekday): (0, 0) every Monday, (2, 0) the second, (-1, 4) the last Friday."""
    month_days: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    interval: int = 1
    dtstart: date | None = None
    until: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    week_starts: int = 0
    on_holidays: str = "closed"
    """"closed", "open" or "only"."""

    @property
    def all_day(self) -> bool:
        return self.opens == MIDNIGHT and self.closes == MIDNIGHT

    @property
    def every_week(self) -> bool:
        """A part of every ordinary week: nothing but weekdays says when."""
        picky = self.month_days or self.weeks or self.year_days or self.interval > 1
        return self.freq == "WEEKLY" and not picky and self.on_holidays != "only"

    @property
    def weekdays(self) -> tuple[int, ...]:
        if self.days:
            return _weekdays(self.days)
        return (self.dtstart.weekday(),) if self.dtstart else tuple(range(7))

    @property
    def weekly_all_day(self) -> bool:
        """All day on its weekdays, for ever: a seventh part of "24/7"."""
        bounded = self.until or self.valid_from or self.valid_to
        return self.every_week and self.all_day and not bounded

    def valid_on(self, day: date) -> bool:
        """Whether `day` lies within the dates that the rule is good for."""
        return (
            (self.valid_from is None or day >= self.valid_from)
            and (self.valid_to is None or day <= self.valid_to)
            and (self.dtstart is None or day >= self.dtstart)
            and (self.until is None or day <= self.until)
        )


@lru_cache(maxsize=1_024)
def _weekdays(days: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
    return tuple(sorted({day for _, day in days}))


@lru_cache(maxsize=16)
def public_holidays(year: int) -> frozenset[date]:
    """Ontario's public holidays of a year, with the days on which they are observed."""
    return frozenset(holidays.country_holidays("CA", subdiv="ON", years=year))


def is_public_holiday(day: date) -> bool:
    """Whether a date is a public holiday in Ontario."""
    return day in public_holidays(day.year)


def occurs(rule: Rule, day: date) -> bool:
    """Whether a rule opens on a local date."""
    if not rule.valid_on(day) or not _recurs(rule, day):
        return False
    if rule.on_holidays == "open":
        return True
    return is_public_holiday(day) == (rule.on_holidays == "only")


def _recurs(rule: Rule, day: date) -> bool:
    if rule.freq == "ONCE":
        return day == rule.dtstart
    if rule.year_days and not _among(day.timetuple().tm_yday, _days_of_year(day.year), rule.year_days):
        return False
    if rule.freq == "MONTHLY":
        return _monthly(rule, day)
    if rule.weeks:
        last_week = date(day.year, 12, 28).isocalendar().week
        if not _among(day.isocalendar().week, last_week, rule.weeks):
            return False
    if rule.month_days and not _among(day.day, monthrange(day.year, day.month)[1], rule.month_days):
        return False
    if rule.interval > 1 and rule.dtstart:
        weeks = (_week_of(day, rule) - _week_of(rule.dtstart, rule)).days // 7
        if weeks % rule.interval:
            return False
    return day.weekday() in rule.weekdays


def _monthly(rule: Rule, day: date) -> bool:
    if rule.interval > 1 and rule.dtstart:
        months = (day.year - rule.dtstart.year) * 12 + day.month - rule.dtstart.month
        if months % rule.interval:
            return False
    length = monthrange(day.year, day.month)[1]
    if rule.month_days and not _among(day.day, length, rule.month_days):
        return False
    if rule.days:
        nth, nth_from_end = (day.day - 1) // 7 + 1, -((length - day.day) // 7 + 1)
        return any(weekday == day.weekday() and which in (0, nth, nth_from_end) for which, weekday in rule.days)
    if rule.month_days or rule.year_days:
        return True
    return rule.dtstart is not None and day.day == rule.dtstart.day


def _among(number: int, last: int, wanted: tuple[int, ...]) -> bool:
    """Whether a number counted from 1 is wanted, where -1 stands for the last."""
    return number in wanted or number - last - 1 in wanted


def _days_of_year(year: int) -> int:
    return date(year, 12, 31).timetuple().tm_yday


def _week_of(day: date, rule: Rule) -> date:
    return day - timedelta(days=(day.weekday() - rule.week_starts) % 7)


def parse_time(text: str | None) -> time | None:
    """A wall-clock time from "9:00", "09:00:00" or "24:00" (midnight); an offset after it is ignored."""
    match = _TIME.match(text or "")
    if not match:
        return None
    hour, minute = int(match[1]), int(match[2])
    if (hour, minute) == (24, 0):
        return MIDNIGHT
    return time(hour, minute) if hour < 24 and minute < 60 else None


def parse_days(text: str | None) -> tuple[tuple[int, int], ...]:
    """Weekdays of an iCalendar `byday`: "MO,2TU,-1FR"."""
    return tuple((int(which or 0), DAYS.index(day.upper())) for which, day in _DAY.findall(text or ""))


def _numbers(text: str | None) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"-?\d{1,4}", text or ""))


@lru_cache(maxsize=4096)
def rule_of(
    *,
    opens_at: str | None,
    closes_at: str | None,
    freq: str | None = None,
    byday: str | None = None,
    bymonthday: str | None = None,
    byweekno: str | None = None,
    byyearday: str | None = None,
    interval: int | None = None,
    dtstart: date | None = None,
    until: date | None = None,
    count: int | None = None,
    wkst: str | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    on_holidays: str | None = None,
) -> Rule | None:
    """A rule from the fields of an HSDS schedule; None when they do not say when a door opens and closes."""
    opens, closes = parse_time(opens_at), parse_time(closes_at)
    days = parse_days(byday)
    if opens is None or closes is None:
        return None
    if closes == LAST_MINUTE:
        closes = MIDNIGHT
    kind = (freq or "").upper() or ("WEEKLY" if days else "ONCE")
    if kind not in ("WEEKLY", "MONTHLY", "ONCE"):
        return None
    if dtstart is None and (kind == "ONCE" or (interval or 1) > 1):
        return None  # every second week, but from which?
    rule = Rule(
        opens=opens,
        closes=closes,
        freq=kind,
        days=days,
        month_days=_numbers(bymonthday),
        weeks=_numbers(byweekno),
        year_days=_numbers(byyearday),
        interval=max(interval or 1, 1),
        dtstart=dtstart,
        until=until,
        valid_from=valid_from,
        valid_to=valid_to,
        week_starts=DAYS.index(wkst.upper()) if wkst and wkst.upper() in DAYS else 0,
        on_holidays=on_holidays or "closed",
    )
    return _counted(rule, count) if count and dtstart else rule


def _counted(rule: Rule, count: int) -> Rule:
    """Put the date of the last occurrence in the place of their number."""
    assert rule.dtstart is not None
    left = count
    for ahead in range(min(LONGEST_COUNT_DAYS, (date.max - rule.dtstart).days)):
        day = rule.dtstart + timedelta(days=ahead)
        left -= _recurs(rule, day)
        if left == 0:
            return replace(rule, until=min(day, rule.until or day))
    return rule


def week(spec: str, on_holidays: str | None = None) -> list[dict[str, str | None]]:
    """Schedule fields of a plain weekly timetable: "24/7" or "MO-FR 09:00-17:00; SA 10:00-14:00".

    Raises ValueError when the text is anything else.
    """
    if spec == "24/7":
        spec = "MO-SU 00:00-24:00"
    return [_part(part, on_holidays) for part in spec.split(";")]


def _part(part: str, on_holidays: str | None) -> dict[str, str | None]:
    match = re.fullmatch(r"\s*([A-Z,-]+) (\d\d:\d\d)-(\d\d:\d\d)\s*", part)
    if not match:
        raise ValueError(f"not a weekly timetable: {part!r}")
    return {
        "freq": "WEEKLY",
        "byday": ",".join(_span(match[1])),
        "opens_at": match[2],
        "closes_at": match[3],
        "on_holidays": on_holidays,
    }


def _span(days: str) -> Iterable[str]:
    for item in days.split(","):
        first, _, last = item.partition("-")
        yield from DAYS[DAYS.index(first) : DAYS.index(last or first) + 1]
