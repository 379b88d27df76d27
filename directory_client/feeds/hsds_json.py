"""HSDS as JSON: `service_full`, `organization_full`, lists, pages of an API, and lines of JSON."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from decimal import Decimal
from itertools import accumulate
from pathlib import Path
from typing import Any, BinaryIO

import ijson

from directory_client.feeds.feed import FeedError, Item, Progress, Refusal, Row
from directory_client.feeds.hsds_names import CHILDREN, EVERYWHERE, PARENTS, is_table, modern
from directory_client.models import Base

DEEPEST = 12
"""Records within records; the specification's own go down to five."""
LONGEST_RECORD = 32 * 1024**2
"""Bytes from one record to the next."""
MOST_BRACKETS = 2_000
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_DIGITS = 1_000
_LONG_NUMBER = re.compile(rb"\d{%d}" % _DIGITS)
_PEEK = 1 << 16
_PAGE = re.compile(rb'^\s*\{[^{}\[\]]*"contents"\s*:\s*\[')
_PROGRESS_EVERY = 200
_ORGANIZATION = {
    "services", "website", "legal_status", "programs", "organization_identifiers", "locations", "tax_status",
}  # fmt: skip


class HsdsJson:
    """A file of JSON as a feed. Read as a stream: a province in one list is no more than one record in memory."""

    def __init__(self, path: Path, source: str, *, complete: bool = True) -> None:
        self.path, self.source, self.complete = path, source, complete

    def items(self) -> Iterator[Item]:
        """Rows of every table, from records in any of the forms of the specification."""
        total = self.path.stat().st_size
        with self.path.open("rb") as opened:
            file = _Measured(opened, self.path.name)
            number = 0
            try:
                for number, record in enumerate(records(file), 1):
                    file.since = file.depth = 0
                    yield from rows(record, self.path.name, number)
                    if number % _PROGRESS_EVERY == 0:
                        yield Progress(min(opened.tell(), total), total)
            except (ijson.JSONError, ValueError, ArithmeticError, RecursionError) as problem:
                reason = " ".join(str(problem).split())[:120]
                if not number:
                    raise FeedError(f"{self.path.name} is no JSON ({reason}). Nothing was changed.") from None
                raise FeedError(
                    f"{self.path.name} breaks off or is damaged after record {number} ({reason}). Nothing was changed; "
                    "get it anew."
                ) from None


