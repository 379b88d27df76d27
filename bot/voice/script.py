"""What somebody has to record so that a call can be spoken in a language without a voice.

A recording says its words once and for all, so only sentences without changing facts are in the script: those
that are always the same, those with the number of a helpline, and one for each key that can be named. What names
a place, a service or the caller's own words stays English.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.language.catalogue import Catalogue, Source
from bot.voice.languages import MENU_KEYS, Recordings, menu
from bot.voice.speech import MORE_KEY, MOST_RESULTS, PERSON_KEY, SILENT

_NOT_OF_A_CALL = ("web_", "map_", "sms_", "voice_whisper_", "listing_verb_", "resume_")
_NEVER_SAID = SILENT | {
    *("voice_text_intro", "voice_language_not_written", "voice_language_named", "voice_language_more", "voice_down"),
    *("voice_extension", "listing_machine_translated", "listing_open_always", "media_message", "choice_person"),
}
"""Written, said in English and French only, about somebody else's language, or replaced by another sentence."""
_SAID_ALL_THE_SAME = ("map_open_now",)
_KEYS = {
    "voice_are_you_a_person": PERSON_KEY,
    "voice_choice_more": MORE_KEY,
    "voice_results_more": MORE_KEY,
    "voice_details": "".join(str(key) for key in range(1, MOST_RESULTS + 1)),
    "voice_choice": "".join(str(key) for key in range(1, MENU_KEYS + 1)),
    "voice_number_unknown": "12345678",
}
_SETTLED = {"yes", "no", "person", "again", "callback", "message", "back", "any", "morning", "afternoon", "evening"}
"""Facts that are the same on every call: keys."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence to be spoken into `<name>.mp3` or `<name>.wav`."""

    name: str
    text: str
    recorded: bool


def script(catalogue: Catalogue, language: str, recordings: Recordings) -> list[Line]:
    """All that can be recorded in a language, in the order of the catalogue."""
    have = recordings.have(language)
    return [
        Line(name, catalogue.say(source.id, catalogue.language_of(source.id, language), **facts), name in have)
        for source in catalogue.sources.values()
        if _of_a_call(source.id, catalogue)
        for name, facts in _names(source, language)
    ]


def strays(catalogue: Catalogue, language: str, recordings: Recordings) -> list[str]:
    """Recordings that are never played: their names are those of no sentence in the script."""
    return sorted(recordings.have(language) - {line.name for line in script(catalogue, language, recordings)})


def _of_a_call(message: str, catalogue: Catalogue) -> bool:
    if message in _SAID_ALL_THE_SAME:
        return True
    replaced = f"voice_{message}" in catalogue.sources
    return not (replaced or message in _NEVER_SAID or message.startswith(_NOT_OF_A_CALL))


def _names(source: Source, language: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Name and facts of each recording of a sentence; none where its facts change from call to call."""
    facts = {name: str(sample) for name, sample in source.facts.items()}
    if source.id in _KEYS or source.id == "voice_language_choice":
        keys = _KEYS.get(source.id) or _menu_key(language)
        for key in keys:
            # The name of a choice is a recording of its own and comes before that of the key.
            yield f"{source.id}_{key}", {**facts, "number": key, **({"label": "…"} if "label" in facts else {})}
    elif source.id == "crisis_youth" or all(name in _SETTLED or name.startswith("line_") for name in facts):
        yield source.id, facts


def _menu_key(language: str) -> str:
    return next(str(page.index(language) + 1) for page in menu() if language in page)
