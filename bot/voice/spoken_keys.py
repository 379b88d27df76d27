"""Words in place of keys: what somebody said to a question that names keys."""

from __future__ import annotations

import re

from bot.voice.heard import Heard
from bot.voice.yes_no import yes_no

YES, NO = "1", "2"
_BETWEEN = re.compile(r"[\s.,()+-]+")


def keys_of(heard: Heard, language: str, *, either: bool) -> str:
    """The keys that an answer stands for; nothing when it stands for none.

    Digits that were spoken are taken as keys; a number of a telephone is read back anyway before it is used. What the
    carrier is not sure of stands for nothing: the question comes again.

    Args:
        language: of the person.
        either: the question is one of yes and no.
    """
    if heard.keys or not heard.words or not heard.sure:
        return heard.keys
    digits = _BETWEEN.sub("", heard.words)
    if digits.isascii() and digits.isdigit():
        return digits
    said = yes_no(heard.words, language) if either else None
    return "" if said is None else YES if said else NO
