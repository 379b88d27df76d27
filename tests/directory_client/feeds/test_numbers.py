"""Telephone numbers out of the texts of records."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory_client.feeds.numbers import MOST_NUMBERS, Number, telephone_numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("905-555-0100", [Number("905-555-0100")]),
        ("(905) 555-0100 ext. 234", [Number("(905) 555-0100", "234")]),
        ("905.555.0100x5", [Number("905.555.0100", "5")]),
        ("905-555-0100 poste 0340", [Number("905-555-0100", "0340")]),
        ("Office: 905-555-0100, weekdays", [Number("905-555-0100", None, "Office, weekdays")]),
        ("905-555-0100 ; 1-800-555-0199", [Number("905-555-0100"), Number("1-800-555-0199")]),
        ("905-555-0100 or 905-555-0101", [Number("905-555-0100"), Number("905-555-0101")]),
        ("1-800-555-HELP", [Number("1-800-555-HELP")]),
        ("2-1-1", [Number("2-1-1")]),
        ("911", [Number("911")]),
        ("text to 686868", [Number("686868", None, "text to")]),
        ("call us", []),
        ("", []),
        ("12", [Number("12")]),
    ],
)
def test_numbers_extensions_and_words_are_told_apart(text: str, expected: list[Number]) -> None:
    assert telephone_numbers(text) == expected


def test_the_same_line_has_the_same_key() -> None:
    assert Number("1 (905) 555-0100").key == Number("905.555.0100").key
    assert Number("905-555-0100", "4").key != Number("905-555-0100").key


@given(st.text(alphabet=st.sampled_from(list("0123456789-() ext;:#+1poste\n")), max_size=300) | st.text(max_size=200))
def test_any_text_gives_few_numbers_with_digits(text: str) -> None:
    found = telephone_numbers(text)
    assert len(found) <= MOST_NUMBERS
    assert all(any(letter.isdigit() for letter in number.number) for number in found)
