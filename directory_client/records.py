"""Reads whole records, with their places, numbers and hours, for a handful of search sites.

The statements are built once and take lists of ids: building them anew costs more than running them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import batched, cycle, islice
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from directory_client.hours import Timetable
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
from directory_client.nested import nested
from directory_client.owned import OWNERS, Site, grouped, nearest
from directory_client.schedules import FIELDS, Said, timetable

Statement = Select[*tuple[Any, ...]]

FEW, MANY = 4, 16
"""How many sites are read by one statement: some are named twice to make up the number. PostgreSQL plans a statement of
seven tables for longer than it runs it, and remembers the plan of one that is always the same."""


class Number(NamedTuple):
    """A number to call or to write to, and whose it is."""

    position: int
    id: str
    service_at_location_id: str | None
    service_id: str | None
    location_id: str | None
    organization_id: str | None
    number: str
    extension: str | None
    type: str | None
    description: str | None
    description_fr: str | None


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
    phones: Sequence[Number]
    timetable: Timetable
    accessibility: tuple[tuple[str, str | None], ...]
    needs: tuple[str, ...]
    prices: str | None


def records(session: Session, ids: Sequence[str]) -> list[Record]:
    """The records of these listing ids, in their order; an id that nobody knows is left out."""
    if not ids:
        return []
    connection = session.connection()  # nothing is mapped to objects here, so the way past the mapper is shorter
    rows: dict[str, Row[Any]] = {}
    for chunk in batched(dict.fromkeys(ids), MANY):
        size = FEW if len(chunk) <= FEW else MANY
        filled = {f"site_{number}": id_ for number, id_ in enumerate(islice(cycle(chunk), size))}
        for row in connection.execute(_services(connection.dialect.name, size), filled):
            rows.setdefault(row.site_id, row)  # a location with two physical addresses stands twice among them
    return [_record(rows[id_]) for id_ in dict.fromkeys(ids) if id_ in rows]


def _record(row: Row[Any]) -> Record:
    site = Site(row.site_id, row.id, row.site_location_id, row.organization_id, row.site_at_location_id)
    return Record(
        site=site,
        service=row,
        place=_place(row),
        phones=_numbers(site, row.numbers or ()),
        timetable=timetable(site, (Said(*schedule) for schedule in row.schedules or ()), row.place_timezone),
        accessibility=tuple((english, french) for _, english, french in sorted(row.place_accessibility or ())),
        needs=tuple(need for _, need in sorted(row.needs or ())),
        prices=_prices(row.costs or ()),
    )


def known(session: Session, id_: str) -> bool:
    """Whether there is a listing of this id."""
    return session.scalar(select(SearchSite.id).where(SearchSite.id == id_)) is not None


def _place(row: Row[Any]) -> SitePlace | None:
    if row.place_confidential is None:  # which every location says
        return None
    # The point that search goes by, where the record's own is missing or cannot be right.
    lat, lon = (row.site_latitude, row.site_longitude) if row.approximate else (row.place_latitude, row.place_longitude)
    return SitePlace(
        latitude=lat,
        longitude=lon,
        timezone=row.place_timezone,
        confidential=row.place_confidential,
        street=", ".join(part for part in (row.address_1, row.address_2) if part) or None,
        city=row.city,
        postal_code=row.postal_code or None,
        approximate=row.approximate,
    )


def _numbers(site: Site, rows: Iterable[Sequence[Any]]) -> Sequence[Number]:
    """Those of the service there, else of the service, else of the place, else of the organization; in their order."""
    numbers = grouped(sorted(Number(*row) for row in rows), "organization_id")
    return nearest(numbers, (*site.owners, site.organization_id))


def _prices(costs: Iterable[Sequence[Any]]) -> str | None:
    texts = []
    for _, amount, description, option in sorted(costs, key=itemgetter(0)):
        parts = (f"${amount:,.2f}" if amount else None, description, option)
        texts.append(" ".join(part for part in parts if part))
    return "; ".join(text for text in texts if text) or None


_AT_LOCATION = and_(
    ServiceAtLocation.service_id == SearchSite.service_id,
    ServiceAtLocation.location_id == SearchSite.location_id,
)
_PHYSICAL = and_(Address.location_id == SearchSite.location_id, Address.address_type == "physical")


def _of_site(columns: Any) -> Iterator[ColumnElement[bool]]:
    for name, owner in zip(OWNERS, (ServiceAtLocation.id, SearchSite.service_id, SearchSite.location_id), strict=True):
        yield columns[name] == owner


@lru_cache(maxsize=4)
def _services(dialect: str, size: int) -> Statement:
    need, cost, access = ServiceNeed, CostOption, Accessibility
    needs = nested(dialect, need.position, need.need, where=need.service_id == SearchSite.service_id)
    costs = nested(
        dialect, cost.id, cost.amount, cost.amount_description, cost.option,
        where=cost.service_id == SearchSite.service_id,
    )  # fmt: skip
    accessibility = nested(
        dialect, access.id, access.description, access.description_fr,
        where=and_(access.location_id == SearchSite.location_id, access.description.is_not(None)),
    )  # fmt: skip
    phone, hours = Phone.__table__.c, Schedule.__table__.c
    # Not "is null": SQLite would go through the index of all the numbers that no contact has, which is nearly all.
    public = func.coalesce(phone.contact_id, "") == ""
    mine = or_(*_of_site(phone), phone.organization_id == SearchSite.organization_id)
    numbers = nested(dialect, *(phone[name] for name in Number._fields), where=and_(mine, public))
    schedules = nested(dialect, *(hours[name] for name in FIELDS), where=or_(*_of_site(hours)))
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
            Location.latitude.label("place_latitude"),
            Location.longitude.label("place_longitude"),
            Location.timezone.label("place_timezone"),
            Location.confidential.label("place_confidential"),
            Address.address_1,
            Address.address_2,
            Address.city,
            Address.postal_code,
            numbers.label("numbers"),
            schedules.label("schedules"),
            needs.label("needs"),
            costs.label("costs"),
            accessibility.label("place_accessibility"),
        )
        .select_from(SearchSite)
        .join(Service, Service.id == SearchSite.service_id)
        .join(Organization, Organization.id == Service.organization_id)
        .outerjoin(ServiceAtLocation, _AT_LOCATION)
        .outerjoin(Location, Location.id == SearchSite.location_id)
        .outerjoin(Address, _PHYSICAL)
        .where(SearchSite.id.in_([bindparam(f"site_{number}") for number in range(size)]))
        .order_by(Address.id)
    )
