"""Tells a street address that stands alone: it says where somebody is, not in which language they write."""

from __future__ import annotations

import re

_STREET = (
    r"st|street|ave|av|avenue|rd|road|blvd|boul|boulevard|dr|drive|cres|crescent|lane|ln|hwy|highway|terr|terrace|trail|"
    r"pkwy|parkway|crt|rue|ch|chemin|rang"
)
_SIDE = r"e|w|n|s|east|west|north|south|est|ouest|nord|sud|o"
_PART = r"unit|apt|apartment|suite|app|appartement|bureau|floor|étage"
_NUMBER = r"(?:#\s*)?\d{1,6}[a-z]?(?:\s*[-–/]\s*\d{1,6})?"
_END = rf"(?:[\s,]+(?:{_SIDE})\b\.?)?(?:[\s,]+(?:{_PART})?\.?\s*{_NUMBER})?"
_NAME = r"[^\W\d_][\w'’.-]*"
_ENGLISH = rf"{_NUMBER}[\s,]+{_NAME}(?:\s+{_NAME})?\s+(?:{_STREET}|{_SIDE})\b\.?{_END}"
_FRENCH = rf"{_NUMBER}[\s,]+(?:rue|ch|chemin|boul|boulevard|av|avenue)\b\.?\s+{_NAME}(?:[\s-]{_NAME})?{_END}"
_ADDRESS = re.compile(rf"\W*(?:{_ENGLISH}|{_FRENCH})\W*", re.IGNORECASE)
_WORDS = "on in the of a my and to at for kids people sur dans la de et"
"""What stands before "street" in a sentence and not in an address: "2 kids on the street"."""


def is_address(text: str) -> bool:
    """Whether a short text is nothing but a number, the name of a street and what belongs to it."""
    if len(text) > 80 or not _ADDRESS.fullmatch(text):
        return False
    return not set(_WORDS.split()) & {word.casefold() for word in re.findall(_NAME, text)}
