"""A number that a person chose, in any script's digits or as a plain ordinal word."""

from __future__ import annotations

import re
import unicodedata

_ONLY_NUMBER = re.compile(
    r"^\W*(?:#|no\.?|nº|n°|number|numéro|numero|número|رقم|第|ਨੰਬਰ|nambar)?\s*"
    r"(\d{1,2})\W*(?:个|號|号|please|svp|por favor)?\W*$",
    re.I,
)
_INSIDE = re.compile(
    r"(?:#|number|numéro|numero|número|nº|n°|رقم|第|ਨੰਬਰ|nambar|option|choice|choix|opción)\s*(\d{1,2})(?!\d)",
    re.I,
)
_ORDINALS: dict[str, int] = {
    # en, fr, es
    "first": 1, "second": 2, "third": 3, "one": 1, "two": 2, "three": 3,
    "premier": 1, "première": 1, "deuxième": 2, "troisième": 3, "deux": 2, "trois": 3,
    "primero": 1, "primera": 1, "segundo": 2, "segunda": 2, "tercero": 3, "tercera": 3, "dos": 2, "tres": 3,
    # pa
    "ਪਹਿਲਾ": 1, "ਪਹਿਲੀ": 1, "ਦੂਜਾ": 2, "ਦੂਜੀ": 2, "ਤੀਜਾ": 3, "ਤੀਜੀ": 3,
    "pehla": 1, "pehli": 1, "dooja": 2, "duja": 2, "dooji": 2, "duji": 2, "teeja": 3, "tija": 3,
    # ar
    "الأول": 1, "الاول": 1, "الثاني": 2, "الثانية": 2, "الثالث": 3, "الثالثة": 3,
}  # fmt: skip
_HAN = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_HAN_ORDINAL = re.compile(r"第([一二两三四五六七八九])")
_FEW_WORDS = 5


def _western(text: str) -> str:
    """Digits of every script as 0 to 9."""
    return "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text)


def chosen_number(text: str) -> int | None:
    """The number in a message that is nothing but a number."""
    found = _ONLY_NUMBER.match(_western(text.strip()))
    return int(found.group(1)) if found else None


def number_in(text: str) -> int | None:
    """The number that a short message points at: "2", "the second one", "tell me about number 3"."""
    only = chosen_number(text)
    if only is not None:
        return only
    western = _western(text)
    inside = _INSIDE.search(western)
    if inside:
        return int(inside.group(1))
    han = _HAN_ORDINAL.search(text)
    if han:
        return _HAN[han.group(1)]
    words = re.findall(r"[\w']+", text.casefold())
    if 0 < len(words) <= _FEW_WORDS:
        for word in words:
            if word in _ORDINALS:
                return _ORDINALS[word]
    return None
