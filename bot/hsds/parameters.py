"""The parameters of the open interface: what each may be, and its words in the description."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import QueryParams

LARGEST_PAGE = 1000
LAST_PAGE = 1_000_000
LONGEST_TEXT = 200
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2})?)?")
_METRES = re.compile(r"[0-9]{1,7}(\.[0-9]{1,3})?")


class Unfit(Exception):
    """A parameter that cannot be used; the text says what it may be. 400, or 422 where two do not go together."""

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.status = status


@dataclass(frozen=True, slots=True)
class Parameter:
    """`read` turns the text of a request into its value and raises Unfit; `schema` tells programs the same."""

    name: str
    description: str
    schema: Mapping[str, Any]
    read: Callable[[str], Any]


def _text(name: str) -> Callable[[str], str]:
    def read(raw: str) -> str:
        if not 1 <= len(raw) <= LONGEST_TEXT or "\0" in raw:
            raise Unfit(f"{name} is a text of 1 to {LONGEST_TEXT} characters, none of them NUL.")
        return raw

    return read


def _whole(name: str, most: int) -> Callable[[str], int]:
    def read(raw: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", raw) or not 1 <= int(raw) <= most:
            raise Unfit(f"{name} is a whole number from 1 to {most}.")
        return int(raw)

    return read


def _truth(name: str) -> Callable[[str], bool]:
    def read(raw: str) -> bool:
        if raw.lower() not in ("true", "false"):
            raise Unfit(f"{name} is true or false.")
        return raw.lower() == "true"

    return read


def _format(raw: str) -> str:
    if raw not in ("json", "ndjson"):
        raise Unfit("format is json, or ndjson for all records as lines of JSON.")
    return raw


def _moment(raw: str) -> datetime:
    # A plus sign that was not encoded arrives as a blank.
    text = re.sub(r" (\d{2}:\d{2})$", r"+\1", raw) if "T" in raw.upper() else raw
    try:
        if not _TIME.fullmatch(text):
            raise ValueError
        found = datetime.fromisoformat(text.upper())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unfit("modified_after is a time such as 2026-11-21T10:00:00Z, or a date.") from None


def _metres(raw: str) -> float:
    if not _METRES.fullmatch(raw):
        raise Unfit("proximity is a number of metres such as 2500, of at most seven digits.")
    return float(raw)


_TEXT = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT, "pattern": "^[^\\u0000]*$"}


def _string(name: str, description: str) -> Parameter:
    return Parameter(name, description, _TEXT, _text(name))


def _flag(name: str, description: str) -> Parameter:
    return Parameter(name, description, {"type": "boolean"}, _truth(name))


_ALL = (
    _string("search", "Full text search: every word must stand in the record, under any of its endings."),
    Parameter(
        "page",
        "Number of the page, from 1. A page after the last one is empty.",
        {"type": "integer", "minimum": 1, "maximum": LAST_PAGE, "default": 1},
        _whole("page", LAST_PAGE),
    ),
    Parameter(
        "per_page",
        "Records on a page.",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": 50},
        _whole("per_page", LARGEST_PAGE),
    ),
    Parameter(
        "format",
        "json, or ndjson: all records as lines of JSON, without pages.",
        {"type": "string", "enum": ["json", "ndjson"], "default": "json"},
        _format,
    ),
    _string("taxonomy_term_id", "Only records with this term."),
    _string("taxonomy_id", "Only records with any term of this taxonomy."),
    _string("organization_id", "Only services of this organization."),
    Parameter(
        "modified_after",
        "Only services that changed at this time or later, then of any status, so that a copy learns what was closed. "
        "Services of which nobody knows when they changed count as changed.",
        {"type": "string", "format": "date-time"},
        _moment,
    ),
    _flag("minimal", "Only id, name, status and time of change; all on one page unless per_page is given."),
    _flag("full", "Records with all that belongs to them."),
    _flag("full_service", "Organizations with whole services; includes what full gives."),
    _flag("top_only", "Only terms that have no parent."),
    _string("parent_id", "Only terms that have this one as parent."),
    Parameter(
        "postcode",
        "A postal code of Ontario, or its first three characters. Only places whose service area holds its middle, "
        "the nearest first; a place that names no area serves everybody.",
        {"type": "string", "minLength": 3, "maxLength": 20},
        _text("postcode"),
    ),
    Parameter(
        "proximity",
        "With postcode: only places within so many metres of its middle.",
        {"type": "string", "pattern": f"^{_METRES.pattern}$"},
        _metres,
    ),
)
PARAMETERS: Mapping[str, Parameter] = {one.name: one for one in _ALL}
_PAGED = "search page per_page format"
_OF_SERVICES = f"{_PAGED} taxonomy_term_id taxonomy_id organization_id modified_after"
LISTS: Mapping[str, tuple[str, ...]] = {
    "services": tuple(f"{_OF_SERVICES} minimal full".split()),
    "organizations": tuple(f"{_PAGED} taxonomy_term_id taxonomy_id full full_service".split()),
    "service_at_locations": tuple(f"{_OF_SERVICES} full postcode proximity".split()),
    "taxonomies": tuple(_PAGED.split()),
    "taxonomy_terms": tuple(f"{_PAGED} taxonomy_id top_only parent_id".split()),
}
"""Parameters of each list."""
SINGLE: Mapping[str, tuple[str, ...]] = {"organizations": ("full_service",)}
"""Parameters of a single record."""


def read(query: QueryParams, names: tuple[str, ...]) -> dict[str, Any]:
    """The values of these parameters that a request gives; others, such as those of caches, are passed over.

    Raises:
        Unfit: for a value that cannot be, a parameter that stands twice, or two that do not go together.
    """
    found: dict[str, Any] = {}
    for name in names:
        given = query.getlist(name)
        if len(given) > 1:
            raise Unfit(f"{name} stands more than once; give it once.")
        if given:
            found[name] = PARAMETERS[name].read(given[0])
    if "proximity" in found and "postcode" not in found:
        raise Unfit("proximity is measured from a postcode: give both, or neither.", 422)
    if found.get("minimal") and found.get("full"):
        raise Unfit("minimal and full say the opposite: give one of them.", 422)
    return found
