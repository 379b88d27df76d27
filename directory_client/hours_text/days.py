"""Days as hours name them: "Mon-Wed & Fri", "1er et 3e samedi du mois", "daily except holidays"."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from directory_client.hours_text.reader import Reader, Unsure
from directory_client.hours_text.tokens import Token
from directory_client.hours_text.words import WEEK

_JOINTS = ("comma", "and", "slash")
_MOST_ORDINALS = 5
_STARTS = ("day", "days", "holiday")


@dataclass(slots=True)
class Days:
    """The days of one opening."""

    weekly: set[int] = field(default_factory=set)
    """Every Monday is 0."""
    monthly: set[tuple[int, int]] = field(default_factory=set)
    """(which in the month, weekday), as in `rules.Rule.days`."""
    month_days: set[int] = field(default_factory=set)
    of_month: bool = False
    """The text says that `monthly` is meant so."""
    holidays: bool = False
    """Public holidays are among the days."""
    on_holidays: str = ""
    """"closed" or "open", when the days themselves say so: "daily except holidays"."""

    @property
    def only_weekly(self) -> bool:
        return bool(self.weekly) and not (self.monthly or self.month_days or self.holidays)

    @property
    def only_holidays(self) -> bool:
        return self.holidays and not (self.weekly or self.monthly or self.month_days)


def days(reader: Reader) -> Days | None:
    """The list of days that comes next, with what is left out of it; None when no day comes next."""
    found = _list(reader)
    if found is None:
        return None
    before = reader.at
    reader.take("comma")
    changed = reader.take("except", "including")
    other = _list(reader) if changed else None
    if changed is None or other is None:
        reader.at = before
        return found
    if other.monthly or other.month_days or not other.weekly <= found.weekly:
        raise Unsure
    if changed.kind == "except":
        found.weekly -= other.weekly
        if not found.weekly:
            raise Unsure
    if other.holidays:
        found.on_holidays = "closed" if changed.kind == "except" else "open"
    return found


def _list(reader: Reader) -> Days | None:
    found = Days()
    joints: list[str] = []
    count = 0
    while True:
        before = reader.at
        joint = reader.take(*_JOINTS) if count else None
        if (count and joint is None) or not _item(reader, found):
            reader.at = before
            break
        count += 1
        joints.append(joint.kind if joint else "")
    if joints[1:] == ["slash"] and found.weekly == {0, 4}:
        raise Unsure  # "Mon/Fri": and, or until?
    if found.monthly and not found.of_month and len({which for which, _ in found.monthly}) == 1:
        raise Unsure  # "second Wednesday": of the month, or every other?
    return found if count else None


def _item(reader: Reader, found: Days) -> bool:
    """One item of a list into `found`; whether there was one."""
    every = reader.skip("from", "every")
    every = every and reader.peek(-1).kind == "every"
    token = reader.peek()
    if token.kind == "ordinal":
        return _monthly(reader, found, every=every)
    if token.kind not in _STARTS:
        return False
    reader.at += 1
    if token.kind == "holiday":
        found.holidays = True
    elif token.kind == "days":
        _add(found, cast(tuple[int, ...], token.value))
    elif _range_follows(reader, 0):
        reader.at += 1
        reader.skip("from")
        _add(found, _span(cast(int, token.value), cast(int, reader.peek().value)))
        reader.at += 1
        if _range_follows(reader, 0):
            raise Unsure  # "Mon-Wed-Fri"
    else:
        _add(found, (cast(int, token.value),))
        while reader.peek().kind == "day" and not _range_follows(reader, 1):  # "Mon Wed Fri"
            _add(found, (cast(int, reader.peek().value),))
            reader.at += 1
    return True


def _add(found: Days, days: tuple[int, ...]) -> None:
    if found.weekly & set(days):
        raise Unsure  # a day named twice is a slip: which was meant?
    found.weekly.update(days)


def _range_follows(reader: Reader, ahead: int) -> bool:
    return reader.peek(ahead).kind in ("dash", "to") and reader.peek(ahead + 1).kind == "day"


def _span(first: int, last: int) -> tuple[int, ...]:
    """Days from one to another, over the end of the week where need be: Sun-Thu."""
    if first == last:
        raise Unsure
    return tuple(WEEK[(first + ahead) % 7] for ahead in range((last - first) % 7 + 1))


def _monthly(reader: Reader, found: Days, *, every: bool) -> bool:
    """ "1st and 3rd Sat of each month", or "15th of the month"."""
    numbers = [_ordinal(reader.peek())]
    reader.at += 1
    while len(numbers) < _MOST_ORDINALS and reader.peek().kind in _JOINTS and reader.peek(1).kind == "ordinal":
        numbers.append(_ordinal(reader.peek(1)))
        reader.at += 2
    if len(set(numbers)) < len(numbers):
        raise Unsure
    day = reader.take("day")
    of_month = reader.take("of month")
    if day is None:
        if not of_month or any(number < 1 for number in numbers):
            raise Unsure
        found.month_days.update(numbers)
        return True
    if every and len(numbers) == 1 and numbers[0] > 1:
        raise Unsure  # "every second Wednesday" is every other one
    found.of_month |= of_month is not None
    if any(number > 5 for number in numbers):
        raise Unsure
    monthly = {(number, cast(int, day.value)) for number in numbers}
    if monthly & found.monthly:
        raise Unsure
    found.monthly |= monthly
    return True


def _ordinal(token: Token) -> int:
    number = cast(int, token.value)
    if not (number == -1 or 1 <= number <= 31):
        raise Unsure
    return number
