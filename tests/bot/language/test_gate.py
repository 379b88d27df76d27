"""What the gate lets through, and what it shows in the original."""

from __future__ import annotations

import pytest

from bot.language.gate import refused
from bot.language.translation import NoTranslator, installed_pairs


@pytest.mark.parametrize(
    ("original", "translation", "reason"),
    [
        ("Groceries once a week.", "Des provisions une fois par semaine.", None),
        ("Call 416-555-0101 before 19:30.", "Appelez le 416-555-0101 avant 19:30.", None),
        ("Call 416-555-0101 before 19:30.", "Appelez le 416-555-0101 avant 7:30.", "number"),
        ("Call +1 416 555 0101.", "Appelez le 1 416 555 0101.", "number"),
        ("See www.example.org for more.", "Voyez www.exemple.org.", "address"),
        ("Write to help@example.org.", "Écrivez-nous.", "address"),
        ("Hot meals for older adults.", "", "empty"),
        ("Hot meals for older adults every day.", "Repas " * 30, "length"),
        ("Hot meals for older adults every day.", "chaud chaud chaud chaud chaud repas", "repetition"),
        ("Hot meals for older adults.", "Hot meals for older adults.", "untranslated"),
    ],
)
def test_the_gate(original: str, translation: str, reason: str | None) -> None:
    assert refused(original, translation) == reason


def test_without_packages_nothing_is_translated(tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert installed_pairs(tmp_path) == set()
    assert NoTranslator().translate("Groceries.", "en", "fr") is None
