"""When a door, its season or a line is open. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache

from bot.clock import TORONTO
from bot.doors.door import Hours
from directory_client.hours import Timetable, is_open
from directory_client.lines import lines
from directory_client.rules import rule_of, week

_SEASON = re.compile(r"(\d\d)-(\d\d)\.\.(\d\d)-(\d\d)")


def door_opens(hours: Hours | None, now: datetime) -> bool:
    """Whether people of the service answer now; without hours, yes."""
    if hours is None:
        return True
    today = now.astimezone(TORONTO).date()
    single = hours.except_.get(today)
    if single == "closed":
        return False
    if single:
        return bool(is_open(_timetable(f"MO-SU {single}", "open"), now))
    return bool(is_open(_timetable(hours.open, hours.holidays), now))


def in_season(season: object, now: datetime) -> bool:
    """Whether today lies in a season "12-01..01-06" (month-day, both days included; may go over the new year)."""
    match = _SEASON.fullmatch(str(season))
    if not match:
        return False
    today: date = now.astimezone(TORONTO).date()
    first, last, day = (int(match[1]), int(match[2])), (int(match[3]), int(match[4])), (today.month, today.day)
    return first <= day <= last if first <= last else day >= first or day <= last


def line_opens(line: str, spec: str | None, now: datetime) -> bool:
    """Whether a line answers now: by the given hours, else those of its record; unknown hours count as open."""
    known = lines()[line]
    hours = spec or known.hours
    if not hours:
        return True
    opened = is_open(_timetable(hours, "open"), now)
    return opened is not False


@lru_cache(maxsize=256)
def _timetable(spec: str, holidays: str) -> Timetable:
    try:
        rules = tuple(rule for row in week(spec, on_holidays=holidays) if (rule := rule_of(**row)))
    except ValueError:
        rules = ()
    return Timetable(rules=rules)
