"""Service areas: the shape that a record gives, or what the gazetteer knows under the name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from directory_client.geo import Area, area_of, circle
from directory_client.places import Gazetteer

_FILLER = re.compile(r"\b(residents of|serves|serving|area served|the|and (surrounding )?areas?|vicinity)\b", re.I)


def shape_of(extent: str | None, name: str | None) -> Area | None:
    """The shape of an area from its GeoJSON, else a circle around the place of that name; None when unknown."""
    if extent:
        return area_of(extent)
    return named_area(name) if name else None


@dataclass(frozen=True, slots=True)
class Circle:
    """Middle in degrees and radius in kilometres."""

    lat: float
    lon: float
    radius_km: float


@lru_cache(maxsize=20_000)
def named_area(name: str) -> Area | None:
    """The circle around the place that this text names, as a shape."""
    found = named_circle(name)
    return area_of(circle(found.lat, found.lon, found.radius_km)) if found else None


@lru_cache(maxsize=20_000)
def named_circle(name: str) -> Circle | None:
    """A circle as large as the place that this text names, if it names one in Ontario and only one."""
    text = " ".join(_FILLER.sub(" ", name).split())[:200]
    gazetteer = Gazetteer.load()
    if len({mention.place.name for mention in gazetteer.mentions(text)}) > 1:
        return None  # "Ajax, Pickering and Uxbridge": a circle around one of them would leave people out
    place = gazetteer.lookup(text)
    if place is None or not place.in_ontario or place.kind == "province":
        return None
    return Circle(place.lat, place.lon, place.radius_km)
