"""Small counts are hidden, and cannot be found by subtraction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.console.floor.figures import Ask, table
from bot.console.floor.protection import LEAST, protected, written

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@given(st.lists(st.integers(0, 40), max_size=12))
def test_no_small_count_is_shown_or_told_by_the_sum(counts: list[int]) -> None:
    shown = protected(counts)
    assert all(count is None or count == 0 or count >= LEAST for count in shown)
    assert all(one is None or one == count for one, count in zip(shown, counts, strict=True))
    others = [count for count, one in zip(counts, shown, strict=True) if count and one is not None]
    assert shown.count(None) != 1 or not others, "one hidden count beside others can be had by subtraction"


def test_nobody_is_shown_as_nobody() -> None:
    assert protected([0, 7, 0]) == [0, 7, 0]
    assert [written(one) for one in protected([0, 7, 3, 9])] == ["0", "<5", "<5", "9"]


def test_the_wait_of_one_person_in_a_language_is_not_told() -> None:
    asks = [Ask("211", "web", "ti", NOW, NOW + timedelta(seconds=77), "answered")]
    asks += [Ask("211", "web", "en", NOW, NOW + timedelta(seconds=10), "answered") for _ in range(20)]
    asks += [Ask("211", "web", "fr", NOW, NOW + timedelta(seconds=10), "answered") for _ in range(6)]
    rows = {
        row.key: row for row in table([], asks, contact_key=lambda one: one.language, ask_key=lambda one: one.language)
    }
    assert (rows["ti"].asked, rows["ti"].answered, rows["ti"].p50, rows["ti"].within_share) == (None,) * 4
    assert rows["fr"].asked is None
    assert rows["en"].asked == 20 and rows["en"].p50 == 10
