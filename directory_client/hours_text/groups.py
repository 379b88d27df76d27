"""The parts of a text of hours one after another: days, times, "closed", dates; not yet what belongs to what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from directory_client.hours_text.dates import dates
from directory_client.hours_text.days import days
from directory_client.hours_text.reader import Reader, Unsure
from directory_client.hours_text.times import times
from directory_client.hours_text.tokens import SEPARATORS, Token

STRONG = ("line", "stop")
"""Separators that end a sentence."""

_SIGNS = (*SEPARATORS, "colon", "dash")
_MARKS = ("closed", "except", "including", "open", "all year", "always")


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the text. `after` is the separator before it: "" (nothing), "comma", "stop", "colon", ..."""

    kind: str
    value: object
    after: str


END = Group("end", None, "stop")


def groups(tokens: Sequence[Token]) -> list[Group]:
    """The parts in the order of the text. Raises Unsure when one of them is not whole."""
    reader = Reader(tokens)
    if reader.take("label") or (reader.peek().kind == "open" and reader.peek(1).kind == "colon"):
        reader.take("open")
        reader.skip("colon", "line")
    found: list[Group] = []
    while reader.peek().kind != "end":
        sign = reader.take(*_SIGNS)
        kind, value = _part(reader)
        found.append(Group(kind, value, sign.kind if sign else ""))
        if "closed" in [one.kind for one in found[-2:]]:  # "closed for lunch 12-1", "closed 12-1 for lunch"
            reader.take("lunch")
    if found and found[0].after:
        raise Unsure
    return found


_READERS: tuple[tuple[str, Callable[[Reader], object | None]], ...] = (
    ("dates", dates),
    ("days", days),
    ("times", times),
)


def _part(reader: Reader) -> tuple[str, object]:
    for kind, read in _READERS:
        value = read(reader)
        if value is not None:
            return kind, value
    mark = reader.take(*_MARKS)
    if mark is None:
        raise Unsure
    return mark.kind, mark.value
