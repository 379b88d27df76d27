"""Derives the search index from the records. Whoever writes records calls `reindex` for them afterwards."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Row, Select, Table, and_, delete, func, insert, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from directory_client import bulk
from directory_client.areas import Circle, named_circle, shape_of
from directory_client.eligibility import audience
from directory_client.fulltext import count_words
from directory_client.geo import Area, Box
from directory_client.models import (
    Accessibility,
    Address,
    Attribute,
    Language,
    Location,
    Organization,
    Phone,
    Program,
    SearchEdition,
    SearchNeed,
    SearchSite,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceNeed,
    ServiceText,
    TaxonomyTerm,
)
from directory_client.phones import dialled
from directory_client.placing import Placing
from directory_client.stems import stemmed
from directory_client.streets import street
from directory_client.words import fold

CHUNK = 500
EDITION = "3"
"""To be raised when the index is made differently."""
_PROVINCE = {
    "ontario",
    "province of ontario",
    "province-wide",
    "provincewide",
    "all of ontario",
    "tout l'ontario",
}
_NATIONAL = {"canada", "canada-wide", "canadawide", "national", "all of canada", "tout le canada"}

Owner = InstrumentedAttribute[str | None]


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a service takes: "local" when it does not say, "area" with its box, "province" or "national"."""

    kind: str
    box: Box | None = None
    circle: Circle | None = None
    """Set when the one area is the place of a name."""


def reindex(
    session: Session, service_ids: Iterable[str] | None = None, step: Callable[[int], None] = lambda done: None
) -> int:
    """Write the index rows of these services anew, of all when None; returns how many sites there are.

    Records must have been flushed. `step` is told how many services are done. Services that are not active
    lose their rows.
    """
    fresh = session.scalar(select(SearchSite.id).limit(1)) is None
    if service_ids is None:
        session.execute(delete(SearchNeed))
        session.execute(delete(SearchSite))
        session.execute(delete(ServiceText))
        ids = list(session.scalars(select(Service.id)))
    else:
        ids = list(dict.fromkeys(service_ids))
    total = 0
    placing = Placing()
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        if service_ids is not None:
            mine = select(SearchSite.id).where(SearchSite.service_id.in_(chunk))
            session.execute(delete(SearchNeed).where(SearchNeed.site_id.in_(mine.scalar_subquery())))
            session.execute(delete(SearchSite).where(SearchSite.service_id.in_(chunk)))
            session.execute(delete(ServiceText).where(ServiceText.service_id.in_(chunk)))
        total += _index(session, chunk, placing)
        step(start + len(chunk))
    count_words(session.connection())
    if fresh or service_ids is None:
        stamp(session)
    return total


def outdated(session: Session) -> bool:
    """Whether an earlier version of the product made the index: an upgraded installation makes its own anew."""
    made = list(session.scalars(select(SearchEdition.edition)))
    return made != [EDITION] and session.scalar(select(SearchSite.id).limit(1)) is not None


def stamp(session: Session) -> None:
    """Says that every row of the index was made by this version."""
    session.execute(delete(SearchEdition))
    session.execute(insert(SearchEdition), [{"edition": EDITION}])


def reach_of(areas: Sequence[Row[Any]], located: bool) -> Reach:
    """What the service areas of one service come to; `located` says whether it has a place of its own.

    An area whose name the gazetteer does not know cannot be tested against a point: with a place of its own the
    service counts as local, without one it is found only by a search without a point.
    """
    kinds = {_kind(area) for area in areas}
    for wide in ("national", "province"):
        if wide in kinds:
            return Reach(wide)
    if not areas:
        return Reach("local" if located else "province")
    shapes = [shape_of(area.extent, area.name) for area in areas]
    known = [shape for shape in shapes if isinstance(shape, Area)]
    if len(known) < len(shapes):
        return Reach("local") if located else Reach("area")
    boxes = [shape.box for shape in known]
    around = Box(
        min(box.south for box in boxes),
        min(box.west for box in boxes),
        max(box.north for box in boxes),
        max(box.east for box in boxes),
    )
    named = len(areas) == 1 and areas[0].name and not areas[0].extent
    return Reach("area", around, named_circle(areas[0].name) if named else None)


def _kind(area: Row[Any]) -> str:
    name = fold(area.name or "").strip()
    if area.reach:
        return str(area.reach)
    return "province" if name in _PROVINCE else "national" if name in _NATIONAL else "area"


