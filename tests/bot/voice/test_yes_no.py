"""A plain yes or no on the phone, in every language."""

from __future__ import annotations

import pytest

from bot.language.names import CORE
from bot.voice.yes_no import words_for, yes_no


@pytest.mark.parametrize("language", CORE)
def test_every_language_has_a_yes_and_a_no_that_differ(language: str) -> None:
    answers = {yes_no(word, language) for word in words_for(language)}
    assert answers == {True, False}


@pytest.mark.parametrize(
    ("text", "language", "answer"),
    [
        ("Yes, please.", "en", True),
        ("No, not that one", "en", False),
        ("Oui.", "fr", True),
        ("ਹਾਂ ਜੀ।", "pa", True),
        ("是的。", "zh", True),
        ("lo siento", "es", None),
        ("yes", "so", True),
        ("no", "pl", None),  # "no" is a yes among friends in Polish
        ("nie", "pl", False),
        ("hindi po", "tl", False),
        ("I need a food bank", "en", None),
        ("no food since three days", "en", None),
        ("", "en", None),
    ],
)
def test_what_is_a_yes_or_a_no(text: str, language: str, answer: bool | None) -> None:
    assert yes_no(text, language) is answer
