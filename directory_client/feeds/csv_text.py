"""Lines of text out of bytes of unknown encoding, one after the other, none of them without limit."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from directory_client.feeds.feed import FeedError

LONGEST_LINE = 4_000_000
"""Characters of one line of a file; a longer one is skipped."""
_SAMPLE = 4096

_OTHER_FILES = {
    b"PK\x03\x04": "an Excel workbook or a ZIP file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip file",
    b"{\\rtf": "a text document",
}


class LongLine(Exception):
    """A line beyond `LONGEST_LINE`; it was skipped, the next one can be read."""


class Lines:
    """The lines of a file, with their ends.

    UTF-16 and UTF-32 are told by their first bytes. Everything else is UTF-8, with or without its mark; a line
    that is not is read as Windows-1252 (which holds what Latin-1 does), and counted: a file that two programs
    wrote can have both. Ends of lines are those of any system.
    """

    def __init__(self, stream: BinaryIO) -> None:
        """Raises FeedError for what is no text file at all."""
        head = _head(stream)
        for magic, kind in _OTHER_FILES.items():
            if head.startswith(magic):
                raise FeedError(f"This is {kind}, not a CSV file. Save or export it as CSV (UTF-8) and try again.")
        self.encoding = _wide(head)
        self.not_utf8 = 0
        self.number = 0
        self._stream = stream
        raw = io.BufferedReader(_Joined(head, stream))
        self._text = io.TextIOWrapper(raw, self.encoding or "latin-1", errors="replace", newline="")

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """The next line; raises LongLine for one that is skipped."""
        line = self._text.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
            while (rest := self._text.readline(LONGEST_LINE)) and not rest.endswith(("\n", "\r")):
                pass
            raise LongLine
        if self.encoding is None:
            line = self._decoded(line)
        return line.removeprefix("\ufeff") if self.number == 1 else line

    def close(self) -> None:
        self._stream.close()

    def _decoded(self, line: str) -> str:
        # The wrapper found the ends of lines in bytes dressed as Latin-1; these are the bytes again.
        data = line.encode("latin-1")
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            self.not_utf8 += 1
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError:
            return line


class _Joined(io.RawIOBase):
    """A stream from which the head was read already."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = head
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._head[: len(buffer)] if self._head else self._stream.read(len(buffer))
        self._head = self._head[len(data) :]
        buffer[: len(data)] = data
        return len(data)


def opened(source: Path | bytes | BinaryIO) -> tuple[BinaryIO, int | None]:
    """The bytes of a source, and how many there are if that is known; raises FeedError."""
    if isinstance(source, bytes):
        return io.BytesIO(source), len(source)
    if isinstance(source, Path):
        try:
            return source.open("rb"), source.stat().st_size
        except OSError as error:
            raise FeedError(f"{source} cannot be opened: {error.strerror or error}. Check the name.") from error
    return source, None


def _head(stream: BinaryIO) -> bytes:
    head = b""
    while len(head) < _SAMPLE and (more := stream.read(_SAMPLE - len(head))):
        head += more
    return head


def _wide(head: bytes) -> str | None:
    """The name of an encoding of two or four bytes a character, by its mark or by where the zeros are."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    half = len(head) // 2
    if half >= 8:
        for name, zeros, others in (("utf-16-le", head[1::2], head[::2]), ("utf-16-be", head[::2], head[1::2])):
            if zeros.count(0) > 0.7 * half and re.search(rb"[,;\t]", others) and others.count(0) < 0.1 * half:
                return name
    return None
