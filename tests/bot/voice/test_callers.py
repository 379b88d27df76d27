"""Hidden numbers, numbers typed on the keys, and numbers that may be dialled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.voice.callers import safe_to_dial, typed_number, withheld

HIDDEN = ["+266696687", "+7378742833", "+86282452253", "+8656696", "+2562533", "anonymous", "Anonymous", "RESTRICTED",
          "unknown", "", "  ", None, "client:somebody", "sip:x@example.org", "+0", "12345"]  # fmt: skip


@pytest.mark.parametrize("number", HIDDEN)
def test_what_the_carrier_writes_for_a_hidden_number_is_nobody_s(number: str | None) -> None:
    assert withheld(number)


@pytest.mark.parametrize("number", ["+14165550142", "+442079460123", "+33123456789"])
def test_a_number_is_not_hidden(number: str) -> None:
    assert not withheld(number)


@pytest.mark.parametrize("typed", ["4165550142", "14165550142", "416-555-0142", "4165550142#"])
def test_ten_digits_are_a_number_however_they_are_typed(typed: str) -> None:
    assert typed_number(typed) == "+14165550142"


@pytest.mark.parametrize(
    "typed",
    ["", "416555014", "41655501421", "911", "9005550142", "8765550142", "2115550142", "4169115555", "0165550142",
     "٤١٦٥٥٥٠١٤٢", "+442079460123", "44207946", "hangup"],
)  # fmt: skip
def test_what_cannot_be_called_back_or_would_cost_is_refused(typed: str) -> None:
    assert typed_number(typed) is None


@given(st.text(max_size=30) | st.from_regex(r"[+*#0-9 -]{0,16}", fullmatch=True))
def test_whatever_is_typed_only_numbers_that_are_safe_to_dial_come_out(typed: str) -> None:
    number = typed_number(typed)
    assert number is None or safe_to_dial(number)
    assert not safe_to_dial(typed) or typed == "988" or (len(typed) == 12 and typed.startswith("+1"))
