"""The message catalogue: every fixed sentence, in every language that has it.

English and the notes stand in locales/messages.yml; other languages in gettext files that ordinary tools can
edit. A fuzzy entry is a draft: nobody who speaks the language has reviewed it.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.pofile import read_po

from bot.kept import kept
from bot.yaml_text import parsed

FOLDER = Path(__file__).resolve().parent.parent.parent / "locales"
DOMAIN = "porchlight"
RTL = frozenset({"ar", "ur", "fa", "prs", "ps", "he", "yi", "ku"})
_ISOLATE, _END = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class Source:
    """A message in English with what a translator has to know."""

    id: str
    text: str
    note: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Translation:
    text: str
    draft: bool


def read_sources(folder: Path = FOLDER) -> dict[str, Source]:
    """The English messages by id."""
    content = parsed((folder / "messages.yml").read_text(encoding="utf-8"))
    return {
        key: Source(key, entry["text"], entry.get("note", ""), entry.get("facts") or {})
        for key, entry in content.items()
    }


def read_translations(language: str, folder: Path = FOLDER, *, domain: str = DOMAIN) -> dict[str, Translation]:
    """The messages of a language by id; those without words are left out."""
    path = folder / language / "LC_MESSAGES" / f"{domain}.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        catalogue = read_po(file, locale=None, ignore_obsolete=True)
    return {
        str(entry.context): Translation(str(entry.string), entry.fuzzy)
        for entry in catalogue
        if entry.context and entry.string
    }


def languages_in(folder: Path = FOLDER) -> list[str]:
    """Codes of the languages that have a file, English first."""
    found = sorted(path.parent.parent.name for path in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
    return ["en", *(code for code in found if code != "en")]


def placeholders(text: str) -> set[str]:
    """Names of the facts that a message has places for."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


SAFETY = frozenset(
    (
        *("greeting_211", "greeting_danger", "language_changed", "interpreter_finding"),
        *("sms_stop", "sms_start", "sms_help", "person_waiting", "person_still_waiting"),
        *("crisis_emergency_911", "crisis_third_person", "crisis_suicide", "crisis_self_harm", "crisis_overdose"),
        *("crisis_partner_violence", "crisis_sexual_violence", "crisis_child_abuse", "crisis_elder_abuse"),
        *("crisis_trafficking", "crisis_medical", "crisis_harm_to_others", "crisis_attack", "crisis_other"),
        *("crisis_youth", "crisis_person_joining", "crisis_breathing", "crisis_safe_device"),
        *("crisis_still_here_1", "crisis_still_here_2", "crisis_still_here_3", "concern_check_in", "concern_lines"),
    )
)
"""What a language of the second list must have: a person in danger is answered in it, whatever else is missing."""


class Catalogue:
    """Says a message in a language; in English where the language lacks it."""

    def __init__(
        self,
        sources: Mapping[str, Source],
        translations: Mapping[str, Mapping[str, Translation]],
        *,
        drafts: bool = True,
    ) -> None:
        self.sources = sources
        self.translations = {
            language: {key: t for key, t in entries.items() if drafts or not t.draft}
            for language, entries in translations.items()
        }
        complete = (code for code, entries in self.translations.items() if entries.keys() >= self.sources.keys())
        self.languages = ["en", *sorted(complete)]
        """Languages that have every message, English first: the ones that can be offered."""
        self.greeted = sorted(
            code
            for code, entries in self.translations.items()
            if code not in self.languages and entries.keys() >= SAFETY
        )
        """Languages that have the greeting and the sentences of danger, and nothing else for certain."""

    @classmethod
    def load(cls, folder: Path = FOLDER, *, drafts: bool = True, cache: Path | None = None) -> Catalogue:
        """Reads all files of the folder; with `drafts` false unreviewed translations are not used.

        Args:
            cache: a folder where the translations are kept as they were read.
        """
        languages = [code for code in languages_in(folder) if code != "en"]

        def read() -> dict[str, dict[str, tuple[str, bool]]]:
            found = {code: read_translations(code, folder) for code in languages}
            return {code: {key: (t.text, t.draft) for key, t in entries.items()} for code, entries in found.items()}

        def use(data: Mapping[str, Mapping[str, tuple[str, bool]]]) -> Catalogue:
            if list(data) != languages:
                raise ValueError("kept of other languages")
            translations = {c: {key: Translation(*t) for key, t in entries.items()} for c, entries in data.items()}
            return cls(read_sources(folder), translations, drafts=drafts)

        sources = (*folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po"), Path(__file__))
        return kept(cache, "messages", sources, read, use)

    def has(self, message: str, language: str) -> bool:
        return language == "en" or message in self.translations.get(language, {})

    def language_of(self, message: str, language: str) -> str:
        """The language in which `say` will say the message."""
        return language if self.has(message, language) else "en"

    def say(self, message: str, language: str, /, **facts: str) -> str:
        """A message with its facts put in.

        In a right-to-left language each fact is isolated, so that a phone number keeps its order.

        Raises:
            KeyError: for an unknown message or a missing fact; both are mistakes of the program.
        """
        source = self.sources[message]
        spoken = self.language_of(message, language)
        text = source.text if spoken == "en" else self.translations[spoken][message].text
        if spoken in RTL:
            facts = {name: f"{_ISOLATE}{value}{_END}" for name, value in facts.items()}
        return text.format_map(facts)
