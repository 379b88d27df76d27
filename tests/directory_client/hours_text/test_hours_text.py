"""Hours in free text become schedules when they are certain; the cases are those of cases.yml."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from directory_client.hours_text import Row, schedules_of
from directory_client.rules import DAYS, rule_of

CASES = yaml.safe_load((Path(__file__).parent / "cases.yml").read_text(encoding="utf-8"))
TAKEN = [(text, rows) for cases in CASES["taken"].values() for text, rows in cases.items()]
REFUSED = [(reason, text) for reason, texts in CASES["refused"].items() for text in texts]
COLUMNS = {"freq", "byday", "bymonthday", "opens_at", "closes_at", "valid_from", "valid_to", "on_holidays"}


def _spelled(days: str) -> str:
    """The days of a case one by one: "MO-WE,FR"."""
    spelled: list[str] = []
    for item in days.split(","):
        first, dash, last = item.partition("-") if item[0] != "-" else (item, "", "")
        spelled += DAYS[DAYS.index(first) : DAYS.index(last) + 1] if dash else [item]
    return ",".join(spelled)


def _expected(line: str) -> Row:
    """One row of a case."""
    match = re.fullmatch(r"(day )?(\S+) (\S+)-(\S+?)(?: from (\S+))?(?: to (\S+))?(?: (open|closed|only))?", line)
    assert match, f"not a row: {line!r}"
    of_month, days, opens, closes, first, last, on_holidays = match.groups()
    monthly = of_month or days[0] in "-12345"
    row: dict[str, Any] = {
        "freq": "MONTHLY" if monthly else "WEEKLY",
        "bymonthday": days if of_month else None,
        "byday": None if of_month or days == "HOLIDAYS" else _spelled(days),
        "opens_at": opens,
        "closes_at": closes,
        "valid_from": first,
        "valid_to": last,
        "on_holidays": on_holidays,
    }
    return {column: value for column, value in row.items() if value}


def _check(rows: list[Row] | None) -> None:
    """Whatever is taken has at least one row, and every row is a rule."""
    if rows is None:
        return
    assert rows
    for row in rows:
        assert set(row) <= COLUMNS
        assert all(row.values())
        for column in ("opens_at", "closes_at"):
            assert re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", str(row[column]))
        fields: dict[str, Any] = dict(row)
        for column in ("valid_from", "valid_to"):
            if column in fields:
                fields[column] = date.fromisoformat(fields[column])
        rule = rule_of(**fields)
        assert rule is not None
        assert rule.freq == row["freq"]
        assert rule.days or rule.month_days or rule.on_holidays == "only"


@pytest.mark.parametrize(("text", "rows"), TAKEN, ids=[text for text, _ in TAKEN])
def test_certain_hours_become_schedules(text: str, rows: str) -> None:
    found = schedules_of(text)
    _check(found)
    assert found == [_expected(line) for line in rows.split(" | ")]


@pytest.mark.parametrize(("reason", "text"), REFUSED, ids=[f"{reason}: {text}" for reason, text in REFUSED])
def test_what_is_not_certain_stays_text(reason: str, text: str) -> None:
    assert schedules_of(text) is None


def test_a_third_of_the_cases_are_refusals() -> None:
    assert len(TAKEN) + len(REFUSED) >= 150
    assert 3 * len(REFUSED) >= len(TAKEN) + len(REFUSED)


@pytest.mark.parametrize("more", ["by appointment", "(summer)", "ET", "?", "Clinic", "sur rendez-vous", "5", "été"])
def test_one_thing_more_that_is_not_known_makes_any_hours_text(more: str) -> None:
    for text, _ in TAKEN:
        assert schedules_of(f"{text} {more}") is None
        assert schedules_of(f"{text}; {more}") is None


def test_case_and_spaces_around_do_not_matter() -> None:
    expected = schedules_of("Mon-Fri 9 am-5 pm; closed holidays")
    assert expected
    assert schedules_of("  MON - FRI  9 AM - 5 PM ;  CLOSED HOLIDAYS. \n") == expected


PIECES = """Mon Tues Wed. Thu Fri Sat Sunday M-F MWF lundi mar. ven daily weekdays weekends 24/7 24 hours h 7 days
    holidays jours fériés férié closed open fermé sauf except including 9 5 12 1 9-5 8:30 4:30pm 9h 17h30 09:00 0900
    13:00 am pm noon minuit midnight to à au - – , ; . : / & and et ET ( ) * <br> &nbsp; 1st 2nd 3rd last premier of
    the month du mois every July juillet 2026 2026-07-01 until from de le Hours: 15th 365 lunch"""


@given(st.lists(st.sampled_from(PIECES.split()), max_size=14), st.sampled_from(["", " ", "  "]))
@settings(max_examples=1500, deadline=None)
def test_any_mixture_of_known_words_gives_rules_or_nothing(pieces: list[str], between: str) -> None:
    _check(schedules_of((between or " ").join(pieces)))


@given(st.text(max_size=10_000))
@settings(max_examples=200, deadline=None)
def test_any_text_gives_rules_or_nothing(text: str) -> None:
    _check(schedules_of(text))


@pytest.mark.parametrize(
    "piece",
    ["Mon", "9", "9-", "9-5,", "<", "<br", "&amp;", "((", "Mon-", "24", "1st ", "closed ", "Mon 9-5; ", "\n", ":"],
)
@pytest.mark.parametrize("length", [999, 1000, 10_000])
@pytest.mark.timeout(30)  # what grows with a power of the length takes minutes; the usual is some milliseconds
def test_long_texts_come_to_an_end(piece: str, length: int) -> None:
    _check(schedules_of((piece * length)[:length]))


ENGLISH = ("Monday", "Tues", "Wed.", "thursday", "Fri", "Sat", "Sun")
FRENCH = ("lundi", "mar.", "Mer", "jeudi", "ven.", "SAM", "dimanche")


def _english(minutes: int) -> str:
    hour, minute = divmod(minutes, 60)
    return f"{hour % 12 or 12}{f':{minute:02}' if minute else ''} {'pm' if hour % 24 >= 12 else 'am'}"


def _french(minutes: int) -> str:
    hour, minute = divmod(minutes, 60)
    return f"{hour} h{f' {minute:02}' if minute else ''}"


@given(
    days=st.sets(st.integers(0, 6), min_size=1),
    opens=st.integers(24, 51).map(lambda quarter: quarter * 15),
    length=st.integers(2, 30).map(lambda quarter: quarter * 15),
    joint=st.sampled_from([", ", " and ", " & ", "/", " "]),
)
def test_a_timetable_comes_back_as_it_was_written(days: set[int], opens: int, length: int, joint: str) -> None:
    closes = opens + length
    in_order = sorted(days)
    if joint == "/" and in_order == [0, 4]:
        joint = ", "  # on purpose not certain
    expected = [
        {
            "freq": "WEEKLY",
            "byday": ",".join(DAYS[day] for day in in_order),
            "opens_at": f"{opens // 60:02}:{opens % 60:02}",
            "closes_at": f"{closes // 60:02}:{closes % 60:02}",
        }
    ]
    english = joint.join(ENGLISH[day] for day in in_order)
    french = joint.replace("and", "et").join(FRENCH[day] for day in in_order)
    assert schedules_of(f"{english} {_english(opens)} - {_english(closes)}") == expected
    assert schedules_of(f"{_english(opens)} to {_english(closes)}, {english}") == expected
    if in_order != [1]:  # "mar." alone is proved French only by its times
        assert schedules_of(f"{french} : de {_french(opens)} à {_french(closes)}") == expected
