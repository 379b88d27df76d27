"""What a reader of any format hands over: rows of HSDS tables, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol


class FeedError(Exception):
    """The whole feed cannot be used; the message says what is wrong with it and what to do, for an operator."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record, in the shape of the table of that name (`directory_client.tables`).

    `values` has the names of the table's columns, HSDS's own and ours (`name_fr`, ...). Values are as the feed
    has them: texts of numbers and dates are converted, and refused, by the importer. `id` and what refers to
    other records are the feed's own ids, unique in their table; a reader whose format has none makes them from
    what stays the same in the next edition ("agency-12345", "agency-12345/hours/2"). `file` and `line` (from 1;
    of a format without lines the number of the record) say where it stood.
    """

    table: str
    values: dict[str, Any]
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record, or one field of it, that was not taken, in words for the person who keeps the feed."""

    file: str
    line: int
    reason: str
    field: str | None = None
    table: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a reader is, for the progress bar: `done` of `total` in the same unit; `total` None: not known."""

    done: int
    total: int | None = None


Item = Row | Refusal | Progress


class Feed(Protocol):
    """A feed that was opened.

    `source` names it in the database: records of one source replace each other, never those of another.
    `complete` says that what is missing in it is gone (a full export), not merely unchanged.
    """

    source: str
    complete: bool

    def items(self) -> Iterator[Item]:
        """Rows in any order, parents not necessarily first. Raises FeedError when nothing can be used."""
        ...


@dataclass(slots=True)
class Rows:
    """A feed of rows that are there already; for tests and for what is made in memory."""

    source: str
    rows: list[Item] = field(default_factory=list)
    complete: bool = True

    def items(self) -> Iterator[Item]:
        yield from self.rows
