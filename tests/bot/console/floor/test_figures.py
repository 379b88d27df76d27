"""Figures: counted a second time, in another way, they are the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.console.floor.figures import ENDS, Ask, Contact, days_between, figures_of, percentile, table
from bot.console.floor.report import as_csv, report
from bot.console.floor.rows import Span

START = datetime(2026, 10, 30, 4, 0, tzinfo=UTC)
"""Midnight in Toronto, two days before the clocks go back."""
DAYS = 5
SPAN = Span(date(2026, 10, 30), date(2026, 11, 3))


@st.composite
def some_asks(draw: st.DrawFn) -> Ask:
    end = draw(st.sampled_from(ENDS))
    asked = START + timedelta(seconds=draw(st.integers(0, DAYS * 86_400)))
    wait = draw(st.integers(0, 4000))
    return Ask(
        draw(st.sampled_from(["211", "good2talk"])),
        draw(st.sampled_from(["web", "sms", "voice"])),
        draw(st.sampled_from(["en", "fr", "pa"])),
        asked,
        asked + timedelta(seconds=wait) if end == "answered" else None,
        end,
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(some_asks(), max_size=60), st.sampled_from([30, 60, 300]))
def test_the_figures_are_the_same_when_counted_another_way(asks: list[Ask], within: int) -> None:
    figures = figures_of(asks, within)
    waits = [(ask.claimed_at - ask.asked_at).seconds for ask in asks if ask.claimed_at]
    assert figures.asked == len(asks)
    assert [getattr(figures, end) for end in ENDS] == [len([a for a in asks if a.end == end]) for end in ENDS]
    assert figures.within == len([wait for wait in waits if wait <= within])
    if waits:
        assert figures.p50 == np.percentile(waits, 50, method="inverted_cdf")
        assert figures.p90 == np.percentile(waits, 90, method="inverted_cdf")
    else:
        assert figures.p50 is figures.p90 is None
    closed = len(asks) - len([a for a in asks if a.end == "open"])
    if closed:
        assert figures.within_share == len([wait for wait in waits if wait <= within]) / closed


@settings(max_examples=40, deadline=None)
@given(st.lists(some_asks(), max_size=60))
def test_every_table_adds_up_to_the_whole(asks: list[Ask]) -> None:
    contacts = [Contact(ask.door, ask.channel, ask.language, ask.asked_at) for ask in asks]
    counted = report(contacts, asks, SPAN, within=60, narrowed=False)
    toronto = ZoneInfo("America/Toronto")
    inside = [a for a in asks if SPAN.first <= a.asked_at.astimezone(toronto).date() <= SPAN.last]
    assert sum(row.asked or 0 for row in counted.days) == len(inside)
    assert sum(row.asked or 0 for row in counted.hours) == sum(row.contacts or 0 for row in counted.hours) == len(asks)
    for row in counted.days:
        assert row.asked == len([a for a in asks if str(a.asked_at.astimezone(toronto).date()) == row.key])
    for row in counted.hours:
        assert row.asked == len([a for a in asks if a.asked_at.astimezone(toronto).hour == int(row.key)])


def test_the_wait_of_nobody_is_not_nought() -> None:
    assert percentile([], 0.5) is None
    assert figures_of([]).within_share is None


def test_nearest_rank_gives_a_wait_that_somebody_had() -> None:
    assert percentile([10, 20, 30, 40], 0.5) == 20
    assert percentile([10, 20, 30, 40], 0.9) == 40


def test_a_day_is_a_day_in_toronto_even_when_the_clocks_change() -> None:
    # 2026-11-01 has 25 hours
    late = datetime(2026, 11, 2, 4, 59, tzinfo=UTC)
    rows = table(
        [], [Ask("211", "web", "en", late, None, "left")], contact_key=lambda one: "", protect=False,
        ask_key=lambda one: one.asked_at.astimezone(ZoneInfo("America/Toronto")).date().isoformat(),
        keys=days_between(date(2026, 11, 1), date(2026, 11, 2)),
    )  # fmt: skip
    assert [row.asked for row in rows] == [1, 0]
    assert SPAN.ends.astimezone(UTC) - SPAN.begins.astimezone(UTC) == timedelta(days=DAYS, hours=1)


def test_the_file_has_the_same_numbers_as_the_tables_and_hides_what_they_hide() -> None:
    asks = [Ask("211", "web", "en", START, START + timedelta(seconds=30), "answered") for _ in range(12)]
    asks += [Ask("211", "sms", "pa", START, None, "left") for _ in range(2)]
    lines = as_csv(report([], asks, SPAN, within=60, narrowed=False)).splitlines()
    assert "2026-10-30,2026-11-03,60,total,all,0,14,12,2,0,0,0,0.857,30,30" in lines
    assert "2026-10-30,2026-11-03,60,language,pa,0,<5,<5,<5,<5,<5,<5,,," in lines
    assert "2026-10-30,2026-11-03,60,language,en,0,<5,<5,<5,<5,<5,<5,,," in lines, "the sum would tell the other"
