"""From a text to the places it names, each with what is said about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from directory_client.places.cues import Cues, Said
from directory_client.places.misspelling import Misspellings
from directory_client.places.model import Mention, Place, distance_km
from directory_client.places.names import LONGEST_NAME, LONGEST_UNSPACED, Entry, Names
from directory_client.places.text import Token, tokens

_WEIGHT = {
    "in": 0.08, "live": 0.12, "now": 0.15, "to": 0.08, "correct": 0.3, "from": -0.25, "past": -0.4, "work": -0.1,
    "after_in": 0.1, "after_from": -0.25,
}  # fmt: skip
_KIND_WEIGHT = {"county": -0.08, "province": -0.4, "outside": -0.1, "neighbourhood": 0.03}
_ARABIC_PREFIXES = ("وبال", "بال", "وال", "فال", "لل", "وب", "ول", "ال", "ب", "ل", "و", "ف")
_HEBREW_PREFIXES = ("וב", "ב", "ל", "מ", "ה", "ו")
_TURKISH = ("daki", "deki", "dan", "den", "tan", "ten", "da", "de", "ta", "te", "ya", "ye")
_PROGRAMS = frozenset(
    "works disability student health housing autism trillium energy place legal drug child lake".split()
)
_DIRECTIONS = frozenset("w e n s west east north south and at in near apt unit".split())
_MOVED_BY_RIDE = frozenset({"ride"})
_MOST_MENTIONS = 40


@dataclass(frozen=True, slots=True)
class Found:
    """A mention and what the words around it say."""

    mention: Mention
    origin: bool = False
    only_origin: bool = False  # a place abroad that the person comes from
    corrected_away: bool = False


@dataclass(frozen=True, slots=True)
class _Hit:
    entry: Entry
    first: int
    last: int
    start: int
    end: int
    said: Said
    sure: float = 1.0
    unspaced: bool = False


class Scanner:
    def __init__(self, names: Names, cues: Cues) -> None:
        self._names = names
        self._cues = cues
        self._misspellings = Misspellings(names.misspellable)

    def scan(self, text: str, codes: Iterable[Mention]) -> list[Found]:
        """The places of a text in order. codes are the postal codes already found in it."""
        words = tokens(text)
        found = [self._code(code, words) for code in codes]
        taken = [(item.mention.start, item.mention.end) for item in found]
        hits = [hit for hit in self._hits(text, words) if not _overlaps(hit.start, hit.end, taken)]
        riding = any("ride" in self._cues._by_phrase.get(word.folded, ()) for word in words)
        for hit in hits[:_MOST_MENTIONS]:
            if found and any(item.mention.start <= hit.start < item.mention.end for item in found):
                continue  # the country behind the name before
            item = self._judge(hit, hits, words, text, bool(found), riding)
            if item:
                found.append(item)
        return sorted(found, key=lambda item: item.mention.start)

    # Finding names

    def _hits(self, text: str, words: list[Token]) -> list[_Hit]:
        hits: list[_Hit] = []
        index = 0
        while index < len(words):
            word = words[index]
            if word.unspaced:
                hits.extend(self._run(word, index, words))
                index += 1
                continue
            hit = (
                self._longest(text, words, index)
                or self._attached(words, index)
                or self._slip(words, index, text)
            )
            if hit:
                if hit.entry.places:
                    hits.append(hit)
                index = hit.last + 1
            else:
                index += 1
        return hits

    def _longest(self, text: str, words: list[Token], index: int) -> _Hit | None:
        phrase, best = "", None
        for last in range(index, min(index + LONGEST_NAME, len(words))):
            if last > index and (words[last].breaks or words[last].comma or words[last].unspaced):
                break
            phrase = f"{phrase} {words[last].folded}" if phrase else words[last].folded
            entry = self._names.spaced.get(phrase)
            if entry:
                written = text[words[index].start : words[last].end]
                letters = written.replace(".", "").replace("-", "").replace(" ", "")
                if phrase in self._names.uppercase and not letters.isupper():
                    continue
                best = (entry, last)
        if best is None:
            return None
        entry, last = best
        return _Hit(
            entry, index, last, words[index].start, words[last].end, self._cues.around(words, index, last)
        )

    def _attached(self, words: list[Token], index: int) -> _Hit | None:
        """A name with something written on to it: Arabic and Hebrew prefixes, Indic and Turkish endings."""
        word = words[index]
        folded = word.folded
        if len(folded) < 4:
            return None
        entry, kind = None, "in"
        if "\u0600" <= folded[0] <= "\u06ff" or "\u0590" <= folded[0] <= "\u05ff":
            for prefix in _ARABIC_PREFIXES if folded[0] >= "\u0600" else _HEBREW_PREFIXES:
                rest = folded[len(prefix) :]
                if folded.startswith(prefix) and len(rest) >= 3:
                    entry = self._names.spaced.get(rest) or self._two(rest, words, index)
                    if entry and not (entry.care and prefix in ("و", "ف", "ה", "ו", "ال")):
                        kind = "in" if prefix not in ("ل", "لل", "ל") else "to"
                        if prefix in ("و", "ف", "ה", "ו", "ال", "وال"):
                            kind = ""
                        break
                    entry = None
        elif "\u0900" <= folded[0] <= "\u0dff":
            for cut in range(1, min(8, len(folded) - 3)):
                entry = self._names.spaced.get(folded[:-cut]) or self._names.spaced.get(folded[:-cut] + "்")
                if entry:
                    break
        elif folded.isascii():
            for ending in _TURKISH:
                entry = (
                    self._names.spaced.get(folded.removesuffix(ending)) if folded.endswith(ending) else None
                )
                if entry and entry.population >= 80_000 and entry.places[0].in_ontario:
                    kind = "from" if ending in ("dan", "den", "tan", "ten") else "in"
                    break
                entry = None
        if entry is None:
            return None
        last = index
        if index + 1 < len(words) and self._second(folded, words, index):
            last = index + 1
        said = self._cues.around(words, index, last)
        kinds = said.kinds | ({kind} if kind else set())
        return _Hit(entry, index, last, word.start, words[last].end, Said(kinds, said.strong or bool(kind)))

    def _two(self, rest: str, words: list[Token], index: int) -> Entry | None:
        if index + 1 >= len(words):
            return None
        return self._names.spaced.get(f"{rest} {words[index + 1].folded}")

    def _second(self, folded: str, words: list[Token], index: int) -> bool:
        return any(
            folded.startswith(prefix) and self._two(folded[len(prefix) :], words, index) is not None
            for prefix in (*_ARABIC_PREFIXES, *_HEBREW_PREFIXES)
        )

    def _slip(self, words: list[Token], index: int, text: str) -> _Hit | None:
        for last in (index + 1, index):
            if last >= len(words) or (last > index and (words[last].breaks or words[last].comma)):
                continue
            written = " ".join(word.folded for word in words[index : last + 1])
            if last > index and (len(words[index].folded) < 2 or len(words[last].folded) < 2):
                continue
            result = self._misspellings.find(written)
            if not result:
                continue
            entry, sure = result
            said = self._cues.around(words, index, last)
            alone = len(words) <= last - index + 2
            capital = words[index].capital and not text.isupper() and (index == 0 or not words[index].breaks)
            # A slip in a short name, or in one that few people write, needs a sign that a place is meant.
            plain = entry.population >= 80_000 and len(written) >= 7
            if plain or said.strong or alone or (capital and len(written) >= 7):
                return _Hit(entry, index, last, words[index].start, words[last].end, said, sure)
        return None

    def _run(self, word: Token, index: int, words: list[Token]) -> Iterable[_Hit]:
        run, position = word.folded, 0
        while position < len(run):
            step = 1
            for length in range(min(LONGEST_UNSPACED, len(run) - position), 1, -1):
                entry = self._names.unspaced.get(run[position : position + length])
                if entry:
                    start = word.offsets[position]
                    end = word.offsets[position + length - 1] + 1
                    said = self._cues.beside(run, position, position + length)
                    if position == 0 and not said.strong:
                        around = self._cues.around(words, index, index)
                        said = Said(said.kinds | around.kinds, around.strong)
                    yield _Hit(entry, index, index, start, end, said, 1.0, True)
                    step = length
                    break
            position += step

    # Judging them

    def _judge(
        self, hit: _Hit, hits: list[_Hit], words: list[Token], text: str, coded: bool, riding: bool
    ) -> Found | None:
        entry, end = hit.entry, hit.end
        alone = hit.end - hit.start >= len(text.strip(" .,!?¿¡،。！؟")) - 3
        if self._is_street(hit, words):
            return None
        place = self._nearest(entry, hits, hit)
        region, region_end = self._region_behind(hit, words)
        if region is not None and region.in_ontario:
            end = region_end
            if not place.in_ontario:
                return None
        elif region is not None:
            if place.region != region.name or place.in_ontario:
                place = self._abroad(entry, region, place)
            end = region_end
        if not self._deserves(hit, place, words, text, alone, region, coded):
            return None
        kinds = hit.said.kinds
        score = 0.8 if hit.sure == 1.0 else 0.8 * hit.sure
        if riding and "from" in kinds:
            kinds = (kinds - {"from"}) | {"in"}
        elif riding and "to" in kinds:
            kinds = (kinds - {"to"}) | {"work"}
        score += sum(_WEIGHT.get(kind, 0.0) for kind in kinds) + _KIND_WEIGHT.get(place.kind, 0.0)
        if place.in_ontario and place.kind == "neighbourhood" and entry.population > 100_000:
            score -= 0.03
        score += 0.1 if alone else 0.0
        denied = bool(kinds & {"not", "after_not"}) and "correct" not in kinds
        if denied:
            score = 0.0
        origin = bool(kinds & {"from", "past", "after_from"}) and not kinds & {"in", "now", "live", "to"}
        abroad = not place.in_ontario and place.region not in _NORTH_AMERICA
        only_origin = origin and abroad
        if region is None and origin and entry.outside and place.in_ontario and place.kind != "neighbourhood":
            # "from Delhi": the small place of Ontario is not the one they left.
            largest = max(entry.outside, key=lambda other: other.radius_km)
            only_origin = largest.radius_km >= 10 and place.radius_km <= 6
        mention = Mention(place, hit.start, end, min(0.99, max(0.0, score)))
        return Found(mention, origin, only_origin, denied)

    def _code(self, code: Mention, words: list[Token]) -> Found:
        inside = [index for index, word in enumerate(words) if code.start <= word.start < code.end]
        said = self._cues.around(words, inside[0], inside[-1]) if inside else Said(frozenset())
        score = code.score + sum(
            _WEIGHT.get(kind, 0.0) for kind in said.kinds & {"from", "past", "correct", "now"}
        )
        denied = "not" in said.kinds
        mention = replace(code, score=0.0 if denied else max(0.0, min(1.0, score)))
        return Found(mention, bool(said.kinds & {"from", "past"}), corrected_away=denied)

    def _is_street(self, hit: _Hit, words: list[Token]) -> bool:
        if hit.unspaced:
            return False
        if (
            hit.first
            and words[hit.first - 1].folded in self._cues.street_before
            and not words[hit.first].breaks
        ):
            return True
        if hit.last + 1 >= len(words) or words[hit.last + 1].comma or words[hit.last + 1].breaks:
            return False
        behind = words[hit.last + 1].folded
        if behind in self._cues.street:
            return True
        if behind in ("st", "str"):
            after = words[hit.last + 2] if hit.last + 2 < len(words) else None
            return after is None or after.breaks or after.comma or after.folded in _DIRECTIONS
        return False

    def _nearest(self, entry: Entry, hits: list[_Hit], hit: _Hit) -> Place:
        """Of several places of one name, the one near another place of the message."""
        if len(entry.places) == 1:
            return entry.places[0]
        others = [
            other.entry.places[0] for other in hits if other is not hit and len(other.entry.places) == 1
        ]
        for other in others:
            for place in entry.places:
                if distance_km(place.lat, place.lon, other.lat, other.lon) < other.radius_km + 15:
                    return place
        return entry.places[0]

    def _region_behind(self, hit: _Hit, words: list[Token]) -> tuple[Place | None, int]:
        """A province, state or country right behind the name: "London, England"."""
        for length in (3, 2, 1):
            last = hit.last + length
            if last >= len(words) or hit.unspaced:
                continue
            span = words[hit.last + 1 : last + 1]
            if any(word.breaks for word in span) or any(word.comma for word in span[1:]):
                continue
            phrase = " ".join(word.folded for word in span)
            region = self._names.regions.get(phrase)
            if region is None:
                continue
            if len(phrase) <= 3 and phrase.isascii() and not span[0].capital and phrase in _SMALL_WORDS:
                continue
            return region, words[last].end
        return None, hit.end

    def _abroad(self, entry: Entry, region: Place, place: Place) -> Place:
        for other in entry.outside:
            if other.region == region.name or distance_km(other.lat, other.lon, region.lat, region.lon) < 900:
                return replace(other, region=region.name)
        return Place(place.name, "outside", region.lat, region.lon, region.radius_km, False, region.name)

    def _deserves(
        self,
        hit: _Hit,
        place: Place,
        words: list[Token],
        text: str,
        alone: bool,
        region: Place | None,
        coded: bool,
    ) -> bool:
        care, strong = hit.entry.care, hit.said.strong
        if region is not None:
            return True
        if alone:
            return care != "never" and (care != "cue" or words[hit.first].capital or hit.unspaced)
        if place.kind == "province":
            behind = words[hit.last + 1].folded if hit.last + 1 < len(words) else ""
            return strong and behind not in _PROGRAMS
        capital = words[hit.first].capital and not text.isupper() and not _first_of_sentence(words, hit.first)
        if care == "never":
            return False
        if care == "world":
            return strong and (
                words[hit.first].capital
                or not hit.entry.places[0].name.isascii()
                or not text[hit.start].isascii()
            )
        if care == "cue":
            return strong or (coded and capital)
        if care == "capital":
            return strong or words[hit.first].capital or len(words) <= 3
        return True


_NORTH_AMERICA = frozenset(
    "Quebec|British Columbia|Alberta|Manitoba|Saskatchewan|Nova Scotia|New Brunswick|Newfoundland and Labrador|"
    "Prince Edward Island|Yukon|Northwest Territories|Nunavut".split("|")
)
_SMALL_WORDS = frozenset("on man us nl nt as sk al mass que".split())


def _first_of_sentence(words: list[Token], index: int) -> bool:
    return index == 0 or words[index].breaks


def _overlaps(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    return any(start < other_end and other_start < end for other_start, other_end in taken)
