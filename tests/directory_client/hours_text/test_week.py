"""A week in cells, and the weeks of real sites."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory_client.hours_text import schedules_of_week
from directory_client.rules import DAYS, rule_of

CENTRES = Path(__file__).parents[4] / "shared" / "data" / "ontario" / "assessment_centres_2021-07-13.csv"
COLUMNS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def test_days_with_the_same_hours_share_a_row() -> None:
    cells = {"MO": "09:00-13:00", "TU": "09:00-13:00", "WE": "13:00-17:00", "SA": "closed", "SU": ""}
    assert schedules_of_week(cells) == [
        {"freq": "WEEKLY", "byday": "MO,TU", "opens_at": "09:00", "closes_at": "13:00"},
        {"freq": "WEEKLY", "byday": "WE", "opens_at": "13:00", "closes_at": "17:00"},
    ]


def test_a_day_may_open_twice() -> None:
    assert schedules_of_week({"FR": "09:00-12:00&13:15-16:00", "TH": None}) == [
        {"freq": "WEEKLY", "byday": "FR", "opens_at": "09:00", "closes_at": "12:00"},
        {"freq": "WEEKLY", "byday": "FR", "opens_at": "13:15", "closes_at": "16:00"},
    ]


def test_cells_may_be_written_as_people_write() -> None:
    told = schedules_of_week({"MO": "9-5", "TU": "9 h à 17 h", "WE": "10 am-noon, 1-4:30", "TH": "Fermé"})
    assert told == [
        {"freq": "WEEKLY", "byday": "MO,TU", "opens_at": "09:00", "closes_at": "17:00"},
        {"freq": "WEEKLY", "byday": "WE", "opens_at": "10:00", "closes_at": "12:00"},
        {"freq": "WEEKLY", "byday": "WE", "opens_at": "13:00", "closes_at": "16:30"},
    ]


def test_a_form_of_the_24_hour_clock_leaves_no_doubt_about_late_mornings() -> None:
    assert schedules_of_week({"MO": "10:00-11:30"}) is not None


def test_never_closing_is_open_on_holidays_too() -> None:
    told = schedules_of_week(dict.fromkeys(DAYS, "00:00-00:00"))
    assert told == [
        {
            "freq": "WEEKLY",
            "byday": ",".join(DAYS),
            "opens_at": "00:00",
            "closes_at": "00:00",
            "on_holidays": "open",
        }
    ]


@pytest.mark.parametrize(
    "cell",
    ["call", "7-9", "09:00", "09:00-25:00", "09:00-17:00 Tue", "09:00-12:00&11:00-15:00", "17:00-09:00&1", "Sat"],
)
def test_one_cell_that_is_not_certain_refuses_the_week(cell: str) -> None:
    assert schedules_of_week({"MO": "09:00-17:00", "TU": cell}) is None


def test_a_week_that_never_opens_is_no_schedule() -> None:
    assert schedules_of_week({}) is None
    assert schedules_of_week({"MO": "closed", "TU": ""}) is None


def test_days_have_the_names_of_icalendar() -> None:
    with pytest.raises(ValueError, match="monday"):
        schedules_of_week({"monday": "9-5"})


@given(st.dictionaries(st.sampled_from(DAYS), st.text(max_size=200) | st.from_regex(r"\d\d:\d\d-\d\d:\d\d")))
def test_any_cells_give_rules_or_nothing(cells: dict[str, str]) -> None:
    told = schedules_of_week(cells)
    assert told is None or told
    for row in told or []:
        assert rule_of(**row) is not None  # type: ignore[arg-type]


@pytest.mark.skipif(not CENTRES.exists(), reason="the tables in ../shared/data/ontario are not here")
def test_the_weeks_of_real_sites_are_understood_and_come_back() -> None:
    with CENTRES.open(encoding="utf-8-sig", newline="") as file:
        sites = [{day: site[name] for day, name in zip(DAYS, COLUMNS, strict=True)} for site in csv.DictReader(file)]
    filled = {"all": 0, "understood": 0}
    refused: Counter[str] = Counter()
    for cells in sites:
        texts = [cell for cell in cells.values() if cell.strip()]
        told = schedules_of_week(cells)
        if told is None and any(cell.lower() != "closed" for cell in texts):
            refused.update(cell for cell in texts if schedules_of_week({"MO": cell}) is None and cell != "closed")
        else:
            assert _written(told or []) == _ordered(cells)
            filled["understood"] += len(texts)
        filled["all"] += len(texts)
    share = filled["understood"] / filled["all"]
    print(f"\n{len(sites)} sites, {filled['all']} filled cells, understood: {share:.2%}; not: {dict(refused)}")
    assert share >= 0.95


def _written(rows: list[dict[str, str | int | None]]) -> dict[str, list[str]]:
    """Rows as cells again."""
    cells: dict[str, list[str]] = {}
    for row in rows:
        for day in str(row["byday"]).split(","):
            cells.setdefault(day, []).append(f"{row['opens_at']}-{row['closes_at']}")
    return {day: sorted(ranges) for day, ranges in cells.items()}


def _ordered(cells: dict[str, str]) -> dict[str, list[str]]:
    return {day: sorted(cell.split("&")) for day, cell in cells.items() if cell.strip() and cell.lower() != "closed"}
