"""Answers of a server kept in a file from one import to the next, by question, with the tag of their edition."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from pathlib import Path


class KeptAnswers(MutableMapping[str, tuple[str, bytes]]):
    """A mapping from questions to (ETag, answer). A file that is damaged, or cannot be written, keeps nothing.

    What was neither read nor written by the time of `close` is forgotten: the file does not grow for ever.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = self._opened(path)
        self._used: set[str] = set()

    def __getitem__(self, question: str) -> tuple[str, bytes]:
        row = None
        with suppress(sqlite3.Error):
            row = self._database.execute("SELECT tag, answer FROM kept WHERE question = ?", (question,)).fetchone()
        if row is None:
            raise KeyError(question)
        self._used.add(question)
        return str(row[0]), bytes(row[1])

    def __setitem__(self, question: str, answer: tuple[str, bytes]) -> None:
        with suppress(sqlite3.Error):
            self._database.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (question, *answer))
            self._used.add(question)

    def __delitem__(self, question: str) -> None:
        if self._database.execute("DELETE FROM kept WHERE question = ?", (question,)).rowcount == 0:
            raise KeyError(question)

    def __iter__(self) -> Iterator[str]:
        return (row[0] for row in self._database.execute("SELECT question FROM kept"))

    def __len__(self) -> int:
        return int(self._database.execute("SELECT count(*) FROM kept").fetchone()[0])

    def close(self, *, forget: bool = True) -> None:
        """`forget`: all of the server was asked, so what was not used is gone there."""
        with suppress(sqlite3.Error):
            if forget:
                old = [(question,) for question in list(self) if question not in self._used]
                self._database.executemany("DELETE FROM kept WHERE question = ?", old)
        self._database.close()

    @staticmethod
    def _opened(path: Path) -> sqlite3.Connection:
        for attempt in (1, 2):
            database = sqlite3.connect(path, isolation_level=None)
            try:
                database.execute("CREATE TABLE IF NOT EXISTS kept (question TEXT PRIMARY KEY, tag TEXT, answer BLOB)")
            except sqlite3.DatabaseError:
                database.close()
                if attempt == 1:
                    path.unlink(missing_ok=True)
            else:
                return database
        spare = sqlite3.connect("", isolation_level=None)
        spare.execute("CREATE TABLE kept (question TEXT PRIMARY KEY, tag TEXT, answer BLOB)")
        return spare
