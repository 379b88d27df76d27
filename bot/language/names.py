"""The languages of the product and what they are called."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "names.tsv"

CORE: tuple[str, ...] = (
    *("en", "fr", "es", "zh", "yue", "pa", "ar", "ur", "fa", "tl", "hi", "ta"),
    *("pt", "it", "gu", "bn", "vi", "ko", "ru", "uk", "pl", "so", "tr"),
)
"""Languages with reviewed messages, training examples and a crisis screen."""

GREETING: tuple[str, ...] = (
    *("am", "ti", "prs", "ps", "ne", "si", "te", "ml", "sw", "rw", "ht", "ro", "hu", "sr", "hr", "sq"),
    *("el", "de", "nl", "ja", "th", "km", "my", "lo", "mn", "yi", "he", "ku", "az", "ka", "hy", "bg"),
    *("cs", "sk", "oj", "cr", "iu", "moh"),
)
"""Languages with greeting and safety messages only."""

_RTL = frozenset({"ar", "fa", "prs", "ur", "ps", "he", "yi", "ku"})


@dataclass(frozen=True, slots=True)
class LanguageName:
    code: str
    endonym: str
    english: str
    french: str
    others: tuple[str, ...]  # what else people call it, in any language


@cache
def known() -> dict[str, LanguageName]:
    """Every language the product can tell apart, by code."""
    found = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            code, endonym, english, french, others = (*line.split("\t"), "")[:5]
            names = tuple(name for name in others.split("|") if name)
            found[code] = LanguageName(code, endonym, english, french, names)
    return found


def endonym(code: str) -> str:
    """A language's own name for itself; the code when it is not known."""
    language = known().get(code)
    return language.endonym if language else code


def english_name(code: str) -> str:
    language = known().get(code)
    return language.english if language else code


def french_name(code: str) -> str:
    language = known().get(code)
    return language.french if language else code


def is_rtl(code: str) -> bool:
    """Whether a language is written from right to left."""
    return code in _RTL
