"""Services and numbers that are for health professionals and stand among those for everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

import yaml

from directory_client.checks.facts import Number, ServiceFacts
from directory_client.checks.finding import Told
from directory_client.words import fold

LIST = Path(__file__).parents[1] / "data" / "professionals.yml"


@cache
def pattern() -> re.Pattern[str]:
    """All phrases of the list, in both languages, over folded text."""
    parts: set[str] = set()
    for words in yaml.safe_load(LIST.read_text(encoding="utf-8")).values():
        who = "(?:" + "|".join(sorted(map(_plain, words["who"]), key=len, reverse=True)) + ")"
        parts |= {_plain(phrase).replace(_plain("{who}"), who) for phrase in words["before"]}
        parts |= {_plain(phrase) for phrase in words["phrases"]}
    return re.compile(r"\b(?:" + "|".join(sorted(parts, key=len, reverse=True)) + r")\b")


def is_professional(*texts: str | None) -> bool:
    """Whether any of the texts says that the public is not meant."""
    return any(_says_so(text) for text in texts if text)


@lru_cache(maxsize=64)  # two checks ask for the same record, one after the other
def _says_so(text: str) -> bool:
    return pattern().search(_folded(text)) is not None


def for_professionals(record: ServiceFacts | Number, today: date) -> Iterator[Told]:
    if isinstance(record, Number):
        if is_professional(record.description, record.description_fr):
            yield "description", "a number for professionals"
        return
    for field, text in record.texts.items():
        if is_professional(text):
            yield field, "says that it is for professionals"
            return


def _plain(text: str) -> str:
    return re.escape(_folded(text))


def _folded(text: str) -> str:
    # Most texts are plain English, for which folding letter by letter would take most of the time of all checks.
    return text.lower() if text.isascii() else fold(text).replace("\u2019", "'")
