"""A machine's translation is a second opinion: it adds to what the original says, and danger never waits for it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from bot.safety import Level
from bot.understanding import Ears


@dataclass
class Dictionary:
    """A translator that knows a few sentences and remembers what it was asked."""

    known: dict[str, str]
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def translate(self, text: str, source: str, target: str, *, remember: bool = True) -> str | None:
        assert not remember, "what a person wrote is not to be kept"
        self.asked.append((text, source, target))
        return self.known.get(text)

    def close(self) -> None:
        return None


UNHEARD = "Blomfa tränk zuro wippel gnorrt"
"""No language at all, so that the original alone can say nothing."""


@pytest.fixture
def translated(ears: Ears) -> tuple[Ears, Dictionary]:
    dictionary = Dictionary({UNHEARD: "my husband is beating me", "Wo gibt es Brot": "where is bread"})
    return Ears(ears.screen, ears.identifier, ears.gazetteer, dictionary), dictionary


def test_danger_in_the_translation_counts_and_is_marked_as_such(translated: tuple[Ears, Dictionary]) -> None:
    listener, _ = translated
    assert listener.risk(UNHEARD).level == Level.NONE
    heard = listener.hear(UNHEARD, session_language="de")
    assert heard.risk.level >= Level.HIGH
    assert all(reason.startswith("translated:") for reason in heard.risk.reasons)


def test_a_translation_never_lowers_a_finding(ears: Ears) -> None:
    calm = Dictionary({"je veux mourir ce soir": "what a lovely evening"})
    heard = Ears(ears.screen, ears.identifier, ears.gazetteer, calm).hear(
        "je veux mourir ce soir", session_language="fr"
    )
    assert heard.risk.level >= Level.HIGH
    assert calm.asked == []


def test_the_translation_goes_to_rasa_beside_the_original(translated: tuple[Ears, Dictionary]) -> None:
    listener, _ = translated
    heard = listener.hear("Wo gibt es Brot", session_language="de")
    assert heard.metadata()["english"] == "where is bread"
    assert heard.text == "Wo gibt es Brot"


@pytest.mark.parametrize("text", ["where is the food bank", "2", "M1B 3K5"])
def test_nothing_is_translated_that_is_english_or_says_nothing(translated: tuple[Ears, Dictionary], text: str) -> None:
    listener, dictionary = translated
    listener.hear(text, session_language=None)
    assert dictionary.asked == []
