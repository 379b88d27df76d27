"""Which season it is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.registers.places import season_of


@pytest.mark.parametrize(
    ("spec", "day", "season"),
    [
        ("10-01..12-15", (2026, 11, 23), "2026"),
        ("11-15..01-10", (2026, 12, 31), "2026"),
        ("11-15..01-10", (2027, 1, 5), "2026"),
        ("11-15..01-10", (2027, 2, 1), "2027"),
        ("", (2026, 11, 23), "2026"),
    ],
)
def test_a_season_is_named_after_the_year_in_which_it_begins(spec: str, day: tuple[int, int, int], season: str) -> None:
    assert season_of(spec, datetime(*day, 15, tzinfo=UTC)) == season
