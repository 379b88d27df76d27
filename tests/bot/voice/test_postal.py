"""Postal codes from the keys of a telephone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.voice.postal import Spelled, spelled
from directory_client.places.postal import PostalCodes

KEYS = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999", strict=True))
"""The letters on the keys of every telephone (ITU-T E.161)."""


def pressed(code: str) -> str:
    return "".join(KEYS.get(character, character) for character in code)


AREAS = [
    f"{first}{number}{last}"
    for first in "KLMNP"
    for number in range(10)
    for last in KEYS
    if PostalCodes().mentions(f"{first}{number}{last}")
]


def test_every_area_of_ontario_can_be_entered() -> None:
    assert len(AREAS) > 500
    for code in AREAS:
        found = {one.code: one.near for one in spelled(pressed(code))}
        assert found.get(code), code


def test_few_areas_share_their_keys_so_that_one_question_is_enough_for_nearly_all() -> None:
    """Seven fit on the keys of one question; the eighth is behind the key for more."""
    shared = [len(spelled(pressed(code))) for code in AREAS]
    assert max(shared) == 8 and shared.count(8) < 10 and sum(shared) / len(shared) < 4.5


def test_the_caller_is_told_where_the_area_is() -> None:
    assert Spelled("L1S", "Durham") in spelled("517")


def test_an_area_without_a_region_of_its_own_is_near_its_neighbour() -> None:
    assert Spelled("M9L", "Toronto") in spelled("695") and Spelled("K1X", "Ottawa") in spelled("519")
    far = [code for code in AREAS if {one.code: one.near for one in spelled(pressed(code))}[code] == "Ontario"]
    assert len(far) < 5


def test_a_whole_code_means_its_area() -> None:
    assert spelled(pressed("L1S1A1")) == spelled(pressed("L1S"))


@pytest.mark.parametrize(
    "keys", ["", "5", "51", "5172", "51721", "5172111", "000", "911", "917", "5a7", "517212 ", "517101", "٥١٧"]
)
def test_other_keys_are_no_postal_code(keys: str) -> None:
    assert spelled(keys) == ()


@given(st.text(max_size=8))
def test_any_keys_are_taken(keys: str) -> None:
    assert all(one.code[0] in "KLMNP" and pressed(one.code) == keys[:3] for one in spelled(keys))
