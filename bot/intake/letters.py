"""Letters without what people leave out when they type."""

from __future__ import annotations

import unicodedata

_LATIN_MARKS = range(0x300, 0x370)


def folded(text: str) -> str:
    """Letters and digits without case and accents, single spaces. The vowel signs of other scripts stay: they tell
    words apart."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = (c if unicodedata.category(c)[0] in "LNM" else " " for c in plain if ord(c) not in _LATIN_MARKS)
    return " ".join("".join(kept).split())
