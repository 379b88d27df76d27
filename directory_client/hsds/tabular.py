"""Rows of the tables as they go out in files: the same rules as for JSON, with references in place of nesting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from directory_client.hsds import needs
from directory_client.hsds.ids import public_id
from directory_client.hsds.kept import Ids
from directory_client.hsds.reading import stranger
from directory_client.hsds.records import said, secret_address
from directory_client.models import (
    Accessibility,
    Address,
    Attribute,
    Base,
    Location,
    ServiceNeed,
    Taxonomy,
    TaxonomyTerm,
)

Rows = Iterator[Mapping[str, Any]]
Hidden = Mapping[str, set[str]]
"""Ids of the records that tell where a confidential place is, by table."""

_STREAMED = {"yield_per": 1_000}
_OF_PLACE = frozenset({"accessibility", "contact"})


def hidden(connection: Connection) -> Hidden:
    """Confidential places, and their addresses and ways in."""
    places = select(Location.id).where(Location.confidential)
    return {
        "location": set(connection.scalars(places)),
        "address": set(connection.scalars(select(Address.id).where(Address.location_id.in_(places)))),
        "accessibility": set(connection.scalars(select(Accessibility.id).where(Accessibility.location_id.in_(places)))),
    }


def rows(connection: Connection, table: str, ids: Mapping[str, Ids], secret: Hidden) -> Rows:
    """The rows of a table that are among `ids`, by id; needs come as terms and attributes of their own taxonomy."""
    if table == "taxonomy":
        yield needs.taxonomy()
    if table == "taxonomy_term":
        for term in needs.terms().values():
            own = {name: value for name, value in term.items() if name not in ("taxonomy_detail", "name_fr")}
            yield {**own, "taxonomy_id": needs.TAXONOMY_ID}
    columns = Base.metadata.tables[table].c
    statement = select(*columns).where(columns.id.in_(ids[table])).order_by(columns.id)
    asked = _foreign(statement) if table == "attribute" else statement
    for row in connection.execute(asked, execution_options=_STREAMED).mappings():
        if (told := _told(table, dict(row), secret)) is not None:
            yield told
    if table == "attribute":
        yield from _needs(connection, ids["service"])


def _told(table: str, row: Mapping[str, Any], secret: Hidden) -> dict[str, Any] | None:
    """A row as it goes out; None for what would tell where a confidential place is."""
    if table == "attribute" and row["link_id"] in secret.get(row["link_entity"], ()):
        return None
    record = said(table, row, references=True)
    if row.get("location_id") in secret["location"]:
        if table == "address":
            return secret_address(record)
        if table == "service_at_location":
            record.pop("description", None)
        if table in _OF_PLACE:
            if not any(row.get(name) for name in ("service_id", "organization_id", "service_at_location_id")):
                return None
            record.pop("location_id")
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in record.items()}


def _foreign(statement: Any) -> Any:
    """Terms put on records, without those that say a need."""
    term, scheme = TaxonomyTerm.__table__, Taxonomy.__table__
    return (
        statement.outerjoin(term, term.c.id == Attribute.taxonomy_term_id)
        .outerjoin(scheme, scheme.c.id == term.c.taxonomy_id)
        .where(stranger(term.c.taxonomy), stranger(scheme.c.name))
    )


def _needs(connection: Connection, services: Ids) -> Rows:
    statement = (
        select(ServiceNeed.service_id, ServiceNeed.need, ServiceNeed.score)
        .where(ServiceNeed.service_id.in_(services))
        .order_by(ServiceNeed.service_id, ServiceNeed.position)
    )
    service: str | None = None
    found: list[Any] = []
    for row in connection.execute(statement, execution_options=_STREAMED).mappings():
        if row["service_id"] != service:
            yield from _attributes(service, found)
            service, found = row["service_id"], []
        found.append(row)
    yield from _attributes(service, found)


def _attributes(service: str | None, found: list[Any]) -> Rows:
    id_ = public_id("service", service or "")
    for one in needs.attributes(id_, found):
        own = {name: value for name, value in one.items() if name != "taxonomy_term"}
        yield {**own, "link_id": id_, "taxonomy_term_id": one["taxonomy_term"]["id"]}
