"""How many parts a text message takes on its way, and how to keep it in the small alphabet.

The GSM-7 alphabet carries 160 characters in one part and 153 in each of several; anything outside it sends the
whole text as UCS-2, 70 and 67 (3GPP TS 23.038 and 23.040). Twilio's page for Canada gives 136 for GSM-7, and a
short code delivers nothing longer.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import regex

Encoding = Literal["gsm7", "ucs2"]

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
"""Characters that take two places: an escape and themselves."""
_LIMITS: dict[Encoding, dict[str, tuple[int, int]]] = {
    "gsm7": {"long": (160, 153), "short": (136, 129)},
    "ucs2": {"long": (70, 67), "short": (70, 67)},
}
"""Places in a text of one part, and in each part of a longer one, by kind of number."""
_WITHOUT_PARTS = ("whatsapp", "messenger")

_URL = regex.compile(r"(?:https?://|www\.)[^\s<>\"“”«»]+", regex.IGNORECASE)
_SPACES = regex.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\t]")
_NOTHING = regex.compile(r"[\u00ad\u200b\u2060\ufeff]")
_LOOKS = {
    **dict.fromkeys("‘’‚‛′`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−⁃•·∙◦●▪", "-"),
    "…": "...",
    "‹": "<",
    "›": ">",
    "⁄": "/",
    "\u2028": "\n",
    "\u2029": "\n\n",
}
"""Signs that only look different; none of them is a letter."""
_INNER_SPACE = regex.compile(r"(?<=[«‹])[\u00a0\u202f ]|[\u00a0\u202f ](?=[»›])")


@dataclass(frozen=True, slots=True)
class Segments:
    """`units` are septets or UTF-16 code units; `segments` is what the carrier sends and bills."""

    encoding: Encoding
    units: int
    segments: int


def is_gsm7(text: str) -> bool:
    """Whether the small alphabet carries every character."""
    return all(sign in _BASIC or sign in _EXTENDED for sign in text)


def count(text: str, kind: str = "long") -> Segments:
    """What a text takes when it is sent from a number of this kind.

    Args:
        kind: "long", "short", "tollfree", "whatsapp" or "messenger"; the last two do not split texts.
    """
    gsm7 = is_gsm7(text)
    encoding: Encoding = "gsm7" if gsm7 else "ucs2"
    # A sign of two units (an escape and its sign, a surrogate pair) is never parted.
    widths = [2 if (sign in _EXTENDED if gsm7 else ord(sign) > 0xFFFF) else 1 for sign in text]
    units = sum(widths)
    single, part = _LIMITS[encoding].get(kind) or _LIMITS[encoding]["long"]
    if kind in _WITHOUT_PARTS or units <= single:
        return Segments(encoding, units, 1 if text else 0)
    return Segments(encoding, units, _parts(widths, part))


def _parts(widths: Iterable[int], room: int) -> int:
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts


def plain(text: str) -> str:
    """The text in the small alphabet if only its signs stand in the way, else as it is; letters never change.

    Curly quotes, long dashes, bullets and the like become their simple forms. Spaces that old phones show as a box
    become ordinary ones in every text. Web addresses stay as they are.
    """
    seen = _NOTHING.sub("", text)
    simple = _outside_urls(unicodedata.normalize("NFC", seen), _simple)
    return simple if is_gsm7(simple) else _outside_urls(seen, lambda piece: _SPACES.sub(" ", piece))


def _simple(piece: str) -> str:
    piece = _SPACES.sub(" ", _INNER_SPACE.sub("", piece))
    return "".join(_LOOKS.get(sign, sign) for sign in piece)


def _outside_urls(text: str, change: Callable[[str], str]) -> str:
    """Applies a change to all but the web addresses."""
    done, end = [], 0
    for url in _URL.finditer(text):
        done += [change(text[end : url.start()]), url.group()]
        end = url.end()
    return "".join([*done, change(text[end:])])
