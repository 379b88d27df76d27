"""A person can be asked for in words when Rasa is away, in every language that has examples."""

from __future__ import annotations

import pytest

from bot.intake.letters import folded
from bot.person_words import asks_for_person


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("i want to talk to a person", "en"),
        ("Can I talk to a person please, this is not working", "en"),
        ("personne", "fr"),
        ("માણસ સાથે વાત કરવી છે", "gu"),
        ("person", "zh"),
    ],
)
def test_a_person_is_asked_for(text: str, language: str) -> None:
    assert asks_for_person(text, language, within=True)


@pytest.mark.parametrize("text", ["I need food", "the person next door is loud", "12 Person Street", ""])
def test_other_words_do_not_ask_for_one(text: str) -> None:
    assert not asks_for_person(text, "en", within=True)


def test_vowel_signs_tell_words_apart_and_accents_do_not() -> None:
    assert folded("क्या") != folded("क्यों") and folded("पूछो") != folded("पीछे")
    assert folded("Précédent ") == folded("precedent")
