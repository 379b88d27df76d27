"""Which message of the catalogue a stored sentence is, and the facts in it.

Replies are stored as words. On the phone a sentence may have other words, a recording, or must be said in
another language; for that its id and its facts are read back from the words.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from bot.language.catalogue import RTL, Catalogue

_ISOLATE, _END = "\u2068", "\u2069"
_NEVER_SAID = ("voice_", "web_", "map_")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A message of the catalogue with its facts."""

    message: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Known:
    exact: Mapping[str, str]
    patterns: tuple[tuple[str, re.Pattern[str]], ...]


class Sentences:
    """Reads sentences back, in every language of the catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._known = lru_cache(maxsize=None)(self._read)

    def of(self, text: str, language: str) -> Sentence | None:
        """The message that says exactly this, or None: words of a person or of the directory."""
        known = self._known(language)
        if (message := known.exact.get(text)) is not None:
            return Sentence(message)
        for message, pattern in known.patterns:
            if found := pattern.fullmatch(text):
                return Sentence(message, found.groupdict())
        return None

    def _read(self, language: str) -> _Known:
        exact: dict[str, str] = {}
        patterns: list[tuple[int, str, re.Pattern[str]]] = []
        for message, source in self.catalogue.sources.items():
            if message.startswith(_NEVER_SAID):
                continue
            has = language != "en" and self.catalogue.has(message, language)
            text = self.catalogue.translations[language][message].text if has else source.text
            if not source.facts:
                exact.setdefault(text, message)
                continue
            spoken = language if has else "en"
            patterns.append((_letters(text), message, _pattern(text, isolated=spoken in RTL)))
        patterns.sort(key=lambda entry: -entry[0])  # the most particular first
        return _Known(exact, tuple((message, pattern) for _, message, pattern in patterns))


def _letters(template: str) -> int:
    return sum(len(literal) for literal, *_ in string.Formatter().parse(template))


def _pattern(template: str, *, isolated: bool) -> re.Pattern[str]:
    """A message with its facts as groups; a fact that stands twice must be the same."""
    parts: list[str] = []
    seen: set[str] = set()
    for literal, name, *_ in string.Formatter().parse(template):
        parts.append(re.escape(literal))
        if name:
            group = f"(?P={name})" if name in seen else f"(?P<{name}>.+?)"
            parts.append(f"{_ISOLATE}{group}{_END}" if isolated else group)
            seen.add(name)
    return re.compile("".join(parts))
