"""Holds a feed on disk until all of it has been read, so that nothing of it is written before that.

A feed that breaks off, or a remote one that is slow, touches neither the database nor its locks.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from directory_client.feeds.feed import Refusal


class Waiting(NamedTuple):
    """A row of the feed under its own id; `body` is JSON of its values."""

    id: str
    body: str
    file: str
    line: int


class Stage:
    """A scratch database. Use it as a context manager."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="porchlight-feed-", dir=folder)
        self._database = sqlite3.connect(Path(self._folder.name) / "feed.db", isolation_level=None)
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute("PRAGMA synchronous=OFF")
        self._database.execute("PRAGMA cache_size=-16000")
        self._database.execute(
            "CREATE TABLE staged (number INTEGER PRIMARY KEY, entity TEXT, id TEXT, file TEXT, line INTEGER, body TEXT)"
        )
        self._database.execute("CREATE UNIQUE INDEX staged_id ON staged (entity, id)")
        self._database.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()
        self._folder.cleanup()

    def add(self, table: str, row: Waiting) -> Refusal | None:
        """Keeps a row. A second one of the same id adds what the first left empty; if they differ, the first stays."""
        insert = "INSERT OR IGNORE INTO staged (entity, id, body, file, line) VALUES (?, ?, ?, ?, ?)"
        if self._database.execute(insert, (table, *row)).rowcount:
            return None
        return self._again(table, row)

    def _again(self, table: str, row: Waiting) -> Refusal | None:
        find = "SELECT number, body, line FROM staged WHERE entity = ? AND id = ?"
        number, first, line = self._database.execute(find, (table, row.id)).fetchone()
        if first == row.body:
            return None
        kept, more = json.loads(first), json.loads(row.body)
        if differing := sorted(name for name in kept.keys() & more.keys() if kept[name] != more[name]):
            reason = f"the id stands twice with different contents ({', '.join(differing)}); line {line} was kept"
            return Refusal(row.file, row.line, reason, None, table, row.id)
        self._database.execute("UPDATE staged SET body = ? WHERE number = ?", (json.dumps(more | kept), number))
        return None

    def counts(self) -> dict[str, int]:
        """Rows by table."""
        return dict(self._database.execute("SELECT entity, count(*) FROM staged GROUP BY entity"))

    def rows(self, table: str) -> Iterator[Waiting]:
        """The rows of a table in the order of the feed."""
        cursor = self._database.cursor()
        cursor.execute("SELECT id, body, file, line FROM staged WHERE entity = ? ORDER BY number", (table,))
        return map(Waiting._make, cursor)
