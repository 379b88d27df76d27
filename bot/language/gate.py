"""What a machine translation must pass before anybody sees it. What fails is shown in the original."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s,;)]*[^\s,;).!?]|[\w.+-]+@[\w-]+(?:\.\w+)+", re.IGNORECASE)
_TIME = re.compile(r"(?<!\d)(\d{1,2})\s?[:h]\s?(\d{2})(?!\d)|(?<!\d)(\d{1,2})\s?([ap])\.?\s?m\b\.?", re.IGNORECASE)
_NUMBER = re.compile(r"\+?\d+(?:[.,]\d+)*")
_MONEY = re.compile(r"\$\s?\d|\d\s?\$|[€£]\s?\d|\d\s?[€£]")
_WORD = re.compile(r"\w+")
LONGER, SHORTER = 3.0, 0.25
"""Bounds of the length of a translation as a share of the original's, in characters; Chinese is short."""
SAME_WORD_RUN = 4
"""So often in a row the same word is a loop of the model."""
UNFITTED = -0.5
"""Mean log-probability below which a translation of a pair without a fitted threshold is not believed."""


def refused(
    original: str,
    translation: str,
    *,
    score: float | None = None,
    threshold: float | None = None,
    faults: Iterable[str] = (),
) -> str | None:
    """Why a translation must not be shown, or None when it may be.

    Every number, time, sum, address and URL of the original has to be there, as often and no more; nothing
    empty, far too long or short, copied through, or going round in circles; and the engine must have been sure.

    score: mean log-probability of the tokens of its worst sentence, None where the engine has none.
    threshold: fitted for the pair; None takes UNFITTED.
    faults: what the engine itself reports.
    """
    if not translation.strip():
        return "empty"
    for fault in faults:
        return fault
    here, there = _plain_digits(original), _plain_digits(translation)
    if Counter(_ADDRESS.findall(here)) != Counter(_ADDRESS.findall(there)):
        return "address"
    here, there = _ADDRESS.sub(" ", here), _ADDRESS.sub(" ", there)
    if _times(here) != _times(there):
        return "time"
    here, there = _TIME.sub(" ", here), _TIME.sub(" ", there)
    if Counter(_NUMBER.findall(here)) != Counter(_NUMBER.findall(there)):
        return "number"
    if len(_MONEY.findall(here)) != len(_MONEY.findall(there)):
        return "money"
    share = len(translation) / max(1, len(original))
    if len(original) > 20 and not SHORTER <= share <= LONGER:
        return "length"
    words = [word.casefold() for word in _WORD.findall(translation)]
    if _circles(words):
        return "repetition"
    before = [word.casefold() for word in _WORD.findall(original)]
    if len(before) >= 4 and before == words:
        return "untranslated"
    if score is not None and score < (UNFITTED if threshold is None else threshold):
        return "unsure"
    return None


def _plain_digits(text: str) -> str:
    """The text with the digits of every script as 0-9, so that ٣ and 3 are the same number."""
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text)


def _times(text: str) -> Counter[tuple[str, str]]:
    """Times of the day as they are written: hour, and minutes or half of the day. 19:30 is not 7:30."""
    return Counter((one[0].lstrip("0") or one[2], (one[1] or one[3]).casefold()) for one in _TIME.findall(text))


def _circles(words: list[str]) -> bool:
    """Whether a word or a short group of words follows itself again and again."""
    for size in (1, 2, 3):
        run = 1
        for at in range(size, len(words) - size + 1, size):
            run = run + 1 if words[at : at + size] == words[at - size : at] else 1
            if run >= SAME_WORD_RUN:
                return True
    return False
