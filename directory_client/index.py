"""Derives the search index from the records. Whoever writes records calls `reindex` for them afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Row, Table, delete, insert, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from directory_client.geo import Area, Box, area_of
from directory_client.models import (
    Language,
    Location,
    Organization,
    Program,
    SearchSite,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceWord,
)
from directory_client.words import fold, words

CHUNK = 500
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


def reindex(session: Session, service_ids: Iterable[str] | None = None) -> int:
    """Write the index rows of these services anew, of all when None; returns how many sites there are.

    Records must have been flushed. Services that are not active lose their rows.
    """
    if service_ids is None:
        session.execute(delete(SearchSite))
        session.execute(delete(ServiceWord))
        ids = list(session.scalars(select(Service.id)))
    else:
        ids = list(dict.fromkeys(service_ids))
    total = 0
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        if service_ids is not None:
            session.execute(delete(SearchSite).where(SearchSite.service_id.in_(chunk)))
            session.execute(delete(ServiceWord).where(ServiceWord.service_id.in_(chunk)))
        total += _index(session, chunk)
    return total


def reach_of(areas: Sequence[Row[Any]], located: bool) -> Reach:
    """What the service areas of one service come to; `located` says whether it has a place of its own.

    An area that is only named cannot be tested against a point: with a place of its own the service counts as
    local, without one it is found only by a search without a point, until an importer gives the area a shape.
    """
    kinds = {_kind(area) for area in areas}
    for wide in ("national", "province"):
        if wide in kinds:
            return Reach(wide)
    if not areas:
        return Reach("local" if located else "province")
    shapes = [area_of(area.extent) if area.extent else None for area in areas]
    known = [shape for shape in shapes if isinstance(shape, Area)]
    if len(known) < len(shapes):
        return Reach("local") if located else Reach("area")
    boxes = [shape.box for shape in known]
    return Reach(
        "area",
        Box(
            min(box.south for box in boxes),
            min(box.west for box in boxes),
            max(box.north for box in boxes),
            max(box.east for box in boxes),
        ),
    )


def _kind(area: Row[Any]) -> str:
    name = fold(area.name or "").strip()
    if area.reach:
        return str(area.reach)
    return "province" if name in _PROVINCE else "national" if name in _NATIONAL else "area"


def _index(session: Session, ids: Sequence[str]) -> int:
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
    places = _grouped(
        session.execute(
            select(
                ServiceAtLocation.service_id,
                ServiceAtLocation.id.label("at_location_id"),
                Location.id,
                Location.latitude,
                Location.longitude,
                Location.confidential,
            )
            .join(Location, Location.id == ServiceAtLocation.location_id)
            .where(ServiceAtLocation.service_id.in_(ids), Location.location_type == "physical")
            .order_by(Location.id)
        )
    )
    at_locations = [place.at_location_id for rows in places.values() for place in rows]
    areas = _areas(session, ServiceArea.service_id, ids)
    areas |= _areas(session, ServiceArea.service_at_location_id, at_locations)
    spoken = _languages(session, Language.service_id, ids)
    spoken |= _languages(session, Language.location_id, {place.id for rows in places.values() for place in rows})
    sites, word_rows = [], []
    for row in services:
        sites += list(_sites(row, places[row.id], areas, spoken))
        word_rows += _word_rows(row)
    if sites:
        session.execute(insert(cast(Table, SearchSite.__table__)), sites)
    if word_rows:
        session.execute(insert(cast(Table, ServiceWord.__table__)), word_rows)
    return len(sites)


def _languages(session: Session, owner: Owner, ids: Collection[str]) -> dict[str, str]:
    """Codes between blanks by the id of what speaks them."""
    statement = select(owner, Language.code).where(owner.in_(ids), Language.code.is_not(None))
    grouped = _grouped(session.execute(statement.order_by(Language.id)))
    return {id_: " " + "".join(f"{row.code} " for row in rows) for id_, rows in grouped.items()}


def _areas(session: Session, owner: Owner, ids: Collection[str]) -> dict[str, list[Row[Any]]]:
    statement = select(owner, ServiceArea.name, ServiceArea.extent, ServiceArea.reach)
    return _grouped(session.execute(statement.where(owner.in_(ids))))


def _sites(
    service: Row[Any], places: Sequence[Row[Any]], areas: dict[str, list[Row[Any]]], spoken: dict[str, str]
) -> Iterator[dict[str, Any]]:
    choices: list[Row[Any] | None] = [*places] or [None]
    for place in choices:
        own = areas.get(place.at_location_id) if place else None
        reach = reach_of(own or areas.get(service.id, []), located=place is not None)
        box = reach.box
        yield {
            "id": f"{service.id}@{place.id}" if place and len(places) > 1 else service.id,
            "service_id": service.id,
            "location_id": place.id if place else None,
            "organization_id": service.organization_id,
            "program_id": service.program_id,
            "folded_name": fold(service.name),
            "latitude": _coarse(place.latitude, place.confidential) if place else None,
            "longitude": _coarse(place.longitude, place.confidential) if place else None,
            "confidential": place.confidential if place else False,
            "reach": reach.kind,
            "south": box.south if box else None,
            "west": box.west if box else None,
            "north": box.north if box else None,
            "east": box.east if box else None,
            "languages": spoken.get(service.id) or (spoken.get(place.id) if place else None) or " ",
            "interpretation": bool(service.interpretation_services),
            "assured_date": service.assured_date,
            "sample": service.sample,
        }


def _coarse(degrees: float | None, confidential: bool) -> float | None:
    return round(degrees, 1) if confidential and degrees is not None else degrees


def _word_rows(service: Row[Any]) -> list[dict[str, Any]]:
    weights: dict[str, int] = defaultdict(int)
    fields = (
        (6, service.name),
        (6, service.name_fr),
        (4, service.alternate_name),
        (4, service.alternate_name_fr),
        (3, service.organization_name),
        (3, service.organization_name_fr),
        (3, service.program_name),
        (1, service.description),
        (1, service.description_fr),
    )
    for weight, text in fields:
        for word in words(text or ""):
            weights[word] = max(weights[word], weight)
    return [{"word": word, "service_id": service.id, "weight": weight} for word, weight in weights.items()]


def _grouped(rows: Iterable[Row[Any]]) -> dict[str, list[Row[Any]]]:
    grouped: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        grouped[row[0]].append(row)
    return grouped
