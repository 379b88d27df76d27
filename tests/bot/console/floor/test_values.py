"""The other settings of a door."""

from __future__ import annotations

from typing import Any

import pytest

from bot.console.floor.hours import BadSetting
from bot.console.floor.values import read_status, read_value


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("yes_no", "yes", True),
        ("yes_no", "no", False),
        ("number", "500", 500),
        ("date", "2026-12-01", "2026-12-01"),
        ("season", "12-01..12-20", "12-01..12-20"),
        ("season", "11-15 to 01-05", "11-15..01-05"),
        ("text", " Ask  at the counter ", "Ask at the counter"),
    ],
)
def test_a_value_is_read_as_its_kind(kind: str, written: str, value: Any) -> None:
    assert read_value({"value": written}, kind) == {"value": value}


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("yes_no", "maybe"), ("number", "-3"), ("number", "٣"), ("number", "many"), ("number", "99999999"),
        ("date", "soon"), ("season", "13-01..12-20"), ("season", "02-30..03-01"), ("text", ""), ("text", "x" * 601),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_refused(kind: str, written: str) -> None:
    with pytest.raises(BadSetting):
        read_value({"value": written}, kind)


def test_a_service_is_open_closed_or_seasonal() -> None:
    assert read_status({"state": "closed"}) == {"state": "closed"}
    with pytest.raises(BadSetting):
        read_status({"state": "asleep"})
