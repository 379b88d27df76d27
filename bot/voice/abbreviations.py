"""Abbreviations of the directory's own words spelled out: days, hours, streets, distances, in English and French.

Pure. Voices read "Mon-Fri 9-5" and "King St W" as they stand or leave them out; people do not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Words:
    """What a language says for what is written short."""

    to: str
    to_day: str
    plus: str
    always: str
    km: str
    days: dict[str, str]
    after_day: str
    """Words that may follow a single day; after others "Sat" and "mar" may be no day."""


_WORDS = {
    "en": _Words(
        to="to",
        to_day="to",
        plus="and",
        always="24 hours a day, 7 days a week",
        km="kilometres",
        days={
            "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday",
            "Thur": "Thursday", "Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday",
        },
        after_day="to|and|or|only",
    ),
    "fr": _Words(
        to="à",
        to_day="au",
        plus="et",
        always="24 heures sur 24, 7 jours sur 7",
        km="kilomètres",
        days={
            "lun": "lundi", "mar": "mardi", "mer": "mercredi", "jeu": "jeudi", "ven": "vendredi",
            "sam": "samedi", "dim": "dimanche",
        },
        after_day="à|et|ou|au",
    ),
}  # fmt: skip
_STOP = r"(?:\.(?!\s*$|\s+[A-ZÀ-Ý]))?"
"""The full stop of an abbreviation, unless it ends a sentence too."""
_ALWAYS = re.compile(r"\b24\s?/\s?7\b|\b24 ?h(?:/| sur )24,? ?7 ?j(?:/| sur )7\b")
_HOURS = re.compile(r"(?<![\d-])(\d{1,2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?)\s?[-–—]\s?(?=\d{1,2}(?::\d{2})?(?!\d|-))")
_FRENCH_HOURS = re.compile(r"\b(\d{1,2}\s?h(?:\s?\d{2})?)\s?[-–—]\s?(?=\d{1,2}\s?h)")
_STREETS = {
    "st": "Street", "ave": "Avenue", "rd": "Road", "blvd": "Boulevard", "dr": "Drive", "cres": "Crescent",
    "crt": "Court", "ct": "Court", "ln": "Lane", "hwy": "Highway", "pkwy": "Parkway", "sq": "Square",
}  # fmt: skip
_SIDES = {"e": "East", "w": "West", "n": "North", "s": "South"}
_STREET = re.compile(rf"(?<=\w )({'|'.join(_STREETS)})\b\.?(?: ([EWNS])\b\.?)?(?=\s*(?:,|;|$|\())", re.IGNORECASE)


def spelled_out(text: str, language: str) -> str:
    """The text with its abbreviations as words; as it stands in languages other than English and French."""
    words = _WORDS.get(language)
    if words is None:
        return text
    said = _ALWAYS.sub(words.always, text)
    said = re.sub(r"(?<=\d)\s?km\b", f" {words.km}", said)
    said = said.replace(" & ", f" {words.plus} ")
    said = _days(said, words)
    if language == "fr":
        return _french_hours(said, words.to)
    said = _HOURS.sub(rf"\1 {words.to} ", said)
    said = re.sub(r"\b(\d{1,2}):00(?=\s?[ap]\.?\s?m)", r"\1", said)
    return _STREET.sub(_street, said)


def _days(text: str, words: _Words) -> str:
    days = {short.casefold(): day for short, day in words.days.items()}
    short, long = "|".join(sorted(words.days, key=len, reverse=True)), "|".join(words.days.values())
    # In a span any writing of a day is one: "lun-ven", "Lun-Ven".
    said = re.sub(rf"\b(?i:({short}))\b\.?(?=\s?[-–—]\s?(?i:{short})\b)", lambda found: days[found[1].casefold()], text)
    said = re.sub(
        rf"\b({long})\s?[-–—]\s?(?i:({short}))\b{_STOP}",
        lambda found: f"{found[1]} {words.to_day} {days[found[2].casefold()]}",
        said,
    )
    alone = rf"\b({short})\b{_STOP}(?=[\s,;:.]|$)(?!\s+(?!(?:{words.after_day})\b)[a-zà-ÿ])"
    return re.sub(alone, lambda found: words.days[found[1]], said)


def _french_hours(text: str, to: str) -> str:
    said = _HOURS.sub(rf"\1 {to} ", _FRENCH_HOURS.sub(rf"\1 {to} ", text))
    said = re.sub(r"\b(\d{1,2})\s?h\s?00\b", r"\1 heures", said)
    said = re.sub(r"\b(\d{1,2})\s?h\s?(\d{2})\b", r"\1 heures \2", said)
    said = re.sub(r"\b(\d{1,2})\s?h\b", r"\1 heures", said)
    return re.sub(r"\b1 heures\b", "1 heure", said)


def _street(found: re.Match[str]) -> str:
    side = f" {_SIDES[found[2].lower()]}" if found[2] else ""
    return _STREETS[found[1].lower()] + side
