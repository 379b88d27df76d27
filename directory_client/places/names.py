"""The index from names to places: Ontario first, then the world; which names need more than being written."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from directory_client.places.model import Place
from directory_client.places.text import is_unspaced, key

_DATA = Path(__file__).parent / "data"
LONGEST_NAME = 7  # words
LONGEST_UNSPACED = 12  # characters
_FAMOUS = 1_500_000  # people: a city abroad that is meant even in small letters
_CYRILLIC_ENDINGS = {
    "а": ("е", "у", "ы", "и", "ой", "і"),
    "я": ("е", "и", "ю", "ей", "і"),
    "": ("е", "а", "у", "ом", "і"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What one name may mean. care: "" or the class of data/common_words.tsv; population of the largest."""

    places: tuple[Place, ...]
    care: str = ""
    population: int = 0
    outside: tuple[Place, ...] = ()  # places of this name outside Ontario, for "London, England"


@dataclass(slots=True)
class Names:
    spaced: dict[str, Entry] = field(default_factory=dict)
    unspaced: dict[str, Entry] = field(default_factory=dict)
    regions: dict[str, Place] = field(default_factory=dict)
    uppercase: frozenset[str] = frozenset()
    misspellable: dict[str, Entry] = field(default_factory=dict)

    @classmethod
    def load(cls) -> Names:
        names = cls()
        care = _care()
        names.uppercase = frozenset(name for name, kind in care.items() if kind == "uppercase")
        for phrase, kind in care.items():
            if kind == "phrase":
                names.spaced[phrase] = Entry(())
        names._ontario(care, aliases=False)
        names._ontario(care, aliases=True)
        names._world(care, aliases=False)
        names._world(care, aliases=True)
        names._regions()
        return names

    def _ontario(self, care: dict[str, str], *, aliases: bool) -> None:
        for row in _rows("ontario.tsv"):
            name, kind, lat, lon, radius, region, population, others = row
            place = Place(name, kind, float(lat), float(lon), float(radius), region=region or None)
            for index, other in enumerate(others.split("|") if aliases else [name], start=int(aliases)):
                folded = key(other)
                if not folded or (care.get(folded) == "drop"):
                    continue
                if is_unspaced(folded[0]):
                    self.unspaced.setdefault(folded.replace(" ", ""), Entry((place,), "", int(population)))
                    continue
                kind_of_care = care.get(folded, "")
                if not kind_of_care and index and folded.isascii() and len(folded) < 5 and not others:
                    kind_of_care = "capital"
                before = self.spaced.get(folded)
                if before:
                    if before.places and place not in before.places:
                        self.spaced[folded] = Entry((*before.places, place), before.care, before.population)
                    continue
                entry = Entry((place,), kind_of_care, int(population))
                self.spaced[folded] = entry
                if folded.isascii() and len(folded) >= 5 and not kind_of_care and kind != "province":
                    self.misspellable[folded] = entry
                joined = folded.replace(" ", "")
                if joined != folded and ("'" in other or "’" in other):
                    self.spaced.setdefault(other.casefold().replace("'", "").replace("’", ""), entry)
                if folded.startswith("st "):
                    self.spaced.setdefault("saint " + folded[3:], entry)
                self._inflect(folded, entry)

    def _world(self, care: dict[str, str], *, aliases: bool) -> None:
        for row in _rows("world.tsv"):
            name, _, lat, lon, radius, region, population_text, others = row
            population = int(population_text)
            place = Place(name, "outside", float(lat), float(lon), float(radius), in_ontario=False, region=region)
            for other in dict.fromkeys(others.split("|")) if aliases else [name]:
                folded = key(other)
                if len(folded) < 2 or care.get(folded) == "drop":
                    continue
                unspaced = is_unspaced(folded[0])
                index = self.unspaced if unspaced else self.spaced
                folded = folded.replace(" ", "") if unspaced else folded
                before = index.get(folded)
                if before and not before.places:
                    continue
                if before:
                    index[folded] = Entry(before.places, before.care, before.population, (*before.outside, place))
                    continue
                arabic = "\u0600" <= folded[0] <= "\u06ff"
                if arabic and len(folded) < 5 and population < _FAMOUS:
                    continue  # four Arabic letters are too often a word: ثاني, لسنة, أمان
                famous = population >= _FAMOUS and len(folded) >= (5 if arabic else 4)
                kind = care.get(folded, "") or ("" if famous else "world")
                if unspaced:
                    kind = care.get(folded, "") or ("" if population >= _FAMOUS else "world")
                if region in CANADA and population >= 100_000 and not care.get(folded):
                    kind = ""
                entry = Entry((place,), kind, population, (place,))
                index[folded] = entry
                if not unspaced and population >= _FAMOUS:
                    self._inflect(folded, entry)

    def _regions(self) -> None:
        for row in _rows("regions.tsv"):
            name, lat, lon, others = [*row, ""][:4]
            radius = 500.0
            place = Place(name, "outside", float(lat), float(lon), radius, in_ontario=False, region=name)
            if name == "Ontario":
                place = Place(name, "province", float(lat), float(lon), radius)
            for other in [name, *others.split("|")]:
                folded = key(other)
                if folded:
                    self.regions.setdefault(folded.replace(" ", "") if is_unspaced(folded[0]) else folded, place)

    def _inflect(self, folded: str, entry: Entry) -> None:
        """Add the cases of a Cyrillic name, so that "в Оттаве" is found."""
        if not "\u0400" <= folded[0] <= "\u04ff" or len(folded) < 5:
            return
        stem, endings = folded, _CYRILLIC_ENDINGS[""]
        if folded[-1] in "ая":
            stem, endings = folded[:-1], _CYRILLIC_ENDINGS[folded[-1]]
        elif folded[-1] in "оеуиіыйюэ":
            return
        for ending in endings:
            self.spaced.setdefault(stem + ending, entry)


CANADA = frozenset(
    (
        "Quebec",
        "British Columbia",
        "Alberta",
        "Manitoba",
        "Saskatchewan",
        "Nova Scotia",
        "New Brunswick",
        "Newfoundland and Labrador",
        "Prince Edward Island",
        "Yukon",
        "Northwest Territories",
        "Nunavut",
    )
)


def _care() -> dict[str, str]:
    care: dict[str, str] = {}
    for kind, words in _rows("common_words.tsv"):
        for word in words.split("|"):
            care.setdefault(key(word) if not is_unspaced(word[0]) else word, kind)
    return care


def _rows(name: str) -> list[list[str]]:
    lines = (_DATA / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]
