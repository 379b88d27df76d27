"""How many records each source has, and what share of them lacks what."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from directory_client.lines import lines
from directory_client.listings import STALE_AFTER
from directory_client.models import FeedRun, Phone, SearchSite, Service, ServiceAtLocation, ServiceNeed

LINES = "lines"
"""What the shipped lines are called together; each of them names the page it comes from."""


@dataclass(frozen=True, slots=True)
class Status:
    """Counts of services of one source; what is missing is counted among the active ones."""

    source: str
    active: int
    closed: int
    sites: int
    stale: int
    without_point: int
    without_need: int
    without_french: int
    without_phone: int
    runs: int = 0
    last_run: datetime | None = None
    last_complete: bool | None = None
    last_counts: dict[str, Any] | None = None


def sources_of(connection: Connection, name: str) -> frozenset[str]:
    """The sources that a name stands for: itself, or all those of the lines; none when nothing has it."""
    wanted = {line.source for line in lines().values()} if name == LINES else {name}
    found = connection.scalars(select(Service.source).where(Service.source.in_(wanted)).distinct())
    return frozenset(source for source in found if source)


def statuses(connection: Connection, today: date) -> Iterator[Status]:
    """One for each source, the largest first."""
    of_lines = Service.id.in_(list(lines()))
    source = case((of_lines, LINES), else_=func.coalesce(Service.source, "")).label("source")
    active = Service.status == "active"
    stale = or_(Service.assured_date.is_(None), Service.assured_date < today - STALE_AFTER)
    with_need = select(ServiceNeed.service_id)
    in_french = func.coalesce(Service.name_fr, "") != ""
    columns = (
        _count(active), _count(~active), _count(and_(active, stale)),
        _count(and_(active, Service.id.not_in(with_need))), _count(and_(active, ~in_french)),
        _count(and_(active, ~_has_phone())),
    )  # fmt: skip
    counts = connection.execute(select(source, *columns).group_by(source)).all()
    pointless = and_(
        SearchSite.location_id.is_not(None), or_(SearchSite.latitude.is_(None), SearchSite.approximate.is_(True))
    )
    by_site = select(source, func.count(), func.count(func.distinct(case((pointless, Service.id)))))
    sites = {
        row[0]: (row[1], row[2])
        for row in connection.execute(by_site.join(SearchSite, SearchSite.service_id == Service.id).group_by(source))
    }
    runs = _runs(connection)
    for row in sorted(counts, key=lambda row: -row[1]):
        count, last = runs.get(row[0], (0, None))
        yield Status(
            row[0], row[1], row[2], sites.get(row[0], (0, 0))[0], row[3], sites.get(row[0], (0, 0))[1], row[4], row[5],
            row[6], count, _aware(last.finished_at) if last else None, last.complete if last else None,
            last.counts if last else None,
        )  # fmt: skip


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _has_phone() -> ColumnElement[bool]:
    """A number of the service, of one of its places or of its organization."""
    given = select(ServiceAtLocation).where(ServiceAtLocation.service_id == Service.id)
    owners: Collection[Any] = (
        select(Phone.id).where(Phone.service_id == Service.id).exists(),
        select(Phone.id).where(Phone.organization_id == Service.organization_id).exists(),
        given.where(select(Phone.id).where(Phone.location_id == ServiceAtLocation.location_id).exists()).exists(),
        given.where(select(Phone.id).where(Phone.service_at_location_id == ServiceAtLocation.id).exists()).exists(),
    )
    return or_(*owners)


def _runs(connection: Connection) -> dict[str, tuple[int, Any]]:
    """How often each source was imported, and the last time."""
    counted = select(FeedRun.source, func.count(), func.max(FeedRun.finished_at)).group_by(FeedRun.source)
    found = {}
    for source, count, newest in connection.execute(counted).all():
        last = select(FeedRun.finished_at, FeedRun.complete, FeedRun.counts)
        row = connection.execute(last.where(FeedRun.source == source, FeedRun.finished_at == newest)).first()
        found[source] = (count, row)
    return found


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
