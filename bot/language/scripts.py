"""Which writing system a message is in, and the languages that a writing system leaves open."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

_RANGES = (
    (0x0041, 0x024F, "latin"),
    (0x0370, 0x03FF, "greek"),
    (0x0400, 0x052F, "cyrillic"),
    (0x0530, 0x058F, "armenian"),
    (0x0590, 0x05FF, "hebrew"),
    (0x0600, 0x06FF, "arabic"),
    (0x0750, 0x077F, "arabic"),
    (0x08A0, 0x08FF, "arabic"),
    (0x0900, 0x097F, "devanagari"),
    (0x0980, 0x09FF, "bengali"),
    (0x0A00, 0x0A7F, "gurmukhi"),
    (0x0A80, 0x0AFF, "gujarati"),
    (0x0B80, 0x0BFF, "tamil"),
    (0x0C00, 0x0C7F, "telugu"),
    (0x0C80, 0x0CFF, "kannada"),
    (0x0D00, 0x0D7F, "malayalam"),
    (0x0D80, 0x0DFF, "sinhala"),
    (0x0E00, 0x0E7F, "thai"),
    (0x0E80, 0x0EFF, "lao"),
    (0x1000, 0x109F, "myanmar"),
    (0x10A0, 0x10FF, "georgian"),
    (0x1100, 0x11FF, "hangul"),
    (0x1200, 0x139F, "ethiopic"),
    (0x1400, 0x167F, "syllabics"),
    (0x1780, 0x17FF, "khmer"),
    (0x1800, 0x18AF, "mongolian"),
    (0x1C90, 0x1CBF, "georgian"),
    (0x1E00, 0x1EFF, "latin"),
    (0x1F00, 0x1FFF, "greek"),
    (0x3040, 0x30FF, "kana"),
    (0x3130, 0x318F, "hangul"),
    (0x3400, 0x4DBF, "han"),
    (0x4E00, 0x9FFF, "han"),
    (0xAC00, 0xD7AF, "hangul"),
    (0xF900, 0xFAFF, "han"),
    (0xFB1D, 0xFB4F, "hebrew"),
    (0xFB50, 0xFDFF, "arabic"),
    (0xFE70, 0xFEFF, "arabic"),
    (0xFF21, 0xFF5A, "latin"),
    (0xFF66, 0xFF9D, "kana"),
    (0x20000, 0x2FA1F, "han"),
)

ONE_LANGUAGE = {
    "greek": "el",
    "armenian": "hy",
    "gurmukhi": "pa",
    "gujarati": "gu",
    "bengali": "bn",
    "tamil": "ta",
    "telugu": "te",
    "kannada": "kn",
    "malayalam": "ml",
    "sinhala": "si",
    "thai": "th",
    "lao": "lo",
    "myanmar": "my",
    "georgian": "ka",
    "khmer": "km",
    "hangul": "ko",
    "mongolian": "mn",
}
"""Scripts that, on this helpline, mean one language."""

SHARED = {
    "arabic": ("ar", "fa", "prs", "ur", "ps", "ku", "pa"),
    "cyrillic": ("ru", "uk", "bg", "sr", "mn"),
    "devanagari": ("hi", "ne", "mr"),
    "hebrew": ("he", "yi"),
    "ethiopic": ("am", "ti"),
    "syllabics": ("iu", "oj", "cr"),
    "han": ("zh", "yue", "ja"),
    "kana": ("ja",),
}
"""Scripts that several languages share."""


@lru_cache(maxsize=16384)
def script(character: str) -> str:
    """The script of a letter; "" for digits, signs, emoji and scripts the product does not know."""
    point = ord(character)
    if point < 0x41:
        return ""
    if not character.isalpha() and not character.isalnum() and not _is_mark(point):
        return ""
    for low, high, name in _RANGES:
        if low <= point <= high:
            return "" if character.isdecimal() else name
    return ""


def _is_mark(point: int) -> bool:
    """Vowel signs belong to the words of South Asian and other scripts."""
    return 0x0900 <= point <= 0x109F or 0x1780 <= point <= 0x17FF


def counted(text: str) -> Counter[str]:
    """How many letters of each script a text has; a Han character counts as two, being half a word or more."""
    found: Counter[str] = Counter()
    for character in text:
        name = script(character)
        if name:
            found[name] += 2 if name == "han" else 1
    return found
