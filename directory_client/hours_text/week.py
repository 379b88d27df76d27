"""A week in seven cells, as tables of sites have it: {"MO": "09:00-12:00&13:00-17:00", "SA": "closed", "SU": ""}."""

from __future__ import annotations

import re
from collections.abc import Mapping

from directory_client.hours_text.clock import Range, clock, opening
from directory_client.hours_text.days import Days
from directory_client.hours_text.reader import Reader, Unsure
from directory_client.hours_text.rows import Row, rows
from directory_client.hours_text.statements import Said, Statement
from directory_client.hours_text.text import plain
from directory_client.hours_text.times import times
from directory_client.hours_text.tokens import tokens
from directory_client.rules import DAYS

_PLAIN = re.compile(r"([0-9]{2}):([0-9]{2}) ?- ?([0-9]{2}):([0-9]{2})")


def week(cells: Mapping[str, str | None]) -> list[Row]:
    """Rows of a week, one for each opening that days share.

    Raises Unsure when a cell is not certain, ValueError when a key is no day of `rules.DAYS`.
    """
    if wrong := sorted(set(cells) - set(DAYS)):
        raise ValueError(f"the days of a week are {', '.join(DAYS)}, not {', '.join(wrong)}")
    by_opening: dict[Range, set[int]] = {}
    for day in sorted(map(DAYS.index, cells)):
        for one in _cell(cells[DAYS[day]] or ""):
            by_opening.setdefault(one, set()).add(day)
    return rows(Said([Statement(Days(weekly=days), (one,)) for one, days in by_opening.items()]))


def _cell(cell: str) -> tuple[Range, ...]:
    text = plain(cell)
    found = tokens(text) if text is not None else None
    if found is None:
        raise Unsure
    if not found or [token.kind for token in found] == ["closed"]:
        return ()
    if text and (match := _PLAIN.fullmatch(text)):
        return (_plain(match),)
    reader = Reader(found)
    ranges = times(reader)
    if ranges is None or reader.peek().kind != "end":
        raise Unsure
    return ranges


def _plain(match: re.Match[str]) -> Range:
    """Both times of the 24-hour clock, also 10:00-11:30, which elsewhere could be at night."""
    start, end = clock(match[1], match[2], "24"), clock(match[3], match[4], "24")
    found = opening(start, end) if start and end else None
    if found is None:
        raise Unsure
    return found
