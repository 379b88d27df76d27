"""The opening times of one day: "9-12 & 1-4:30", "de 9 h à midi et de 13 h à 16 h", "24 hours"."""

from __future__ import annotations

from typing import cast

from directory_client.hours_text.clock import DAY, Clock, Range, clock, opening
from directory_client.hours_text.reader import Reader, Unsure

ALL_DAY: Range = (0, DAY)
_JOINTS = ("comma", "and", "slash")


def times(reader: Reader) -> tuple[Range, ...] | None:
    """The times that come next, in order; None when no time comes next. Raises Unsure when they are not whole."""
    if reader.take("all day"):
        return (ALL_DAY,)
    found: list[Range] = []
    while True:
        before = reader.at
        if found:
            reader.take(*_JOINTS)
        reader.take("from")
        if not starts(reader):
            reader.at = before
            return tuple(found) or None
        if found and before == reader.at:
            raise Unsure  # "9-12 1-4" may have lost a day in between
        found.append(_range(reader))


def starts(reader: Reader) -> bool:
    """Whether a time comes next."""
    return reader.peek().kind in ("time", "number", "named")


def _range(reader: Reader) -> Range:
    digits = _four_digits(reader)
    start = _clock(reader)
    if not reader.take("dash", "to"):
        raise Unsure
    reader.take("from")
    if digits != _four_digits(reader):
        raise Unsure
    if (end := reader.take("all day")) is not None:  # "24 h" at the end of 9 h à 24 h
        if end.value or start.mark != "24":
            raise Unsure
        return _whole(opening(start, Clock(24, 0, "24")))
    return _whole(opening(start, _clock(reader)))


def _whole(found: Range | None) -> Range:
    if found is None:
        raise Unsure
    return found


def _four_digits(reader: Reader) -> bool:
    return reader.peek().kind == "number" and len(str(reader.peek().value)) == 4


def _clock(reader: Reader) -> Clock:
    token = reader.take("time", "number", "named")
    if token is None:
        raise Unsure
    if token.kind == "named":
        return _named(cast(int, token.value))
    found = _bare(str(token.value)) if token.kind == "number" else cast(Clock, token.value)
    named = reader.take("named")
    if named is None:
        return found
    if (found.hour, found.minute) != (12, 0) or found.mark not in ("", "am", "pm"):
        raise Unsure
    return _named(cast(int, named.value))  # "12 noon"


def _named(hour: int) -> Clock:
    return Clock(12, 0, "noon") if hour else Clock(0, 0, "midnight")


def _bare(digits: str) -> Clock:
    """ "9", or "0900" of the 24-hour clock; 900 may be anything."""
    if len(digits) == 3:
        raise Unsure
    found = clock(digits[:2], digits[2:], "24") if len(digits) == 4 else clock(digits)
    if found is None:
        raise Unsure
    return found
