"""The number at which somebody wants to be called back, as people write it."""

from __future__ import annotations

import re
import unicodedata

from bot.voice.callers import typed_number

_SIGNS = re.compile(r"[\s().+\-/\u2010-\u2015\u2066-\u2069\u200e\u200f]")
LIKE_A_NUMBER = 7
"""Digits from which on an answer counts as an attempt at a number, and not as another question."""
HIDDEN = "•••"
"""What stands in the conversation in place of a number: the number itself is kept encrypted."""


def number_in(text: str) -> str | None:
    """E.164 of a North American number that may be called back; None for anything else.

    Digits of every script are read; words beside the number are not.
    """
    bare = _SIGNS.sub("", _western(text.strip()))
    return typed_number(bare.removeprefix("001") if len(bare) > 11 else bare)


def like_a_number(text: str) -> bool:
    """Whether somebody tried to write a number."""
    return sum(one.isdigit() for one in _western(text)) >= LIKE_A_NUMBER


def _western(text: str) -> str:
    return "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text)