def _index(session: Session, ids: Sequence[str], placing: Placing) -> int:
    services = session.execute(
        select(
            Service.__table__,
            Organization.name.label("organization_name"),
            Organization.name_fr.label("organization_name_fr"),
            Program.name.label("program_name"),
        )
        .join(Organization, Organization.id == Service.organization_id)
        .outerjoin(Program, Program.id == Service.program_id)
        .where(Service.id.in_(ids), Service.status == "active")
    ).all()
    rows = Rows.read(session, ids)
    if not services:
        return 0
    first = (session.scalar(select(func.max(ServiceText.number))) or 0) + 1
    texts: list[dict[str, Any]] = []
    sites: list[dict[str, Any]] = []
    for number, row in enumerate(services, first):
        own = [site | {"number": number} for site in _sites(row, rows, placing)]
        texts.append(_text(row, rows) | _edges(own) | {"number": number})
        sites += own
    needs = [need for site in sites for need in _needs(site, rows.needs.get(site["service_id"], ()))]
    connection = session.connection()
    bulk.add(connection, cast(Table, ServiceText.__table__), texts)
    bulk.add(connection, cast(Table, SearchSite.__table__), sites)
    bulk.add(connection, cast(Table, SearchNeed.__table__), needs)
    return len(sites)


def _needs(site: Mapping[str, Any], needs: Iterable[Row[Any]]) -> Iterator[dict[str, Any]]:
    wide = {"local": 0, "area": 1}.get(site["reach"], 2)
    for row in needs:
        yield {
            "need": row.need,
            "site_id": site["id"],
            "position": row.position,
            "score": row.score,
            "wide": wide,
            **{name: site[name] for name in ("latitude", "longitude", "south", "west", "north", "east")},
        }


@dataclass(frozen=True, slots=True)
class Rows:
    """What else is needed of some services, by their ids or those of their places."""

    places: Mapping[str, list[Row[Any]]]
    areas: Mapping[str, list[Row[Any]]]
    spoken: Mapping[str, str]
    terms: Mapping[str, list[Row[Any]]]
    needs: Mapping[str, list[Row[Any]]]
    phones: Mapping[str, list[Row[Any]]]
    accessible: Mapping[str, list[Row[Any]]]

    @classmethod
    def read(cls, session: Session, ids: Sequence[str]) -> Rows:
        places = _grouped(session.execute(_places().where(ServiceAtLocation.service_id.in_(ids))))
        at_locations = [place.at_location_id for found in places.values() for place in found]
        locations = {place.id for found in places.values() for place in found}
        terms = (
            select(Attribute.link_id, TaxonomyTerm.name)
            .join(TaxonomyTerm, TaxonomyTerm.id == Attribute.taxonomy_term_id)
            .where(Attribute.link_entity == "service", Attribute.link_id.in_(ids))
        )
        needs = select(ServiceNeed.service_id, ServiceNeed.need, ServiceNeed.position, ServiceNeed.score)
        phones = select(Phone.service_id, Phone.number).where(Phone.service_id.in_(ids))
        access = select(Accessibility.location_id, Accessibility.description, Accessibility.details)
        return cls(
            places=places,
            areas=_areas(session, ServiceArea.service_id, ids)
            | _areas(session, ServiceArea.service_at_location_id, at_locations),
            spoken=_languages(session, Language.service_id, ids) | _languages(session, Language.location_id, locations),
            terms=_grouped(session.execute(terms)),
            needs=_grouped(session.execute(needs.where(ServiceNeed.service_id.in_(ids)))),
            phones=_grouped(session.execute(phones.order_by(Phone.position, Phone.id))),
            accessible=_grouped(session.execute(access.where(Accessibility.location_id.in_(locations)))),
        )


def _places() -> Select[*tuple[Any, ...]]:
    return (
        select(
            ServiceAtLocation.service_id,
            ServiceAtLocation.id.label("at_location_id"),
            Location.id,
            Location.latitude,
            Location.longitude,
            Location.confidential,
            Address.address_1,
            Address.city,
            Address.postal_code,
            Address.state_province,
        )
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .outerjoin(Address, and_(Address.location_id == Location.id, Address.address_type == "physical"))
        .where(Location.location_type == "physical")
        .order_by(Location.id, Address.id)
    )


def _languages(session: Session, owner: Owner, ids: Collection[str]) -> dict[str, str]:
    """Codes between blanks by the id of what speaks them."""
    statement = select(owner, Language.code).where(owner.in_(ids), Language.code.is_not(None))
    grouped = _grouped(session.execute(statement.order_by(Language.id)))
    return {id_: " " + "".join(f"{row.code} " for row in rows) for id_, rows in grouped.items()}


def _areas(session: Session, owner: Owner, ids: Collection[str]) -> dict[str, list[Row[Any]]]:
    statement = select(owner, ServiceArea.name, ServiceArea.extent, ServiceArea.reach)
    return _grouped(session.execute(statement.where(owner.in_(ids))))


