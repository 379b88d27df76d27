"""What the gazetteer speaks of: a place, and a place found in a text."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH_DIAMETER_KM = 12742.0


@dataclass(frozen=True, slots=True)
class Place:
    """A point with an honest radius.

    kind: municipality, neighbourhood, postal_area (first three characters), postal_code, county, province or
    outside (not in Ontario). lat and lon are WGS 84 degrees. radius_km says how far from the point a person
    who names this place may well be. region is the census division, or outside Ontario the province, state
    or country.
    """

    name: str
    kind: str
    lat: float
    lon: float
    radius_km: float
    in_ontario: bool = True
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a text. start and end are offsets in the text as it was written; score is 0 to 1."""

    place: Place
    start: int
    end: int
    score: float


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance between two points in degrees."""
    phi1, phi2 = radians(lat1), radians(lat2)
    half = sin((phi2 - phi1) / 2) ** 2 + cos(phi1) * cos(phi2) * sin(radians(lon2 - lon1) / 2) ** 2
    return EARTH_DIAMETER_KM * asin(sqrt(min(1.0, half)))
