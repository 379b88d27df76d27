"""Words cut to their stems for the full-text index, by Snowball's rules for English and French.

What is indexed and what is asked go through the same steps: folded first, because people leave accents out, then
cut. A word of a query does not say its language, so it is asked for under both its stems.
"""

from __future__ import annotations

from functools import lru_cache
from threading import local

import Stemmer

from directory_client.words import LONGEST_WORD, plain_words

LANGUAGES = ("en", "fr")
_NAMES = {"en": "english", "fr": "french"}
_own = local()  # a stemmer is not to be shared between threads


def _stemmer(language: str) -> Stemmer.Stemmer:
    found: dict[str, Stemmer.Stemmer] = getattr(_own, "stemmers", None) or {}
    if language not in found:
        found[language] = Stemmer.Stemmer(_NAMES[language])
        _own.stemmers = found
    return found[language]


@lru_cache(maxsize=100_000)
def stem(word: str, language: str) -> str:
    """The stem of a folded word in "en" or "fr", at most 40 letters."""
    stemmed: str = _stemmer(language).stemWord(word)
    return stemmed[:LONGEST_WORD]


def stemmed(text: str | None, language: str) -> list[str]:
    """The stems of the words of a text that tell something, in order, with repetitions."""
    return [stem(word, language) for word in plain_words(text)] if text else []


def asked(text: str) -> list[tuple[str, ...]]:
    """The words of a query, each once and in order, as the stems under which it may stand in the index."""
    words = dict.fromkeys(plain_words(text))
    return [tuple(dict.fromkeys(stem(word, language) for language in LANGUAGES)) for word in words]
