"""From a row of a feed to one that waits on disk, and on to the values of a column: all that asks no database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from directory_client.feeds.feed import Refusal, Row
from directory_client.imports.convert import converted, missing, shape
from directory_client.imports.hours import with_hours
from directory_client.imports.names import feed_id, is_uuid
from directory_client.imports.stage import Waiting

EDITION = "1"
"""Part of every digest: to be raised when conversion changes, so that the same feed is read anew."""


_KEPT = json.JSONEncoder(default=str)
_JSON = json.JSONEncoder(sort_keys=True, ensure_ascii=False, default=str)
_NAMED = ("organization", "service", "location")
"""Tables that keep an id of another kind than the specification asks for once more, as one of the feed."""


type Given = tuple[str, dict[str, Any], str, int]
"""A row of the feed: table, values, file and line."""


def waiting(piece: Sequence[Given | Refusal]) -> list[tuple[str, Waiting] | Refusal]:
    """Rows as they are held until all have been read, each with its table; hours that were words have rows as well."""
    found: list[tuple[str, Waiting] | Refusal] = []
    for given in piece:
        if isinstance(given, Refusal):
            found.append(given)
            continue
        for row in with_hours(Row(*given)):
            if id_ := feed_id(row.values.get("id")):
                body = _KEPT.encode({name: value for name, value in row.values.items() if value not in (None, "")})
                found.append((row.table, Waiting(id_, body, row.file, row.line)))
            else:
                reason = "has no id: give each record one that stays the same"
                found.append(Refusal(row.file, row.line, reason, "id", row.table))
    return found


class Prepared(NamedTuple):
    """A row of the feed as its table would hold it, but for what refers to other records."""

    id: str
    file: str
    line: int
    found: dict[str, Any]
    wrong: list[tuple[str, str]]
    """Columns that were left out, and why."""
    lacking: list[str]
    """Columns without which the row cannot be kept."""
    references: dict[str, tuple[str, str]]
    """What it refers to, by column: the id as it is compared, and as it was written, for whoever reads the report."""
    foreign: bool
    """Its id is none of the kind that the specification asks for."""
    digest: str


def prepared(piece: tuple[str, Sequence[Waiting]]) -> list[Prepared]:
    """Prepares rows of one table, given as its name and the rows."""
    table, rows = piece
    return [_prepared(table, row) for row in rows]


def _prepared(table: str, row: Waiting) -> Prepared:
    values = json.loads(row.body)
    found, wrong = converted(table, values)
    names = (reference.name for reference in shape(table).references)
    return Prepared(
        id=row.id,
        file=row.file,
        line=row.line,
        found=found,
        wrong=wrong,
        lacking=missing(table, found),
        references={name: (feed_id(raw), str(raw)[:60]) for name in names if (raw := values.get(name))},
        foreign=table in _NAMED and not is_uuid(row.id),
        digest=digest(values),
    )


def digest(values: Mapping[str, Any]) -> str:
    """The same for the same values in any order."""
    return hashlib.blake2b(f"{EDITION}{_JSON.encode(values)}".encode(errors="replace"), digest_size=16).hexdigest()


__all__ = ["Given", "Prepared", "digest", "prepared", "waiting"]
