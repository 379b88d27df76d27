"""An address alone does not say in which language somebody writes."""

from __future__ import annotations

import pytest

from bot.language.addresses import is_address


@pytest.mark.parametrize(
    "text",
    ["12 Elm St", "1450 Bloor Street West", "88 Saint Clair Ave E unit 12", "7 rue Laurier", "310 ch. Montréal app 4",
     "22-1000 Lakeshore Rd.", "9 Main N"],
)  # fmt: skip
def test_a_number_and_a_street_are_an_address(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    ["2 kids on the street", "I live at 12 Elm St", "12", "Elm Street", "need food",
     "3 nights in the street please help",
     "10 personnes dans la rue", "I have 2 kids and no place on Queen St W to sleep tonight", ""],
)  # fmt: skip
def test_a_sentence_is_none(text: str) -> None:
    assert not is_address(text)
