"""Whether somebody said yes or no on the phone, in any language of the product."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "yes_no.tsv"
_MOST_WORDS = 4
"""A longer sentence says more than yes or no, and is heard as such."""
_NOT_ENGLISH = frozenset({"pl"})
"""Languages in which an English no means something else: among friends "no" is a yes in Polish."""


def yes_no(text: str, language: str) -> bool | None:
    """True for yes, False for no, None for anything else. English is understood beside the language.

    A no in front of more words counts ("no, not that"), a yes as well; what has both is neither.
    """
    plain = _plain(text)
    if not plain or len(plain.split()) > _MOST_WORDS:
        return None
    for code in dict.fromkeys((language, "en") if language not in _NOT_ENGLISH else (language,)):
        yes, no = _words().get(code, (frozenset(), frozenset()))
        if plain in no:
            return False
        if plain in yes:
            return True
        said_no, said_yes = _begins(plain, no), _begins(plain, yes)
        if said_no != said_yes:
            return said_yes
    return None


def words_for(language: str) -> tuple[str, ...]:
    """The words themselves, as hints for speech recognition."""
    yes, no = _words().get(language, (frozenset(), frozenset()))
    return (*sorted(yes), *sorted(no))


def _begins(plain: str, words: frozenset[str]) -> bool:
    return any(plain.startswith(f"{word} ") for word in words)


def _plain(text: str) -> str:
    """Letters with their marks, apostrophes and single spaces."""
    folded = unicodedata.normalize("NFC", text).casefold().replace("’", "'")
    kept = (c if c == "'" or unicodedata.category(c)[0] in "LMN" else " " for c in folded)
    return " ".join("".join(kept).split())


@cache
def _words() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    found = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            code, yes, no = line.split("\t")
            found[code] = (frozenset(map(_plain, yes.split("|"))), frozenset(map(_plain, no.split("|"))))
    return found
