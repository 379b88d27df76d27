"""What the tests of readers have in common: taking a feed apart, and checking what each reader must keep to."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from directory_client.feeds.feed import Item, Progress, Refusal, Row
from directory_client.models import Base

FIXTURES = Path(__file__).parents[2] / "fixtures" / "directory"
BROKEN = Path(__file__).parents[2] / "broken" / "directory"
GIVEN = Path(__file__).parents[4] / "shared" / "data" / "ontario"


def tables(items: Iterable[Item]) -> dict[str, dict[str, dict[str, Any]]]:
    """Rows by table and id."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for item in items:
        if isinstance(item, Row):
            found.setdefault(item.table, {})[item.values["id"]] = item.values
    return found


def refusals(items: Iterable[Item]) -> list[Refusal]:
    return [item for item in items if isinstance(item, Refusal)]


def check(items: list[Item]) -> None:
    """What holds for every reader, whatever it was given."""
    seen: set[tuple[str, str]] = set()
    for item in items:
        assert isinstance(item, Row | Refusal | Progress)
        if isinstance(item, Refusal):
            assert item.reason
        if isinstance(item, Row):
            columns = Base.metadata.tables[item.table].columns
            assert set(item.values) <= set(columns.keys()), item
            assert item.values["id"]
            assert len(item.values["id"]) <= 100
            assert (item.table, item.values["id"]) not in seen, item
            seen.add((item.table, item.values["id"]))
            for value in item.values.values():
                if isinstance(value, str):
                    assert "\0" not in value
                    value.encode("utf-8")


def references_hold(items: list[Item]) -> bool:
    """Whether every reference to another record leads somewhere."""
    rows = tables(items)
    for table, records in rows.items():
        for column in Base.metadata.tables[table].columns:
            for key in column.foreign_keys:
                target = rows.get(key.column.table.name, {})
                if any(row.get(column.name) is not None and row[column.name] not in target for row in records.values()):
                    return False
    return True
