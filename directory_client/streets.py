"""Streets as people and records write them: "120 King St. W, Unit 5", "rue Principale", "Hwy 7", "Queen & Sherbourne".

Pure reading of text; where a street is, is known only by the addresses on it (`directory_client.whereabouts`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from directory_client.places.text import key as folded_words

LONGEST = 200
"""Characters that are read."""
LONGEST_KEY = 80

_KINDS = {
    "st": "street", "str": "street", "street": "street", "rue": "street", "ave": "avenue", "av": "avenue",
    "avenue": "avenue", "rd": "road", "road": "road", "ch": "road", "chemin": "road", "route": "road",
    "rte": "road", "dr": "drive", "drive": "drive", "promenade": "drive", "prom": "drive", "blvd": "boulevard",
    "boul": "boulevard", "boulevard": "boulevard", "cres": "crescent", "crescent": "crescent",
    "croissant": "crescent", "crt": "court", "ct": "court", "court": "court", "cour": "court", "ln": "lane",
    "lane": "lane", "allee": "lane", "ruelle": "lane", "pl": "place", "place": "place", "pkwy": "parkway",
    "parkway": "parkway", "hwy": "highway", "highway": "highway", "autoroute": "highway",
    "cir": "circle", "circle": "circle", "cercle": "circle", "sq": "square", "square": "square", "terr": "terrace",
    "ter": "terrace", "terrace": "terrace", "terrasse": "terrace", "tr": "trail", "trl": "trail",
    "trail": "trail", "sentier": "trail", "gate": "gate", "way": "way", "voie": "way", "line": "line",
    "sideroad": "sideroad", "sdrd": "sideroad", "conc": "concession", "con": "concession",
    "concession": "concession", "cty": "county", "county": "county", "comte": "county", "reg": "regional",
    "regional": "regional", "gardens": "gardens", "gdns": "gardens", "heights": "heights", "hts": "heights",
    "hill": "hill", "grove": "grove", "grv": "grove", "row": "row", "expy": "expressway",
    "expressway": "expressway", "rang": "line",
}  # fmt: skip
_FRENCH_KINDS = frozenset((
    "rue", "avenue", "av", "chemin", "ch", "route", "rte", "boulevard", "boul", "promenade", "prom", "croissant",
    "place", "allee", "ruelle", "cour", "terrasse", "voie", "sentier", "autoroute", "rang",
))  # fmt: skip
"""Kinds that French writes before the name; English ones stand behind it."""
_BOTH_KINDS = frozenset(("avenue", "av", "boulevard", "place", "route"))
"""Those that are English as well."""
_LINKS = frozenset(("de", "du", "des", "la", "le", "les", "l", "d", "the"))
_DIRECTIONS = {
    "n": "n", "north": "n", "nord": "n", "s": "s", "south": "s", "sud": "s", "e": "e", "east": "e", "est": "e",
    "w": "w", "west": "w", "o": "w", "ouest": "w",
}  # fmt: skip
_LEADING = frozenset((
    "corner", "of", "the", "at", "near", "intersection", "coin", "angle", "i", "am", "im", "on", "in", "by", "close",
    "to", "pres", "de", "a",
))  # fmt: skip
_TRAILING = frozenset(("in", "at", "near", "the", "a", "dans", "around", "streets", "rues"))
_ROOM = re.compile(
    r"[\s-]+(?:(?:unit|unite|unité|suite|ste|apt|app|apartment|appartement|room|rm|floor|bureau|bur|local|box|bldg|"
    r"building)\b\.?\s*[0-9a-z#]|p\.?\s?o\.?\s|c\.?\s?p\.?\s|#).*$",
    re.IGNORECASE,
)
"""A part of a building, to the end: its word with a number or letter behind it, so that "Local Road" stays a road."""
_NUMBERED_ROAD = re.compile(r"\b(hwy|highway|route|(?:county|cty|regional)\.?\s+(?:rd|road))\.?\s*#\s*", re.IGNORECASE)
_NUMBER = re.compile(r"(?:[0-9]{1,5}[a-z]?\s?-\s?)?([1-9][0-9]{0,5})\s?[a-z]?[\s,]+(?=\S)(.+)$", re.IGNORECASE)
"""A house number before a name, behind the number of a unit or not: "5-120 King"."""
_CROSSING = re.compile(r"\s*(?:[&@/+]|(?<=\s)(?:and|at|et|y|e|i|x|corner|coin)(?=\s))\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Street:
    """A street in one spelling.

    Attributes:
        key: what two ways to write its name have in common: "king" of "King St. W", "highway7" of "Hwy. 7".
        shown: the name as it was written, without number and unit.
        number: of the house; None where only the street is named.
        direction: "n", "s", "e", "w" or None.
        kind: what sort of street it is, in English: "street", "avenue"; None where nothing is said.
    """

    key: str
    shown: str
    number: int | None = None
    direction: str | None = None
    kind: str | None = None

    def may_be(self, other: Street) -> bool:
        """Whether nothing that both say speaks against one street: King St W is not King St E, nor King Rd."""
        return self.key == other.key and all(
            one is None or two is None or one == two
            for one, two in ((self.direction, other.direction), (self.kind, other.kind))
        )


def street(text: str) -> Street | None:
    """The street of a line of an address, or of one side of a corner; None when there is no name in it."""
    line = _NUMBERED_ROAD.sub(r"\1 ", text[:LONGEST])
    parts = [part for piece in re.split(r"[,;]", line) if (part := _ROOM.sub("", " " + piece.strip()).strip(" ,.;-"))]
    # "Suite 200, 120 King St" and "120, rue Principale": the part with the name, and the number that belongs to it.
    if len(parts) > 1 and parts[0].isdigit():
        parts = [f"{parts[0]} {parts[1]}", *parts[2:]]
    if not parts:
        return None
    numbered = [found for part in parts if (found := _NUMBER.match(part)) and not _ordinal(part)]
    number = int(numbered[0][1]) if numbered else None
    shown = (numbered[0][2] if numbered else parts[0]).strip(" ,.;-")
    words = folded_words(shown).split()
    while len(words) > 1 and words[0] in _LEADING:
        words.pop(0)
    direction = None
    if len(words) > 1 and words[-1] in _DIRECTIONS:
        direction = _DIRECTIONS[words.pop()]
    name, kind = _name(words)
    if not name or (kind is None and len(name) == 1 and name[0] in _KINDS):
        return None
    return Street("".join(name)[:LONGEST_KEY], shown, number, direction, kind)


def corner(text: str) -> tuple[Street, Street] | None:
    """The two streets of a corner: "King and James", "angle King et James", "Main @ 5th Ave"; None if it is none."""
    line = " ".join(text[:LONGEST].split())
    words = line.split(" ")
    while words and (words[0].casefold().strip(".,") in _LEADING or words[0].casefold() == "i'm"):
        words.pop(0)
    while words and words[-1].casefold().strip(".,") in _TRAILING:
        words.pop()
    line = " ".join(words)
    for cut in _CROSSING.finditer(line):
        one, other = street(line[: cut.start()]), street(line[cut.end() :])
        if one and other and one.key != other.key and len(one.key) > 1 and len(other.key) > 1:
            return one, other
    return None


def _name(words: list[str]) -> tuple[list[str], str | None]:
    """The words that tell the street from others, and its kind. The kind is part of a name that is a number."""
    kept, kind = list(words), None
    # "Avenue Road" is a road called Avenue.
    english = len(kept) > 1 and kept[-1] in _KINDS
    if len(kept) > 1 and kept[0] in _FRENCH_KINDS and not (english and kept[0] in _BOTH_KINDS):
        kind = _KINDS[kept.pop(0)]
        while len(kept) > 1 and kept[0] in _LINKS:
            kept.pop(0)
    elif english:
        kind = _KINDS[kept.pop()]
    if len(kept) > 1 and kept[0] in ("the", "la", "le"):
        kept.pop(0)
    if any(letter.isdigit() for word in kept for letter in word):
        return [_KINDS.get(word, word) for word in words], None
    return kept, kind


def _ordinal(part: str) -> bool:
    """Whether the number belongs to the name: "5th Avenue", "1re Rue", "10 Line"."""
    first, _, rest = part.partition(" ")
    if re.fullmatch(r"[0-9]+(?:st|nd|rd|th|e|er|re|ieme)", first, re.IGNORECASE):
        return True
    return folded_words(rest) in ("line", "sideroad", "concession")
