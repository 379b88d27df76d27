"""From when to when hours are good: only with years, for "Sept-June" says nothing about the day on which it ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from directory_client.hours_text.reader import Reader, Unsure


@dataclass(frozen=True, slots=True)
class Dates:
    """The first and the last day, where there is one."""

    first: date | None = None
    last: date | None = None


def dates(reader: Reader) -> Dates | None:
    """The span of dates that comes next; None when no date comes next. Raises Unsure when it is not whole."""
    before = reader.at
    opened = reader.take("from", "since", "to")
    start = _day(reader)
    if start is None:
        reader.at = before
        return None
    if opened and opened.kind == "to":
        return Dates(last=_whole(start))
    if not reader.take("to", "dash"):
        if opened and (opened.kind == "since" or opened.language == "en"):
            return Dates(first=_whole(start))
        raise Unsure  # one day alone, or "du 1er juillet" without its end
    end = _day(reader)
    if end is None:
        raise Unsure
    last = _whole(end)
    first = _made(start[0] or last.year, *start[1:])
    if first > last:
        raise Unsure
    return Dates(first, last)


_Day = tuple[int | None, int, int]
"""(year, month, day)"""


def _day(reader: Reader) -> _Day | None:
    """ "July 1, 2026", "1er juillet 2026" or "2026-07-01"; the year may be missing."""
    if token := reader.take("date"):
        day = cast(date, token.value)
        return day.year, day.month, day.day
    first, second = reader.peek(), reader.peek(1)
    numbers = ("number", "ordinal")
    if first.kind == "month" and second.kind in numbers:
        month, number = first, second
    elif first.kind in numbers and second.kind == "month":
        month, number = second, first
    else:
        return None
    reader.at += 2
    before = reader.at
    reader.take("comma")
    year = reader.take("number")
    if year is None or not _is_year(str(year.value)):
        reader.at = before
        return None, cast(int, month.value), int(str(number.value))
    return int(str(year.value)), cast(int, month.value), int(str(number.value))


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits.startswith("20")


def _whole(day: _Day) -> date:
    if day[0] is None:
        raise Unsure
    return _made(day[0], *day[1:])


def _made(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Unsure from None
