"""Runs every check over a directory."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from sqlalchemy import Connection

from directory_client.checks.facts import Facts
from directory_client.checks.finding import Finding
from directory_client.checks.stream import facts
from directory_client.checks.table import CHECKS


def findings(connection: Connection, today: date, sources: Collection[str] | None = None) -> Iterator[Finding]:
    """All findings as they are met, grouped by record; memory does not grow with the directory.

    Args:
        today: the local date.
        sources: only records of these sources.
    """
    for record in facts(connection, sources):
        yield from of_record(record, today)
    for check in CHECKS.values():
        if check.whole is not None:
            yield from (one for one in check.whole(connection) if sources is None or one.source in sources)


def of_record(record: Facts, today: date) -> Iterator[Finding]:
    """What the checks find in one record."""
    for check in CHECKS.values():
        if isinstance(record, check.of):
            for field, value in check.find(record, today):
                yield Finding(check.name, record.table, record.id, record.name, record.source, field, value)
