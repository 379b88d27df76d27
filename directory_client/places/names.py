"""The index from names to places: Ontario first, then the world; which names need more than being written."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from directory_client.places.endings import polish
from directory_client.places.model import Place
from directory_client.places.sound import LEAST, consonants, is_indic, sister_scripts, strength
from directory_client.places.text import is_unspaced, key

_DATA = Path(__file__).parent / "data"
LONGEST_NAME = 7  # words
LONGEST_UNSPACED = 12  # characters
_FAMOUS = 1_500_000  # people: a city abroad that is meant even in small letters
_AND = ("and", "et", "y", "e", "i", "iyo", "aur", "te", "ate", "ane", "ar", "at", "ve", "va", "&", "x")
"""What people of our languages say between two streets whose corner names a neighbourhood."""
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


def _corners(name: str, kind: str) -> list[str]:
    """Other ways to say a neighbourhood that is called after a corner: "Jane et Finch", "Finch y Jane"."""
    one, joined, other = name.partition(" and ")
    if kind != "neighbourhood" or not joined:
        return []
    return [f"{first} {word} {second}" for first, second in ((one, other), (other, one)) for word in _AND]


@dataclass(slots=True)
class Names:
    spaced: dict[str, Entry] = field(default_factory=dict)
    unspaced: dict[str, Entry] = field(default_factory=dict)
    regions: dict[str, Place] = field(default_factory=dict)
    uppercase: frozenset[str] = frozenset()
    misspellable: dict[str, Entry] = field(default_factory=dict)
    sounds: dict[str, Entry] = field(default_factory=dict)  # the consonants of long names in Indic scripts
    polish: dict[str, Entry] = field(default_factory=dict)  # cases, used only behind a Polish preposition
    _spoken: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    @classmethod
    def load(cls) -> Names:
        names = cls()
        care = _care()
        names.uppercase = frozenset(name for name, kind in care.items() if kind == "uppercase")
        for phrase, kind in care.items():
            if kind == "phrase":
                names.spaced[phrase] = Entry(())
        names._spoken = _spoken()
        names._ontario(care, aliases=False)
        names._ontario(care, aliases=True)
        names._world(care, aliases=False)
        names._world(care, aliases=True)
        names._regions()
        names._index_sounds()
        names._index_polish()
        return names

    def _ontario(self, care: dict[str, str], *, aliases: bool) -> None:
        for row in _rows("ontario.tsv"):
            name, kind, lat, lon, radius, region, population, others = row
            place = Place(name, kind, float(lat), float(lon), float(radius), region=region or None)
            spoken = self._spoken.get(("", key(name)), [])
            aka = [*others.split("|"), *spoken, *_corners(name, kind)]
            for index, other in enumerate(aka if aliases else [name], start=int(aliases)):
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
        told: set[str] = set()
        for row in [*_rows("world.tsv"), *_told_nowhere_else()]:
            name, _, lat, lon, radius, region, population_text, others = row
            spoken = self._spoken.get(("w", key(name)), []) if key(name) not in told else []
            told.add(key(name))
            population = int(population_text)
            place = Place(name, "outside", float(lat), float(lon), float(radius), in_ontario=False, region=region)
            for other in dict.fromkeys([*others.split("|"), *spoken]) if aliases else [name]:
                folded = key(other)
                if len(folded) < 2 or care.get(folded) == "drop":
                    continue
                unspaced = is_unspaced(folded[0])
                index = self.unspaced if unspaced else self.spaced
                folded = folded.replace(" ", "") if unspaced else folded
                before = index.get(folded)
                if before and not before.places:
                    continue
                if before and place in (*before.places, *before.outside):
                    continue
                if before:
                    index[folded] = Entry(before.places, before.care, before.population, (*before.outside, place))
                    continue
                arabic = "\u0600" <= folded[0] <= "\u06ff"
                if arabic and len(folded) < 5 and population < _FAMOUS and other not in spoken:
                    continue  # four Arabic letters are too often a word: ثاني, لسنة, أمان
                famous = population >= _FAMOUS and len(folded) >= (5 if arabic else 4)
                kind = care.get(folded, "") or ("" if famous else "world")
                if unspaced:
                    kind = care.get(folded, "") or ("" if population >= _FAMOUS else "world")
                if region in CANADA and population >= 100_000 and not care.get(folded):
                    kind = ""
                entry = Entry((place,), kind, population, (place,))
                index[folded] = entry
                if not unspaced and (population >= _FAMOUS or other in spoken or region in CANADA):
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

    def _index_sounds(self) -> None:
        shared: set[str] = set()
        for name, entry in self.spaced.items():
            if not is_indic(name[0]) or not entry.places or not entry.places[0].in_ontario:
                continue
            if strength(sounds := consonants(name)) >= LEAST:
                before = self.sounds.setdefault(sounds, entry)
                if before.places != entry.places:
                    shared.add(sounds)
        for sounds in shared:
            del self.sounds[sounds]

    def _index_polish(self) -> None:
        for name, entry in list(self.spaced.items()):
            place = entry.places[0] if entry.places else None
            large = entry.population >= (20_000 if place and place.in_ontario else 500_000)
            if place and (large or key(place.name) in _POLISH_NAMES) and name == key(place.name):
                for case in polish(name):
                    self.polish.setdefault(case, entry)
        for name, cases in _POLISH_WORLD.items():
            if abroad := self.spaced.get(name):
                self.polish.update({key(case): abroad for case in cases.split()})

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
        if folded[-2:] in ("га", "ка"):
            self.spaced.setdefault(folded[:-2] + ("зі" if folded[-2] == "г" else "ці"), entry)


_POLISH_NAMES = frozenset(("rexdale", "malton", "parkdale", "kanata", "bramalea", "scarborough", "thornhill", "weston"))
_POLISH_WORLD = {
    "krakow": "Krakowie Krakowa Krakowem",
    "warsaw": "Warszawie Warszawy Warszawę Warszawa",
    "gdansk": "Gdańsku Gdańska",
    "wroclaw": "Wrocławiu Wrocławia",
    "lodz": "Łodzi",
    "poznan": "Poznaniu Poznania",
    "lublin": "Lublinie Lublina",
    "lviv": "Lwowie Lwowa Lwów",
    "kyiv": "Kijowie Kijowa Kijów",
    "london": "Londynie Londynu Londonie Londonu",
    "toronto": "Toroncie",
    "montreal": "Montrealu",
    "calgary": "Calgarach",
    "vancouver": "Vancouverze Vancouveru",
}
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


def _spoken() -> dict[tuple[str, str], list[str]]:
    spoken: dict[tuple[str, str], list[str]] = {}
    for name, where, others in _rows("spoken.tsv"):
        written = others.split("|")
        sisters = [sister for other in written for sister in sister_scripts(other)]
        spoken.setdefault((where, key(name)), []).extend([*written, *sisters])
    return spoken


def _told_nowhere_else() -> list[list[str]]:
    """The cities abroad of data/spoken.tsv that are too small for data/world.tsv, as rows of it."""
    rows = []
    for name, where, others in _rows("spoken.tsv"):
        if "," in where:
            lat, lon, region = where.split(",")
            rows.append([name, "outside", lat, lon, "8", region, "100000", others])
    return rows
