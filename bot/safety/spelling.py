"""Misspelt and starred-out key words ("sucide", "su*cide") read as the word that was meant.

Only the words that pattern files list as `keywords` are repaired, and only by one letter: a general spelling
corrector would turn plain requests into findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_SHORTEST = 6
_LONGEST_TOKEN = 24
_STARS = re.compile(r"[*#]+")
_STRETCHED = re.compile(r"([^\W\d_])\1+")  # key words are folded: a doubled letter stands once


class Spelling:
    """Repairs of one set of key words (folded)."""

    def __init__(self, keywords: Iterable[str]) -> None:
        self._keywords = frozenset(keywords)
        # Every key word without one of its letters: a word one edit away shares such a remainder.
        self._remainders: dict[str, str] = {}
        for word in sorted(self._keywords):
            if len(word) >= _SHORTEST:
                for remainder in (word, *_remainders(word)):
                    self._remainders.setdefault(remainder, word)

    def correct(self, view: str) -> str | None:
        """The view with misspelt key words put right, or None when there are none."""
        words = view.split(" ")
        changed = False
        for place, word in enumerate(words):
            if _SHORTEST - 1 <= len(word) <= _LONGEST_TOKEN and word not in self._keywords:
                meant = self._meant(word)
                if meant is not None:
                    words[place], changed = meant, True
        return " ".join(words) if changed else None

    def _meant(self, word: str) -> str | None:
        for remainder in (word, *_remainders(word)):
            meant = self._remainders.get(remainder)
            if meant is not None and abs(len(meant) - len(word)) <= 1 and meant[0] == word[0]:
                return meant
        return None

    def unmask(self, token: str) -> str:
        """The key word that a word with stars can stand for ("su*cide"), else the word unchanged."""
        shown = _STRETCHED.sub(r"\1", _STARS.sub("", token))
        if len(shown) < 2:
            return token
        bits = [_STRETCHED.sub(r"\1", bit) for bit in _STARS.split(token)]
        expression = re.compile(r"\w{1,3}".join(map(re.escape, bits)))
        fitting = (word for word in sorted(self._keywords) if len(shown) * 2 >= len(word))
        return next((word for word in fitting if expression.fullmatch(word)), token)


def _remainders(word: str) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(len(word))]
