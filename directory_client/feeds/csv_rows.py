"""Rows of a CSV file as it comes: any usual encoding and delimiter, damage included, in constant memory.

A row that cannot be read is refused with its line and the reason, and reading goes on behind it. A quote that
is never closed costs its own line, not the rest of the file: the lines behind it are read again on their own.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from directory_client.feeds.csv_text import Lines, LongLine, opened
from directory_client.feeds.feed import FeedError, Progress, Refusal

LONGEST_CELL = 1_000_000
"""Characters of one cell; a row with a longer one is refused."""
MOST_COLUMNS = 2_000
_DELIMITERS = (",", ";", "\t", "|")
_PROGRESS_EVERY = 500
_READ_AGAIN = 3
"""How many times over the file may be read again behind quotes that are never closed."""


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row: the cells by the names of their columns (lower case), as written; `line` is where it begins."""

    line: int
    values: dict[str, str]


@dataclass(slots=True)
class CsvTable:
    """An open CSV file. `columns` are the names of its head in lower case, "" for a column without one.

    `notes` are words for the operator on the file as a whole; the ones that are known only after the last row
    are added then. Use it as a context manager, or call `close`.
    """

    file: str
    columns: list[str]
    delimiter: str
    notes: list[str]
    _lines: _Pushed
    _total: int | None = None

    def rows(self) -> Iterator[CsvRow | Refusal | Progress]:
        """What the file holds, once. Progress counts characters and is out of the file's size in bytes."""
        width = len(self.columns)
        for count, (line, cells) in enumerate(_records(self._lines, self.delimiter), start=1):
            if count % _PROGRESS_EVERY == 0:
                yield self._progress()
            if isinstance(cells, str):
                yield Refusal(self.file, line, cells)
            elif not any(cell.strip() for cell in cells):
                continue  # programs of tables leave empty rows at the end
            elif reason := _wrong(cells, width):
                yield Refusal(self.file, line, reason)
            else:
                yield CsvRow(line, {name: cell for name, cell in zip(self.columns, cells, strict=False) if name})
        if self._lines.not_utf8:
            self.notes.append(
                f"{self.file}: {self._lines.not_utf8} lines are not UTF-8 and were read as Windows-1252. "
                "Look at a few accents, and export as UTF-8 if you can."
            )
        yield self._progress(finished=True)

    def close(self) -> None:
        self._lines.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _progress(self, *, finished: bool = False) -> Progress:
        done = self._lines.characters
        if self._total is not None:
            done = self._total if finished else min(done, self._total)
        return Progress(done, self._total)


def open_csv(source: Path | bytes | BinaryIO, *, file: str | None = None) -> CsvTable:
    """Open a CSV file and read its head.

    `source` is a path, the bytes themselves or an open binary file (a member of a ZIP, say), which is closed
    with the table. `file` is what refusals call it; a path has a name already. Raises FeedError for what cannot
    be opened, is empty, or is another kind of file.
    """
    name = file or (source.name if isinstance(source, Path) else "the file")
    stream, total = opened(source)
    try:
        lines = _Pushed(Lines(stream))
        delimiter, head = _head(lines, name)
    except (FeedError, LongLine, OSError, ValueError) as error:
        stream.close()
        if isinstance(error, FeedError):
            raise FeedError(f"{name}: {error}" if name not in str(error) else str(error)) from error
        raise FeedError(f"{name}: the first line is not the head of a CSV file. Export it again.") from error
    columns, notes = _columns(head, name)
    return CsvTable(name, columns, delimiter, notes, lines, total)


@dataclass(slots=True)
class _Pushed:
    """Lines that can be put back, for the parser of the standard library."""

    lines: Lines
    number: int = 0
    """Of the line handed over last, from 1."""
    characters: int = 0
    again: int = 0
    """Characters that were put back so far."""
    taken: list[str] = field(default_factory=list)
    _waiting: deque[str] = field(default_factory=deque)

    @property
    def not_utf8(self) -> int:
        return self.lines.not_utf8

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._waiting:
            line = self._waiting.popleft()
        else:
            try:
                line = next(self.lines)
            except LongLine:
                self.number += 1
                raise
            self.characters += len(line)
        self.number += 1
        self.taken.append(line)
        return line

    def begin(self) -> int:
        """Forget what was taken; returns the number of the line that comes next."""
        self.taken = []
        return self.number + 1

    def put_back(self) -> None:
        """Give all but the first of the lines that were taken a second time."""
        rest = self.taken[1:]
        self._waiting.extendleft(reversed(rest))
        self.number -= len(rest)
        self.again += sum(map(len, rest))

    def close(self) -> None:
        self.lines.close()


def _records(lines: _Pushed, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Each record with the line on which it begins: its cells, or why it could not be read."""
    _allow_long_cells()
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except LongLine:
            yield line, "The line is longer than any record can be. Was the end of a line lost?"
        except csv.Error as error:
            several = len(lines.taken) > 1
            if several and lines.again <= _READ_AGAIN * lines.characters:
                lines.put_back()
            yield line, _reason(error, several)
        else:
            yield line, cells


def _allow_long_cells() -> None:
    if csv.field_size_limit() < LONGEST_CELL:  # a setting of the whole process: only ever raised
        csv.field_size_limit(LONGEST_CELL)


def _reason(error: csv.Error, several: bool) -> str:
    if "field limit" in str(error):
        return f"A cell is longer than {LONGEST_CELL:,} characters. Is a quotation mark never closed?"
    if "unexpected end" in str(error) or several:
        return "A quotation mark is never closed."
    return 'A quotation mark inside a cell is not doubled ("").'


def _wrong(cells: list[str], width: int) -> str | None:
    while len(cells) > width and not cells[-1].strip():
        cells.pop()  # commas behind the last column
    if len(cells) != width:
        return f"The row has {len(cells)} cells, the head has {width}."
    if any(len(cell) > LONGEST_CELL for cell in cells):
        return f"A cell is longer than {LONGEST_CELL:,} characters."
    if any("\0" in cell for cell in cells):
        return "The row holds zero bytes: the file was damaged on its way."
    return None


def _head(lines: _Pushed, name: str) -> tuple[str, list[str]]:
    """The delimiter and the cells of the first row that holds anything."""
    for line in lines:
        if line.lower().startswith("sep=") and len(line.strip("\r\n")) == 5:
            continue  # what Excel writes for itself
        if line.strip().strip(",;\t|"):
            break
    else:
        raise FeedError(f"{name} is empty. Export it again.")
    # A head whose quoted names hold ends of lines goes on in the next ones.
    delimiter = max(_DELIMITERS, key=line.count)
    _allow_long_cells()
    try:
        reader = csv.reader(chain([line], lines), delimiter=delimiter, strict=True)
        cells = next(reader)
    except (csv.Error, StopIteration) as error:
        raise FeedError(f"{name}: the first line cannot be read ({error}). Export it again.") from error
    if "\0" in "".join(cells) or not any(cell.strip() for cell in cells) or len(cells) > MOST_COLUMNS:
        raise FeedError(f"{name}: the first line is not the head of a CSV file. Export it again.")
    return delimiter, cells


def _columns(head: list[str], name: str) -> tuple[list[str], list[str]]:
    columns: list[str] = []
    notes: list[str] = []
    while head and not head[-1].strip():
        head = head[:-1]
    for cell in head:
        column = " ".join(cell.split()).lower()
        if column and column in columns:
            notes.append(f'{name}: the column "{column}" is there twice; the first one counts.')
            column = ""
        columns.append(column)
    return columns, notes
