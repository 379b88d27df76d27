"""No hidden count comes out of what is shown: neither by one sum nor by all of them together."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.console.floor.protection import LEAST, determined, hidden_in, protected
from bot.reports.counts import MEASURES, Count, Span
from bot.reports.tables import ALL, Report, report

FIRST = date(2026, 11, 2)
SPAN = Span(FIRST, FIRST + timedelta(days=13))
KEYS = {"language": ("pa", "so", "ti", "uk"), "channel": ("sms", "voice", "web")}
DOORS = ("211", "dso-toronto", "good2talk")

one_count = st.builds(
    lambda door, day, language, channel: Count(
        "gaps", door, FIRST + timedelta(days=day), {"language": language, "channel": channel}
    ),
    st.sampled_from(DOORS), st.integers(0, 13), st.sampled_from(("pa", "ti", "so", "uk")),
    st.sampled_from(("web", "sms", "voice")),
)  # fmt: skip
some_counts = st.lists(st.tuples(one_count, st.integers(1, 12)), max_size=25).map(
    lambda drawn: [one for one, times in drawn for _ in range(times)]
)


def reports_of(counts: list[Count]) -> dict[str | None, Report]:
    """Everything that a reader of these doors can ask for with one span."""
    return {door: report(counts, [], SPAN, DOORS, door) for door in (None, *DOORS)}


def equations(counts: list[Count]) -> list[tuple[object, list[object]]]:
    """All that a reader knows to add up, written down anew from the meaning of the tables."""
    scopes: list[str | None] = [None, *DOORS]
    sums: list[tuple[object, list[object]]] = [((None, "total", ""), [(door, "total", "") for door in DOORS])]
    days = [(FIRST + timedelta(days=n)) for n in range(14)]
    weeks = {d: (d - timedelta(days=d.weekday())).isoformat() for d in days}
    keys = {
        "day": [d.isoformat() for d in days], "week": sorted(set(weeks.values())), "month": ["2026-11"],
        "language": ["pa", "so", "ti", "uk"], "channel": ["sms", "voice", "web"],
    }  # fmt: skip
    for way, had in keys.items():
        for scope in scopes:
            sums.append(((scope, "total", ""), [(scope, way, key) for key in had]))
        for key in had:
            sums.append(((None, way, key), [(door, way, key) for door in DOORS]))
    for scope in scopes:
        for week in keys["week"]:
            sums.append(((scope, "week", week), [(scope, "day", d.isoformat()) for d in days if weeks[d] == week]))
    return sums


def true_counts(counts: list[Count]) -> Counter[object]:
    """What every cell really holds."""
    true: Counter[object] = Counter()
    for one in counts:
        monday = one.day - timedelta(days=one.day.weekday())
        keys = {"day": one.day.isoformat(), "week": monday.isoformat(), "month": "2026-11", "total": "", **one.keys}
        for scope in (None, one.door):
            true.update((scope, way, key) for way, key in keys.items())
    return true


def published(made: dict[str | None, Report]) -> dict[object, int | None]:
    """Every cell with what is shown of it; a key that is not in a table has nobody."""
    cells: dict[object, int | None] = {}
    for scope, one in made.items():
        measure = one.measure("gaps")
        cells[scope, "total", ""] = measure.total
        for way, rows in measure.tables.items():
            for row in rows:
                if row.key == ALL:  # a table of which nothing is shown
                    cells.update({(scope, way, key): None for key in KEYS[way]})
                    continue
                cell = (row.key, "total", "") if way == "door" else (scope, way, row.key)
                assert cells.get(cell, row.count) == row.count, "shown in one report and hidden in another"
                cells[cell] = row.count
    return cells


@settings(max_examples=60, deadline=None)
@given(some_counts)
def test_no_hidden_count_follows_from_all_reports_of_a_span_together(counts: list[Count]) -> None:
    cells = published(reports_of(counts))
    sums = [(total, parts) for total, parts in equations(counts)]
    unknown = sorted({c for t, ps in sums for c in (t, *ps) if cells.get(c, 0) is None}, key=str)
    if not unknown:
        return
    index = {cell: i for i, cell in enumerate(unknown)}
    matrix = np.zeros((len(sums), len(unknown)))
    for line, (total, parts) in enumerate(sums):
        for cell, sign in ((total, 1), *((part, -1) for part in parts)):
            if cell in index:
                matrix[line, index[cell]] += sign
    _, sizes, directions = np.linalg.svd(matrix, full_matrices=True)
    free = directions[int((sizes > 1e-9).sum()) :]
    # each direction that the sums leave free changes some hidden counts; one that none of them changes is told
    told = [cell for cell in unknown if not np.abs(free[:, index[cell]]).max(initial=0) > 1e-9]
    true = true_counts(counts)
    assert [cell for cell in told if 0 < true[cell] < LEAST] == [], "can be worked out"


@settings(max_examples=25, deadline=None)
@given(some_counts)
def test_no_small_count_is_shown_and_every_shown_count_is_true(counts: list[Count]) -> None:
    for door, made in reports_of(counts).items():
        mine = [one for one in counts if door in (None, one.door)]
        measure = made.measure("gaps")
        assert measure.total in (None, len(mine))
        for way in ("language", "channel"):
            true = Counter(one.keys[way] for one in mine)
            for row in measure.tables[way]:
                if row.key != ALL:
                    assert row.count is None or (row.count == true[row.key] and not 0 < row.count < LEAST)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=5))
def test_each_hidden_part_of_a_known_sum_may_be_one_or_five(counts: list[int]) -> None:
    shown = protected(counts)
    gone = [index for index, count in enumerate(shown) if count is None]
    if not gone or all(count is None or count == 0 for count in shown):
        return  # nothing of the sum is shown beside the sum itself
    left = sum(counts) - sum(count for count in shown if count)
    ways = [way for way in product(range(1, left + 1), repeat=len(gone)) if sum(way) == left]
    for place in range(len(gone)):
        assert {1, LEAST} <= {way[place] for way in ways}


def test_two_ones_are_not_told_by_a_total_of_two() -> None:
    shown = protected([1, 1, 20, 30])
    assert shown == [None, None, None, 30]


def test_what_is_left_of_a_hidden_door_is_hidden_in_its_own_report_too() -> None:
    counts = [Count("gaps", "211", FIRST, {"language": "pa", "channel": "web"})] * 40
    counts += [Count("gaps", "good2talk", FIRST, {"language": "pa", "channel": "web"})] * 8
    counts += [Count("gaps", "dso-toronto", FIRST, {"language": "pa", "channel": "web"})] * 3
    made = reports_of(counts)
    assert made[None].measure("gaps").total == 51
    assert {row.key: row.count for row in made[None].measure("gaps").tables["door"]} == {
        "211": 40, "dso-toronto": None, "good2talk": None,
    }  # fmt: skip
    assert made["good2talk"].measure("gaps").total is None
    assert [row.count for row in made["good2talk"].measure("gaps").tables["language"]] == [None]


def test_a_cell_that_two_sums_tell_is_found() -> None:
    sums = [("t", ["a", "b"]), ("u", ["a", "b", "c"])]
    assert determined({"a", "b", "c"}, sums) == ["c"]
    assert hidden_in({"t": 30, "a": 10, "b": 20, "u": 33, "c": 3}, sums, fixed=["t"]) not in (None, {"a", "b", "c"})


def test_every_measure_has_its_definition_and_its_ways_named() -> None:
    from bot.console.interface import Interface

    interface = Interface.load()
    for name, ways in MEASURES.items():
        assert interface.has(f"reports_m_{name}") and interface.has(f"reports_means_{name}"), name
        assert [way for way in ways if not interface.has(f"reports_by_{way}")] == []
