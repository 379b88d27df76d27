"""Postal codes in a message, and what they say about where a person is.

A full code is known only to its first three characters (the forward sortation area) in towns; a rural code
belongs to one post office, many of which data/rural_codes.tsv places. Areas come from the package
pypostalcode (2011 boundaries), corrected where the public sites of an area say that the middle is elsewhere.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pypostalcode.settings import db_location

from directory_client.places.letters import EVERYDAY, LETTERS, NUMBERS, fold
from directory_client.places.model import Mention, Place, distance_km

_DATA = Path(__file__).parent / "data"
_ONTARIO = "KLMNP"
_LETTERS = "ABCEGHJKLMNPRSTVWXYZ"  # D F I O Q U are never used
_TO_DIGIT = {
    "O": "0",
    "Q": "0",
    "D": "0",
    "I": "1",
    "L": "1",
    "|": "1",
    "S": "5",
    "B": "8",
    "Z": "2",
    "G": "6",
}
_TO_LETTER = {"1": "L", "5": "S", "8": "B", "2": "Z", "6": "G", "4": "A", "I": "L", "0": "C"}
_GAP = r"[\s.\-–—_/]{0,3}"
# A code may stand right beside a letter of another script: "我住L3T", "L3T에".
_BEFORE, _AFTER = r"(?<![0-9A-Za-zÀ-ɏ])", r"(?![0-9A-Za-zÀ-ɏ])"
_FULL = re.compile(
    rf"{_BEFORE}([A-Za-z]){_GAP}([0-9OoQIilSsBZz])\s?([A-Za-z0-9]){_GAP}"
    rf"([0-9OoQIilSsBZz])\s?([A-Za-z0-9])\s?([0-9OoQIilSsBZz]){_AFTER}"
)
_AREA = re.compile(rf"{_BEFORE}([KLMNPklmnp])\s?([0-9OoIl])\s?([A-Za-z]){_AFTER}")
_NUMBER_WORDS = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9", "un": "1", "deux": "2", "trois": "3", "quatre": "4", "cinq": "5",
    "sept": "7", "huit": "8", "neuf": "9", "uno": "1", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5",
    "seis": "6", "siete": "7", "ocho": "8", "nueve": "9", "cero": "0",
}  # fmt: skip
_LETTER_NAMES = {"el": "L", "ell": "L", "em": "M", "en": "N", "pee": "P", "kay": "K", "ess": "S", "zed": "Z"}
_WORD = re.compile(r"[A-Za-zé]+|[0-9]")
_ANY_WORD = re.compile(r"[0-9]|[^\s0-9.,;:!?।،、()/\-–—]+")
_HAN_DIGITS = dict(zip("零〇一二兩两三四五六七八九", "0012223456789", strict=True))
_HAN = "".join(_HAN_DIGITS)
_HAN_CODE = re.compile(
    rf"(?<![A-Za-z0-9])[A-Za-z]\s?[{_HAN}0-9]\s?[A-Za-z](?:\s?[{_HAN}0-9]\s?[A-Za-z]\s?[{_HAN}0-9])?(?![A-Za-z0-9])"
)
_EVERYDAY = frozenset(fold(word) for word in EVERYDAY)
_PROVINCES = {
    "A": "Newfoundland and Labrador",
    "B": "Nova Scotia",
    "C": "Prince Edward Island",
    "E": "New Brunswick",
    "G": "Quebec",
    "H": "Quebec",
    "J": "Quebec",
    "R": "Manitoba",
    "S": "Saskatchewan",
    "T": "Alberta",
    "V": "British Columbia",
    "X": "Nunavut and Northwest Territories",
    "Y": "Yukon",
}
# Areas whose points cannot be told from either source; the radius says so.
_BY_HAND = {
    "P0S": (47.35, -84.65, 95.0, "Algoma"),
    "P0L": (50.0, -82.2, 260.0, "Cochrane"),
    "P0V": (51.5, -92.5, 230.0, "Kenora"),
    "P0T": (49.2, -88.0, 230.0, "Thunder Bay District"),
    "P0M": (46.9, -81.4, 130.0, "Sudbury District"),
    "K9B": (44.02, -78.11, 15.0, "Northumberland"),  # beside Cobourg
}


@dataclass(frozen=True, slots=True)
class Area:
    lat: float
    lon: float
    radius_km: float
    region: str | None


def _rows(name: str) -> list[list[str]]:
    lines = (_DATA / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def _merge(area: str, middle: tuple[float, float] | None, row: list[str] | None) -> Area:
    """One honest circle from the package's middle and from what the public sites of the area say."""
    rural = area[1] == "0"
    least = (40.0 if area[0] == "P" else 20.0) if rural else (6.0 if area[0] == "P" else 3.0)
    if row is None:
        assert middle is not None
        return Area(*middle, least * 1.3, None)
    lat, lon, spread, count, region = float(row[1]), float(row[2]), float(row[3]), int(row[4]), row[5]
    if middle is None:
        return Area(lat, lon, max(least, spread, 10.0 if count < 3 else 0.0), region)
    apart = distance_km(lat, lon, *middle)
    if count >= 3 and (rural or apart > 3):
        return Area(lat, lon, max(least, spread, apart / 2 if rural else 0), region)
    if count < 3 and apart > 5:
        return Area((lat + middle[0]) / 2, (lon + middle[1]) / 2, max(least, apart / 2 + least), region)
    return Area(*middle, max(least, min(spread + apart, 15)), region)


