"""One way of writing a message, so that the same words look the same to the classifier."""

from __future__ import annotations

import re
import unicodedata
from typing import Iterable, List, Tuple

PLACE = " qplaceq "
"""Stands where a place was. The classifier learns "food bank in PLACE", not the names of towns."""

_HAN = re.compile(r"([\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")
_ARABIC_MARKS = re.compile(r"[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640]")
_ARABIC_LETTERS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي"})
# Letters with a stroke have no accent to take off, but are typed without it as often.
_STROKES = str.maketrans({"đ": "d", "ł": "l", "ı": "i", "ø": "o", "ð": "d"})
# Persian writes half a space within words, or none, or a whole one.
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
_NUMBER = re.compile(r"\d+")
_REPEATED = re.compile(r"(.)\1{2,}")
_SPACES = re.compile(r"\s+")
LONGEST = 1_000
"""Characters that are read. What a person needs stands in the first lines; the rest would only cost time."""


def masked(text: str, spans: Iterable[Tuple[int, int]]) -> str:
    """The text with each span (start, end; offsets in characters) replaced by the place word."""
    out: List[str] = []
    at = 0
    for start, end in sorted(spans):
        if start < at or end > len(text):
            continue
        out.append(text[at:start])
        out.append(PLACE)
        at = end
    out.append(text[at:])
    return "".join(out)


def _without_latin_accents(text: str) -> str:
    """Accents go from Latin, Greek and Cyrillic letters; vowel signs of Indic scripts are letters and stay."""
    decomposed = unicodedata.normalize("NFKD", text)
    kept = [c for c in decomposed if not "\u0300" <= c <= "\u036f"]
    return unicodedata.normalize("NFC", "".join(kept))


def normalised(text: str) -> str:
    """Lower case, no accents, one space, Han characters apart, digits as one sign, long repeats shortened."""
    text = _without_latin_accents(text[:LONGEST].casefold()).translate(_UNSEEN)
    text = _ARABIC_MARKS.sub("", text).translate(_ARABIC_LETTERS).translate(_STROKES)
    text = text.replace("’", "'").replace("ʼ", "'")
    text = _NUMBER.sub("0", text)
    text = _REPEATED.sub(r"\1\1", text)
    text = _HAN.sub(r" \1 ", text)
    return _SPACES.sub(" ", text).strip()
