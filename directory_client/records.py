"""Reads whole records, with their places, numbers and hours, for a handful of search sites.

The statements are built once and take lists of ids: building them anew costs more than running them.
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from directory_client.hours import TORONTO, Timetable, zone
from directory_client.models import (
    Accessibility,
    Address,
    CostOption,
    Location,
    Organization,
    Phone,
    Schedule,
    SearchSite,
    Service,
    ServiceAtLocation,
    ServiceNeed,
)
from directory_client.rules import Rule, rule_of

Statement = Select[*tuple[Any, ...]]

_OWNER_FIELDS = ("service_at_location_id", "service_id", "location_id")
_RULE_FIELDS = tuple(inspect.signature(rule_of).parameters)
_RULE = slice(len(_OWNER_FIELDS), len(_OWNER_FIELDS) + len(_RULE_FIELDS))
"""Where `rule_of`'s arguments stand in a row of `_schedules`."""
RULES_KEPT = 4_096
"""Rules in memory: Monday to Friday from nine to five stands in thousands of rows."""


@dataclass(frozen=True, slots=True)
class Site:
    """A service and, where it has one, the place: the ids of all owners that rows of a listing can have."""

    id: str
    service_id: str
    location_id: str | None
    organization_id: str
    at_location_id: str | None = None

    @property
    def owners(self) -> tuple[str | None, ...]:
        """The most particular first."""
        return self.at_location_id, self.service_id, self.location_id


@dataclass(frozen=True, slots=True)
class SitePlace:
    """Where a listing is."""

    latitude: float | None
    longitude: float | None
    timezone: str | None
    confidential: bool
    street: str | None
    city: str | None
    postal_code: str | None
    approximate: bool = False
    """The point is the middle of the town or of the postal area."""


@dataclass(frozen=True, slots=True)
class Record:
    """All the rows of one listing, gathered; `service` has the columns of the service and some more."""

    site: Site
    service: Row[Any]
    place: SitePlace | None
    phones: Sequence[Row[Any]]
    timetable: Timetable
    accessibility: tuple[tuple[str, str | None], ...]
    needs: tuple[str, ...]
    prices: str | None


def records(session: Session, ids: Sequence[str]) -> list[Record]:
    """The records of these listing ids, in their order; an id that nobody knows is left out."""
    if not ids:
        return []
    connection = session.connection()  # nothing is mapped to objects here, so the way past the mapper is shorter
    rows = {row.site_id: row for row in connection.execute(_services(), {"sites": list(ids)})}
    found = [rows[id_] for id_ in dict.fromkeys(ids) if id_ in rows]
    if not found:
        return []
    sites = [
        Site(row.site_id, row.id, row.site_location_id, row.organization_id, row.site_at_location_id) for row in found
    ]
    owners = _owners(sites)
    places = _places(connection, owners)
    tables = timetables(connection, sites, {id_: place.timezone for id_, place in places.items()})
    phones = _grouped(connection.execute(_phones(), owners), "organization_id")
    needs: dict[str, list[str]] = defaultdict(list)
    for service_id, need in connection.execute(_needs(), owners):
        needs[service_id].append(need)
    access: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
    if places:
        for location_id, english, french in connection.execute(_accessibility(), owners):
            access[location_id].append((english, french))
    unpriced = [row.id for row in found if row.fees_description is None]
    prices = _prices(connection, unpriced) if unpriced else {}
    return [
        Record(
            site=site,
            service=row,
            place=_place(places.get(site.location_id or ""), row),
            phones=_nearest(phones, (*site.owners, site.organization_id)),
            timetable=tables[site.id],
            accessibility=tuple(access.get(site.location_id or "", ())),
            needs=tuple(needs[site.service_id]),
            prices=prices.get(site.service_id),
        )
        for site, row in zip(sites, found, strict=True)
    ]


def timetables(connection: Connection, sites: Sequence[Site], zones: Mapping[str, str | None]) -> dict[str, Timetable]:
    """The hours of these sites by their ids: of the service there, else of the service, else of the place.

    Args:
        zones: names of the zones where the clocks of their locations hang.
    """
    rows = _grouped(connection.execute(_schedules(), _owners(sites)))
    return {site.id: _timetable(_nearest(rows, site.owners), zones.get(site.location_id or "")) for site in sites}


def known(session: Session, id_: str) -> bool:
    """Whether there is a listing of this id."""
    return session.scalar(select(SearchSite.id).where(SearchSite.id == id_)) is not None


def _timetable(rows: Sequence[Row[Any]], name: str | None) -> Timetable:
    # By place, not by name: `row.count` would be the method of a tuple.
    rules = (_rule(tuple(row[_RULE])) for row in rows)
    return Timetable(
        rules=tuple(rule for rule in rules if rule),
        text=_text(row.description or row.notes for row in rows),
        text_fr=_text(row.description_fr for row in rows),
        zone=(zone(name) if name else None) or TORONTO,
    )


@lru_cache(maxsize=RULES_KEPT)
def _rule(values: tuple[Any, ...]) -> Rule | None:
    return rule_of(**dict(zip(_RULE_FIELDS, values, strict=True)))


def _text(texts: Iterable[str | None]) -> str | None:
    return "; ".join(dict.fromkeys(text for text in texts if text)) or None


def _place(place: SitePlace | None, row: Row[Any]) -> SitePlace | None:
    """The place with the point that search goes by, where the record's own is missing or cannot be right."""
    if place is None or not row.approximate:
        return place
    return replace(place, latitude=row.site_latitude, longitude=row.site_longitude, approximate=True)


