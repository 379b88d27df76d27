"""When a table meets next."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.clock import TORONTO
from bot.tables.meeting import next_meeting

SPEC = "TU 09:30-11:00; TH 09:30-11:00"


def on(day: int, hour: int, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=TORONTO)


def test_the_next_one_is_today_only_before_it_begins() -> None:
    assert next_meeting(SPEC, on(24, 8)) == datetime(2026, 11, 24, 9, 30, tzinfo=TORONTO)
    assert next_meeting(SPEC, on(24, 10)) == datetime(2026, 11, 26, 9, 30, tzinfo=TORONTO)


def test_no_meeting_is_on_a_public_holiday() -> None:
    found = next_meeting("FR 09:30-11:00", on(24, 8, 12))
    assert found is not None and found.date() == datetime(2027, 1, 8).date()  # 25 December and 1 January are holidays


@pytest.mark.parametrize("spec", ["", None, "Tuesdays", "TU", "XX 09:30-11:00"])
def test_what_is_not_set_or_not_read_gives_no_day(spec: object) -> None:
    assert next_meeting(spec, on(24, 8)) is None
