"""Which of the names in a text are places the person speaks of, and how likely each is where they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from directory_client.places.cues import Cues, Said
from directory_client.places.model import Mention, Place, distance_km
from directory_client.places.names import CANADA, Entry, Names
from directory_client.places.scan import Hit, Scanner
from directory_client.places.text import Token, tokens

_WEIGHT = {
    "in": 0.08,
    "live": 0.12,
    "now": 0.15,
    "to": 0.08,
    "correct": 0.3,
    "from": -0.25,
    "past": -0.4,
    "work": -0.1,
    "other": -0.2,
    "after_in": 0.1,
    "after_from": -0.25,
}
_KIND_WEIGHT = {"county": -0.08, "province": -0.4, "outside": -0.1, "neighbourhood": 0.03}
# "Ontario Works" and the like are programs, not an answer to "where are you".
_PROGRAMS = frozenset(
    "works disability student health housing autism trillium energy place legal drug child lake".split()  # noqa: SIM905
)
_DIRECTIONS = frozenset("w e n s west east north south and at in near apt unit".split())  # noqa: SIM905
_SMALL_WORDS = frozenset("on man us nl nt as sk al mass que".split())  # noqa: SIM905
_MOST_MENTIONS = 40


@dataclass(frozen=True, slots=True)
class Found:
    """A mention and what the words around it say."""

    mention: Mention
    origin: bool = False
    only_origin: bool = False  # a place abroad that the person comes from
    corrected_away: bool = False


class Judge:
    def __init__(self, names: Names, cues: Cues) -> None:
        self._names = names
        self._cues = cues
        self._scanner = Scanner(names, cues)

    def found(self, text: str, codes: Iterable[Mention]) -> list[Found]:
        """The places of a text in order. codes are the postal codes already found in it."""
        words = tokens(text)
        found = [self._code(code, words) for code in codes]
        taken = [(item.mention.start, item.mention.end) for item in found]
        hits = [hit for hit in self._scanner.hits(text, words) if not _overlaps(hit.start, hit.end, taken)]
        riding = any(self._cues.is_ride(word.folded) for word in words)
        for hit in hits[:_MOST_MENTIONS]:
            if any(item.mention.start <= hit.start < item.mention.end for item in found):
                continue  # the country behind the name before
            item = self._judge(hit, hits, words, text, bool(found), riding)
            if item:
                found.append(item)
        return sorted(found, key=lambda item: item.mention.start)

    def _judge(
        self, hit: Hit, hits: list[Hit], words: list[Token], text: str, coded: bool, riding: bool
    ) -> Found | None:
        entry, end = hit.entry, hit.end
        alone = hit.end - hit.start >= len(text.strip(" .,!?¿¡،。！؟")) - 3
        if self._is_street(hit, words) or (hit.unspaced and self._cues.is_named_beside(text, hit.start)):
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
        abroad = not place.in_ontario and place.region not in CANADA
        # "vuelo de Bogotá", "born in Quebec", "fled from Khartoum" tell of another place or time.
        fled = abroad and any(self._cues.is_past(word.folded) for word in words[: hit.first])
        past = (fled or "past" in kinds) and not kinds & {"live", "now"}
        only_origin = not place.in_ontario and (past or (origin and abroad) or (abroad and kinds == {"of"}))
        if region is None and origin and entry.outside and place.in_ontario and place.kind != "neighbourhood":
            # "from Delhi": the small place of Ontario is not the one they left.
            largest = max(entry.outside, key=lambda other: other.radius_km)
            only_origin = largest.radius_km >= 10 and place.radius_km <= 6
        mention = Mention(place, hit.start, end, min(0.99, max(0.0, score)))
        return Found(mention, origin, only_origin, denied)

    def _code(self, code: Mention, words: list[Token]) -> Found:
        inside = [index for index, word in enumerate(words) if code.start <= word.start < code.end]
        said = self._cues.around(words, inside[0], inside[-1]) if inside else Said(frozenset())
        score = code.score + sum(_WEIGHT.get(kind, 0.0) for kind in said.kinds & {"from", "past", "correct", "now"})
        denied = "not" in said.kinds
        mention = replace(code, score=0.0 if denied else max(0.0, min(1.0, score)))
        return Found(mention, bool(said.kinds & {"from", "past"}), corrected_away=denied)

    def _is_street(self, hit: Hit, words: list[Token]) -> bool:
        if hit.unspaced:
            return False
        if self._cues.is_named(words, hit.first) or self._cues.is_dish(words, hit.last):
            return True
        if hit.first and words[hit.first - 1].folded in self._cues.street_before and not words[hit.first].breaks:
            called = words[hit.first - 1].folded in ("called", "named", "is")
            return not (called and self._cues.speaks_of_a_town(words, hit.first))
        if hit.last + 1 >= len(words) or words[hit.last + 1].comma or words[hit.last + 1].breaks:
            return False
        behind = words[hit.last + 1].folded
        if behind in self._cues.street:
            return True
        if behind in ("st", "str"):
            after = words[hit.last + 2] if hit.last + 2 < len(words) else None
            return after is None or after.breaks or after.comma or after.folded in _DIRECTIONS
        return False

    def _nearest(self, entry: Entry, hits: list[Hit], hit: Hit) -> Place:
        """Of several places of one name, the one near another place of the message."""
        if len(entry.places) == 1:
            return entry.places[0]
        others = [other.entry.places[0] for other in hits if other is not hit and len(other.entry.places) == 1]
        for other in others:
            for place in entry.places:
                if distance_km(place.lat, place.lon, other.lat, other.lon) < other.radius_km + 15:
                    return place
        return entry.places[0]

    def _region_behind(self, hit: Hit, words: list[Token]) -> tuple[Place | None, int]:
        """A province, state or country right behind the name: "London, England"."""
        behind = words[hit.last + 1] if hit.last + 1 < len(words) else None
        if hit.unspaced and behind is not None and behind.folded.startswith("온타리오"):
            return self._names.regions["ontario"], behind.end  # with its particle
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
        hit: Hit,
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
                words[hit.first].capital or not hit.entry.places[0].name.isascii() or not text[hit.start].isascii()
            )
        if care == "cue":
            return strong or (coded and capital)
        if care == "capital":
            return strong or words[hit.first].capital or len(words) <= 3
        return True


def _first_of_sentence(words: list[Token], index: int) -> bool:
    return index == 0 or words[index].breaks


def _overlaps(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    return any(start < other_end and other_start < end for other_start, other_end in taken)
