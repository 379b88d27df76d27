"""Provinces, postal codes, countries and coordinates as the tables want them, from what records write."""

from __future__ import annotations

import re

from directory_client.words import fold

_PROVINCES = {
    "alberta": "AB",
    "british columbia": "BC",
    "colombie-britannique": "BC",
    "manitoba": "MB",
    "new brunswick": "NB",
    "nouveau-brunswick": "NB",
    "newfoundland": "NL",
    "newfoundland and labrador": "NL",
    "terre-neuve-et-labrador": "NL",
    "northwest territories": "NT",
    "territoires du nord-ouest": "NT",
    "nova scotia": "NS",
    "nouvelle-ecosse": "NS",
    "nunavut": "NU",
    "ontario": "ON",
    "ont": "ON",
    "prince edward island": "PE",
    "ile-du-prince-edouard": "PE",
    "quebec": "QC",
    "saskatchewan": "SK",
    "yukon": "YT",
}
_COUNTRIES = {"canada": "CA", "united states": "US", "usa": "US", "etats-unis": "US"}


def province(text: str) -> str:
    """ "Ontario", "ont." and "on" become "ON"; what is not known stays as it is."""
    folded = fold(text).strip(" .")
    return _PROVINCES.get(folded) or (folded.upper() if re.fullmatch(r"[a-z]{2}", folded) else text.strip())


def postal_code(text: str) -> str:
    """A Canadian code with its blank, "K1N 5T5"; anything else as it is."""
    bare = re.sub(r"[\s-]", "", text).upper()
    return f"{bare[:3]} {bare[3:]}" if re.fullmatch(r"[A-Z]\d[A-Z]\d[A-Z]\d", bare) else text.strip()


def country(text: str) -> str:
    """A code of two letters; Canada when nothing is said (iCarol writes "-1" for that)."""
    folded = fold(text).strip(" .")
    return _COUNTRIES.get(folded) or (folded.upper() if re.fullmatch(r"[a-z]{2}", folded) else "CA")


def coordinate(text: str) -> str | None:
    """A coordinate as written; None for the zero that stands for none."""
    stripped = text.strip()
    return None if not stripped or re.fullmatch(r"[-+]?0*\.?0*", stripped) else stripped


def blurred(text: str | None) -> str | None:
    """A coordinate to the nearest tenth of a degree, for a place that must not be found; None if it is no number."""
    try:
        return f"{float(text):.1f}" if text else None
    except ValueError:
        return None
