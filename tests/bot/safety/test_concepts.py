"""Ideas that matter to safety are found in any language, however the words around them are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.safety.concepts import Concepts
from bot.safety.normalise import sound, views
from bot.safety.phrases import PhraseError

ENGLISH = (
    "language: en\nconcepts:\n  wake: [wont wake up]\n  hit: [hit*]\n  partner: [my ex, he* partner]\n  no: [won't]\n"
)
CHINESE = "language: zh\nspaced: no\nconcepts:\n  hit: [打我]\n  film: [tv]\n"
ARABIC = "language: ar\nprefixes: [و]\nconcepts:\n  partner: [زوجي]\n  beats: [بيضربني كل يوم]\n"
RUSSIAN = "language: ru\nby_ear: yes\nconcepts:\n  beats: [menya byot]\n"


@pytest.fixture
def concepts(tmp_path: Path) -> Concepts:
    for name, text in {"en": ENGLISH, "zh": CHINESE, "ar": ARABIC, "ru_latin": RUSSIAN}.items():
        (tmp_path / f"{name}.yml").write_text(text, encoding="utf-8")
    return Concepts.load(tmp_path)


def named(concepts: Concepts, text: str) -> list[str]:
    read = views(text)
    heard = sound(read.spaced[0]) if read.sounds else None
    return [one.name for one in concepts.mentions(read.spaced[0], heard) if one.idea]


@pytest.mark.parametrize(
    ("text", "ideas"),
    [
        ("My ex hits", ["partner", "hit"]),
        ("hers partner hits", ["partner", "hit"]),
        ("he wont, wake, up", ["no", "wake"]),
        ("she won't wake up", ["no", "wake"]),
        ("whit", []),
        ("他打我了", ["hit"]),
        ("看tv", ["film"]),
        ("看tvb", []),
        ("وزوجي بيضربني كل يوم", ["partner", "beats"]),
        ("Menya byyot", ["beats"]),
    ],
)
def test_ideas_are_found(concepts: Concepts, text: str, ideas: list[str]) -> None:
    assert sorted(named(concepts, text)) == sorted(ideas)


@pytest.mark.parametrize("entry", ["a .. b", "*ide", "end $"])
def test_an_entry_that_is_more_than_words_is_refused(tmp_path: Path, entry: str) -> None:
    (tmp_path / "en.yml").write_text(f'language: en\nconcepts:\n  die: ["{entry}"]\n', encoding="utf-8")
    with pytest.raises(PhraseError):
        Concepts.load(tmp_path)
