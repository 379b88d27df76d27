"""The helplines that a person is given when none of our people can answer: open now, in their language, for their age.

All facts are those of the line records (`directory_client/data/lines.csv`); nothing is added to them here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.answers import Piece, say
from bot.doors.door import Door
from bot.voice.chain import opens
from directory_client.lines import CRISIS, EMERGENCY, HELPLINE, YOUNG, Line, lines

MOST = 3
"""More than that is a list to read, not help."""


def lines_for(door: Door, language: str, now: datetime, *, danger: bool = False) -> list[Line]:
    """The lines to name, best first; at least one.

    Args:
        language: of the person. A line that says which languages it speaks must speak this one.
        now: an aware moment; a line that is closed then, or whose hours nobody knows, is left out.
        danger: somebody may be in danger: 9-1-1 comes first, then 9-8-8, in whatever language they answer.
    """
    names = [EMERGENCY, CRISIS] if danger else []
    known = lines()
    fitting = [name for name in _candidates(door) if name in known and _fits(known[name], language, now)]
    names = list(dict.fromkeys([*names, *fitting]))
    names = [name for name in names if name != HELPLINE][: MOST - 1 + danger]
    return [known[name] for name in [*names, HELPLINE]]


def lines_pieces(door: Door, language: str, now: datetime, *, danger: bool = False) -> list[Piece]:
    """One sentence for each of `lines_for`."""
    return [
        say("handoff_line_now", name={"line_name": line.id}, phone={"line": line.id})
        for line in lines_for(door, language, now, danger=danger)
    ]


def _candidates(door: Door) -> Iterator[str]:
    yield door.line
    for route in door.routes:
        yield from (name for name in (route.line, *(stop.line for stop in route.chain)) if name)
    if door.youth:
        yield YOUNG
    if _counsels(door.line):
        yield CRISIS


def _counsels(name: str) -> bool:
    """Whether the line of a door is one to talk to in a crisis of the mind."""
    line = lines().get(name)
    return line is not None and "mental.crisis" in line.needs


def _fits(line: Line, language: str, now: datetime) -> bool:
    if not (line.voice or line.text) or not line.hours or not opens(line, now, danger=True):
        return False
    return not line.languages or language in line.languages
