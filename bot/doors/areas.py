"""Regions that a door serves: those of the directory's lines, and those that a door file draws itself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from pydantic import Field, model_validator

from bot.doors.strict import Strict
from directory_client import lines as directory_lines
from directory_client.places.model import distance_km


class Area(Strict):
    """A circle (centre [latitude, longitude] and km) or a polygon (corners [latitude, longitude])."""

    names: dict[str, str]
    centre: tuple[float, float] | None = None
    km: float | None = Field(default=None, gt=0, le=1000)
    corners: tuple[tuple[float, float], ...] = ()

    @model_validator(mode="after")
    def _drawn(self) -> Area:
        circle = self.centre is not None and self.km is not None
        if circle == bool(self.corners) or (self.corners and len(self.corners) < 3):
            raise ValueError("an area is a circle (centre and km) or a polygon (three corners or more)")
        if not {"en", "fr"} <= self.names.keys():
            raise ValueError("names needs en and fr")
        return self


def known_areas() -> frozenset[str]:
    """Ids of the directory's own areas."""
    return frozenset(directory_lines.areas())


def inside(place: Any, area: str, drawn: Mapping[str, Area]) -> bool:
    """Whether a place ({"lat", "lon", …}) lies in an area. A place without a point lies in none."""
    if not isinstance(place, Mapping) or place.get("lat") is None or place.get("lon") is None:
        return False
    lat, lon = float(place["lat"]), float(place["lon"])
    own = drawn.get(area)
    if own is not None and own.centre is not None and own.km is not None:
        return distance_km(lat, lon, *own.centre) <= own.km
    corners = own.corners if own is not None else _corners(area)
    return _within(lat, lon, corners)


@cache
def _corners(area: str) -> tuple[tuple[float, float], ...]:
    shape = directory_lines.areas().get(area)
    if shape is None:
        return ()
    return tuple((lat, lon) for lon, lat in json.loads(shape.geojson)["coordinates"][0])


def _within(lat: float, lon: float, corners: Sequence[tuple[float, float]]) -> bool:
    """Counts how often a line to the east crosses the border."""
    odd = False
    for (lat1, lon1), (lat2, lon2) in zip(corners, (*corners[1:], *corners[:1]), strict=True):
        if (lat1 > lat) != (lat2 > lat) and lon < (lon2 - lon1) * (lat - lat1) / (lat2 - lat1) + lon1:
            odd = not odd
    return odd
