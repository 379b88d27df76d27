"""Distances and areas on the globe: plain geometry, good to some metres over a province."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from math import asin, cos, degrees, pi, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0
KM_PER_DEGREE = EARTH_RADIUS_KM * pi / 180

Ring = tuple[tuple[float, float], ...]
"""Corners as (longitude, latitude), the order of GeoJSON."""


@dataclass(frozen=True, slots=True)
class Box:
    """Edges in degrees."""

    south: float
    west: float
    north: float
    east: float

    def contains(self, lat: float, lon: float) -> bool:
        return self.south <= lat <= self.north and self.west <= lon <= self.east


ONTARIO = Box(41.6, -95.3, 57.0, -74.2)
"""A position outside of this box is not in the province."""


@dataclass(frozen=True, slots=True)
class Area:
    """One or more polygons, each an outer ring followed by its holes."""

    polygons: tuple[tuple[Ring, ...], ...]
    box: Box

    def contains(self, lat: float, lon: float) -> bool:
        """Whether the point lies inside one of the polygons and in none of its holes."""
        return self.box.contains(lat, lon) and any(
            _inside(outer, lat, lon) and not any(_inside(hole, lat, lon) for hole in holes)
            for outer, *holes in self.polygons
        )


def distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great-circle distance in kilometres between two points in degrees."""
    a = (
        sin(radians(other_lat - lat) / 2) ** 2
        + cos(radians(lat)) * cos(radians(other_lat)) * sin(radians(other_lon - lon) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(a)))


def box_around(lat: float, lon: float, radius_km: float) -> Box:
    """The box that holds every point within `radius_km` of a point that is not at a pole."""
    height = radius_km / KM_PER_DEGREE
    # Meridians converge: the widest spot of the circle lies a little towards the pole from its centre.
    widest = sin(radians(min(height, 90.0))) / max(cos(radians(lat)), 1e-9)
    width = degrees(asin(widest)) if widest < 1 else 180.0
    return Box(lat - height, lon - width, lat + height, lon + width)


def circle(lat: float, lon: float, radius_km: float, corners: int = 24) -> str:
    """A GeoJSON polygon that stands for a circle: the format has no circles."""
    ring = []
    for corner in range(corners + 1):
        angle = 2 * pi * (corner % corners) / corners
        north = radius_km * cos(angle) / KM_PER_DEGREE
        east = radius_km * sin(angle) / (KM_PER_DEGREE * cos(radians(lat)))
        ring.append([round(lon + east, 4), round(lat + north, 4)])
    return json.dumps({"type": "Polygon", "coordinates": [ring]}, separators=(",", ":"))


@lru_cache(maxsize=512)
def area_of(geojson: str) -> Area | None:
    """Read a GeoJSON Polygon, MultiPolygon, Feature or collection; None when it holds no usable polygon."""
    try:
        polygons = tuple(_polygons(json.loads(geojson)))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None
    corners = [corner for polygon in polygons for corner in polygon[0]]
    if not corners:
        return None
    lons, lats = [corner[0] for corner in corners], [corner[1] for corner in corners]
    return Area(polygons, Box(min(lats), min(lons), max(lats), max(lons)))


def _polygons(shape: dict[str, object]) -> list[tuple[Ring, ...]]:
    kind = shape["type"]
    if kind == "FeatureCollection" or kind == "GeometryCollection":
        members: object = shape["features" if kind == "FeatureCollection" else "geometries"]
        assert isinstance(members, list)
        return [polygon for member in members for polygon in _polygons(member)]
    if kind == "Feature":
        geometry = shape["geometry"]
        return _polygons(geometry) if isinstance(geometry, dict) else []
    coordinates: object = shape.get("coordinates")
    if not isinstance(coordinates, list) or not coordinates:
        return []
    if kind == "Polygon":
        return [_rings(coordinates)]
    if kind == "MultiPolygon":
        return [_rings(polygon) for polygon in coordinates]
    return []


def _rings(rings: list[list[list[float]]]) -> tuple[Ring, ...]:
    return tuple(tuple((float(corner[0]), float(corner[1])) for corner in ring) for ring in rings)


def _inside(ring: Ring, lat: float, lon: float) -> bool:
    """Ray casting: a line eastward from a point inside crosses the ring an odd number of times."""
    inside = False
    for (lon_a, lat_a), (lon_b, lat_b) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (lat_a > lat) != (lat_b > lat) and lon < lon_a + (lat - lat_a) * (lon_b - lon_a) / (lat_b - lat_a):
            inside = not inside
    return inside
