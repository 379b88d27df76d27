"""Which records belong to a part of the directory: what hangs on its services and organizations, and no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Select, String, Table, and_, literal, or_, select
from sqlalchemy.schema import DropTable

from directory_client.hsds.reading import stranger
from directory_client.hsds.schema import TABLES
from directory_client.models import (
    Attribute,
    Base,
    Location,
    Organization,
    Service,
    ServiceAtLocation,
    ServiceCapacity,
    Taxonomy,
    TaxonomyTerm,
)

Ids = Select[*tuple[Any, ...]]

_ROOTS = ("organization", "program", "service", "location", "service_at_location")
_ASIDE = ("attribute", "metadata", "meta_table_description", "taxonomy", "taxonomy_term", "unit")


@contextmanager
def keeping(connection: Connection, source: str | None, *, sample: bool) -> Iterator[Mapping[str, Ids]]:
    """For each table that goes out the ids of its records, as statements that can stand in others.

    They are written to a table of this connection alone: as statements within statements they would soon be deeper
    than a database reads.

    Args:
        source: only what came from the feed of that name; None for everything.
        sample: with the sample records.
    """
    if source is None and sample:
        yield {name: select(_ids(name)) for name in TABLES if name != "metadata"} | _terms(None)
        return
    marks = Table(
        "kept_for_export",
        MetaData(),
        Column("entity", String(40), primary_key=True),
        Column("id", String(100), primary_key=True),
        prefixes=["TEMPORARY"],
    )
    # The end of the transaction takes it away, but not from every way to open SQLite.
    connection.execute(DropTable(marks, if_exists=True))
    marks.create(connection, checkfirst=False)
    ids: dict[str, Ids] = {}
    for name, statement in _parts(source, sample, ids):
        connection.execute(marks.insert().from_select(["id", "entity"], statement.add_columns(literal(name))))
        ids[name] = select(marks.c.id).where(marks.c.entity == name)
    yield ids


def _parts(source: str | None, sample: bool, ids: Mapping[str, Ids]) -> Iterator[tuple[str, Ids]]:
    """Tables with the statements that give their ids; each may look at the tables before it in `ids`."""
    service: Ids = select(Service.id)
    organization: Ids = select(Organization.id)
    if source is not None:
        theirs = select(Service.organization_id).where(Service.source == source)
        organization = organization.where(or_(Organization.source == source, Organization.id.in_(theirs)))
        service = service.where(Service.source == source)
    if not sample:
        service = service.where(~Service.sample)
        organization = organization.where(~Organization.sample)
    yield "organization", organization
    yield "service", service
    yield "program", _owned("program", ids)
    yield "service_at_location", select(ServiceAtLocation.id).where(ServiceAtLocation.service_id.in_(ids["service"]))
    used = select(ServiceAtLocation.location_id).where(ServiceAtLocation.id.in_(ids["service_at_location"]))
    places: Ids = select(Location.id).where(
        or_(Location.id.in_(used), Location.organization_id.in_(ids["organization"]))
    )
    yield "location", places if sample else places.where(~Location.sample)
    for name in TABLES:
        if name not in _ROOTS and name not in _ASIDE:
            yield name, _owned(name, ids)
    tags = (and_(Attribute.link_entity == name, Attribute.link_id.in_(mine)) for name, mine in ids.items())
    yield "attribute", select(Attribute.id).where(or_(*tags))
    counted = select(ServiceCapacity.unit_id).where(ServiceCapacity.id.in_(ids["service_capacity"]))
    yield "unit", select(_ids("unit")).where(_ids("unit").in_(counted))
    if source is None:
        yield "meta_table_description", select(_ids("meta_table_description"))
    terms = select(Attribute.taxonomy_term_id).where(Attribute.id.in_(ids["attribute"]))
    yield from _terms(terms if source is not None else None).items()


def _ids(name: str) -> Any:
    return Base.metadata.tables[name].c.id


def _owned(name: str, ids: Mapping[str, Ids]) -> Ids:
    """Records of a table that belong to one of those that are kept."""
    columns = Base.metadata.tables[name].c
    owners = [
        column.in_(ids[target])
        for column in columns
        for target in (key.column.table.name for key in column.foreign_keys)
        if target in ids
    ]
    return select(columns.id).where(or_(*owners))


def _terms(used: Any) -> dict[str, Ids]:
    """Taxonomies and terms, without those of the needs; with `used` only those of which a term is used."""
    mine = select(Taxonomy.id).where(~stranger(Taxonomy.name))
    taxonomy: Ids = select(Taxonomy.id).where(stranger(Taxonomy.name))
    term: Ids = select(TaxonomyTerm.id).where(
        stranger(TaxonomyTerm.taxonomy), or_(TaxonomyTerm.taxonomy_id.is_(None), TaxonomyTerm.taxonomy_id.not_in(mine))
    )
    if used is not None:
        schemes = select(TaxonomyTerm.taxonomy_id).where(TaxonomyTerm.id.in_(used))
        taxonomy = taxonomy.where(Taxonomy.id.in_(schemes))
        term = term.where(or_(TaxonomyTerm.id.in_(used), TaxonomyTerm.taxonomy_id.in_(schemes)))
    return {"taxonomy": taxonomy, "taxonomy_term": term}
