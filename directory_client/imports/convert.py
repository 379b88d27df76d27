"""From the values of a feed to those of a table's columns; what does not fit is told in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from math import isfinite
from typing import Any

from dateutil import parser
from sqlalchemy import Boolean, Column, Date, DateTime, Float, Integer, String, Table, Text

from directory_client.feeds.plain import plain_text
from directory_client.hours import zone
from directory_client.models import Base
from directory_client.words import fold

LONGEST_TEXT = 100_000
"""Characters of one text; longer ones are cut, with a word in the report."""
STATUSES = ("active", "inactive", "defunct", "temporarily closed")
_ADDRESS = re.compile(r"(^|_)(id|identifier|url|uri|website|email|logo|extent|link|code|number|postal_code)(_fr)?$")
_TRUE, _FALSE = {"true", "yes", "y", "1", "t", "oui"}, {"false", "no", "n", "0", "f", "non"}
_FREE = re.compile(
    r"(none|free|no (fees?|cost|charge)s?|free of charge|gratuit|sans frais|aucun(s)?( frais)?|nil|n/?a)[\s.!]*"
)
_RANGES = {"latitude": (-90.0, 90.0), "longitude": (-180.0, 180.0), "minimum_age": (0, 150), "maximum_age": (0, 150)}
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    # What the specification asks for and life leaves out; a record is not lost over it.
    "address": {"address_1": "", "city": "", "address_type": "physical", "country": "CA", "state_province": "ON"},
    "location": {"location_type": "physical"},
    "service": {"status": "active"},
    "organization": {"description": ""},
    "program": {"description": ""},
    "taxonomy": {"description": ""},
    "taxonomy_term": {"description": ""},
}


class Unfit(ValueError):
    """A value that does not fit its column; the text says why."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that holds the id of a record of `table`."""

    name: str
    table: str
    required: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """What the importer knows of a table."""

    table: Table
    plain: Mapping[str, Callable[[Any], Any]]
    references: tuple[Reference, ...]
    required: frozenset[str]
    empty: Mapping[str, Any]
    """Every plain column with what stands in it when the feed says nothing."""


@cache
def shape(name: str) -> Shape:
    """The columns of a table that a feed may fill, by kind."""
    table = Base.metadata.tables[name]
    references, plain, required, empty = [], {}, set(), {}
    for column in table.columns:
        if column.name == "id":
            continue
        if column.foreign_keys:
            target = next(iter(column.foreign_keys)).column.table.name
            references.append(Reference(column.name, target, not column.nullable))
        else:
            plain[column.name] = _converter(column)
            empty[column.name] = _DEFAULTS.get(name, {}).get(column.name, getattr(column.default, "arg", None))
            if not column.nullable and column.default is None and column.name not in _DEFAULTS.get(name, {}):
                required.add(column.name)
    return Shape(table, plain, tuple(references), frozenset(required), empty)


