"""What counts as the same household, however it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.identity import Keys
from bot.registers.household import household_keys, plain

KEYS = Keys.from_secret(b"x" * 32)
SAME = (("address",), ("name", "reach"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 Example Street, Apt 4, K1A 0B1", "apt. 4 - 12 example st, k1a0b1"),
        ("4-12 Example St Ottawa Ontario K1A 0B1", "12 EXAMPLE STREET UNIT 4, OTTAWA, K1A 0B1"),
        ("12 rue Éxemple", "12, Rue exemple"),
        ("Sam Example", "EXAMPLE, Sam"),
        ("Zoë Côté", "zoe cote"),
        ("(613) 555-0123", "+1 613 555 0123"),
        ("Sam@Example.org", "sam@example.org "),
    ],
)
def test_the_same_facts_are_one_however_they_are_written(one: str, other: str) -> None:
    assert plain(one) == plain(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 Example Street, Apt 4, K1A 0B1", "12 Example Street, Apt 5, K1A 0B1"),
        ("12 Example Street, K1A 0B1", "12 Example Street, K1A 0B2"),
        ("Sam Example", "Sam Sample"),
        ("613-555-0123", "613-555-0124"),
    ],
)
def test_other_facts_are_another(one: str, other: str) -> None:
    assert plain(one) != plain(other)


def test_a_key_tells_nothing_and_holds_for_one_door_and_season_only() -> None:
    answers = {"name": "Sam Example", "address": "12 Example Street, K1A 0B1", "reach": "613-555-0123"}
    made = household_keys("a-door", "2026", SAME, answers, KEYS)
    assert len(made) == 2 and all(len(key) == 64 and set(key) <= set("0123456789abcdef") for key in made)
    for door, season, keys in (
        ("a-door", "2027", KEYS),
        ("b-door", "2026", KEYS),
        ("a-door", "2026", Keys.from_secret(b"y" * 32)),
    ):
        assert not set(household_keys(door, season, SAME, answers, keys)) & set(made)


def test_a_list_that_was_not_answered_makes_no_key() -> None:
    assert household_keys("a-door", "2026", SAME, {"name": "Sam", "reach": None, "address": "?!"}, KEYS) == []


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    assert plain(text) == plain(f" {text} ")
