"""Texts as rows of words in which phrases can be found, English and French alike."""

from __future__ import annotations

import re
from functools import lru_cache

from directory_client.words import LONGEST_WORD, fold, words

_WORD = re.compile(r"[^\W_]+")
# "can't" and "cant", "drop-in" and "drop in" are written both ways; the words apart would say something else.
_APOSTROPHE = re.compile(r"(?<=n)['’](?=t\b)|(?<=\bi)['’](?=m\b)")
_TWO_WORDS = re.compile(r"\b(drop|walk|take|by)[ -](?=(?:in|out|law)s?\b)")
# Less than the search leaves out: "bed for the night" and "a bed at night" are the same, but "no food" and "food"
# are not, nor are "he hits me" and "hits".
_GLUE_WORDS = """
    a an the of for and or to in at by with from your our my his her their its this that these is are be
    le la les de des du un une et ou pour par en au aux avec dans mon ma mes ton ta tes sa ses notre nos votre vos
    leur leurs ce cet cette ces est sont
"""
_GLUE = frozenset(_GLUE_WORDS.split())


def tokens(text: str) -> list[str]:
    """The words of a text in order, folded, without plural endings and without articles and the like."""
    folded = text.lower() if text.isascii() else fold(text)
    if "'" in folded or "’" in folded:
        folded = _APOSTROPHE.sub("", folded)
    folded = _TWO_WORDS.sub(r"\1", folded)
    return [token for word in _WORD.findall(folded) if (token := _token(word))]


@lru_cache(maxsize=50_000)
def _token(word: str) -> str:
    """The word without its ending, empty when it tells nothing."""
    if word in _GLUE or (len(word) == 1 and not word.isdigit()):
        return ""
    found = words(word)
    return found[0] if found else word[:LONGEST_WORD]
