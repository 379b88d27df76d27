"""Opening hours, told from the clock of the place."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory_client.hours import TORONTO, Opening, Timetable, hours, is_open, openings
from directory_client.rules import Rule, is_public_holiday, occurs, parse_days, parse_time, rule_of, week


def table(spec: str, **more: object) -> Timetable:
    rules = [rule_of(**(fields | more)) for fields in week(spec)]  # type: ignore[arg-type]
    return Timetable(tuple(rule for rule in rules if rule))


def toronto(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=TORONTO)  # type: ignore[arg-type]


OFFICE = table("MO-FR 09:00-17:00")


def test_open_during_the_day_until_closing() -> None:
    told = hours(OFFICE, toronto(2026, 11, 19, 10))
    assert (told.known, told.always, told.open_now) == (True, False, True)
    assert told.closes_at == toronto(2026, 11, 19, 17)
    assert told.next_opening is None


def test_the_minute_of_opening_is_open_and_the_minute_of_closing_is_not() -> None:
    assert is_open(OFFICE, toronto(2026, 11, 19, 9)) is True
    assert is_open(OFFICE, toronto(2026, 11, 19, 8, 59)) is False
    assert is_open(OFFICE, toronto(2026, 11, 19, 17)) is False


def test_closed_on_friday_night_opens_on_monday() -> None:
    told = hours(OFFICE, toronto(2026, 11, 20, 18))
    assert told.open_now is False
    assert told.closes_at is None
    assert told.next_opening == toronto(2026, 11, 23, 9)


def test_the_moment_may_be_given_in_any_zone() -> None:
    assert is_open(OFFICE, datetime(2026, 11, 19, 21, 59, tzinfo=UTC)) is True
    assert is_open(OFFICE, datetime(2026, 11, 19, 22, 0, tzinfo=UTC)) is False


def test_a_night_across_midnight_is_one_opening() -> None:
    bar = table("FR,SA 18:00-02:00")
    told = hours(bar, toronto(2026, 11, 21, 1))
    assert told.open_now is True
    assert told.closes_at == toronto(2026, 11, 21, 2)
    assert is_open(bar, toronto(2026, 11, 22, 1, 59)) is True
    assert is_open(bar, toronto(2026, 11, 23, 1)) is False


def test_openings_that_meet_are_joined() -> None:
    told = hours(table("MO 09:00-12:00; MO 12:00-17:00"), toronto(2026, 11, 23, 10))
    assert told.closes_at == toronto(2026, 11, 23, 17)


def test_a_lunch_break_is_a_closing() -> None:
    told = hours(table("MO 09:00-12:00; MO 13:00-17:00"), toronto(2026, 11, 23, 12, 30))
    assert told.open_now is False
    assert told.next_opening == toronto(2026, 11, 23, 13)


def test_day_and_night_never_closes_not_even_on_a_holiday() -> None:
    told = hours(table("24/7"), toronto(2026, 12, 25, 3))
    assert (told.always, told.open_now, told.closes_at, told.next_opening) == (True, True, None, None)


def test_seven_rows_of_whole_days_are_day_and_night_too() -> None:
    rows = [
        rule_of(opens_at="00:00", closes_at="23:59", freq="WEEKLY", byday=day)
        for day in ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    ]
    assert Timetable(tuple(rule for rule in rows if rule)).always
    assert not Timetable(tuple(rule for rule in rows[:6] if rule)).always


def test_day_and_night_for_a_season_is_not_for_ever() -> None:
    winter = table("24/7", valid_from=date(2026, 11, 1), valid_to=date(2027, 3, 31))
    assert not winter.always
    assert is_open(winter, toronto(2026, 11, 21, 3)) is True
    assert is_open(winter, toronto(2026, 10, 21, 3)) is False


def test_without_rules_nobody_claims_to_know() -> None:
    told = hours(Timetable(text="By appointment"), toronto(2026, 11, 19, 10))
    assert (told.known, told.open_now, told.closes_at, told.next_opening) == (False, None, None, None)
    assert told.text == "By appointment"


@pytest.mark.parametrize(
    "holiday",
    [
        date(2026, 1, 1),  # New Year
        date(2026, 2, 16),  # Family Day
        date(2026, 4, 3),  # Good Friday
        date(2026, 5, 18),  # Victoria Day
        date(2026, 7, 1),  # Canada Day
        date(2026, 9, 7),  # Labour Day
        date(2026, 10, 12),  # Thanksgiving
        date(2026, 12, 25),
        date(2026, 12, 26),
    ],
)
def test_closed_on_public_holidays_of_ontario(holiday: date) -> None:
    daily = table("MO-SU 09:00-17:00")
    noon = datetime.combine(holiday, time(12), tzinfo=TORONTO)
    assert is_open(daily, noon) is False
    assert is_open(daily, noon + timedelta(days=4)) is True


def test_a_schedule_may_say_that_it_is_open_on_holidays_or_only_then() -> None:
    christmas = toronto(2026, 12, 25, 12)
    assert is_open(table("MO-SU 09:00-17:00", on_holidays="open"), christmas) is True
    only = table("MO-SU 10:00-13:00", on_holidays="only")
    assert is_open(only, christmas) is True
    assert is_open(only, toronto(2026, 11, 19, 12)) is False


def test_before_a_holiday_the_next_opening_is_after_it() -> None:
    told = hours(OFFICE, toronto(2026, 12, 24, 18))
    assert told.next_opening == toronto(2026, 12, 29, 9)  # the 28th stands in for Boxing Day, a Saturday


def test_spring_forward_shortens_the_night() -> None:
    night = table("MO-SU 22:00-06:00")
    first, second = openings(night, date(2027, 3, 13), date(2027, 3, 14))
    assert first[1] - first[0] == timedelta(hours=7)
    assert second[1] - second[0] == timedelta(hours=8)


def test_fall_back_lengthens_the_night() -> None:
    night = table("MO-SU 22:00-06:00")
    (only,) = openings(night, date(2026, 10, 31), date(2026, 10, 31))
    assert only[1] - only[0] == timedelta(hours=9)


def test_an_hour_that_the_clock_skips_opens_nothing() -> None:
    assert openings(table("SU 02:00-03:00"), date(2027, 3, 14), date(2027, 3, 14)) == []


def test_the_far_north_west_keeps_its_own_clock() -> None:
    kenora = Timetable(OFFICE.rules, zone=ZoneInfo("America/Winnipeg"))
    told = hours(kenora, toronto(2026, 11, 19, 17, 30))
    assert told.open_now is True
    assert told.closes_at is not None and told.closes_at.isoformat() == "2026-11-19T17:00:00-06:00"


def test_the_ordinary_week_is_told_in_order() -> None:
    told = hours(table("SA 10:00-14:00; MO,WE 09:00-17:00"), toronto(2026, 11, 19, 10))
    assert told.weekly == (
        Opening(0, time(9), time(17)),
        Opening(2, time(9), time(17)),
        Opening(5, time(10), time(14)),
    )


def test_monthly_rules_find_the_second_saturday_and_the_last_friday() -> None:
    second = rule_of(opens_at="10:00", closes_at="12:00", freq="MONTHLY", byday="2SA")
    last = rule_of(opens_at="10:00", closes_at="12:00", freq="MONTHLY", byday="-1FR")
    assert second and last
    november = [date(2026, 11, day) for day in range(1, 31)]
    assert [day.day for day in november if occurs(second, day)] == [14]
    assert [day.day for day in november if occurs(last, day)] == [27]


def test_days_of_the_month_may_count_from_its_end() -> None:
    rule = rule_of(opens_at="10:00", closes_at="12:00", freq="MONTHLY", bymonthday="1,-1")
    assert rule
    found = [day for day in range(1, 29) if occurs(rule, date(2027, 2, day))]
    assert found == [1, 28]


def test_every_second_week_counts_from_its_start() -> None:
    rule = rule_of(
        opens_at="10:00", closes_at="12:00", freq="WEEKLY", byday="TU", interval=2, dtstart=date(2026, 11, 3)
    )
    assert rule
    assert [day for day in range(1, 31) if occurs(rule, date(2026, 11, day))] == [3, 17]


def test_every_second_week_without_a_start_is_unknown_and_not_every_week() -> None:
    assert rule_of(opens_at="10:00", closes_at="12:00", freq="WEEKLY", byday="TU", interval=2) is None


def test_a_number_of_occurrences_ends_a_rule() -> None:
    rule = rule_of(opens_at="10:00", closes_at="12:00", freq="WEEKLY", byday="TU", count=3, dtstart=date(2026, 11, 3))
    assert rule
    assert occurs(rule, date(2026, 11, 17))
    assert not occurs(rule, date(2026, 11, 24))


def test_an_opening_far_ahead_is_still_found() -> None:
    once = rule_of(opens_at="10:00", closes_at="12:00", dtstart=date(2027, 6, 1))
    assert once
    told = hours(Timetable((once,)), toronto(2026, 11, 19, 10))
    assert told.next_opening == toronto(2027, 6, 1, 10)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("9:00", time(9)),
        ("09:00:00", time(9)),
        ("24:00", time(0)),
        ("09:00-05:00", time(9)),
        ("25:00", None),
        ("noon", None),
        (None, None),
    ],
)
def test_times_are_read_as_feeds_write_them(text: str | None, found: time | None) -> None:
    assert parse_time(text) == found


def test_days_are_read_with_their_place_in_the_month() -> None:
    assert parse_days("MO, 2TU,-1FR") == ((0, 0), (2, 1), (-1, 4))


_TIMES = st.integers(0, 24 * 4 - 1).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
_RULES = st.builds(
    Rule,
    opens=_TIMES,
    closes=_TIMES,
    days=st.lists(st.integers(0, 6), min_size=1, max_size=4, unique=True).map(
        lambda days: tuple((0, day) for day in days)
    ),
    on_holidays=st.sampled_from(["closed", "open", "only"]),
)
_TABLES = st.lists(_RULES, min_size=1, max_size=3).map(lambda rules: Timetable(tuple(rules)))
# The days around both changes of the clock, a run of holidays and an ordinary week.
_MOMENTS = st.sampled_from(
    [
        datetime(2026, 10, 29, tzinfo=UTC),
        datetime(2027, 3, 11, tzinfo=UTC),
        datetime(2026, 12, 22, tzinfo=UTC),
    ]
).flatmap(lambda start: st.integers(0, 7 * 24 * 60).map(lambda minutes: start + timedelta(minutes=minutes)))


def _plainly_open(table: Timetable, at: datetime) -> bool:
    """What a clock on the wall says, worked out without any interval."""
    local = at.astimezone(table.zone)
    clock, today = local.time(), local.date()
    yesterday = today - timedelta(days=1)
    for rule in table.rules:
        through_the_night = rule.closes <= rule.opens
        begun_today = occurs(rule, today) and rule.opens <= clock
        if begun_today and (through_the_night or clock < rule.closes):
            return True
        if through_the_night and occurs(rule, yesterday) and clock < rule.closes:
            return True
    return False


@settings(max_examples=200, deadline=None)
@given(_TABLES, _MOMENTS)
def test_open_now_agrees_with_the_clock_on_the_wall(table: Timetable, at: datetime) -> None:
    local = at.astimezone(table.zone)
    ambiguous = local.replace(fold=1).utcoffset() != local.replace(fold=0).utcoffset()
    if not ambiguous and not table.always:
        assert is_open(table, at) is _plainly_open(table, at)


@settings(max_examples=200, deadline=None)
@given(_TABLES, _MOMENTS)
def test_closing_and_next_opening_are_the_nearest_changes(table: Timetable, at: datetime) -> None:
    told = hours(table, at)

    def a_minute_before(moment: datetime) -> datetime:
        return moment.astimezone(UTC) - timedelta(minutes=1)  # on the wall, 2:59 may not be there on a day in March

    if told.closes_at:
        assert told.open_now and told.closes_at > at
        assert is_open(table, told.closes_at) is False
        assert is_open(table, a_minute_before(told.closes_at)) is True
    if told.next_opening:
        assert told.open_now is False and told.next_opening > at
        assert is_open(table, told.next_opening) is True
        assert is_open(table, a_minute_before(told.next_opening)) is False


def test_the_holidays_are_known_for_years_to_come() -> None:
    assert all(is_public_holiday(date(year, 7, 1)) for year in range(2026, 2037))
