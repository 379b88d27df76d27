"""Rows of HSDS schedules from what a text says, when its parts do not contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from directory_client.hours_text.clock import DAY, Range
from directory_client.hours_text.dates import Dates
from directory_client.hours_text.reader import Unsure
from directory_client.hours_text.statements import Said, Statement
from directory_client.hours_text.times import ALL_DAY
from directory_client.hours_text.words import WEEK
from directory_client.rules import DAYS

Row = dict[str, str | int | None]
_WEEK_MINUTES = 7 * DAY


@dataclass(frozen=True, slots=True)
class _Opening:
    """One row before it is written down."""

    opens: int
    closes: int
    weekly: tuple[int, ...] = ()
    monthly: tuple[tuple[int, int], ...] = ()
    month_days: tuple[int, ...] = ()
    holidays: bool = False
    dates: Dates | None = None

    @property
    def days(self) -> set[int]:
        """Every weekday on which it may open."""
        if self.month_days or self.holidays:
            return set(WEEK)
        return {*self.weekly, *(day for _, day in self.monthly)}


def rows(said: Said) -> list[Row]:
    """The rows, in the order of the text. Raises Unsure when there are none, or when they contradict each other."""
    found = list(dict.fromkeys(one for statement in said.statements for one in _openings(statement)))
    if said.closed_days and _always(found):
        raise Unsure  # day and night, every day, and yet not
    found = [_without_days(one, said.closed_days) for one in found]
    found = [piece for one in found for piece in _without_breaks(one, said.breaks)]
    if not found or _clash(found):
        raise Unsure
    on_holidays = _on_holidays(found, said.on_holidays)
    return [_row(one, "only" if one.holidays else on_holidays) for one in found]


def _openings(statement: Statement) -> Iterable[_Opening]:
    days = statement.days
    for opens, closes in statement.ranges:
        one = _Opening(opens, closes, dates=statement.dates)
        if days.weekly:
            yield replace(one, weekly=tuple(sorted(days.weekly)))
        if days.monthly:
            yield replace(one, monthly=tuple(sorted(days.monthly, key=lambda day: (day[0] < 0, day))))
        if days.month_days:
            yield replace(one, month_days=tuple(sorted(days.month_days)))
        if days.holidays:
            yield replace(one, holidays=True)


def _without_days(one: _Opening, closed: set[int]) -> _Opening:
    if closed and (one.month_days or closed & {day for _, day in one.monthly}):
        raise Unsure
    left = tuple(day for day in one.weekly if day not in closed)
    if one.weekly and not left:
        raise Unsure  # open and closed on the same days
    return replace(one, weekly=left)


def _without_breaks(one: _Opening, breaks: Sequence[Range]) -> list[_Opening]:
    """The pieces of an opening before and after the times at which it is closed, which lie within it."""
    pieces = [one]
    for start, end in breaks:
        last = pieces.pop()
        if not last.opens < start < end < last.closes:
            raise Unsure
        pieces += [replace(last, closes=start), replace(last, opens=end)]
    return pieces


def _clash(found: Sequence[_Opening]) -> bool:
    """Whether two openings overlap: hours given twice are a correction or an exception, nobody knows which."""
    return any(
        _meet(one, other) for number, one in enumerate(found) for other in found[:number] if _share_dates(one, other)
    )


def _share_dates(one: _Opening, other: _Opening) -> bool:
    a, b = one.dates or Dates(), other.dates or Dates()
    apart = (a.last and b.first and a.last < b.first) or (b.last and a.first and b.last < a.first)
    return not apart


def _meet(one: _Opening, other: _Opening) -> bool:
    if one.holidays != other.holidays:
        return False
    a, b = _spans(one), _spans(other)
    return any(x[0] < y[1] and y[0] < x[1] for x in a for y in b)


def _spans(one: _Opening) -> list[Range]:
    """Minutes of the week during which it may be open; a night from Sunday stands at both ends."""
    length = (one.closes - one.opens) % DAY or DAY
    spans: list[Range] = []
    for day in one.days:
        start = day * DAY + one.opens
        spans.append((start, start + length))
        if start + length > _WEEK_MINUTES:
            spans.append((start - _WEEK_MINUTES, start + length - _WEEK_MINUTES))
    return spans


def _on_holidays(found: Sequence[_Opening], said: set[str]) -> str | None:
    """ "closed", "open" or None (not said) for the rows that are not only for holidays."""
    only = any(one.holidays for one in found)
    if len(said) > 1 or (said and only):
        raise Unsure
    if _always(found):
        if only or said == {"closed"}:
            raise Unsure
        return "open"
    return "closed" if only else next(iter(said), None)


def _always(found: Sequence[_Opening]) -> bool:
    return {day for one in found if (one.opens, one.closes) == ALL_DAY for day in one.weekly} == set(WEEK)


def _row(one: _Opening, on_holidays: str | None) -> Row:
    row: Row = {"freq": "WEEKLY" if one.weekly or one.holidays else "MONTHLY"}
    if one.weekly:
        row["byday"] = ",".join(DAYS[day] for day in one.weekly)
    elif one.monthly:
        row["byday"] = ",".join(f"{which}{DAYS[day]}" for which, day in one.monthly)
    elif one.month_days:
        row["bymonthday"] = ",".join(map(str, one.month_days))
    row["opens_at"], row["closes_at"] = _clock(one.opens), _clock(one.closes)
    if one.dates and one.dates.first:
        row["valid_from"] = one.dates.first.isoformat()
    if one.dates and one.dates.last:
        row["valid_to"] = one.dates.last.isoformat()
    if on_holidays:
        row["on_holidays"] = on_holidays
    return row


def _clock(minutes: int) -> str:
    """ "09:30"; midnight is "00:00" at both ends, as a clock shows it."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"
