"""The words of the console, in English and French.

English stands in locales/console/<area>.yml (`id: {text, note}`), French in
locales/fr/LC_MESSAGES/console_<area>.po, where msgctxt is the id. One namespace: an id belongs to one area.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import structlog

from bot.language.catalogue import FOLDER, Source, Translation
from bot.language.catalogue import read_translations as read_domain
from bot.yaml_text import parsed

log = structlog.get_logger(__name__)
LANGUAGES = ("en", "fr")


class BrokenInterface(ValueError):
    """A file of words that cannot be used; the message names the file and the id."""


def areas(folder: Path = FOLDER) -> list[str]:
    """Names of the areas that have a file of English words."""
    return sorted(path.stem for path in (folder / "console").glob("*.yml"))


def read_area(area: str, folder: Path = FOLDER) -> dict[str, Source]:
    """The English words of one area, by id.

    Raises:
        BrokenInterface: for an entry without words.
    """
    path = folder / "console" / f"{area}.yml"
    content = parsed(path.read_text(encoding="utf-8")) or {}
    found = {}
    for key, entry in content.items():
        if not isinstance(entry, Mapping) or not str(entry.get("text") or "").strip():
            raise BrokenInterface(f"{path.name}: {key} has no text")
        found[str(key)] = Source(str(key), str(entry["text"]), str(entry.get("note", "")), entry.get("facts") or {})
    return found


def read_french(area: str, folder: Path = FOLDER) -> dict[str, Translation]:
    """The French words of one area, by id."""
    return read_domain("fr", folder, domain=f"console_{area}")


class Interface:
    """Says a thing of the console in English or French; in English where the French is missing."""

    def __init__(
        self, english: Mapping[str, Mapping[str, Source]], french: Mapping[str, Mapping[str, Translation]]
    ) -> None:
        self.english = english
        self.french = french
        self._texts: dict[str, dict[str, str]] = {"en": {}, "fr": {}}
        for sources in english.values():
            self._texts["en"] |= {key: source.text for key, source in sources.items()}
        for translations in french.values():
            self._texts["fr"] |= {key: translation.text for key, translation in translations.items()}

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Interface:
        """Reads the files of every area.

        Raises:
            BrokenInterface: for an entry without words.
        """
        found = areas(folder)
        return cls(
            {area: read_area(area, folder) for area in found}, {area: read_french(area, folder) for area in found}
        )

    def has(self, message: str) -> bool:
        return message in self._texts["en"]

    def say(self, message: str, language: str, /, **facts: object) -> str:
        """A message with its facts put in.

        An unknown id or a missing fact is a mistake of ours; the page shows the id instead of failing, because
        a specialist in the middle of a conversation needs the page more than the word. A test finds both.
        """
        text = self._texts.get(language, {}).get(message) or self._texts["en"].get(message)
        if text is None:
            log.error("interface text missing", message_id=message)
            return message
        try:
            return text.format_map({name: str(value) for name, value in facts.items()}) if "{" in text else text
        except (KeyError, IndexError):
            log.error("interface fact missing", message_id=message)
            return text

    def words(self, area: str, language: str) -> dict[str, str]:
        """All words of an area, for the scripts of a page; facts are left as {places}."""
        texts = self._texts["en"] | self._texts.get(language, {})
        return {key: texts[key] for key in self.english.get(area, {})}
