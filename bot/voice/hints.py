"""Words that a caller is likely to say next, for the carrier's speech recognition.

Source of the limits: https://www.twilio.com/docs/voice/twiml/gather#hints (500 phrases of 100 characters).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from pathlib import Path

import directory_client.places
from bot.language.catalogue import Catalogue
from directory_client.needs import NEEDS

_TOWNS_FILE = Path(directory_client.places.__file__).parent / "data" / "ontario.tsv"
MOST = 120
LONGEST = 100
_TOWNS = 60
_ALWAYS = ("choice_person", "choice_other_need", "choice_back")


def hints(phrases: Iterable[str]) -> str:
    """The attribute: phrases once each, without the commas that part them."""
    clean = (" ".join(phrase.replace(",", " ").split()) for phrase in phrases)
    return ", ".join(islice(dict.fromkeys(one for one in clean if 0 < len(one) <= LONGEST), MOST))


@lru_cache(maxsize=64)
def dialogue_words(catalogue: Catalogue, language: str) -> tuple[str, ...]:
    """The needs by name in a language, and what can be asked for at any time."""
    ids = [*(f"need_{code.replace('.', '_')}" for code in NEEDS), *_ALWAYS]
    return tuple(catalogue.say(one, language) for one in ids if one in catalogue.sources)


@lru_cache(maxsize=1)
def towns() -> tuple[str, ...]:
    """The largest towns of the province."""
    with _TOWNS_FILE.open(encoding="utf-8") as file:
        names = (line.split("\t")[0] for line in file if not line.startswith("#"))
        return tuple(islice(names, _TOWNS))