def _places(connection: Connection, owners: Mapping[str, list[str]]) -> dict[str, SitePlace]:
    found: dict[str, SitePlace] = {}
    if not owners["locations"]:
        return found
    for row in connection.execute(_locations(), owners):
        street = ", ".join(part for part in (row.address_1, row.address_2) if part) or None
        place = SitePlace(
            row.latitude,
            row.longitude,
            row.timezone,
            row.confidential,
            street,
            row.city,
            row.postal_code or None,
        )
        found.setdefault(row.id, place)
    return found


def _prices(connection: Connection, service_ids: list[str]) -> dict[str, str]:
    rows: dict[str, list[str]] = defaultdict(list)
    for service_id, amount, description, option in connection.execute(_costs(), {"services": service_ids}):
        parts = (f"${amount:,.2f}" if amount else None, description, option)
        if text := " ".join(part for part in parts if part):
            rows[service_id].append(text)
    return {service_id: "; ".join(texts) for service_id, texts in rows.items()}


def _owners(sites: Sequence[Site]) -> dict[str, list[str]]:
    return {
        "services": list({site.service_id for site in sites}),
        "locations": list({site.location_id for site in sites if site.location_id}),
        "at_locations": list({site.at_location_id for site in sites if site.at_location_id}),
        "organizations": list({site.organization_id for site in sites}),
    }


def _grouped(rows: Iterable[Row[Any]], last_owner: str | None = None) -> dict[str, list[Row[Any]]]:
    """Rows by their most particular owner."""
    grouped: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        owner = row.service_at_location_id or row.service_id or row.location_id
        grouped[owner or (getattr(row, last_owner) if last_owner else "")].append(row)
    return grouped


def _nearest(rows: Mapping[str, list[Row[Any]]], owners: Iterable[str | None]) -> list[Row[Any]]:
    """The rows of the first owner that has any."""
    return next((rows[owner] for owner in owners if owner and rows.get(owner)), [])


def _among(column: Any, name: str) -> Any:
    return column.in_(bindparam(name, expanding=True))


def _belongs(columns: Any) -> Any:
    return or_(
        _among(columns.service_id, "services"),
        _among(columns.service_at_location_id, "at_locations"),
        _among(columns.location_id, "locations"),
    )


_AT_LOCATION = and_(
    ServiceAtLocation.service_id == SearchSite.service_id,
    ServiceAtLocation.location_id == SearchSite.location_id,
)


@lru_cache(maxsize=1)
def _services() -> Statement:
    return (
        select(
            Service.__table__,
            SearchSite.id.label("site_id"),
            SearchSite.location_id.label("site_location_id"),
            ServiceAtLocation.id.label("site_at_location_id"),
            SearchSite.mark.label("site_mark"),
            SearchSite.reach,
            SearchSite.languages,
            SearchSite.latitude.label("site_latitude"),
            SearchSite.longitude.label("site_longitude"),
            SearchSite.approximate,
            Organization.name.label("organization_name"),
            Organization.name_fr.label("organization_name_fr"),
            Organization.website,
            Organization.website_fr,
        )
        .select_from(SearchSite)
        .join(Service, Service.id == SearchSite.service_id)
        .join(Organization, Organization.id == Service.organization_id)
        .outerjoin(ServiceAtLocation, _AT_LOCATION)
        .where(_among(SearchSite.id, "sites"))
    )


@lru_cache(maxsize=1)
def _locations() -> Statement:
    return (
        select(
            Location.id,
            Location.latitude,
            Location.longitude,
            Location.timezone,
            Location.confidential,
            Address.address_1,
            Address.address_2,
            Address.city,
            Address.postal_code,
        )
        .outerjoin(Address, and_(Address.location_id == Location.id, Address.address_type == "physical"))
        .where(_among(Location.id, "locations"))
        .order_by(Address.id)
    )


@lru_cache(maxsize=1)
def _phones() -> Statement:
    columns = Phone.__table__.c
    mine = or_(_belongs(columns), _among(columns.organization_id, "organizations"))
    # Not "is null": SQLite would go through the index of all the numbers that no contact has, which is nearly all.
    public = func.coalesce(columns.contact_id, "") == ""
    return select(Phone.__table__).where(mine, public).order_by(columns.position, columns.id)


@lru_cache(maxsize=1)
def _schedules() -> Statement:
    columns = Schedule.__table__.c
    wanted = [columns[name] for name in (*_OWNER_FIELDS, *_RULE_FIELDS, "description", "notes", "description_fr")]
    return select(*wanted).where(_belongs(columns)).order_by(columns.id)


@lru_cache(maxsize=1)
def _needs() -> Statement:
    return (
        select(ServiceNeed.service_id, ServiceNeed.need)
        .where(_among(ServiceNeed.service_id, "services"))
        .order_by(ServiceNeed.position, ServiceNeed.need)
    )


@lru_cache(maxsize=1)
def _accessibility() -> Statement:
    return (
        select(Accessibility.location_id, Accessibility.description, Accessibility.description_fr)
        .where(_among(Accessibility.location_id, "locations"), Accessibility.description.is_not(None))
        .order_by(Accessibility.id)
    )


@lru_cache(maxsize=1)
def _costs() -> Statement:
    return (
        select(CostOption.service_id, CostOption.amount, CostOption.amount_description, CostOption.option)
        .where(_among(CostOption.service_id, "services"))
        .order_by(CostOption.id)
    )
