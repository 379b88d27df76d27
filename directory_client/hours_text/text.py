"""The text of opening hours as one plain line after another: no HTML, one kind of space, one kind of dash."""

from __future__ import annotations

import html
import re
import unicodedata

LONGEST = 1000
"""Hours of a real record are shorter; what is longer tells a story, and a story is not certain."""

_LINE_TAG = re.compile(r"</?(?:br|p|div|li|ul|ol|tr|td|table|tbody)\b[^<>]{0,200}>", re.IGNORECASE)
_INLINE_TAG = re.compile(r"</?(?:b|strong|em|i|span|font)(?:\s[^<>]{0,200})?>", re.IGNORECASE)
"""Not <s>, <strike> or <del>: hours that are struck through are no hours, so the tag stays and is not understood."""

_ONE_CHARACTER = {
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("’‘`´", "'"),
    **dict.fromkeys("•·●▪◦‣|", "*"),
    **dict.fromkeys("\u200b\ufeff\u00ad\u200e", ""),  # no width: left behind by word processors
    **dict.fromkeys("\r\v\f\x85\u2028\u2029", "\n"),
}


def plain(text: str) -> str | None:
    """The words of a text of hours; None when it is too long to be certain about.

    Letters keep their case ("MWF" is days, "mwf" is not) and lose their accents, but for "à", which is no "a".
    """
    if len(text) > LONGEST:
        return None
    for _ in range(2):  # feeds that escape what was escaped already
        text = html.unescape(text)
    text = _INLINE_TAG.sub("", _LINE_TAG.sub("\n", text))
    composed = unicodedata.normalize("NFC", text)
    text = "".join(_ONE_CHARACTER[one] if one in _ONE_CHARACTER else _folded(one) for one in composed)
    text = re.sub(r"[^\S\n]+", " ", text)
    return re.sub(r" ?\n[ \n]*", "\n", text).strip()


def _folded(one: str) -> str:
    """A letter without its accent. Marks of their own stay: a digit that is struck through is no digit."""
    base = unicodedata.normalize("NFD", one)[0]
    return base if one not in "àÀ" and base.isascii() and base.isalpha() else one
