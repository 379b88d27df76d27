"""Folding of words, and numbers as they are dialled and shown."""

from __future__ import annotations

import pytest

from directory_client.needs import NEEDS, instead
from directory_client.phones import dialled, kind_of, shown
from directory_client.words import fold, words


def test_accents_and_case_fold_away() -> None:
    assert fold("Santé à l'Île, Œuvre") == "sante a l'ile, oeuvre"


def test_words_lose_plurals_and_what_stands_everywhere() -> None:
    assert words("I need a food bank, or food banks") == words("food bank")
    assert words("Banques alimentaires d'Ajax") == ["banque", "alimentaire", "ajax"]


def test_an_empty_text_has_no_words() -> None:
    assert words("  , ! ") == []


@pytest.mark.parametrize(
    ("written", "dial", "show"),
    [
        ("1-800-668-6868", "+18006686868", "1-800-668-6868"),
        ("(905) 555-0123", "+19055550123", "905-555-0123"),
        ("+19055550123", "+19055550123", "905-555-0123"),
        ("1-844-POISON-X", "+18447647669", "1-844-764-7669"),
        ("988", "988", "9-8-8"),
        ("9-8-8", "988", "9-8-8"),
        ("686868", "686868", "686868"),
    ],
)
def test_numbers_are_dialled_and_shown(written: str, dial: str, show: str) -> None:
    assert dialled(written) == dial
    assert shown(written) == show


def test_a_fax_is_nothing_that_a_person_calls() -> None:
    assert kind_of("fax") is None
    assert (kind_of(None), kind_of("SMS"), kind_of("Textphone")) == ("voice", "text", "tty")


def test_what_is_tried_instead_is_always_another_need_of_the_vocabulary() -> None:
    for need in NEEDS:
        others = instead(need)
        assert need not in others
        assert set(others) <= set(NEEDS)
    assert instead("food.pantry") == ("food.meals",)
    assert instead("nothing.known") == ()
