"""What the gate lets through, and what it shows in the original."""

from __future__ import annotations

import pytest

from bot.language.gate import refused
from bot.language.translation import NoTranslator


@pytest.mark.parametrize(
    ("original", "translation", "reason"),
    [
        ("Groceries once a week.", "Des provisions une fois par semaine.", None),
        ("Call 416-555-0101 before 19:30.", "Appelez le 416-555-0101 avant 19:30.", None),
        ("Call 416-555-0101 before 19:30.", "Appelez le 416-555-0101 avant 7:30.", "time"),
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


def test_without_packages_nothing_is_translated() -> None:
    assert NoTranslator().translate("Groceries.", "en", "fr") is None


@pytest.mark.parametrize(
    ("original", "translation", "reason"),
    [
        ("The fee is $5.", "El precio es de $5.", None),
        ("The fee is $5.", "El precio es de 5.", "money"),
        ("Open until 5 p.m. today.", "Abierto hasta las 5 a.m. hoy.", "time"),
        ("Call 211 or 988.", "اتصل بالرقم ٢١١ أو ٩٨٨.", None),
        ("Call 211 or 988.", "اتصل بالرقم ٢١١.", "number"),
        ("See www.example.org.", "Vea www.example.org.", None),
    ],
)
def test_money_times_and_the_digits_of_every_script(original: str, translation: str, reason: str | None) -> None:
    assert refused(original, translation) == reason


def test_an_engine_that_is_not_sure_is_not_believed() -> None:
    pair = ("Groceries once a week.", "Alimentos cada semana.")
    assert refused(*pair, score=-0.2) is None
    assert refused(*pair, score=-1.4) == "unsure"
    assert refused(*pair, score=-0.2, threshold=-0.1) == "unsure"
    assert refused(*pair, faults=("unknown_word",)) == "unknown_word"
