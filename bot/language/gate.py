"""What a machine translation must pass before anybody sees it. What fails is shown in the original."""

from __future__ import annotations

import re
from collections import Counter

_URL = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.\w+", re.IGNORECASE)
_NUMBER = re.compile(r"\+?\d+(?:[.:,/-]\d+)*")
_WORD = re.compile(r"\w+")
LONGER, SHORTER = 3.0, 0.25
"""Bounds of the length of a translation as a share of the original's, in characters; Chinese is short."""
SAME_WORD_RUN = 4
"""So often in a row the same word is a loop of the model."""


def refused(original: str, translation: str) -> str | None:
    """Why a translation must not be shown, or None when it may be.

    Every number, address and URL of the original has to be there, as often and no more; nothing empty, far too
    long or short, copied through, or going round in circles.
    """
    if not translation.strip():
        return "empty"
    if Counter(_URL.findall(original)) != Counter(_URL.findall(translation)):
        return "address"
    if Counter(_NUMBER.findall(_URL.sub(" ", original))) != Counter(_NUMBER.findall(_URL.sub(" ", translation))):
        return "number"
    share = len(translation) / max(1, len(original))
    if len(original) > 20 and not SHORTER <= share <= LONGER:
        return "length"
    words = [word.casefold() for word in _WORD.findall(translation)]
    if _circles(words):
        return "repetition"
    before = [word.casefold() for word in _WORD.findall(original)]
    if len(before) >= 4 and before == words:
        return "untranslated"
    return None


def _circles(words: list[str]) -> bool:
    """Whether a word or a short group of words follows itself again and again."""
    for size in (1, 2, 3):
        run = 1
        for at in range(size, len(words) - size + 1, size):
            run = run + 1 if words[at : at + size] == words[at - size : at] else 1
            if run >= SAME_WORD_RUN:
                return True
    return False
