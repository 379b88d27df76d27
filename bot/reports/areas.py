"""Areas of reports: Ontario's census divisions, from the name of a place that somebody gave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from bot.reports.counts import NONE
from directory_client.places import Gazetteer

AreaOf = Callable[[str | None], str]
"""The area of a place's name; NONE for no name, "elsewhere" for one that is not in a single area of Ontario."""
ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Point:
    """Where an area's dot stands on the map, in degrees."""

    lat: float
    lon: float


def areas(gazetteer: Gazetteer) -> AreaOf:
    """Looks names up in the gazetteer; each once."""

    @cache
    def area_of(name: str | None) -> str:
        if not name:
            return NONE
        found = gazetteer.lookup(name, exact=True)
        return found.region if found is not None and found.in_ontario and found.region else ELSEWHERE

    return area_of


@cache
def points() -> dict[str, Point]:
    """The areas that have a point: that of their largest municipality. Source: GeoNames, CC BY 4.0."""
    from directory_client.places.towns import towns

    gazetteer = Gazetteer.load()
    found: dict[str, Point] = {}
    for town in towns():  # the largest first
        place = None if town.part else gazetteer.lookup(town.name, exact=True)
        if place is not None and place.in_ontario and place.region:
            found.setdefault(place.region, Point(town.lat, town.lon))
    return found