def converted(table: str, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The plain columns of a row, every one of them, and what was wrong with which.

    A value that does not fit is left out. References and the id are not touched here.
    """
    known = shape(table)
    found = dict(known.empty)
    wrong: list[tuple[str, str]] = []
    for name, raw in values.items():
        convert = known.plain.get(name)
        if convert is None or raw is None or raw == "":
            continue
        try:
            value = convert(raw)
        except Unfit as problem:
            wrong.append((name, str(problem)))
        else:
            if value is not None:
                found[name] = value
    wrong += _particular(table, found)
    return found, wrong


def missing(table: str, found: Mapping[str, Any]) -> list[str]:
    """Columns without which the row cannot be kept."""
    return sorted(name for name in shape(table).required if found.get(name) in (None, ""))


def _particular(table: str, found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if table == "service":
        status = found["status"].strip().lower().replace("_", " ")
        if status not in STATUSES:
            yield "status", f"{found['status'][:40]!r} is none of {', '.join(STATUSES)}; taken as active"
            status = "active"
        found["status"] = status
        fees = found["fees_description"] or found["fees"]
        if found["free"] is None and fees and _FREE.fullmatch(fold(fees).strip()):
            found["free"] = True
    if table == "location" and (found["latitude"] is None) != (found["longitude"] is None):
        yield "latitude", "latitude and longitude belong together; the lone one was left out"
        found["latitude"] = found["longitude"] = None
    if table == "location" and found["location_type"] not in ("physical", "postal", "virtual"):
        found["location_type"] = "physical"


def _converter(column: Column[Any]) -> Callable[[Any], Any]:
    kind = column.type
    if isinstance(kind, Boolean):
        return _truth
    if isinstance(kind, Integer):
        return _whole
    if isinstance(kind, Float):
        low, high = _RANGES.get(column.name, (float("-inf"), float("inf")))
        return lambda raw: _number(raw, low, high)
    if isinstance(kind, DateTime):
        return _moment
    if isinstance(kind, Date):
        return _day
    longest = kind.length if isinstance(kind, String) and not isinstance(kind, Text) and kind.length else LONGEST_TEXT
    if column.name == "timezone":
        return _zone
    if _ADDRESS.search(column.name):
        return lambda raw: _address(raw, longest)
    return lambda raw: _text(raw, longest)


def _text(raw: Any, longest: int) -> str | None:
    if isinstance(raw, list | tuple):
        raw = ",".join(str(item) for item in raw)
    if isinstance(raw, dict):
        raise Unfit("is an object where a text belongs")
    text = plain_text(str(raw)).strip()
    if len(text) > longest:
        if longest < LONGEST_TEXT:
            raise Unfit(f"is longer than {longest} characters")
        text = text[: longest - 1] + "…"
    return text or None


def _address(raw: Any, longest: int) -> str | None:
    """A text in which nothing may be changed but what no screen shows and quotes around the whole."""
    if isinstance(raw, dict | list):
        return _text(raw, longest)
    text = str(raw)
    if not text.isprintable():
        text = "".join(letter for letter in text if letter.isprintable())
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].strip()
    if len(text) > longest:
        raise Unfit(f"is longer than {longest} characters")
    return text or None


def _zone(raw: Any) -> str:
    name = str(raw).strip()
    if zone(name) is None:
        raise Unfit(f"{name[:40]!r} is no time zone; write America/Toronto or America/Winnipeg")
    return name


def _truth(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise Unfit(f"{word[:40]!r} is neither yes nor no")


def _whole(raw: Any) -> int:
    number = _number(raw, -(2**31), 2**31 - 1)
    if number != int(number):
        raise Unfit(f"{str(raw)[:40]!r} is no whole number")
    return int(number)


def _number(raw: Any, low: float, high: float) -> float:
    if isinstance(raw, bool):
        raise Unfit("is yes or no where a number belongs")
    try:
        number = float(raw if isinstance(raw, int | float) else str(raw).strip().replace("\u202f", ""))
    except (ValueError, OverflowError):
        raise Unfit(f"{str(raw)[:40]!r} is no number") from None
    if not isfinite(number) or not low <= number <= high:
        raise Unfit(f"{str(raw)[:40]} lies outside {low:g} to {high:g}")
    return number


def _moment(raw: Any) -> datetime:
    try:
        found = parser.isoparse(str(raw).strip()) if not isinstance(raw, datetime) else raw
    except (ValueError, OverflowError):
        found = datetime.combine(_day(raw), datetime.min.time())
    # SQLite keeps no offset.
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _day(raw: Any) -> date:
    text = str(raw).strip()
    try:
        return parser.isoparse(text).date()
    except (ValueError, OverflowError):
        pass
    try:
        # Only where a month is named is the order of day and month beyond doubt.
        found = parser.parse(text[:60]) if re.search(r"[A-Za-z]{3}", text) else _by_slashes(text)
    except (ValueError, OverflowError, TypeError):
        raise Unfit(f"{text[:40]!r} is no date; write 2026-11-21") from None
    return found.date()


def _by_slashes(text: str) -> datetime:
    """Month/day/year as exports of iCarol write it; a first number above 12 can only be the day."""
    match = re.match(r"(\d{1,2})/(\d{1,2})/(\d{4})\b", text)
    if not match:
        raise ValueError
    first, second, year = (int(part) for part in match.groups())
    return datetime(year, second, first) if first > 12 else datetime(year, first, second)
