"""Reads the records to check, some hundreds at a time and in the order of their ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from directory_client.checks.facts import (
    Facts,
    Hours,
    Number,
    OrganizationFacts,
    PlaceFacts,
    Region,
    ServiceFacts,
    TermFacts,
)
from directory_client.models import (
    Address,
    Attribute,
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceNeed,
    TaxonomyTerm,
)

CHUNK = 500
HIDDEN_NAME = "(confidential place)"
_ACTIVE = Service.status == "active"


def facts(connection: Connection, sources: Collection[str] | None = None) -> Iterator[Facts]:
    """Every record that a person may meet: active services, and what belongs to them.

    `sources`: only of these; terms have none and come only with all.
    """
    yield from _services(connection, sources)
    yield from _organizations(connection, sources)
    yield from _places(connection, sources)
    yield from _numbers(connection, sources)
    if sources is None:
        yield from _terms(connection)


def _chunks(connection: Connection, statement: Select[*tuple[Any, ...]], key: Any) -> Iterator[Sequence[Row[Any]]]:
    last = ""
    while rows := connection.execute(statement.where(key > last).order_by(key).limit(CHUNK)).all():
        yield rows
        last = rows[-1].id


def _services(connection: Connection, sources: Collection[str] | None) -> Iterator[ServiceFacts]:
    statement = (
        select(Service.__table__, Organization.website, Organization.website_fr)
        .join(Organization, Organization.id == Service.organization_id)
        .where(_ACTIVE, *_of(Service.source, sources))
    )
    for rows in _chunks(connection, statement, Service.id):
        yield from _with_details(connection, rows)


def _with_details(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[ServiceFacts]:
    ids = [row.id for row in rows]
    given = (
        select(ServiceAtLocation.service_id, ServiceAtLocation.id, ServiceAtLocation.location_id)
        .where(ServiceAtLocation.service_id.in_(ids))
        .order_by(ServiceAtLocation.id)
    )
    sites = _grouped(connection.execute(given))
    at = {site.id for found in sites.values() for site in found}
    places = {site.location_id for found in sites.values() for site in found}
    street = and_(Address.location_id.in_(places), or_(Address.address_1 != "", Address.city != ""))
    addressed = set(connection.scalars(select(Address.location_id).where(street)))
    types = [
        _typed(connection, Phone.service_id, ids),
        _typed(connection, Phone.service_at_location_id, at),
        _typed(connection, Phone.location_id, places),
        _typed(connection, Phone.organization_id, {row.organization_id for row in rows}),
    ]
    hours = [
        _grouped(connection.execute(_schedules(owner, wanted)))
        for owner, wanted in (
            (Schedule.service_id, ids), (Schedule.service_at_location_id, at), (Schedule.location_id, places),
        )
    ]  # fmt: skip
    named = select(ServiceArea.service_id, ServiceArea.name, ServiceArea.extent, ServiceArea.reach)
    areas = _grouped(connection.execute(named.where(ServiceArea.service_id.in_(ids))))
    counted = select(ServiceNeed.service_id, func.count()).where(ServiceNeed.service_id.in_(ids))
    needs = {row[0]: row[1] for row in connection.execute(counted.group_by(ServiceNeed.service_id))}
    for row in rows:
        mine = sites.get(row.id, ())
        owners = (
            (row.id,), tuple(site.id for site in mine), tuple(site.location_id for site in mine), (row.organization_id,)
        )  # fmt: skip
        yield ServiceFacts(
            id=row.id,
            name=row.name,
            source=row.source or "",
            name_fr=row.name_fr,
            description=row.description,
            description_fr=row.description_fr,
            alternate_name=row.alternate_name,
            eligibility=row.eligibility_description,
            eligibility_fr=row.eligibility_description_fr,
            application=row.application_process,
            email=row.email,
            url=row.url,
            url_fr=row.url_fr,
            website=row.website or row.website_fr,
            assured_date=row.assured_date,
            phones=_nearest(types, owners),
            has_address=any(site.location_id in addressed for site in mine),
            hours=tuple(
                Hours(one.opens_at, one.closes_at, one.description or one.notes or one.description_fr)
                for group, own in zip(hours, owners, strict=False)
                for owner in own
                for one in group.get(owner, ())
            ),
            areas=tuple(Region(area.name, area.extent, area.reach) for area in areas.get(row.id, ())),
            needs=needs.get(row.id, 0),
        )


def _nearest(
    groups: Iterable[dict[str, list[str | None]]], owners: Iterable[tuple[str, ...]]
) -> tuple[str | None, ...]:
    """The types of the numbers of the first kind of owner that has any, as a listing shows them."""
    for group, own in zip(groups, owners, strict=True):
        if found := tuple(type_ for owner in own for type_ in group.get(owner, ())):
            return found
    return ()


def _typed(connection: Connection, owner: Any, ids: Collection[str]) -> dict[str, list[str | None]]:
    found: dict[str, list[str | None]] = defaultdict(list)
    statement = select(owner, Phone.type).where(owner.in_(ids), Phone.contact_id.is_(None))
    for id_, type_ in connection.execute(statement.order_by(Phone.id)):
        found[id_].append(type_)
    return found


def _schedules(owner: Any, ids: Collection[str]) -> Select[Any]:
    columns = (Schedule.opens_at, Schedule.closes_at, Schedule.description, Schedule.notes, Schedule.description_fr)
    return select(owner, *columns).where(owner.in_(ids)).order_by(Schedule.id)


def _organizations(connection: Connection, sources: Collection[str] | None) -> Iterator[OrganizationFacts]:
    used = select(Service.id).where(Service.organization_id == Organization.id, _ACTIVE).exists()
    statement = select(Organization.__table__).where(used, *_of(Organization.source, sources))
    for rows in _chunks(connection, statement, Organization.id):
        for row in rows:
            yield OrganizationFacts(
                id=row.id,
                name=row.name,
                source=row.source or "",
                name_fr=row.name_fr,
                description=row.description,
                email=row.email,
                website=row.website,
                website_fr=row.website_fr,
            )


def _places(connection: Connection, sources: Collection[str] | None) -> Iterator[PlaceFacts]:
    given = select(ServiceAtLocation.location_id).join(Service, Service.id == ServiceAtLocation.service_id)
    mine = (ServiceAtLocation.location_id == Location.id, _ACTIVE)
    source = select(func.min(Service.source)).join(ServiceAtLocation, ServiceAtLocation.service_id == Service.id)
    statement = select(Location.__table__, source.where(*mine).scalar_subquery().label("source")).where(
        Location.location_type == "physical", given.where(*mine, *_of(Service.source, sources)).exists()
    )
    for rows in _chunks(connection, statement, Location.id):
        ids = [row.id for row in rows]
        physical = select(Address.__table__).where(Address.location_id.in_(ids), Address.address_type == "physical")
        addresses = {row.location_id: row for row in connection.execute(physical.order_by(Address.id.desc()))}
        told = _told(connection, [row.id for row in rows if row.confidential])
        for row in rows:
            address = addresses.get(row.id)
            own = {name: getattr(row, name) for name in ("name", "name_fr", "alternate_name", "description",
                                                         "transportation")}  # fmt: skip
            yield PlaceFacts(
                id=row.id,
                name=HIDDEN_NAME if row.confidential else row.name or (address.city if address else ""),
                source=row.source or "",
                latitude=row.latitude,
                longitude=row.longitude,
                street=address.address_1 if address else None,
                city=address.city if address else None,
                postal_code=address.postal_code if address else None,
                province=address.state_province if address else None,
                country=address.country if address else None,
                confidential=row.confidential,
                told={**own, **told.get(row.id, {})} if row.confidential else None,
            )


def _told(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, str | None]]:
    """What the services at confidential places say of themselves, by the field that says it."""
    found: dict[str, dict[str, str | None]] = defaultdict(dict)
    if not ids:
        return found
    fields = ("name", "description", "description_fr", "application_process", "application_process_fr")
    columns = [getattr(Service, name) for name in fields]
    given = ServiceAtLocation
    statement = select(given.location_id, given.service_id, given.description.label("said"), *columns)
    statement = statement.join(Service, Service.id == given.service_id).where(given.location_id.in_(ids), _ACTIVE)
    for row in connection.execute(statement):
        texts = {f"service {row.service_id} {name}": getattr(row, name) for name in fields}
        found[row.location_id] |= texts | {f"service_at_location {row.service_id} description": row.said}
    return found


def _numbers(connection: Connection, sources: Collection[str] | None) -> Iterator[Number]:
    direct, given = aliased(Service), aliased(Service)
    source = func.coalesce(direct.source, given.source, Organization.source)
    shown: ColumnElement[bool] = or_(
        direct.status == "active", given.status == "active", and_(direct.id.is_(None), given.id.is_(None))
    )
    statement = (
        select(
            Phone.id,
            Phone.number,
            Phone.type,
            Phone.description,
            Phone.description_fr,
            Location.confidential,
            func.coalesce(direct.name, given.name, Organization.name, Location.name).label("name"),
            source.label("source"),
        )
        .outerjoin(direct, direct.id == Phone.service_id)
        .outerjoin(ServiceAtLocation, ServiceAtLocation.id == Phone.service_at_location_id)
        .outerjoin(given, given.id == ServiceAtLocation.service_id)
        .outerjoin(Location, Location.id == Phone.location_id)
        .outerjoin(Organization, Organization.id == func.coalesce(Phone.organization_id, Location.organization_id))
        .where(Phone.contact_id.is_(None), shown, *_of(source, sources))
    )
    for rows in _chunks(connection, statement, Phone.id):
        for row in rows:
            name = HIDDEN_NAME if row.confidential else row.name or ""
            yield Number(
                row.id, row.number, row.type, row.description, row.description_fr, name=name, source=row.source or ""
            )


def _terms(connection: Connection) -> Iterator[TermFacts]:
    used = select(Attribute.id).where(Attribute.taxonomy_term_id == TaxonomyTerm.id).exists()
    statement = select(TaxonomyTerm.id, TaxonomyTerm.name, TaxonomyTerm.code, TaxonomyTerm.taxonomy).where(used)
    for rows in _chunks(connection, statement, TaxonomyTerm.id):
        for row in rows:
            yield TermFacts(row.id, row.name, row.code, row.taxonomy or "")


def _of(column: Any, sources: Collection[str] | None) -> tuple[ColumnElement[bool], ...]:
    return () if sources is None else (column.in_(sources),)


def _grouped(rows: Iterable[Row[Any]]) -> dict[str, list[Row[Any]]]:
    grouped: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        grouped[row[0]].append(row)
    return grouped
