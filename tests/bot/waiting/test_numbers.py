"""Numbers to call back, as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.voice.callers import safe_to_dial
from bot.waiting.numbers import like_a_number, number_in


@pytest.mark.parametrize(
    "text",
    ["416 967 1111", "(416) 967-1111", "+1 416.967.1111", "14169671111", "٤١٦٩٦٧١١١١", "4169671111 "],
)
def test_a_number_is_read_however_it_is_written(text: str) -> None:
    assert number_in(text) == "+14169671111"


@pytest.mark.parametrize(
    "text", ["911", "9-1-1", "988", "call me", "1-900-967-1111", "+44 20 7946 0958", "416967111", ""]
)
def test_what_may_not_be_called_back_is_refused(text: str) -> None:
    assert number_in(text) is None


def test_another_question_is_not_taken_for_a_number() -> None:
    assert not like_a_number("I need a food bank in Ajax, 3 people")
    assert like_a_number("416 967 11")


@given(st.text(max_size=80))
def test_nothing_that_is_written_can_make_it_dial_an_emergency_line_or_fail(text: str) -> None:
    found = number_in(text)
    assert found is None or (safe_to_dial(found) and found.startswith("+1"))
