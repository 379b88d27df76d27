"""Reads whole records, with their places, numbers and hours, for a handful of search sites."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.orm import Session

from directory_client.hours import TORONTO, Timetable
from directory_client.models import (
    Accessibility,
    Address,
    CostOption,
    Language,
    Location,
    Organization,
    Phone,
    Schedule,
    SearchSite,
    Service,
    ServiceAtLocation,
    ServiceNeed,
)
from directory_client.rules import rule_of


@dataclass(frozen=True, slots=True)
class SiteKey:
    """A service and, where it has one, the place; enough to find all the rows that belong to a listing."""

    id: str
    service_id: str
    location_id: str | None
    organization_id: str
    reach: str
    at_location_id: str | None = None


@dataclass(frozen=True, slots=True)
class SitePlace:
    """Where a listing is."""

    latitude: float | None
    longitude: float | None
    confidential: bool
    street: str | None
    city: str | None
    postal_code: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """All the rows of one listing, gathered."""

    site: SiteKey
    service: Row[Any]
    organization: Row[Any]
    place: SitePlace | None
    phones: Sequence[Row[Any]]
    timetable: Timetable
    languages: tuple[str, ...]
    accessibility: tuple[str, ...]
    accessibility_fr: tuple[str, ...]
    needs: tuple[str, ...]
    prices: str | None


_SERVICES = Service.__table__
_ORGANIZATION_COLUMNS = [
    Organization.id,
    Organization.name,
    Organization.name_fr,
    Organization.website,
    Organization.website_fr,
]


def site_keys(session: Session, ids: Iterable[str]) -> list[SiteKey]:
    """The sites of these listing ids, in no order."""
    rows = session.execute(
        select(
            SearchSite.id,
            SearchSite.service_id,
            SearchSite.location_id,
            SearchSite.organization_id,
            SearchSite.reach,
            ServiceAtLocation.id,
        )
        .outerjoin(
            ServiceAtLocation,
            and_(
                ServiceAtLocation.service_id == SearchSite.service_id,
                ServiceAtLocation.location_id == SearchSite.location_id,
            ),
        )
        .where(SearchSite.id.in_(list(ids)))
    )
    return list({row[0]: SiteKey(*row) for row in rows}.values())


def records(session: Session, ids: Sequence[str]) -> list[Record]:
    """The records of these listing ids, in their order; an id that nobody knows is left out."""
    keys = {key.id: key for key in site_keys(session, ids)}
    if not keys:
        return []
    sites = [keys[id_] for id_ in ids if id_ in keys]
    services = _by_id(session.execute(select(_SERVICES).where(_SERVICES.c.id.in_(_service_ids(sites)))))
    organizations = _by_id(
        session.execute(
            select(*_ORGANIZATION_COLUMNS).where(
                Organization.id.in_({site.organization_id for site in sites})
            )
        )
    )
    places = _places(session, sites)
    phones = _phones(session, sites)
    tables = timetables(session, sites)
    languages = _languages(session, sites)
    access = _accessibility(session, sites)
    needs = _needs(session, sites)
    prices = _prices(session, sites)
    return [
        Record(
            site=site,
            service=services[site.service_id],
            organization=organizations[site.organization_id],
            place=places.get(site.location_id or ""),
            phones=phones[site.id],
            timetable=tables[site.id],
            languages=languages[site.id],
            accessibility=tuple(english for english, _ in access.get(site.location_id or "", [])),
            accessibility_fr=tuple(french for _, french in access.get(site.location_id or "", []) if french),
            needs=tuple(needs[site.service_id]),
            prices="; ".join(prices[site.service_id]) or None,
        )
        for site in sites
        if site.service_id in services and site.organization_id in organizations
    ]


def timetables(session: Session, sites: Sequence[SiteKey]) -> dict[str, Timetable]:
    """The hours of each site: those of the service at that place, else of the service, else of the place."""
    rows: dict[str, list[Row[Any]]] = defaultdict(list)
    table = Schedule.__table__
    statement = select(table).where(_belongs(table.c, sites)).order_by(table.c.id)
    for row in session.execute(statement):
        rows[row.service_at_location_id or row.service_id or row.location_id].append(row)
    zones = {
        id_: zone
        for id_, zone in session.execute(
            select(Location.id, Location.timezone).where(
                Location.id.in_(_location_ids(sites)), Location.timezone.is_not(None)
            )
        )
    }
    return {site.id: _timetable(_nearest(rows, site), zones.get(site.location_id or "")) for site in sites}


def _timetable(rows: Sequence[Row[Any]], zone: str | None) -> Timetable:
    rules = (
        rule_of(
            opens_at=row.opens_at,
            closes_at=row.closes_at,
            freq=row.freq,
            byday=row.byday,
            bymonthday=row.bymonthday,
            byweekno=row.byweekno,
            byyearday=row.byyearday,
            interval=row.interval,
            dtstart=row.dtstart,
            until=row.until,
            count=row._mapping["count"],  # `row.count` is the method of a tuple
            wkst=row.wkst,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            on_holidays=row.on_holidays,
        )
        for row in rows
    )
    return Timetable(
        rules=tuple(rule for rule in rules if rule),
        text=_text(row.description or row.notes for row in rows),
        text_fr=_text(row.description_fr for row in rows),
        zone=ZoneInfo(zone) if zone else TORONTO,
    )


def _text(texts: Iterable[str | None]) -> str | None:
    return "; ".join(dict.fromkeys(text for text in texts if text)) or None


def _nearest[T](rows: dict[str, list[T]], site: SiteKey) -> list[T]:
    """The rows of the most particular owner that has any."""
    for owner in (site.at_location_id, site.service_id, site.location_id):
        if owner and rows.get(owner):
            return rows[owner]
    return []


def _belongs(columns: Any, sites: Sequence[SiteKey]) -> Any:
    at_locations = [site.at_location_id for site in sites if site.at_location_id]
    conditions = [columns.service_id.in_(_service_ids(sites))]
    if at_locations:
        conditions.append(columns.service_at_location_id.in_(at_locations))
    if locations := _location_ids(sites):
        conditions.append(columns.location_id.in_(locations))
    return or_(*conditions)


def _places(session: Session, sites: Sequence[SiteKey]) -> dict[str, SitePlace]:
    found: dict[str, SitePlace] = {}
    if not (locations := _location_ids(sites)):
        return found
    rows = session.execute(
        select(
            Location.id,
            Location.latitude,
            Location.longitude,
            Location.confidential,
            Address.address_1,
            Address.address_2,
            Address.city,
            Address.postal_code,
        )
        .outerjoin(Address, and_(Address.location_id == Location.id, Address.address_type == "physical"))
        .where(Location.id.in_(locations))
        .order_by(Address.id)
    )
    for id_, lat, lon, confidential, line, more, city, postal_code in rows:
        street = ", ".join(part for part in (line, more) if part) or None
        found.setdefault(id_, SitePlace(lat, lon, confidential, street, city, postal_code or None))
    return found


def _phones(session: Session, sites: Sequence[SiteKey]) -> dict[str, list[Row[Any]]]:
    """Numbers of the service or of the service at that place, else of the place, else of the organization."""
    table = Phone.__table__
    organizations = {site.organization_id for site in sites}
    statement = (
        select(table)
        .where(or_(_belongs(table.c, sites), table.c.organization_id.in_(organizations)))
        .order_by(table.c.position, table.c.id)
    )
    rows: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in session.execute(statement):
        if row.contact_id is None:
            rows[
                row.service_at_location_id or row.service_id or row.location_id or row.organization_id
            ].append(row)
    return {site.id: _nearest(rows, site) or rows.get(site.organization_id, []) for site in sites}


def _languages(session: Session, sites: Sequence[SiteKey]) -> dict[str, tuple[str, ...]]:
    statement = (
        select(Language.service_id, Language.location_id, Language.code)
        .where(
            or_(Language.service_id.in_(_service_ids(sites)), Language.location_id.in_(_location_ids(sites)))
        )
        .order_by(Language.id)
    )
    rows: dict[str, list[str]] = defaultdict(list)
    for service_id, location_id, code in session.execute(statement):
        if code:
            rows[service_id or location_id or ""].append(code)
    return {site.id: tuple(dict.fromkeys(_nearest(rows, site))) for site in sites}


def _accessibility(session: Session, sites: Sequence[SiteKey]) -> dict[str, list[tuple[str, str | None]]]:
    rows: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
    if not (locations := _location_ids(sites)):
        return rows
    statement = (
        select(Accessibility.location_id, Accessibility.description, Accessibility.description_fr)
        .where(Accessibility.location_id.in_(locations))
        .order_by(Accessibility.id)
    )
    for location_id, english, french in session.execute(statement):
        if english:
            rows[location_id].append((english, french))
    return rows


def _needs(session: Session, sites: Sequence[SiteKey]) -> dict[str, list[str]]:
    rows: dict[str, list[str]] = defaultdict(list)
    statement = (
        select(ServiceNeed.service_id, ServiceNeed.need)
        .where(ServiceNeed.service_id.in_(_service_ids(sites)))
        .order_by(ServiceNeed.position, ServiceNeed.need)
    )
    for service_id, need in session.execute(statement):
        rows[service_id].append(need)
    return rows


def _prices(session: Session, sites: Sequence[SiteKey]) -> dict[str, list[str]]:
    rows: dict[str, list[str]] = defaultdict(list)
    statement = (
        select(CostOption.service_id, CostOption.amount, CostOption.amount_description, CostOption.option)
        .where(CostOption.service_id.in_(_service_ids(sites)))
        .order_by(CostOption.id)
    )
    for service_id, amount, description, option in session.execute(statement):
        parts = (f"${amount:,.2f}" if amount else None, description, option)
        if text := " ".join(part for part in parts if part):
            rows[service_id].append(text)
    return rows


def _by_id(rows: Iterable[Row[Any]]) -> dict[str, Row[Any]]:
    return {row.id: row for row in rows}


def _service_ids(sites: Sequence[SiteKey]) -> list[str]:
    return list({site.service_id for site in sites})


def _location_ids(sites: Sequence[SiteKey]) -> list[str]:
    return list({site.location_id for site in sites if site.location_id})
