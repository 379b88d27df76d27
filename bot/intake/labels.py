"""The words of choices and commands, so that an answer may also be written out instead of its number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from bot.doors.door import Door
from bot.doors.loading import common
from bot.doors.texts import COMMON
from bot.intake.letters import folded
from bot.language.catalogue import Source, Translation, read_sources, read_translations

__all__ = ["command", "folded", "said", "worded"]
COMMANDS = ("skip", "back", "why", "go_on")
_APART = re.compile(r"[,،、，;|]")


def said(door: Door, message: str, language: str) -> Iterator[str]:
    """A sentence in the language, in English and in French, where it is there."""
    owner, _, key = message.rpartition("/")
    if not owner:
        yield from worded(message, language)
        return
    for code in dict.fromkeys((language, "en", "fr")):
        if text := (common() if owner == COMMON else door.texts).get(code, {}).get(key):
            yield text


def worded(message: str, language: str) -> Iterator[str]:
    """A sentence of the catalogue in the language, in English and in French, where it is there."""
    for code in dict.fromkeys((language, "en", "fr")):
        if code == "en":
            text = _sources()[message].text if message in _sources() else None
        else:
            found = _translated(code).get(message)
            text = found.text if found else None
        if text:
            yield text


def command(text: str, language: str) -> str | None:
    """skip, back, why or go_on, when the text is nothing but such a word."""
    plain = folded(text)
    if not plain or len(plain) > 40:
        return None
    for code in dict.fromkeys((language, "en", "fr")):
        for name in COMMANDS:
            words = common().get(code, {}).get(f"words_{name}", "")
            if plain in {folded(word) for word in _APART.split(words)}:
                return name
    return None


@cache
def _sources() -> dict[str, Source]:
    return dict(read_sources())


@cache
def _translated(language: str) -> dict[str, Translation]:
    return read_translations(language)
