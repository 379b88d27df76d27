"""What a message says: language, risk, place, chosen number. The same code for a live turn and the command.

Needs nothing but the text; what Rasa adds (intent and needs) comes after.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.language.choice import chosen
from bot.language.identification import Identified, Identifier
from bot.language.translation import NoTranslator, Translator
from bot.numbers import chosen_number, number_in
from bot.safety import Level, Risk, Screen, joined
from directory_client.places import Gazetteer, Mention, Place

_COMMAND = re.compile(r"\s*/\w")
"""A slash and a name would trigger an intent in Rasa. People do not write so; it counts as not understood."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A message after everything that needs only its text."""

    text: str
    risk: Risk
    identified: Identified
    language_chosen: str | None
    mention: Mention | None
    number: int | None
    number_only: bool
    english: str | None = None
    """A machine's translation: a second opinion for Rasa when the original leaves it unsure. Nobody is shown it."""

    @property
    def place(self) -> Place | None:
        return self.mention.place if self.mention and self.mention.place.in_ontario else None

    @property
    def outside(self) -> Place | None:
        return self.mention.place if self.mention and not self.mention.place.in_ontario else None

    def metadata(self) -> dict[str, Any]:
        """What Rasa is told about the text: where places stand, the place itself, and what is not to be guessed."""
        sent: dict[str, Any] = {}
        if self.mention:
            sent["places"] = [[self.mention.start, self.mention.end]]
        if self.place:
            sent["place"] = place_json(self.place)
        if self.outside:
            sent["place_outside"] = place_json(self.outside)
        if self.english:
            sent["english"] = self.english
        if self.number is not None:
            sent["number"] = self.number
        if self.number_only:
            sent["given"] = {"intent": "choose_number", "entities": {}}
        elif _COMMAND.match(self.text):
            sent["given"] = {"intent": "nlu_fallback", "entities": {}}
        return sent


def place_json(place: Place) -> dict[str, Any]:
    return {
        "name": place.name,
        "kind": place.kind,
        "lat": place.lat,
        "lon": place.lon,
        "radius_km": place.radius_km,
    }


class Ears:
    """The parts that read a text, loaded once."""

    def __init__(
        self,
        screen: Screen,
        identifier: Identifier,
        gazetteer: Gazetteer,
        translator: Translator | None = None,
    ) -> None:
        self.screen = screen
        self.translator = translator or NoTranslator()
        self.identifier = identifier
        self.gazetteer = gazetteer

    def risk(self, text: str) -> Risk:
        """Risk alone: first of all, and with nothing else."""
        return self.screen.assess(text)

    def hear(
        self, text: str, *, session_language: str | None, risk: Risk | None = None, aside: str | None = None
    ) -> Heard:
        """Everything that the text says by itself.

        Args:
            aside: What stands in the text and is in no language, such as the code of a slip: "3rkm" looks like
                Arabic in Latin letters.
        """
        number = number_in(text)
        only = chosen_number(text) is not None
        mention = None if only else self.gazetteer.find(text)
        risk = risk or self.risk(text)
        worded = re.sub(re.escape(aside), " ", text, flags=re.IGNORECASE) if aside else text
        identified = self.identifier.identify(worded, session_language=session_language)
        english = None
        if risk.level < Level.HIGH and not only:
            language = session_language if identified.language == "und" else identified.language
            english = self._in_english(text, language)
        if english:
            risk = joined(risk, self.risk(english))
        return Heard(
            text=text,
            risk=risk,
            identified=identified,
            language_chosen=chosen(text),
            mention=mention,
            number=number,
            number_only=only,
            english=english,
        )

    def _in_english(self, text: str, language: str | None) -> str | None:
        """The text in English where an engine can, in time; None for English itself. Danger never waits for it."""
        if language in (None, "en"):
            return None
        return self.translator.translate(text, str(language), "en", remember=False)


def option_for(number: int | None, options: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The option that a number stands for among those offered last."""
    return next((option for option in options if option["number"] == number), None)