class PostalCodes:
    """Finds and places postal codes."""

    def __init__(self) -> None:
        connection = sqlite3.connect(f"file:{db_location}?mode=ro", uri=True)
        try:
            middles = {
                str(area): (float(lat), float(lon))
                for area, lat, lon in connection.execute("SELECT fsa, latitude, longitude FROM PostalCodes")
            }
        finally:
            connection.close()
        seen = {row[0]: row for row in _rows("postal_areas.tsv")}
        ontario = {area for area in middles if area[0] in _ONTARIO} | set(seen)
        self._areas = {area: _merge(area, middles.get(area), seen.get(area)) for area in ontario}
        for area, (lat, lon, km, region) in _BY_HAND.items():
            self._areas[area] = Area(lat, lon, km, region)
        self._outside = {area: point for area, point in middles.items() if area[0] in _PROVINCES}
        self._rural = {row[0]: (float(row[1]), float(row[2]), float(row[3])) for row in _rows("rural_codes.tsv")}

    def area(self, name: str) -> Area | None:
        """The area of three characters; one that is not known gets its nearest sensible neighbour."""
        known = self._areas.get(name)
        if known or not re.fullmatch(r"[KLMNP][0-9][ABCEGHJ-NPRSTV-Z]", name):
            return known
        siblings = [area for area in self._areas if area[:2] == name[:2]]
        if not siblings:
            return None
        near = self._areas[min(siblings, key=lambda area: (abs(ord(area[2]) - ord(name[2])), area))]
        # A new area was split from one beside it: the same town, not the same point.
        return Area(near.lat, near.lon, max(10.0, near.radius_km * 1.5), near.region)

    def place(self, code: str) -> Place | None:
        """The place of a code written as "L1S2E4" or "L1S"; None when it is no code of Canada."""
        if code[0] in _PROVINCES:
            point = self._outside.get(code[:3])
            name = f"{code[:3]} {code[3:]}".strip()
            if point is None or len(code) != 6:
                return None
            return Place(name, "outside", *point, 10.0, in_ontario=False, region=_PROVINCES[code[0]])
        area = self.area(code[:3])
        if area is None:
            return None
        if len(code) == 3:
            return Place(code, "postal_area", area.lat, area.lon, area.radius_km, region=area.region)
        lat, lon, km = self._rural.get(code, (area.lat, area.lon, area.radius_km))
        return Place(f"{code[:3]} {code[3:]}", "postal_code", lat, lon, km, region=area.region)

    def mentions(self, text: str) -> list[Mention]:
        """Every postal code or area in a text, full codes first."""
        plain = _HAN_CODE.sub(_digits_of_han, _plain_digits(text)) if not text.isascii() else text
        found: list[Mention] = []
        for match in _FULL.finditer(plain):
            code = _repair(match)
            place = self.place(code) if code else None
            if place and not place.in_ontario and code != "".join(match.groups()).upper():
                continue  # "son 310" is no code of Saskatchewan
            if place:
                score = 0.97 if place.in_ontario else 0.9
                found.append(Mention(place, match.start(), match.end(), score))
        for match in _AREA.finditer(plain):
            if any(mention.start < match.end() and match.start() < mention.end for mention in found):
                continue
            name = (match[1] + _TO_DIGIT.get(match[2].upper(), match[2]) + match[3]).upper()
            written = match[0].replace(" ", "")
            # "kin", "mis", "p. 5 a": without a real digit, or loosely spaced, three letters are a word.
            if not written[1].isdigit() or (" " in match[0] and not match[0].isupper()):
                continue
            if plain[match.end() : match.end() + 5].lower().startswith(" visa") or name not in self._areas:
                continue
            place = self.place(name)
            if place:
                found.append(Mention(place, match.start(), match.end(), 0.93))
        return found or self._spelled(plain) or self._spelled_elsewhere(plain)

    def _spelled(self, text: str) -> list[Mention]:
        """Codes said aloud: "L one S two E four"."""
        words = list(_WORD.finditer(text[:1000]))
        letters = [_spelled_letter(word[0]) for word in words]
        digits = [word[0] if word[0].isdigit() else _NUMBER_WORDS.get(word[0].lower(), "") for word in words]
        # "K 9 B" may be anything; "K nine B" was said aloud.
        alone = [len(word[0]) > 1 for word in words]
        return self._in_row(words, letters, digits, lambda index: alone[index + 1])

    def _spelled_elsewhere(self, text: str) -> list[Mention]:
        """Codes said aloud in other languages: "एम नाइन वी", "elle quattro acca"."""
        words = list(_ANY_WORD.finditer(text[:1000]))
        folded = [fold(word[0]) for word in words]
        letters = [
            word.upper() if len(word) == 1 and word.isascii() and word.isalpha() else LETTERS.get(word, "")
            for word in folded
        ]
        digits = [word if word.isdigit() else NUMBERS.get(word, "") for word in folded]
        return self._in_row(
            words,
            letters,
            digits,
            lambda index: folded[index] not in _EVERYDAY and not folded[index + 1].isdigit(),
        )

    def _in_row(
        self,
        words: list[re.Match[str]],
        letters: list[str],
        digits: list[str],
        three_suffice: Callable[[int], bool],
    ) -> list[Mention]:
        """The first code among words, each with the letter and the digit that it stands for ("" for none).

        three_suffice: whether three characters from this word on are believed without the other three.
        """
        for index in range(len(words) - 2):
            if letters[index] not in tuple(_ONTARIO) or not digits[index + 1] or not letters[index + 2]:
                continue
            code, last = letters[index] + digits[index + 1] + letters[index + 2], index + 2
            rest = digits[index + 3 : index + 4] + letters[index + 4 : index + 5] + digits[index + 5 : index + 6]
            if len(rest) == 3 and all(rest):
                code, last = code + "".join(rest), index + 5
            elif not three_suffice(index):
                continue
            place = self.place(code) if code[:3] in self._areas else None
            if place:
                return [Mention(place, words[index].start(), words[last].end(), 0.85)]
        return []


