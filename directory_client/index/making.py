"""The rows of the index, made of the records. Pure functions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Row

from directory_client.areas import Circle, named_circle, shape_of
from directory_client.eligibility import audience
from directory_client.geo import Area, Box
from directory_client.index.reading import Material, sites_of
from directory_client.phones import dialled
from directory_client.placing import Placing
from directory_client.stems import stemmed
from directory_client.streets import street
from directory_client.timetables import Kept, kept
from directory_client.words import fold

_PROVINCE = {
    "ontario",
    "province of ontario",
    "province-wide",
    "provincewide",
    "all of ontario",
    "tout l'ontario",
}
_AS_SITE = ("mark", "latitude", "longitude", "south", "west", "north", "east")
"""What the row of a need repeats of its site."""
_LONGEST_LANGUAGES = 500
"""Letters of the codes that such a row repeats: an index of PostgreSQL takes no row of 2,704 bytes."""
_NATIONAL = {"canada", "canada-wide", "canadawide", "national", "all of canada", "tout le canada"}


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a service takes: "local" when it does not say, "area" with its box, "province" or "national"."""

    kind: str
    box: Box | None = None
    circle: Circle | None = None
    """Set when the one area is the place of a name."""


@dataclass(frozen=True, slots=True)
class Entries:
    """Rows for the tables of the index.

    `number` counts the services and `mark` the sites from 0: where they begin, whoever writes them knows.
    """

    texts: list[dict[str, Any]]
    sites: list[dict[str, Any]]
    needs: list[dict[str, Any]]
    hours: set[Kept]


def entries(material: Material) -> Entries:
    """What the index says of some services."""
    made = Entries([], [], [], set())
    for number, service in enumerate(material.services):
        first = len(made.sites)
        own = [
            site | {"number": number, "mark": mark}
            for mark, site in enumerate(_sites(service, material, _placing()), first)
        ]
        made.texts.append(_text(service, material) | _edges(own) | {"number": number})
        made.sites.extend(own)
        made.needs.extend(need for site in own for need in _needs(site, material.needs.get(service.id, ())))
    rows = {id_: row for id_, table in material.hours.items() if (row := kept(table))}
    for site in made.sites:
        site["hours"] = rows[site["id"]].name if site["id"] in rows else None
    made.hours.update(rows.values())
    return made


@lru_cache(maxsize=1)
def _placing() -> Placing:
    """Of one process: towns and postal areas are looked up once."""
    return Placing()


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


def _needs(site: Mapping[str, Any], needs: Iterable[Row[Any]]) -> Iterator[dict[str, Any]]:
    wide = {"local": 0, "area": 1}.get(site["reach"], 2)
    codes = " ".join(dict.fromkeys(site["languages"].split()))
    languages = f" {codes} "[:_LONGEST_LANGUAGES].rpartition(" ")[0] + " "
    for row in needs:
        yield {
            "need": row.need,
            "site_id": site["id"],
            "position": row.position,
            "score": row.score,
            "wide": wide,
            "languages": languages,
            **{name: site[name] for name in _AS_SITE},
        }


def _sites(service: Row[Any], rows: Material, placing: Placing) -> Iterator[dict[str, Any]]:
    phone = next((dialled(row.number) for row in rows.phones.get(service.id, ())), None)
    for id_, place in sites_of(service.id, rows.places):
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
            "id": id_,
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


def _text(service: Row[Any], rows: Material) -> dict[str, Any]:
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


__all__ = ["Entries", "Reach", "entries", "reach_of"]
