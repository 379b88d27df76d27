"""Finds where a person is in what they wrote."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from directory_client.places.cues import Cues
from directory_client.places.judge import Found, Judge
from directory_client.places.model import Mention, Place, distance_km
from directory_client.places.names import Names
from directory_client.places.postal import PostalCodes
from directory_client.places.text import key, tokens

LONGEST_TEXT = 4_000  # characters; what comes later in a message is not read for places
_PRECISION = {"postal_code": 4, "postal_area": 3, "neighbourhood": 2, "municipality": 1}
_LEAST_SCORE = 0.3


class Gazetteer:
    """Ontario's places in every script, postal codes, and enough of the world to tell it from Ontario."""

    def __init__(self) -> None:
        self._postal = PostalCodes()
        self._names = Names.load()
        self._judge = Judge(self._names, Cues.load())

    @classmethod
    def load(cls) -> Gazetteer:
        """The gazetteer of this process; read from the data files once."""
        return _loaded()

    def mentions(self, text: str) -> list[Mention]:
        """Every place a text names, in order; a place the person says they are not in has a score of 0."""
        return [replace(found.mention, score=max(0.0, found.mention.score)) for found in self._found(text)]

    def find(self, text: str) -> Mention | None:
        """The place where the person is now, or None.

        "From Kabul, now in Ajax" is Ajax, "not Ajax, I meant Oshawa" is Oshawa. A place abroad that the
        person only comes from is no answer.
        """
        found = [item for item in self._found(text) if item.mention.score >= _LEAST_SCORE]
        found = [item for item in found if not item.only_origin]
        if not found:
            return None
        best = max(found, key=lambda item: (round(item.mention.score, 3), -item.mention.start))
        return _most_exact(best, found).mention

    def lookup(self, name: str, *, exact: bool = False) -> Place | None:
        """The place of a name or postal code alone; a misspelling counts when nothing matches, unless `exact`."""
        codes = self._postal.mentions(name[:100])
        if codes:
            return codes[0].place
        words = tokens(name[:200])
        joined = "".join(word.folded for word in words)
        entry = self._names.spaced.get(key(name[:200])) or self._names.unspaced.get(joined)
        if entry and entry.places:
            return entry.places[0]
        if exact:
            return None
        found = self.find(name[:200])
        return found.place if found else None

    def _found(self, text: str) -> list[Found]:
        text = text[:LONGEST_TEXT]
        codes = self._postal.mentions(text)
        return self._judge.found(text, codes)


def _most_exact(best: Found, found: list[Found]) -> Found:
    """A postal code or neighbourhood within the place found says it better: "Parkdale, Toronto"."""
    place = best.mention.place
    if not place.in_ontario:
        return best
    chosen, precision = best, _PRECISION.get(place.kind, 0)
    for item in found:
        other = item.mention.place
        within = distance_km(place.lat, place.lon, other.lat, other.lon) <= place.radius_km * 2 + other.radius_km + 8
        finer = _PRECISION.get(other.kind, 0) > precision
        if other.in_ontario and finer and within and not item.origin and not item.corrected_away:
            chosen, precision = item, _PRECISION[other.kind]
    return chosen


@cache
def _loaded() -> Gazetteer:
    return Gazetteer()
