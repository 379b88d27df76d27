"""Who belongs to whom: the services that a record concerns, and links that go round in circles."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import Connection, select, update

from directory_client.among import among
from directory_client.imports.convert import shape
from directory_client.models import Attribute, Service, ServiceAtLocation

_OWNERS = {
    "organization": (Service.id, Service.organization_id),
    "program": (Service.id, Service.program_id),
    "location": (ServiceAtLocation.service_id, ServiceAtLocation.location_id),
    "service_at_location": (ServiceAtLocation.service_id, ServiceAtLocation.id),
    "taxonomy_term": (Attribute.link_id, Attribute.taxonomy_term_id),
}
OWNERS = tuple(_OWNERS)
"""Tables whose records concern services."""


def services_of(connection: Connection, table: str, ids: Collection[str]) -> Iterator[str]:
    """Ids of the services that these records of one of `OWNERS` belong to, or that belong to them."""
    service, owner = _OWNERS[table]
    mine = select(service).where(among(connection, owner, ids))
    return connection.scalars(mine.where(Attribute.link_entity == "service") if table == "taxonomy_term" else mine)


def cut_cycles(connection: Connection, table: str, name: str) -> list[str]:
    """Takes away one link of every circle; the ids of the records that lost it."""
    columns = shape(table).table.c
    links: dict[str, str] = {
        row[0]: row[1]
        for row in connection.execute(select(columns.id, columns[name]).where(columns[name].is_not(None)))
    }
    good: set[str] = set()
    cut: list[str] = []
    for start in sorted(links):
        path: dict[str, None] = {}
        at: str | None = start
        while at is not None and at in links and at not in good and at not in path:
            path[at] = None
            at = links[at]
        if at is not None and at in path:
            cut.append(at)
            del links[at]
        good.update(path)
    if cut:
        connection.execute(update(shape(table).table).where(among(connection, columns.id, cut)).values({name: None}))
    return cut
