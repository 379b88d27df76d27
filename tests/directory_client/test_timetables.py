"""Timetables of the index: each one once, and how long a door stays closed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from directory_client import timetables
from directory_client.hours import TORONTO, Timetable, coming, hours, hours_until_open, is_open
from directory_client.index import reindex
from directory_client.memory import Memory
from directory_client.models import SearchHours, SearchSite
from directory_client.rules import Rule, rule_of
from tests.directory_client.build import AJAX, add_service

NOW = datetime(2026, 11, 19, 15, tzinfo=UTC)  # a Thursday, 10 in the morning in Toronto
WEEKDAYS = tuple((0, day) for day in range(5))
OFFICE = Rule(opens=time(9), closes=time(17), days=WEEKDAYS)
OFFICE_ROW: dict[str, Any] = {"freq": "WEEKLY", "byday": "MO,TU,WE,TH,FR", "opens_at": "09:00", "closes_at": "17:00"}


def wait_of(table: Timetable, at: datetime) -> float:
    day = at.astimezone(UTC).date()
    return hours_until_open(coming(table, day, day), at)


@pytest.mark.parametrize(
    ("moment", "wait"),
    [
        ((2026, 11, 19, 10), 0.0),
        ((2026, 11, 19, 8, 30), 0.5),
        ((2026, 11, 19, 17), 16.0),
        ((2026, 11, 20, 17), 64.0),  # over a weekend
        ((2026, 10, 30, 17), 65.0),  # over the night in which the clock goes back
        ((2026, 12, 24, 17), 112.0),  # Christmas on a Friday, and Boxing Day, a Saturday, observed on Monday
    ],
)
def test_the_wait_is_counted_in_hours_that_pass(moment: tuple[int, ...], wait: float) -> None:
    at = datetime(*moment, tzinfo=TORONTO)  # type: ignore[misc, arg-type]
    found = wait_of(Timetable((OFFICE,)), at)
    opens = hours(Timetable((OFFICE,)), at).next_opening
    assert found == (0.0 if opens is None else (opens - at.astimezone(UTC)).total_seconds() / 3600)
    assert found == wait


def test_nobody_waits_longer_than_a_week_and_nobody_knows_what_is_not_said() -> None:
    once_a_month = Rule(opens=time(10), closes=time(12), freq="MONTHLY", days=((1, 0),))
    assert wait_of(Timetable((once_a_month,)), NOW) == 168.0
    assert timetables.kept(Timetable(text="ring the bell")) is None


TIMES = st.times().map(lambda one: one.replace(second=0, microsecond=0, tzinfo=None, fold=0))
RULES = st.builds(
    Rule,
    opens=TIMES,
    closes=TIMES,
    freq=st.sampled_from(["WEEKLY", "MONTHLY", "ONCE"]),
    days=st.lists(st.tuples(st.sampled_from([0, 0, 2, -1]), st.integers(0, 6)), max_size=4, unique=True).map(tuple),
    month_days=st.lists(st.integers(1, 31), max_size=2).map(tuple),
    interval=st.sampled_from([1, 1, 2]),
    dtstart=st.sampled_from([None, date(2026, 11, 2), date(2026, 11, 21)]),
    until=st.sampled_from([None, date(2026, 12, 24)]),
    valid_from=st.sampled_from([None, date(2026, 11, 20)]),
    on_holidays=st.sampled_from(["closed", "open", "only"]),
)


@given(st.lists(RULES, min_size=1, max_size=3).map(tuple), st.datetimes(datetime(2026, 10, 20), datetime(2027, 1, 5)))
def test_no_wait_is_the_same_as_open(rules: tuple[Rule, ...], at: datetime) -> None:
    table, moment = Timetable(rules), at.replace(tzinfo=UTC)
    assert (wait_of(table, moment) == 0) == is_open(table, moment)


@given(st.lists(RULES, min_size=1, max_size=3).map(tuple))
def test_what_is_kept_reads_back_as_it_was(rules: tuple[Rule, ...]) -> None:
    row = timetables.kept(Timetable(rules, zone=ZoneInfo("America/Winnipeg")))
    assert row is not None
    assert timetables.read(row) == Timetable(rules, zone=ZoneInfo("America/Winnipeg"))


ANY = st.none() | st.text(max_size=12) | st.sampled_from(["MO,2TU,-1FR", "1", "-1,31", "9" * 5000, "MONTHLY", "ONCE"])
ANY_DAY = st.none() | st.dates()
CLOCK = st.sampled_from(["09:00", "17:30", "24:00", "23:59", "00:00"]) | ANY


@given(
    st.fixed_dictionaries(
        {
            "opens_at": CLOCK, "closes_at": CLOCK, "freq": ANY, "byday": ANY, "bymonthday": ANY, "byweekno": ANY,
            "byyearday": ANY, "wkst": ANY, "on_holidays": ANY, "dtstart": ANY_DAY, "until": ANY_DAY,
            "valid_from": ANY_DAY, "valid_to": ANY_DAY, "interval": st.none() | st.integers(-(2**31), 2**31 - 1),
            "count": st.none() | st.integers(-(2**31), 2**31 - 1),
        }
    )
)  # fmt: skip
def test_a_schedule_of_any_feed_is_kept_or_passed_over_but_ends_no_import(fields: dict[str, Any]) -> None:
    rule = rule_of(**fields)
    if rule is not None:
        row = timetables.kept(Timetable((rule,)))
        assert row is not None and timetables.read(row) == Timetable((rule,))
        assert 0 <= wait_of(Timetable((rule,)), NOW) <= 168


def test_the_same_hours_are_kept_once_for_all_who_have_them(directory_session: Session) -> None:
    before = directory_session.scalar(select(func.count()).select_from(SearchHours)) or 0
    for number in range(3):
        add_service(directory_session, f"office {number}", at=AJAX, schedules=[OFFICE_ROW])
    add_service(directory_session, "silent", at=AJAX)
    names = dict(directory_session.execute(select(SearchSite.id, SearchSite.hours)).all())  # type: ignore[arg-type]
    assert len({names[f"office {number}"] for number in range(3)}) == 1
    assert names["silent"] is None
    assert directory_session.scalar(select(func.count()).select_from(SearchHours)) <= before + 1  # type: ignore[operator]


def test_the_clock_hangs_where_the_place_is(directory_session: Session) -> None:
    add_service(directory_session, "toronto", at=AJAX, schedules=[OFFICE_ROW])
    add_service(directory_session, "rainy river", at=AJAX, schedules=[OFFICE_ROW], timezone="America/Winnipeg")
    names = dict(directory_session.execute(select(SearchSite.id, SearchSite.hours)).all())  # type: ignore[arg-type]
    at = datetime(2026, 11, 19, 9, 30, tzinfo=TORONTO)
    waits = timetables.closed_for(directory_session.connection(), set(names.values()) - {None}, at)
    assert (waits[names["toronto"]], waits[names["rainy river"]]) == (0.0, 0.5)


def test_what_no_place_has_any_more_is_taken_out(directory_session: Session) -> None:
    odd = {"freq": "WEEKLY", "byday": "SU", "opens_at": "03:17", "closes_at": "03:18"}
    add_service(directory_session, "odd", at=AJAX, schedules=[odd])
    name = directory_session.scalar(select(SearchSite.hours).where(SearchSite.id == "odd"))
    directory_session.query(SearchSite).filter_by(id="odd").update({"hours": None})
    timetables.tidy(directory_session.connection())
    assert directory_session.scalar(select(SearchHours).where(SearchHours.name == name)) is None
    reindex(directory_session)
    assert directory_session.scalar(select(SearchHours.name).where(SearchHours.name == name)) == name


def test_more_timetables_than_memory_holds_are_read_all_the_same(
    directory_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timetables, "_coming", Memory(2))
    rows = [
        {"freq": "WEEKLY", "byday": "TH", "opens_at": f"{hour:02}:00", "closes_at": "23:00"} for hour in (9, 11, 13)
    ]
    for number, row in enumerate(rows):
        add_service(directory_session, f"s{number}", at=AJAX, schedules=[row])
    names = list(
        directory_session.scalars(select(SearchSite.hours).where(SearchSite.id.in_(["s0", "s1", "s2"])).order_by("id"))
    )
    for _ in range(2):
        waits = timetables.closed_for(directory_session.connection(), [name for name in names if name], NOW)
        assert [waits[str(name)] for name in names] == [0.0, 1.0, 3.0]


def test_who_has_learnt_the_timetables_reads_none_in_that_week(
    directory_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timetables, "_coming", Memory(timetables.KEPT))
    add_service(directory_session, "s", at=AJAX, schedules=[OFFICE_ROW])
    name = str(directory_session.scalar(select(SearchSite.hours).where(SearchSite.id == "s")))
    connection = directory_session.connection()
    assert timetables.learn(connection, NOW) == len(timetables._coming)
    directory_session.execute(delete(SearchHours))
    sunday = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)
    assert timetables.closed_for(connection, [name], NOW) == {name: 0.0}
    assert timetables.closed_for(connection, [name], sunday)[name] == pytest.approx(14 + 1 / 60)
    assert timetables.closed_for(connection, [name], sunday + timedelta(minutes=1)) == {}, "the next week is read anew"
