"""Finds services by need or words and by place.

One statement fetches what could matter (a box around the point, whatever serves the area or everybody), the
rest is worked out in memory, and only the listings that are handed out are read in full.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, null, select, union_all
from sqlalchemy.orm import Session

from directory_client.among import listed
from directory_client.areas import shape_of
from directory_client.asking import wanted
from directory_client.eligibility import takes
from directory_client.geo import distance_km
from directory_client.hours import TORONTO
from directory_client.lines import HELPLINE
from directory_client.listings import Listing, Phone, listing_of
from directory_client.marked import records_of
from directory_client.matching import Point, matching
from directory_client.models import SearchSite, ServiceArea, ServiceAtLocation
from directory_client.needs import instead
from directory_client.ranking import Candidate, Order, Wish, order
from directory_client.records import known, records
from directory_client.timetables import closed_for

WHOLE_PROVINCE_KM = 100.0
"""A place larger than this is no place to measure distances from."""
LAST_RESORT = HELPLINE
OPEN_LATER = "open_later"
UNDETERMINED = "und"


@dataclass(frozen=True, slots=True)
class Query:
    """What a person looks for.

    `need` is a code of the vocabulary; `words` are free words, used alone or to prefer among those that meet
    the need. `lat` and `lon` are degrees, `place_radius_km` how large the named place
    is. `open_at` (aware) leaves out what is closed then. `language` is the person's, an ISO code. `age` (years),
    `free` and `accessible` (for a wheelchair) leave out what is known not to fit, as do `gender` and `status`
    (of residence; `directory_client.eligibility` has the words). What a record does not say excludes nobody.
    """

    need: str | None = None
    words: str | None = None
    lat: float | None = None
    lon: float | None = None
    place_radius_km: float = 0
    open_at: datetime | None = None
    language: str | None = None
    limit: int = 3
    offset: int = 0
    nearest_first: bool = False
    age: float | None = None
    free: bool = False
    accessible: bool = False
    gender: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """A page of listings.

    `total` counts all pages among what was looked at: the nearest eighty (150 where hours, age and the like leave
    some out), those that serve the area or everybody, and of a query for what is open those whose hours were read.
    `widened_to_km` is the radius that
    was searched when nothing was near, also when nothing was found there either; `nothing_local` says that no
    place to go to and no service of the area is among the results. `fallback` says why the listings are not what
    was asked for: the code of a wider need, "211-ontario" when only that line is left, "open_later" when nothing
    is open at the time asked for. The hours of the listings are told for `open_at` where the query has one, else
    for now.
    """

    listings: tuple[Listing, ...]
    total: int
    widened_to_km: float | None
    nothing_local: bool
    fallback: str | None


def search(session: Session, query: Query, *, now: datetime) -> Results:
    """Search the directory at an aware moment `now`. Reads only."""
    found = _order(session, query, now)
    if not found.placed:
        return _instead(session, query, found, now)
    return _page(session, query, found, now, query.open_at or now)


def listing(
    session: Session, id: str, *, now: datetime, lat: float | None = None, lon: float | None = None
) -> Listing | None:
    """One listing by its id; with a point also how far it is. The id of a service gives its nearest place."""
    point = (lat, lon) if lat is not None and lon is not None else None
    ids = [id]
    if not known(session, id):
        sites = select(SearchSite.id).where(SearchSite.service_id == id).order_by(SearchSite.id)
        ids = list(session.scalars(sites))
    today = now.astimezone(TORONTO).date()
    found = [listing_of(record, at=now, today=today, point=point) for record in records(session, ids)]
    return min(found, key=lambda one: one.distance_km if one.distance_km is not None else 1e9, default=None)


def _point(query: Query) -> tuple[float, float] | None:
    if query.lat is None or query.lon is None or query.place_radius_km > WHOLE_PROVINCE_KM:
        return None
    return query.lat, query.lon


def _order(session: Session, query: Query, now: datetime) -> Order:
    point, connection = _point(query), session.connection()
    language = None if query.language in ("", UNDETERMINED) else query.language
    asked = wanted(connection, query.words, query.need)
    found = matching(connection, asked, point, language, sifted=_sifts(query))
    candidates = [one for one in found if _fits(one, query)]
    if point:
        candidates = _covering(connection, candidates, point)
    names = {one.hours for one in candidates if one.hours}
    waits = closed_for(connection, names, query.open_at or now)
    if query.open_at:
        candidates = [one for one in candidates if one.hours and waits.get(one.hours) == 0]
    wish = Wish(
        today=now.astimezone(TORONTO).date(),
        point=point,
        place_radius_km=query.place_radius_km,
        need=query.need,
        told=next((need for need, _ in asked.needs), None),
        closed_for=waits,
        language=language,
        nearest_first=query.nearest_first,
        limit=query.limit,
    )
    return order(candidates, wish)


def _sifts(query: Query) -> bool:
    """Whether more is asked than to meet the need. The same for every page: they are parts of one order."""
    narrow = (query.open_at, query.age, query.gender, query.status)
    return any(one is not None for one in narrow) or query.free or query.accessible


def _fits(one: Candidate, query: Query) -> bool:
    """Whether nothing that is known speaks against it: what a record does not say excludes nobody."""
    if query.age is not None:
        if one.minimum_age is not None and query.age < one.minimum_age:
            return False
        if one.maximum_age is not None and query.age > one.maximum_age:
            return False
    if query.free and one.free is False:
        return False
    if query.accessible and one.accessible is False:
        return False
    return takes(one.audience, query.gender, query.status)


def _covering(connection: Connection, candidates: Sequence[Candidate], point: Point) -> list[Candidate]:
    """Those whose service area holds the point, or who name none."""
    bounded = {one.service_id for one in candidates if one.reach == "area" and one.area_km is None}
    extents: dict[tuple[str, str | None], list[tuple[str | None, str | None]]] = {}
    extents_of = _extents(connection.dialect.name)
    rows = connection.execute(extents_of, {"services": list(bounded)}) if bounded else ()
    for service_id, location_id, extent, name in rows:
        extents.setdefault((service_id, location_id), []).append((extent, name))

    def covers(one: Candidate) -> bool:
        if one.area_km is not None and one.area_lat is not None and one.area_lon is not None:
            return distance_km(*point, one.area_lat, one.area_lon) <= one.area_km
        own = extents.get((one.service_id, one.location_id)) or extents.get((one.service_id, None), [])
        shapes = [shape_of(*area) for area in own]
        return any(shape.contains(*point) for shape in shapes if shape)

    return [one for one in candidates if one.reach != "area" or covers(one)]


@lru_cache(maxsize=2)
def _extents(dialect: str) -> Any:
    """The shapes of services, and of services at one place."""
    area, place = ServiceArea, ServiceAtLocation
    own = select(area.service_id, null().label("location_id"), area.extent, area.name)
    own = own.where(listed(dialect, area.service_id, "services"))
    there = select(place.service_id, place.location_id, area.extent, area.name).join(
        place, place.id == area.service_at_location_id
    )
    return union_all(own, there.where(listed(dialect, place.service_id, "services")))


def _page(
    session: Session, query: Query, found: Order, now: datetime, at: datetime, fallback: str | None = None
) -> Results:
    page = found.placed[max(query.offset, 0) : max(query.offset, 0) + max(query.limit, 0)]
    scopes = {one.site.id: one.scope for one in page}
    today = now.astimezone(TORONTO).date()
    listings = tuple(
        listing_of(
            record,
            at=at,
            today=today,
            point=_point(query),
            scope=scopes[record.site.id],
        )
        for record in records_of(session, [one.site for one in page])
    )
    return Results(listings, len(found.placed), found.widened_to_km, found.nothing_local, fallback)


def _instead(session: Session, query: Query, found: Order, now: datetime) -> Results:
    """The nearest useful thing when nothing at all answers the query."""
    at = query.open_at or now
    if query.open_at:
        later = replace(query, open_at=None)
        if (anytime := _order(session, later, now)).placed:
            return _page(session, later, anytime, now, at, OPEN_LATER)
        query = later
    for need in instead(query.need) if query.need else ():
        other = replace(query, need=need, words=None, offset=0)
        if (wider := _order(session, other, now)).placed:
            return _page(session, other, wider, now, at, need)
    last = listing(session, LAST_RESORT, now=now)
    return Results((last,) if last else (), 1 if last else 0, found.widened_to_km, True, LAST_RESORT)


__all__ = ["Listing", "Phone", "Query", "Results", "listing", "search"]