class _Measured:
    """A file that tells when a single record grows, or nests, beyond what memory should hold.

    The parser keeps the path of every level, so that the memory for 100,000 brackets would be their square; and a
    number of more digits than Python reads ends the whole process in it (ijson 3.6).
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self._name = file, name
        self.since = 0
        """Bytes since the last record."""
        self.depth = 0
        """Brackets that were opened since then and not closed, those in texts too."""
        self._before = b""

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.since += len(data)
        if self.since > LONGEST_RECORD:
            raise FeedError(
                f"{self._name} has a record of more than {LONGEST_RECORD // 1024**2} MB, which no service is. Is a "
                "quotation mark or a bracket never closed? Nothing was changed."
            )
        if _LONG_NUMBER.search(self._before + data):
            raise FeedError(f"{self._name} has a number of thousands of digits. Nothing was changed; get it anew.")
        self._before = data[-_DIGITS:]
        steps = [1 if bracket in b"[{" else -1 for bracket in data.translate(None, _NO_BRACKETS)]
        if steps:
            if self.depth + max(accumulate(steps)) > MOST_BRACKETS:
                raise FeedError(f"{self._name} nests thousands deep, which no record does. Nothing was changed.")
            self.depth = max(0, self.depth + sum(steps))
        return data

    def seek(self, offset: int) -> int:
        return self._file.seek(offset)


def records(file: BinaryIO | _Measured) -> Iterator[Any]:
    """The records of a list, of a page ("contents"), of lines of JSON, or the only one."""
    head = file.read(_PEEK)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    skipped = len(head) - len(head.removeprefix(b"\xef\xbb\xbf"))
    file.seek(skipped)
    if start.startswith(b"["):
        return ijson.items(file, "item")  # type: ignore[no-any-return]
    if _PAGE.match(head[skipped:]):
        return ijson.items(file, "contents.item")  # type: ignore[no-any-return]
    return ijson.items(file, "", multiple_values=True)  # type: ignore[no-any-return]


def rows(record: Any, file: str, number: int, table: str | None = None) -> Iterator[Item]:
    """The rows of one record and of all that stands in it; `number` is its place in the file, from 1.

    `table` is that of the record where it is known.
    """
    if not isinstance(record, dict):
        yield Refusal(file, number, "is no record: an object with names and values belongs here")
        return
    table = table or kind_of(record)
    if table is None:
        yield Refusal(file, number, "is neither service, organization, location nor a term of a taxonomy")
        return
    yield from _flat(table, record, {}, file, number, 0)


def kind_of(record: Mapping[str, Any]) -> str | None:
    """The table of a record by what it has, since nothing in the format says it."""
    keys = record.keys()
    if "location_type" in keys:
        return "location"
    if "status" in keys or "service_at_locations" in keys or "organization" in keys:
        return "service"
    if keys & {"service", "service_id"} and keys & {"location", "location_id"}:
        return "service_at_location"
    if "organization_id" in keys and "name" in keys:
        return "service"
    if keys & {"taxonomy_detail", "taxonomy_id", "term_uri"} or ("code" in keys and "name" in keys):
        return "taxonomy_term"
    if "version" in keys:
        return "taxonomy"
    return "organization" if keys & _ORGANIZATION or {"name", "description"} <= keys else None


def _flat(
    table: str, record: Mapping[str, Any], owner: Mapping[str, str], file: str, number: int, depth: int
) -> Iterator[Item]:
    """`owner` are the references to the records around it, by the names of the columns."""
    if depth > DEEPEST:
        yield Refusal(file, number, f"records stand in each other more than {DEEPEST} deep; the rest was left out")
        return
    plain: dict[str, Any] = {name: _plain(value) for name, value in record.items() if not _nested(value)}
    columns: Container[str] = Base.metadata.tables[table].columns.keys() if is_table(table) else ()
    plain = {**{name: id_ for name, id_ in owner.items() if name in columns and not plain.get(name)}, **plain}
    id_ = str(plain.get("id") or owner.get("made") or "")
    plain["id"] = id_
    nested: list[tuple[str, str, Any, dict[str, str]]] = []
    for name, value in record.items():
        if isinstance(value, dict) and name in PARENTS.get(table, {}):
            target = PARENTS[table][name]
            parent = str(value.get("id") or f"{id_}/{name}")
            reference = "taxonomy_id" if target == "taxonomy" else f"{target}_id"
            plain.setdefault(reference, parent)
            own = {"organization_id": _organization_of(record)} if target == "program" else {}
            nested.append((target, parent, value, own))
        elif isinstance(value, list):
            child = CHILDREN.get(table, {}).get(name) or EVERYWHERE.get(name)
            for position, one in enumerate(value if child else ()):
                if isinstance(one, dict) and child:
                    nested.append((child, f"{id_}/{name}/{position}", one, _links(table, id_, child)))
    for name, values in modern(table, plain):
        yield Row(name, values, file, number)
    for child, made, value, links in nested:
        yield from _flat(child, value, {**links, "made": made}, file, number, depth + 1)


def _links(table: str, id_: str, child: str) -> dict[str, str]:
    """How a record says to whom it belongs."""
    if child == "attribute":
        return {"link_id": id_, "link_entity": table}
    if child == "metadata":
        return {"resource_id": id_, "resource_type": table}
    return {f"{table}_id": id_}


def _organization_of(record: Mapping[str, Any]) -> str:
    organization = record.get("organization")
    inner = organization.get("id") if isinstance(organization, dict) else None
    return str(record.get("organization_id") or inner or "")


def _nested(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(one, dict | list) for one in value))


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value
