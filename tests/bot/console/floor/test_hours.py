"""Hours as staff write them."""

from __future__ import annotations

import contextlib
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import TORONTO
from bot.console.floor.hours import (
    DAYS,
    BadSetting,
    days_in,
    fields_of,
    grouped,
    is_open,
    next_opening,
    read_hours,
    spans,
    timetable,
    weekly,
)

TODAY = date(2026, 11, 23)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TORONTO)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("9:00-17:00", [("09:00", "17:00")]),
        ("9-17", [("09:00", "17:00")]),
        ("9h-12h, 13h30-17h", [("09:00", "12:00"), ("13:30", "17:00")]),
        ("13:00–17:00; 9:00–12:00", [("09:00", "12:00"), ("13:00", "17:00")]),
        ("20:00-2:00", [("20:00", "02:00")]),
        ("0:00-24:00", [("00:00", "24:00")]),
        ("", []),
    ],
)
def test_hours_are_read_as_people_write_them(written: str, read: list[tuple[str, str]]) -> None:
    assert spans(written, "mon") == read


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("nine to five", "hours_unread"),
        ("25:00-26:00", "hours_impossible"),
        ("9:00-9:00", "hours_impossible"),
        ("9:70-10:00", "hours_impossible"),
        ("9:00-12:00, 11:00-13:00", "hours_overlap"),
        ("20:00-10:00, 9:00-12:00", "hours_overlap"),
        ("22:00-2:00, 23:00-23:30", "hours_overlap"),
        ("1-2, 3-4, 5-6, 7-8, 9-10", "hours_many"),
    ],
)
def test_hours_that_make_no_sense_are_refused_with_a_reason(written: str, code: str) -> None:
    with pytest.raises(BadSetting) as problem:
        spans(written, "tue")
    assert (problem.value.field, problem.value.code) == ("tue", code)


@given(st.text(max_size=80))
def test_any_text_is_hours_or_refused(text: str) -> None:
    with contextlib.suppress(BadSetting):
        spans(text, "mon")


def test_a_door_is_open_when_its_hours_say_so() -> None:
    value = read_hours({"mon": "9-17", "fri": "20-2"}, TODAY)
    assert value["open"] == "MO 09:00-17:00; FR 20:00-02:00"
    assert is_open(value, at("2026-11-23T09:00")) and is_open(value, at("2026-11-23T16:59"))
    assert not is_open(value, at("2026-11-23T17:00")) and not is_open(value, at("2026-11-24T10:00"))
    assert is_open(value, at("2026-11-27T23:00")) and is_open(value, at("2026-11-28T01:59"))
    assert not is_open(value, at("2026-11-28T02:00"))
    assert next_opening(value, at("2026-11-24T10:00")) == at("2026-11-27T20:00")


def test_holidays_and_single_days_go_before_the_week() -> None:
    week = {day: "9-17" for day in DAYS}
    value = read_hours({**week, "except": "2026-12-24\n2026-12-25 10:00-12:00"}, TODAY)
    assert not is_open(value, at("2026-12-24T10:00")), "closed on a single day"
    assert is_open(value, at("2026-12-25T11:00")), "open on a holiday for once"
    assert not is_open(value, at("2027-01-01T11:00")), "closed on a holiday"
    assert is_open(read_hours({**week, "holidays": "open"}, TODAY), at("2027-01-01T11:00"))


def test_always_is_always() -> None:
    value = read_hours({"always": "1"}, TODAY)
    assert is_open(value, at("2026-12-25T03:00")) and next_opening(value, at("2026-12-25T03:00")) is None


@pytest.mark.parametrize("line", ["Christmas", "2026-02-30", "1999-01-01", "2040-01-01", "2026-12-24 sometimes"])
def test_a_day_that_makes_no_sense_is_refused(line: str) -> None:
    with pytest.raises(BadSetting):
        days_in(line, "except", TODAY)


def test_days_in_a_row_with_the_same_hours_are_read_together() -> None:
    spec = "MO,TU,WE 09:00-12:00; MO,TU,WE 13:00-17:00; FR,SU 10:00-14:00"
    both = "09:00–12:00, 13:00–17:00"
    assert grouped(spec) == [("mon", "wed", both), ("fri", "fri", "10:00–14:00"), ("sun", "sun", "10:00–14:00")]


def test_a_week_without_any_hours_is_not_hours() -> None:
    with pytest.raises(BadSetting, match="hours_none"):
        read_hours({"mon": ""}, TODAY)


_STARTS = st.integers(0, 22).flatmap(lambda h: st.integers(h + 1, 24).map(lambda e: (f"{h:02}:00", f"{e:02}:00")))


@given(st.dictionaries(st.sampled_from(DAYS), _STARTS.map(lambda span: [span]), min_size=1))
def test_what_the_form_shows_gives_the_same_hours_again(days: dict[str, list[tuple[str, str]]]) -> None:
    spec = timetable(days)
    assert weekly(spec) == {day: days[day] for day in DAYS if day in days}
    value = {"open": spec, "holidays": "closed", "except": {(TODAY + timedelta(1)).isoformat(): "closed"}}
    assert read_hours(fields_of(value), TODAY) == value
