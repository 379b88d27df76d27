"""Which places serve a postal code, and which of them lie near it.

Distances are measured to the points of the search index: those of confidential places are coarse there, so that
nobody can find one by asking from three sides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache, partial
from itertools import batched
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, select

from directory_client.areas import shape_of
from directory_client.geo import box_around, distance_km
from directory_client.hsds.queries import Found
from directory_client.hsds.reading import CHUNK
from directory_client.index import reach_of
from directory_client.models import SearchSite, ServiceArea, ServiceAtLocation
from directory_client.places import Gazetteer


class _Area(NamedTuple):
    name: str | None
    extent: str | None
    reach: str | None


class UnknownPostcode(ValueError):
    """Not a postal code of Ontario that is known here."""


def point_of(postcode: str) -> tuple[float, float]:
    """Latitude and longitude of the middle of a postal code, or of an area (its first three characters).

    Raises:
        UnknownPostcode: for anything else, names of towns too.
    """
    place = Gazetteer.load().lookup(postcode[:20], exact=True)
    if place is None or place.kind not in ("postal_code", "postal_area") or not place.in_ontario:
        raise UnknownPostcode(postcode)
    return place.lat, place.lon


def serving(
    connection: Connection, found: Found, point: tuple[float, float], proximity_km: float | None
) -> list[tuple[str, bool]]:
    """Of the places of services that were found, those whose area holds the point, the nearest first.

    Who names no area, or one whose outline is not known, serves everybody. With `proximity_km` only places no
    farther away than that. Gives the id and whether it is a sample.
    """
    link, site = ServiceAtLocation, SearchSite
    at = and_(site.service_id == link.service_id, site.location_id == link.location_id)
    statement = found.ids.outerjoin(site, at).add_columns(link.service_id, site.latitude, site.longitude)
    if proximity_km is not None:
        box = box_around(*point, proximity_km)
        statement = statement.where(
            site.latitude.between(box.south, box.north), site.longitude.between(box.west, box.east)
        )
    rows = connection.execute(statement.order_by(link.id)).all()
    areas = _areas(connection, rows)
    holds = cache(partial(_holds, point))  # thousands of services name the same few areas
    placed = []
    for id_, sample, service_id, lat, lon in rows:
        away = distance_km(*point, lat, lon) if lat is not None and lon is not None else None
        if proximity_km is not None and (away is None or away > proximity_km):
            continue
        own = areas.get(id_) or areas.get(f"service {service_id}")
        if not own or any(holds(*area) for area in own):
            placed.append((away if away is not None else float("inf"), id_, bool(sample)))
    return [(id_, sample) for _, id_, sample in sorted(placed)]


def _holds(point: tuple[float, float], name: str | None, extent: str | None, reach: str | None) -> bool:
    """Whether the point lies in an area; in one of which nobody knows the outline it does."""
    area: Any = _Area(name, extent, reach)  # a row as far as `reach_of` looks at it
    if reach_of([area], located=True).kind != "area":
        return True
    shape = shape_of(extent, name)
    return shape is not None and shape.contains(*point)


def _areas(connection: Connection, rows: Sequence[Any]) -> dict[str, list[_Area]]:
    """Areas by the id of the place of a service, and by "service" and its id."""
    grouped: dict[str, list[_Area]] = defaultdict(list)
    area = ServiceArea
    columns: tuple[Any, ...] = (area.name, area.extent, area.reach)
    for chunk in batched({row[0] for row in rows}, CHUNK):
        own: Any = select(area.service_at_location_id, *columns).where(area.service_at_location_id.in_(chunk))
        for one in connection.execute(own):
            grouped[one[0]].append(_Area(*one[1:]))
    for chunk in batched({row[2] for row in rows}, CHUNK):
        theirs: Any = select(area.service_id, *columns).where(
            area.service_id.in_(chunk), area.service_at_location_id.is_(None)
        )
        for one in connection.execute(theirs):
            grouped[f"service {one[0]}"].append(_Area(*one[1:]))
    return grouped
