"""Records put aside on disk while a file is read, to be joined by number whatever order they come in."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """A record with its place in the file; `level` and the three numbers it refers to are "" where it has none."""

    number: str
    language: str
    line: int
    file: str
    level: str
    parent: str
    program: str
    site: str
    fields: dict[str, str]


class Shelf:
    """A store of records by number and language that needs disk, not memory; it is gone when it is closed."""

    def __init__(self) -> None:
        # An empty name is a database in a temporary file that SQLite itself deletes.
        self._database = sqlite3.connect("")
        self._database.executescript(
            """
            CREATE TABLE kept (
                number TEXT, language TEXT, line INTEGER, file TEXT,
                level TEXT, parent TEXT, program TEXT, site TEXT, fields TEXT,
                PRIMARY KEY (number, language)
            ) WITHOUT ROWID;
            CREATE INDEX by_level ON kept (language, level, number);
            CREATE INDEX by_program ON kept (language, program, number);
            CREATE INDEX by_parent ON kept (language, parent, number);
            """
        )

    def put(self, kept: Kept) -> bool:
        """Keep a record; False, and nothing changes, when its number is there already in that language."""
        row = (kept.number, kept.language, kept.line, kept.file, kept.level, kept.parent, kept.program, kept.site)
        cursor = self._database.execute(
            "INSERT OR IGNORE INTO kept VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, json.dumps(kept.fields))
        )
        return cursor.rowcount == 1

    def get(self, number: str, language: str) -> Kept | None:
        return next(self._select("WHERE language = ? AND number = ?", language, number), None)

    def of_level(self, level: str, language: str, *, besides: str = "") -> Iterator[Kept]:
        """The records of a level in a language, by number; `besides`: not those that this language has too."""
        condition = """WHERE language = ? AND level = ? AND NOT EXISTS (
            SELECT 1 FROM kept AS other WHERE other.language = ? AND other.number = kept.number
        ) ORDER BY number"""
        return self._select(condition, language, level, besides)

    def at_sites(self, program: str, language: str) -> Iterator[Kept]:
        """The records that say that a programme is given somewhere."""
        return self._select("WHERE language = ? AND program = ? ORDER BY number", language, program)

    def has_children(self, number: str, language: str) -> bool:
        query = "SELECT 1 FROM kept WHERE language = ? AND parent = ? AND level NOT IN ('agency', 'site') LIMIT 1"
        return self._database.execute(query, (language, number)).fetchone() is not None

    def count(self, language: str) -> int:
        return int(self._database.execute("SELECT count(*) FROM kept WHERE language = ?", (language,)).fetchone()[0])

    def close(self) -> None:
        self._database.close()

    def _select(self, condition: str, *values: str) -> Iterator[Kept]:
        for row in self._database.execute(f"SELECT * FROM kept {condition}", values):
            number, language, line, file, level, parent, program, site, fields = row
            yield Kept(number, language, line, file, level, parent, program, site, json.loads(fields))
