"""What the index is made of, read for some services at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from directory_client.among import among
from directory_client.hours import Timetable
from directory_client.models import (
    Accessibility,
    Address,
    Attribute,
    Language,
    Location,
    Organization,
    Phone,
    Program,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceNeed,
    TaxonomyTerm,
)
from directory_client.owned import Site
from directory_client.schedules import timetables

Owner = InstrumentedAttribute[str | None]


@dataclass(frozen=True, slots=True)
class Material:
    """Active services, and what else the index says of them by their ids or those of their places."""

    services: Sequence[Row[Any]]
    places: Mapping[str, list[Row[Any]]]
    areas: Mapping[str, list[Row[Any]]]
    spoken: Mapping[str, str]
    terms: Mapping[str, list[Row[Any]]]
    needs: Mapping[str, list[Row[Any]]]
    phones: Mapping[str, list[Row[Any]]]
    accessible: Mapping[str, list[Row[Any]]]
    hours: Mapping[str, Timetable]
    """By the ids of sites."""


def material(session: Session, ids: Sequence[str]) -> Material:
    """Reads what the index is made of for those of these services that are active."""
    connection = session.connection()
    services = connection.execute(
        _services().where(among(connection, Service.id, ids), Service.status == "active")
    ).all()
    places = _grouped(connection.execute(_places().where(among(connection, ServiceAtLocation.service_id, ids))))
    at_locations = [place.at_location_id for found in places.values() for place in found]
    locations = {place.id for found in places.values() for place in found}
    terms = (
        select(Attribute.link_id, TaxonomyTerm.name)
        .join(TaxonomyTerm, TaxonomyTerm.id == Attribute.taxonomy_term_id)
        .where(Attribute.link_entity == "service", among(connection, Attribute.link_id, ids))
    )
    needs = select(ServiceNeed.service_id, ServiceNeed.need, ServiceNeed.position, ServiceNeed.score)
    phones = select(Phone.service_id, Phone.number).where(among(connection, Phone.service_id, ids))
    access = select(Accessibility.location_id, Accessibility.description, Accessibility.details)
    sites = [
        Site(id_, row.id, place.id if place else None, row.organization_id, place.at_location_id if place else None)
        for row in services
        for id_, place in sites_of(row.id, places)
    ]
    zones = {place.id: place.timezone for found in places.values() for place in found}
    return Material(
        services=services,
        places=places,
        areas=_areas(connection, ServiceArea.service_id, ids)
        | _areas(connection, ServiceArea.service_at_location_id, at_locations),
        spoken=_languages(connection, Language.service_id, ids)
        | _languages(connection, Language.location_id, locations),
        terms=_grouped(connection.execute(terms)),
        needs=_grouped(connection.execute(needs.where(among(connection, ServiceNeed.service_id, ids)))),
        phones=_grouped(connection.execute(phones.order_by(Phone.position, Phone.id))),
        accessible=_grouped(connection.execute(access.where(among(connection, Accessibility.location_id, locations)))),
        hours=timetables(connection, sites, zones),
    )


def sites_of(service_id: str, places: Mapping[str, list[Row[Any]]]) -> list[tuple[str, Row[Any] | None]]:
    """The ids of the sites of a service, each with its place; one without a place where there is none."""
    # A location with two physical addresses stands twice among the rows.
    own = list({place.id: place for place in reversed(places.get(service_id, ()))}.values())[::-1]
    if len(own) < 2:
        return [(service_id, own[0] if own else None)]
    return [(f"{service_id}@{place.id}", place) for place in own]


def _services() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Service.__table__,
            Organization.name.label("organization_name"),
            Organization.name_fr.label("organization_name_fr"),
            Program.name.label("program_name"),
        )
        .join(Organization, Organization.id == Service.organization_id)
        .outerjoin(Program, Program.id == Service.program_id)
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
            Location.timezone,
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


def _languages(connection: Connection, owner: Owner, ids: Collection[str]) -> dict[str, str]:
    """Codes between blanks by the id of what speaks them."""
    statement = select(owner, Language.code).where(among(connection, owner, ids), Language.code.is_not(None))
    grouped = _grouped(connection.execute(statement.order_by(Language.id)))
    return {id_: " " + "".join(f"{row.code} " for row in rows) for id_, rows in grouped.items()}


def _areas(connection: Connection, owner: Owner, ids: Collection[str]) -> dict[str, list[Row[Any]]]:
    statement = select(owner, ServiceArea.name, ServiceArea.extent, ServiceArea.reach)
    return _grouped(connection.execute(statement.where(among(connection, owner, ids))))


def _grouped(rows: Iterable[Row[Any]]) -> dict[str, list[Row[Any]]]:
    grouped: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        grouped[row[0]].append(row)
    return grouped


__all__ = ["Material", "material", "sites_of"]
