"""Reads the resource export of iCarol, the software of most Canadian 211 centres, in one language or two.

The export is one table of four kinds of records: agencies, their programmes, their sites, and what is given
where ("ProgramAtSite", which is the record that 211 Ontario shows). They come in any order and refer to each
other by number, so they are put aside on disk first. An export without levels has one record a service, with
the agency and the place in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from directory_client.feeds.csv_rows import CsvRow, open_csv
from directory_client.feeds.feed import FeedError, Item, Progress, Refusal
from directory_client.feeds.icarol_columns import KNOWN, LEVEL, NUMBER, PARENT, PROGRAM, SITE, column_name, level_of
from directory_client.feeds.icarol_joined import Joined
from directory_client.feeds.plain import plain_line
from directory_client.feeds.shelf import Kept, Shelf
from directory_client.words import fold

LONGEST_NUMBER = 40


class Icarol:
    """An export of iCarol as a feed.

    `french` is the export of the same records in French. `today` says which temporary messages are over.
    `notes` are words for the operator about the whole, complete when all items were taken.
    """

    def __init__(
        self,
        path: Path | bytes,
        french: Path | bytes | None = None,
        *,
        source: str = "icarol",
        complete: bool = True,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.source = source
        self.complete = complete
        self.notes: list[str] = []
        self._files = [(path, "en"), *([(french, "fr")] if french is not None else [])]
        self._today = today

    def items(self) -> Iterator[Item]:
        """Rows, parents first. Raises FeedError when a file is no export of iCarol or has no record in it."""
        shelf = Shelf()
        try:
            for path, language in self._files:
                yield from self._read(path, language, shelf)
            if not shelf.count("en") and not shelf.count("fr"):
                raise FeedError("The export has no record that could be read. Look at its first lines.")
            joined = Joined(shelf, self._today())
            yield from joined.items()
            self.notes += joined.notes()
        finally:
            shelf.close()

    def _read(self, path: Path | bytes, language: str, shelf: Shelf) -> Iterator[Item]:
        name = path.name if isinstance(path, Path) else "export.csv"
        with open_csv(path, file=name) as table:
            columns = {column: column_name(column) for column in table.columns if column}
            self._check(name, set(columns.values()))
            for item in table.rows():
                if isinstance(item, CsvRow):
                    fields = {columns[key]: cell for key, cell in item.values.items() if columns[key] in KNOWN and cell}
                    if refusal := put_aside(shelf, fields, language, name, item.line):
                        yield refusal
                elif isinstance(item, Progress):
                    yield Progress(item.done, None if item.total is None or len(self._files) > 1 else item.total)
                else:
                    yield item
            self.notes += table.notes

    def _check(self, name: str, columns: set[str]) -> None:
        missing = [column for column in (NUMBER, "publicname") if column not in columns]
        if missing:
            wanted = " and ".join({NUMBER: "ResourceAgencyNum", "publicname": "PublicName"}[one] for one in missing)
            raise FeedError(
                f"{name} has no column {wanted}: it is no resource export of iCarol. Choose another format."
            )
        unknown = columns - KNOWN
        if unknown:
            self.notes.append(f"{name}: {len(unknown)} columns are not used ({', '.join(sorted(unknown)[:8])}, …).")


def put_aside(shelf: Shelf, fields: dict[str, str], language: str, file: str, line: int) -> Refusal | None:
    """Keep a record for the joining; says why if that cannot be."""
    number, parent, program, site = (plain_line(fields.get(name, "")) for name in (NUMBER, PARENT, PROGRAM, SITE))
    if not number or max(map(len, (number, parent, program, site))) > LONGEST_NUMBER:
        return Refusal(file, line, "The record has no number, or one that is too long.", NUMBER)
    if fold(fields.get("languageofrecord", "")).startswith(("fr", "fran")):
        language = "fr"
    level = level_of(fields)
    if not level and fields.get(LEVEL) and language == "en":
        return Refusal(file, line, f'The level "{fields[LEVEL][:40]}" is not known.', LEVEL, id=number)
    parent, program, site = ("" if other == "0" else other for other in (parent, program, site))
    fields = {**fields, NUMBER: number}
    if not parent and not level and (agency := plain_line(fields.get("parentagency", ""))):
        parent = "named-" + hashlib.blake2b(fold(agency).encode(), digest_size=8).hexdigest()
    if shelf.put(Kept(number, language, line, file, level, parent, program, site, fields)):
        return None
    return Refusal(file, line, "The number is there a second time; the first record counts.", NUMBER, id=number)
