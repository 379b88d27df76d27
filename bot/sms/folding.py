"""Texts brought to one plain form, so that a comparison does not stumble over keyboards, fonts and carriers."""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘`´ʼ＇", "'"))
_SPACES = re.compile(r"\s+")
_OTHER = re.compile(r"[^\w]+|_+")
_APART = re.compile(r"[^\W\d_]'[^\W\d_]")


def letters(text: str) -> str:
    """Words of letters and digits with one space between: no case, accents, punctuation, emoji or wide letters.

    "« ＳＴＯＰ ! »" and "Arrêt." become "stop" and "arret".
    """
    text = _APART.sub(lambda match: match.group().replace("'", ""), text.translate(_APOSTROPHES))
    bare = "".join(
        char
        for char in unicodedata.normalize("NFKD", text.casefold())
        if unicodedata.category(char) not in ("Mn", "Cf", "Me")
    )
    return _OTHER.sub(" ", unicodedata.normalize("NFC", bare).casefold()).strip()


def tidy(text: str) -> str:
    """The text with plain spaces and apostrophes and without invisible signs; letters and quotes as they were."""
    shown = "".join(char for char in text if char in "\n\t\u200d" or unicodedata.category(char) not in ("Cf", "Cc"))
    return _SPACES.sub(" ", shown.translate(_APOSTROPHES)).strip()
