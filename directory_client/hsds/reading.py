"""Reads records with all that belongs to them, a batch at a time: the number of statements does not grow with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import batched, zip_longest
from typing import Any

from sqlalchemy import Connection, or_, select

from directory_client.imports.needs import NEED_TERMS
from directory_client.models import Attribute, Base, Service, Taxonomy, TaxonomyTerm

CHUNK = 4_000
"""Ids of one column in a statement; SQLite takes 32,766 in all, and the widest table has five such columns."""

Ids = Collection[str]
Row = Mapping[str, Any]
_BESIDE_SERVICE = ("service_area", "cost_option", "required_document", "service_capacity", "service_need")
_BESIDE_PLACE = ("address", "accessibility")


class Shelf:
    """Rows of many tables, to be asked for by id and by owner."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._rows: dict[str, dict[str, Row]] = defaultdict(dict)
        self._owned: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        self._linked: dict[tuple[str, str], list[Row]] = defaultdict(list)

    def row(self, table: str, id_: str | None) -> Row | None:
        return self._rows[table].get(id_) if id_ else None

    def ids(self, table: str) -> Ids:
        return self._rows[table].keys()

    def owned(self, table: str, owner: str, id_: str) -> Sequence[Row]:
        """The rows of a table that belong to the record of `owner` with that id, in order."""
        return self._owned.get((table, f"{owner}_id", id_), ())

    def attributes(self, table: str, id_: str) -> Sequence[Row]:
        return self._linked.get((table, id_), ())

    def read(self, table: str, **owners: Ids) -> None:
        """Adds the rows of a table that have one of the ids in one of these columns."""
        columns = Base.metadata.tables[table].c
        order = [columns[name] for name in ("position", "id") if name in columns]
        asked = {name: [id_ for id_ in dict.fromkeys(ids) if id_] for name, ids in owners.items()}
        found: dict[Any, Row] = {}
        for chunks in zip_longest(*(batched(ids, CHUNK) for ids in asked.values())):
            wanted = [columns[name].in_(chunk) for name, chunk in zip(asked, chunks, strict=True) if chunk]
            rows = self.connection.execute(select(*columns).where(or_(*wanted)).order_by(*order)).mappings()
            found |= {one["id"] if "id" in one else (one["service_id"], one["need"]): dict(one) for one in rows}
        links = [column.name for column in columns if column.foreign_keys]
        for row in found.values():
            if "id" in row:
                if row["id"] in self._rows[table]:
                    continue
                self._rows[table][row["id"]] = row
            for name in links:
                if row[name]:
                    self._owned[table, name, row[name]].append(row)

    def read_services(self, ids: Ids, *, whole: bool) -> None:
        """Services with all that stands in them and their organizations, these with all their places if `whole`."""
        self.read("service", id=ids)
        services = [row for row in self._rows["service"].values() if row["id"] in set(ids)]
        self.read("service_at_location", service_id=ids)
        self._around(
            services=[row["id"] for row in services],
            organizations={row["organization_id"] for row in services},
            programs={row["program_id"] for row in services},
            whole=whole,
        )

    def read_organizations(self, ids: Ids, *, services: bool) -> None:
        """Organizations with all that stands in them; with whole services, or with none."""
        self.read("organization", id=ids)
        if not services:
            self._around(services=(), organizations=ids, programs=(), whole=True)
            return
        active = self.connection.scalars(
            select(Service.id).where(Service.organization_id.in_(list(ids)), Service.status == "active")
        ).all()
        self.read_services(active, whole=True)
        self._around(services=(), organizations=set(ids) - {row["organization_id"] for row in self._services(active)},
                     programs=(), whole=True)  # fmt: skip

    def _services(self, ids: Iterable[str]) -> list[Row]:
        return [row for id_ in ids if (row := self.row("service", id_))]

    def _around(self, *, services: Ids, organizations: Ids, programs: Ids, whole: bool) -> None:
        self.read("organization", id=organizations)
        theirs = organizations if whole else ()
        self.read("program", id=programs, organization_id=theirs)
        sites = {row["id"]: row["location_id"] for id_ in services
                 for row in self.owned("service_at_location", "service", id_)}  # fmt: skip
        self.read("location", id=sites.values(), organization_id=theirs)
        places = {id_ for id_, row in self._rows["location"].items() if row["organization_id"] in theirs}
        places |= set(sites.values())
        owners: dict[str, Ids] = {"organization_id": organizations, "service_id": services}
        there: dict[str, Ids] = {"service_at_location_id": sites, "location_id": places}
        self.read("contact", **owners, **there)
        self.read("phone", **owners, **there, contact_id=self.ids("contact"))
        self.read("schedule", service_id=services, **there)
        self.read("language", service_id=services, location_id=places, phone_id=self.ids("phone"))
        for table in _BESIDE_PLACE:
            self.read(table, location_id=places)
        for table in _BESIDE_SERVICE:
            more = {"service_at_location_id": sites} if table == "service_area" else {}
            self.read(table, service_id=services, **more)
        self.read("unit", id={row["unit_id"] for row in self._rows["service_capacity"].values()})
        for table in ("funding", "url"):
            self.read(table, **owners)
        self.read("organization_identifier", organization_id=organizations)
        self._read_attributes()

    def _read_attributes(self) -> None:
        """The terms put on all that was read; those that say a need in our own words come from `service_need`."""
        entities = self.connection.scalars(select(Attribute.link_entity).distinct()).all()
        term, scheme = TaxonomyTerm.__table__, Taxonomy.__table__
        for entity in entities:
            statement = (
                select(Attribute.__table__)
                .outerjoin(term, term.c.id == Attribute.taxonomy_term_id)
                .outerjoin(scheme, scheme.c.id == term.c.taxonomy_id)
                .where(Attribute.link_entity == entity, stranger(term.c.taxonomy), stranger(scheme.c.name))
                .order_by(Attribute.id)
            )
            for chunk in batched(self._rows.get(entity, {}), CHUNK):
                for row in self.connection.execute(statement.where(Attribute.link_id.in_(chunk))).mappings():
                    if row["id"] not in self._rows["attribute"]:
                        self._rows["attribute"][row["id"]] = one = dict(row)
                        self._linked[entity, row["link_id"]].append(one)
        self.read_terms({row["taxonomy_term_id"] for row in self._rows["attribute"].values()})

    def read_terms(self, ids: Ids) -> None:
        """Terms with their taxonomies."""
        self.read("taxonomy_term", id=ids)
        self.read("taxonomy", id={row["taxonomy_id"] for row in self._rows["taxonomy_term"].values()})


def stranger(name: Any) -> Any:
    """Says of a column with the name of a taxonomy that it is not that of our own needs."""
    return or_(name.is_(None), name != NEED_TERMS)


__all__ = ["Shelf", "stranger"]
