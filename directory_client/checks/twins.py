"""Records that stand for the same thing twice. The database finds what is alike, so that memory stays small."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from directory_client.checks.finding import Finding
from directory_client.models import Phone, SearchSite, Service
from directory_client.phones import dialled, kind_of

AT_ONCE = 1_000


def across_sources(connection: Connection) -> Iterator[Finding]:
    """Doors (one number and one street) that come from several sources: search shows one record of them."""
    several = (
        select(SearchSite.twin)
        .join(Service, Service.id == SearchSite.service_id)
        .where(SearchSite.twin.is_not(None))
        .group_by(SearchSite.twin)
        .having(func.count(func.distinct(Service.source)) > 1)
    )
    statement = (
        select(SearchSite.twin, SearchSite.id.label("site"), Service.id, Service.name, Service.source)
        .join(Service, Service.id == SearchSite.service_id)
        .where(SearchSite.twin.in_(several))
        .order_by(SearchSite.twin, Service.source, SearchSite.id)
    )
    for _, group in groupby(_streamed(connection, statement), key=lambda row: row.twin):
        first, *others = group
        seen: set[str] = {first.id}
        for other in others:
            if other.source != first.source and other.id not in seen:
                seen.add(other.id)
                yield Finding(
                    "door-in-two-sources", "service", other.id, other.name, other.source or "", "phone, address",
                    f"the same door as {first.id} of {first.source}",
                )  # fmt: skip


def same_name_and_number(connection: Connection) -> Iterator[Finding]:
    """Services of one name and number that do not stand at two different doors."""
    several = (
        select(SearchSite.folded_name)
        .group_by(SearchSite.folded_name)
        .having(func.count(func.distinct(SearchSite.service_id)) > 1)
    )
    statement = (
        select(
            SearchSite.folded_name, SearchSite.twin, SearchSite.confidential, Service.id, Service.name, Service.source,
            Phone.number, Phone.type,
        )
        .join(Service, Service.id == SearchSite.service_id)
        .join(Phone, and_(Phone.service_id == Service.id, Phone.contact_id.is_(None)))
        .where(SearchSite.folded_name.in_(several))
        .order_by(SearchSite.folded_name, Service.id, Phone.position, Phone.id)
    )  # fmt: skip
    for _, group in groupby(_streamed(connection, statement), key=lambda row: row.folded_name):
        first: dict[tuple[str, str | None], Row[Any]] = {}
        told: set[str] = set()
        for row in group:
            if kind_of(row.type) is None:
                continue
            like = first.setdefault((dialled(row.number), row.twin), row)
            if like.id != row.id and row.id not in told and not row.confidential:
                told.add(row.id)
                yield Finding(
                    "likely-duplicate", "service", row.id, row.name, row.source or "", "name, phone",
                    f"the same name and number as {like.id}",
                )  # fmt: skip


def _streamed(connection: Connection, statement: Any) -> Iterator[Row[Any]]:
    return iter(connection.execute(statement, execution_options={"yield_per": AT_ONCE}))
