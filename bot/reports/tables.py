"""Counts as tables that may be shown: every table of one measure is protected together with all others of it.

The reader sees totals, each door, and each way of counting for all doors and for one. All of these share sums, so what
is hidden is decided for all of them at once, whichever of them is asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.console.floor.figures import percentile
from bot.console.floor.protection import LEAST, hidden_in
from bot.reports.counts import MEASURES, NONE, UNITS, Count, Span, Wait, period_of, units_of

ALL = "*"
"""All doors of the reader together; as a key, all of a measure."""
Cell = tuple[str, str, str]
"""Door, way of counting, key."""


@dataclass(frozen=True, slots=True)
class Row:
    """A key and its count; None where the count is not shown."""

    key: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Measure:
    """All tables of one measure: `total`, and a table for each way of counting."""

    name: str
    total: int | None
    tables: Mapping[str, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Times:
    """How long people waited. Seconds; None where too few were answered."""

    by: str
    key: str
    median: float | None
    ninetieth: float | None
    first_words: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was counted in a span at one door, or at all doors of the reader."""

    span: Span
    door: str | None
    measures: Sequence[Measure]
    times: Sequence[Times]

    def measure(self, name: str) -> Measure:
        return next(one for one in self.measures if one.name == name)


def report(
    counts: Iterable[Count], waits: Sequence[Wait], span: Span, doors: Sequence[str], door: str | None = None
) -> Report:
    """All tables.

    Args:
        counts: of all doors that the reader may see, also when only one is asked for: what one door shows must not
            tell what the others hide.
        waits: the requests for a person.
        span: the days.
        doors: the doors that the reader may see.
        door: one of them; None for all together.
    """
    by_measure: dict[str, list[Count]] = {name: [] for name in MEASURES}
    for one in counts:
        by_measure[one.measure].append(one)
    measures = [_measure(name, found, span, doors, door) for name, found in by_measure.items()]
    asked = next(one for one in measures if one.name == "asks")
    return Report(span, door, measures, _times(waits, asked, door))


def _measure(name: str, counts: Sequence[Count], span: Span, doors: Sequence[str], door: str | None) -> Measure:
    every = sorted({*doors, *(one.door for one in counts)})
    if not counts:
        times = {unit: [Row(key, 0) for key in _keys(unit, (), {}, ALL, span)] for unit in units_of(span)}
        doors_too = {} if door else {"door": [Row(one, 0) for one in every]}
        return Measure(name, 0, times | {by: [] for by in MEASURES[name]} | doors_too)
    at = Counter(one.door for one in counts)
    base: dict[Cell, int] = {(ALL, "door", ALL): len(counts)}
    base |= {(one, "door", ALL): at[one] for one in every}
    base_sums = [((ALL, "door", ALL), [(one, "door", ALL) for one in every])] if len(every) > 1 else []
    if not base_sums:
        base = {(ALL, "door", ALL): len(counts)}
    gone = hidden_in(base, base_sums)
    if gone is None:
        gone = set(base)
    scope = door if door and base_sums else ALL
    parts: list[_Part] = []
    groups = [units_of(span), *((by,) for by in MEASURES[name])]
    for ways in groups:
        for number in range(len(ways)):  # single days may be too few to be shown at all, and months enough
            part = _part(ways[number:], counts, span, every, bool(base_sums))
            if _hidden([part], base, base_sums, gone) is not None:
                parts.append(part)
                break
    found = _hidden(parts, base, base_sums, gone)
    while found is None and parts:  # together they tell more than each alone: without the finest
        parts.remove(max(parts, key=lambda one: len(one.values)))
        found = _hidden(parts, base, base_sums, gone)
    tables: dict[str, Sequence[Row]] = {}
    for ways in groups:
        tables |= _blank(ways, span)
    for part in parts:
        tables |= _shown(part, found or set(), span, scope)
    own = (scope, "door", ALL)
    total = None if own in gone else base.get(own, 0)
    if door is None:
        tables["door"] = [Row(one, None if (one, "door", ALL) in gone else at[one]) for one in every]
        if not base_sums:
            tables["door"] = [Row(one, total) for one in every]
    return Measure(name, total, tables)


@dataclass(frozen=True, slots=True)
class _Part:
    """The cells of one way of counting, or of the units of time, which hold each other; and what adds up in them."""

    ways: Sequence[str]
    values: Mapping[Cell, int]
    sums: Sequence[tuple[Cell, Sequence[Cell]]]


