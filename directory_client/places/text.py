"""One folded form for names and messages, with the way back to the text as it was written.

Folding takes away what people leave out or write differently: case, accents, Arabic vowel marks and letter
variants, nukta, joiners, full-width forms. It works character by character so that offsets survive.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_ARABIC = str.maketrans(
    {
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ے": "ي",
        "ک": "ك",
        "ڪ": "ك",
        "ة": "ه",
        "ۃ": "ه",
        "ہ": "ه",
        "ھ": "ه",
        "ە": "ه",
        "ۀ": "ه",
        "ۆ": "و",
        "ۇ": "و",
        "ں": "ن",
        "ـ": "",
    }
)
_LATIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss", "ŧ": "t", "ñ": "n"})
_DROPPED = frozenset("\u0a3c\u0a71\u093c\u09bc\u0abc\u0b3c\u0670\u0640\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad")
# Scripts written without spaces between words: names are looked up at every character.
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),
    (0x3040, 0x30FF),  # kana
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),  # Han
    (0xAC00, 0xD7A3),  # Hangul: spaced, but particles are written on to the name
)


@lru_cache(maxsize=8192)
def fold_character(character: str) -> str:
    """The folded form of one character; may be empty or several characters."""
    if "\uac00" <= character <= "\ud7a3":
        return character
    folded = []
    for part in unicodedata.normalize("NFKD", character):
        if "\u0300" <= part <= "\u036f" or "\u064b" <= part <= "\u065f" or "\u0591" <= part <= "\u05c7":
            continue
        if part not in _DROPPED:
            folded.append(part.lower())
    return "".join(folded).translate(_ARABIC).translate(_LATIN)


def is_unspaced(character: str) -> bool:
    """Whether a character belongs to a script in which names are looked up without word borders."""
    point = ord(character)
    return point >= 0x0E00 and any(low <= point <= high for low, high in _UNSPACED)


def is_hangul(character: str) -> bool:
    return "\uac00" <= character <= "\ud7a3"


def _is_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character) in ("Mn", "Mc")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the text. folded is its folded form; start and end are offsets in the original text."""

    folded: str
    start: int
    end: int
    capital: bool
    unspaced: bool
    breaks: bool  # a sentence or clause ends between this token and the one before
    comma: bool  # a comma stands between this token and the one before
    accented: bool = False  # written with an accent that folding took away: "à" is not the English "a"
    offsets: tuple[int, ...] = ()  # for an unspaced run: the original offset of each folded character


_ENDS = frozenset(".!?;\n。！？；।؟۔…")
_COMMAS = frozenset(",，、،(")


def tokens(text: str) -> list[Token]:
    """The words of a text in order; runs of unspaced scripts are one token each."""
    found: list[Token] = []
    letters: list[str] = []
    offsets: list[int] = []
    start = -1
    capital = unspaced = breaks = comma = False

    def close(end: int) -> None:
        nonlocal start, breaks, comma
        if start >= 0 and letters:
            folded = "".join(letters)
            accented = folded.isascii() and text[start:end].lower() != folded
            found.append(Token(folded, start, end, capital, unspaced, breaks, comma, accented, tuple(offsets)))
            breaks = comma = False
        start = -1
        letters.clear()
        offsets.clear()

    for index, character in enumerate(text):
        folded = fold_character(character)
        if not folded:
            continue
        if not _is_word(character):
            close(index)
            if character in _ENDS:
                # "St. Catharines": a point after a short word ends nothing.
                short = character == "." and found and found[-1].end == index and len(found[-1].folded) <= 4
                breaks = breaks or not short
            comma = comma or character in _COMMAS
            continue
        run = is_unspaced(character)
        if start >= 0 and run != unspaced:
            close(index)
        if start < 0:
            start, unspaced, capital = index, run, character.isupper()
        letters.append(folded)
        if run:
            offsets.extend([index] * len(folded))
    close(len(text))
    return found


def key(name: str) -> str:
    """The form under which a name is kept and looked up."""
    return " ".join(token.folded for token in tokens(name))