def _digits_of_han(match: re.Match[str]) -> str:
    return "".join(_HAN_DIGITS.get(character, character) for character in match[0])


def _spelled_letter(word: str) -> str:
    if len(word) == 1 and word.isalpha():
        return word.upper()
    return _LETTER_NAMES.get(word.lower(), "")


def _plain_digits(text: str) -> str:
    """The same text with digits of any script, and full-width letters, in their plain form."""
    if text.isascii():
        return text
    plain = []
    for character in text:
        if character.isdecimal():
            plain.append(str(unicodedata.decimal(character)))
        elif "\uff21" <= character <= "\uff5a":
            plain.append(unicodedata.normalize("NFKC", character))
        else:
            plain.append(character)
    return "".join(plain)


def _repair(match: re.Match[str]) -> str | None:
    """The code a person meant, O for 0 and the like put right; None when it is no code."""
    groups = [group.upper() for group in match.groups()]
    real_digits = sum(group.isdigit() for group in (groups[1], groups[3], groups[5]))
    # "a list of..." never comes near, but "lol ill" would without any real digit.
    if real_digits < 2 and not (real_digits == 1 and match[0][:3].isupper()):
        return None
    code = []
    for position, group in enumerate(groups):
        if position % 2:
            fixed = group if group.isdigit() else _TO_DIGIT.get(group, "")
        else:
            fixed = group if group in _LETTERS else _TO_LETTER.get(group, "")
        if not fixed:
            return None
        code.append(fixed)
    joined = "".join(code)
    return joined if joined[0] in _ONTARIO or joined[0] in _PROVINCES else None