def _part(ways: Sequence[str], counts: Sequence[Count], span: Span, every: Sequence[str], many: bool) -> _Part:
    scopes = [ALL, *every] if many else [ALL]
    values: Counter[Cell] = Counter()
    for way in ways:
        for one in counts:
            key = key_of(one, way)
            values[ALL, way, key] += 1
            if many:
                values[one.door, way, key] += 1
    sums: list[tuple[Cell, Sequence[Cell]]] = []
    for way in ways:
        keys = sorted({key for _, had, key in values if had == way})
        for at in scopes:
            held = [(at, way, key) for key in keys if (at, way, key) in values]
            if held:
                sums.append(((at, "door", ALL), held))
        if many:
            for key in keys:
                sums.append(((ALL, way, key), [(at, way, key) for at in every if (at, way, key) in values]))
    if "day" in ways:
        sums += _nested(values, span, scopes)
    return _Part(ways, values, sums)


def _hidden(
    parts: Sequence[_Part], base: Mapping[Cell, int], base_sums: Sequence[tuple[Cell, Sequence[Cell]]], gone: set[Cell]
) -> set[Cell] | None:
    """What is hidden in these parts together; None when there is no way."""
    whole = dict(base)
    sums = list(base_sums)
    for part in parts:
        whole |= part.values
        sums += part.sums
    # a door whose total is hidden shows nothing: its lines would tell the total
    already = gone | {cell for cell in whole if (cell[0], "door", ALL) in gone}
    return hidden_in(whole, sums, fixed=base, already=already)


def _shown(part: _Part, found: set[Cell], span: Span, scope: str) -> dict[str, Sequence[Row]]:
    tables: dict[str, Sequence[Row]] = {}
    for way in part.ways:
        keys = _keys(way, [key for at, had, key in part.values if had == way and at == scope], part.values, scope, span)
        cells = [(key, (scope, way, key)) for key in keys]
        tables[way] = [Row(key, None if cell in found else part.values.get(cell, 0)) for key, cell in cells]
    return tables


def _blank(ways: Sequence[str], span: Span) -> dict[str, Sequence[Row]]:
    """The same tables without any count, and without keys: which there are, with the total, might tell each count."""
    blank: dict[str, Sequence[Row]] = {}
    for way in ways:
        keys = _keys(way, (), {}, ALL, span) if way in UNITS else [ALL]
        blank[way] = [Row(key, None) for key in keys]
    return blank


def _nested(values: Mapping[Cell, int], span: Span, scopes: Sequence[str]) -> list[tuple[Cell, Sequence[Cell]]]:
    """Weeks and months are sums of days."""
    sums: list[tuple[Cell, Sequence[Cell]]] = []
    for unit in ("week", "month"):
        held: dict[str, list[date]] = {}
        for day in span.days():
            held.setdefault(period_of(day, unit), []).append(day)
        for scope in scopes:
            for period, days in held.items():
                parts = [(scope, "day", day.isoformat()) for day in days]
                parts = [cell for cell in parts if values.get(cell)]
                if parts:
                    sums.append(((scope, unit, period), parts))
    return sums


def _keys(way: str, found: Sequence[str], values: Mapping[Cell, int], scope: str, span: Span) -> list[str]:
    """Times in their order, without a gap; anything else by name, so that the order does not tell who is larger."""
    if way in UNITS:
        return list(dict.fromkeys(period_of(day, way) for day in span.days()))
    return sorted({key for key in found if values.get((scope, way, key))}, key=lambda key: (key == NONE, key))


def key_of(one: Count, way: str) -> str:
    """The key of a count in one way of counting."""
    return period_of(one.day, way) if way in UNITS else one.keys.get(way, NONE)


def _times(waits: Sequence[Wait], asks: Measure, door: str | None) -> list[Times]:
    """Waits for everybody and in the ways in which requests are counted, where the count itself is shown."""
    mine = [one for one in waits if door is None or one.door == door]
    groups: list[tuple[str, str, list[Wait]]] = []
    if asks.total:
        groups.append((ALL, ALL, mine))
    for by in ("door", "language", "channel"):
        for row in asks.tables.get(by, ()):
            if row.count:
                groups.append((by, row.key, [one for one in mine if getattr(one, by) == row.key]))
    return [
        Times(by, key, _share(group, "waited", 0.5), _share(group, "waited", 0.9), _share(group, "answered", 0.5))
        for by, key, group in groups
    ]


def _share(group: Sequence[Wait], what: str, share: float) -> float | None:
    seconds: list[Any] = [getattr(one, what) for one in group if getattr(one, what) is not None]
    return percentile(seconds, share) if len(seconds) >= LEAST else None
