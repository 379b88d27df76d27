"""A point that somebody shares, as a place with a name."""

from __future__ import annotations

from typing import Any

from directory_client.geo import ONTARIO, distance_km
from directory_client.places.towns import towns

_NEARBY_KM = 30.0
"""Farther away a town says nothing about where somebody is."""


def place_at(lat: float, lon: float) -> dict[str, Any] | None:
    """The place around a point in degrees, as the dialogue keeps places; None outside of Ontario.

    Returns:
        {"name", "kind", "lat", "lon", "radius_km"}; the name is that of the nearest town or neighbourhood. The
        point is rounded to about 100 m: nothing that is asked for needs to know a door.
    """
    if not ONTARIO.contains(lat, lon):
        return None
    away, name = min((distance_km(lat, lon, town.lat, town.lon), town.name) for town in towns())
    point = {"lat": round(lat, 3), "lon": round(lon, 3), "radius_km": 0.5}
    return {"name": name if away <= _NEARBY_KM else "Ontario", "kind": "point", **point}