def _sites(service: Row[Any], rows: Rows, placing: Placing) -> Iterator[dict[str, Any]]:
    # A location with two physical addresses stands twice among the rows.
    places = list({place.id: place for place in reversed(rows.places.get(service.id, ()))}.values())[::-1]
    choices: list[Row[Any] | None] = [*places] or [None]
    phone = next((dialled(row.number) for row in rows.phones.get(service.id, ())), None)
    for place in choices:
        own = rows.areas.get(place.at_location_id) if place else None
        reach = reach_of(own or rows.areas.get(service.id, []), located=place is not None)
        box = reach.box
        spot = (
            placing.spot(place.latitude, place.longitude, place.city, place.postal_code, place.state_province)
            if place
            else None
        )
        hidden = bool(place and place.confidential)
        yield {
            "id": f"{service.id}@{place.id}" if place and len(places) > 1 else service.id,
            "service_id": service.id,
            "location_id": place.id if place else None,
            "organization_id": service.organization_id,
            "program_id": service.program_id,
            "folded_name": fold(service.name),
            "latitude": _coarse(spot.lat, hidden) if spot else None,
            "longitude": _coarse(spot.lon, hidden) if spot else None,
            "approximate": bool(spot and spot.approximate),
            "confidential": hidden,
            "reach": reach.kind,
            "south": box.south if box else None,
            "west": box.west if box else None,
            "north": box.north if box else None,
            "east": box.east if box else None,
            "area_lat": reach.circle.lat if reach.circle else None,
            "area_lon": reach.circle.lon if reach.circle else None,
            "area_km": reach.circle.radius_km if reach.circle else None,
            "languages": rows.spoken.get(service.id) or (rows.spoken.get(place.id) if place else None) or " ",
            "interpretation": bool(service.interpretation_services),
            "assured_date": service.assured_date,
            "sample": service.sample,
            "free": service.free,
            "minimum_age": service.minimum_age,
            "maximum_age": service.maximum_age,
            "accessible": _accessible(rows.accessible.get(place.id, ())) if place else None,
            "audience": audience(service.eligibility_description, service.eligibility_description_fr),
            "street": _street(place) if place and spot and not hidden and not spot.approximate else None,
            "twin": _twin(phone, place) if place and not hidden else None,
        }


def _edges(sites: Sequence[Mapping[str, Any]]) -> dict[str, float | None]:
    """The box around all places and areas of one service; without edges when anybody may use it."""
    wide = any(site["reach"] in ("province", "national") for site in sites)
    found: dict[str, float | None] = {}
    for edge, degree, outermost in (
        ("south", "latitude", min), ("west", "longitude", min), ("north", "latitude", max), ("east", "longitude", max),
    ):  # fmt: skip
        there = [site[name] for site in sites for name in (edge, degree) if site[name] is not None]
        found[edge] = outermost(there) if there and not wide else None
    return found


def _coarse(degrees: float | None, confidential: bool) -> float | None:
    return round(degrees, 1) if confidential and degrees is not None else degrees


def _accessible(rows: Sequence[Row[Any]]) -> bool | None:
    """Whether a wheelchair gets in, as far as the words say: "not accessible" must not count as a yes."""
    said = fold(" ".join(f"{row.description or ''} {row.details or ''}" for row in rows))
    if not said.strip():
        return None
    return not any(no in said for no in ("not access", "no access", "inaccessible", "non accessible", "not wheelchair"))


def _street(place: Row[Any]) -> str | None:
    on = street(place.address_1 or "")
    return on.key if on else None


def _twin(phone: str | None, place: Row[Any]) -> str | None:
    """One door: the same number to call and the same street address. None when either is missing."""
    line = "".join(letter for letter in fold(place.address_1 or "") if letter.isalnum())
    if not phone or not line:
        return None
    return hashlib.blake2b(f"{phone}|{line}|{fold(place.city or '')}".encode(), digest_size=16).hexdigest()


def _text(service: Row[Any], rows: Rows) -> dict[str, Any]:
    own = rows.terms.get(service.id, ())
    needs = [need for row in rows.needs.get(service.id, ()) for need in row.need.replace("_", ".").split(".")]
    return {
        "service_id": service.id,
        "names": _joined(
            (service.name, "en"), (service.alternate_name, "en"), (service.name_fr, "fr"),
            (service.alternate_name_fr, "fr"),
        ),
        "terms": _joined(
            (service.organization_name, "en"), (service.organization_name_fr, "fr"), (service.program_name, "en"),
            *((row.name, "en") for row in own), (" ".join(needs), "en"),
        ),
        "description": _joined(
            (service.description, "en"), (service.eligibility_description, "en"), (service.description_fr, "fr"),
            (service.eligibility_description_fr, "fr"),
        ),
    }  # fmt: skip


def _joined(*texts: tuple[str | None, str]) -> str:
    return " ".join(word for text, language in texts for word in stemmed(text, language))


def _grouped(rows: Iterable[Row[Any]]) -> dict[str, list[Row[Any]]]:
    grouped: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        grouped[row[0]].append(row)
    return grouped
