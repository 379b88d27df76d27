"""Takes the records out of a CIOC share file, one after the other, and nothing that an attacker may have put in.

The standard library's expat is driven by hand: a document type is refused before it can declare an entity, so
there are no external entities and no "billion laughs"; the size of a tag, of a record and the depth are limited.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from directory_client.feeds.csv_text import opened
from directory_client.feeds.feed import FeedError, Progress, Refusal

NAMESPACE = "urn:ciocshare-schema"
LONGEST_TAG = 2_000_000
"""Bytes of one tag with its attributes."""
LARGEST_RECORD = 4_000_000
"""Characters in all attributes of a record."""
MOST_ELEMENTS = 20_000
DEEPEST = 12
_CHUNK = 65_536
_KEPT = ("RECORD", "PRIVACY_PROFILE_LIST", "SOURCE_DB")


@dataclass(slots=True)
class Element:
    """An element with its attributes; texts between tags mean nothing in this format."""

    name: str
    attributes: Mapping[str, str]
    children: list[Element] = field(default_factory=list)

    def get(self, attribute: str) -> str:
        return self.attributes.get(attribute, "")

    def child(self, name: str) -> Element | None:
        return next((one for one in self.children if one.name == name), None)

    def all(self, name: str) -> Iterator[Element]:
        return (one for one in self.children if one.name == name)


@dataclass(frozen=True, slots=True)
class Found:
    """An element below the root, and on which line it begins."""

    element: Element
    line: int


def elements(source: Path | bytes, file: str) -> Iterator[Found | Refusal | Progress]:
    """What stands below the root of a share file.

    Raises FeedError for a file that is no share file, is cut off or damaged, or holds a document type.
    """
    stream, total = opened(source)
    reader = _Reader(file)
    done = 0
    try:
        with stream:
            for chunk in _chunks(stream):
                done += len(chunk)
                reader.feed(chunk, done)
                yield from reader.taken()
                if done % (64 * _CHUNK) == 0:
                    yield Progress(done, total)
            reader.feed(b"", done, last=True)
            yield from reader.taken()
    except expat.ExpatError as error:
        what = expat.errors.messages.get(error.code, "damaged")
        raise FeedError(
            f"{file} is damaged in line {error.lineno} ({what}): it may be cut off. Export it again; nothing was taken."
        ) from error
    except OSError as error:
        raise FeedError(f"{file} cannot be read: {error.strerror or error}.") from error
    yield Progress(done, total)


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


class _Reader:
    def __init__(self, file: str) -> None:
        self._file = file
        self._open: list[Element] = []
        self._depth = 0
        self._line = 0
        self._size = 0
        self._count = 0
        self._large = False
        self._ready: list[Found | Refusal] = []
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._doctype
        self._parser = parser

    def feed(self, chunk: bytes, done: int, *, last: bool = False) -> None:
        try:
            self._parser.Parse(chunk, last)
        except (LookupError, ValueError) as error:  # an encoding that Python does not know
            raise FeedError(f"{self._file} names an unknown encoding ({error}). Export it as UTF-8.") from error
        if done - max(self._parser.CurrentByteIndex, 0) > LONGEST_TAG:
            raise FeedError(f"{self._file} has a tag of more than {LONGEST_TAG:,} bytes: it is damaged.")

    def taken(self) -> list[Found | Refusal]:
        ready, self._ready = self._ready, []
        return ready

    def _doctype(self, *_: object) -> None:
        raise FeedError(
            f"{self._file} holds a document type (DOCTYPE), which a CIOC share file has not and which can be used for "
            "attacks. It was not read. Ask whoever sent it."
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, name = tag.rpartition(" ")
        if self._depth == 0 and (name.upper() != "ROOT" or namespace not in ("", NAMESPACE)):
            raise FeedError(
                f"{self._file} is no CIOC share file: its root is <{name[:40]}>, not <ROOT> of {NAMESPACE}."
            )
        self._depth += 1
        if self._depth == 1:
            return
        if self._depth == 2:
            self._line, self._size, self._count, self._large = self._parser.CurrentLineNumber, 0, 0, False
        self._size += sum(map(len, attributes.values()))
        self._count += 1
        self._large |= self._size > LARGEST_RECORD or self._count > MOST_ELEMENTS or self._depth > DEEPEST
        if self._large:
            self._open = []  # nothing more of it is kept; its end tells that
        else:
            self._open.append(Element(name, attributes))

    def _end(self, _: str) -> None:
        self._depth -= 1
        if self._depth == 0:
            return
        if self._depth == 1:
            whole = self._open[0] if self._open else None
            self._open = []
            if self._large:
                self._ready.append(Refusal(self._file, self._line, "The record is larger than any record can be."))
            elif whole and whole.name in _KEPT:
                self._ready.append(Found(whole, self._line))
        elif not self._large:
            done = self._open.pop()
            self._open[-1].children.append(done)
