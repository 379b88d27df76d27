"""The lists that are given out: how each is asked for and how its records are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from directory_client.hsds import near, queries, records
from directory_client.hsds.lookup import Lookup
from directory_client.hsds.queries import Found, Wish
from directory_client.hsds.records import BATCH, Json


@dataclass(frozen=True, slots=True)
class Form:
    """In which form records are wanted."""

    full: bool = False
    minimal: bool = False
    full_service: bool = False
    whole: bool = False
    """Organizations in services with all their places: for single records, since many services would repeat them."""


@dataclass(frozen=True, slots=True)
class Place:
    """Around which point, and within how many kilometres of it (None: whoever serves it)."""

    point: tuple[float, float]
    within_km: float | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """A list: `made` are records that stand before those of the tables (the needs)."""

    table: str
    ask: Callable[[Connection, Lookup, Wish], Found]
    read: Callable[[Connection, Sequence[str], Form], list[Json]]
    made: Callable[[Wish], list[Any]] = lambda wish: []


RESOURCES: Mapping[str, Resource] = {
    "services": Resource(
        "service",
        queries.services,
        lambda connection, ids, form: (
            records.minimal(connection, ids)
            if form.minimal
            else records.services(connection, ids, full=form.full, whole=form.whole)
        ),
    ),
    "organizations": Resource(
        "organization",
        queries.organizations,
        lambda connection, ids, form: records.organizations(
            connection, ids, full=form.full, full_service=form.full_service
        ),
    ),
    "service_at_locations": Resource(
        "service_at_location",
        queries.service_at_locations,
        lambda connection, ids, form: records.service_at_locations(connection, ids, full=form.full, whole=form.whole),
    ),
    "taxonomies": Resource(
        "taxonomy",
        lambda connection, lookup, wish: queries.taxonomies(wish),
        lambda connection, ids, form: records.taxonomies(connection, ids),
        queries.need_taxonomies,
    ),
    "taxonomy_terms": Resource(
        "taxonomy_term",
        queries.taxonomy_terms,
        lambda connection, ids, form: records.taxonomy_terms(connection, ids),
        queries.need_terms,
    ),
}


@dataclass(slots=True)
class Shop:
    """Reads the lists of one database. All methods block."""

    engine: Engine
    lookup: Lookup = field(default_factory=Lookup)

    def page(
        self, resource: Resource, wish: Wish, form: Form, offset: int, limit: int | None, place: Place | None = None
    ) -> tuple[list[Json], int]:
        """So many records from there on (None: all), and how many there are altogether."""
        with self.engine.connect() as connection:
            found = resource.ask(connection, self.lookup, wish)
            made = resource.made(wish)
            after = max(0, offset - len(made))
            head = made[offset:] if limit is None else made[offset : offset + limit]
            left = None if limit is None else limit - len(head)
            if place is not None:
                placed = near.serving(connection, found, place.point, place.within_km)
                total = len(placed)
                ids = [id_ for id_, _ in placed[after : None if left is None else after + left]]
            else:
                counted = found.ids.order_by(None).subquery()
                total = connection.scalar(select(func.count()).select_from(counted)) or 0
                statement = found.ids.order_by(*found.order).offset(after).limit(left)
                ids = [row[0] for row in connection.execute(statement)] if left != 0 and after < total else []
            rest = [one for chunk in batched(ids, BATCH) for one in resource.read(connection, chunk, form)]
            return [*head, *rest], total + len(made)

    def stream(self, resource: Resource, wish: Wish, form: Form, place: Place | None) -> tuple[bool, Iterator[Json]]:
        """Whether there is a sample among them, and all records, in memory a batch at a time."""
        with self.engine.connect() as connection:
            found = resource.ask(connection, self.lookup, wish)
            if place is not None:
                placed = near.serving(connection, found, place.point, place.within_km)
                batches: Iterator[Sequence[str]] = batched([id_ for id_, _ in placed], BATCH)
                return any(sample for _, sample in placed), self._read(resource, form, batches)
            flags = found.ids.order_by(None).subquery()
            sample = connection.scalar(select(func.count()).select_from(flags).where(flags.c[1])) or 0
        return bool(sample), self._all(resource, wish, form, found)

    def one(self, resource: Resource, id_: str, form: Form) -> Json | None:
        """A record by its id, whatever its status; None when there is none."""
        for made in resource.made(Wish()):
            if made["id"] == id_.lower():
                return dict(made)
        with self.engine.connect() as connection:
            own = self.lookup.own(connection, resource.table, id_)
            found = resource.read(connection, [own], form) if own is not None else []
            return found[0] if found else None

    def _all(self, resource: Resource, wish: Wish, form: Form, found: Found) -> Iterator[Json]:
        yield from resource.made(wish)
        yield from self._read(resource, form, self._ids(found))

    def _ids(self, found: Found) -> Iterator[Sequence[str]]:
        """By the last id of the batch before: a transaction that lasts as long as the slowest reader would be held."""
        last: str | None = None
        while True:
            statement = found.ids.order_by(None).order_by(found.key).limit(BATCH)
            if last is not None:
                statement = statement.where(found.key > last)
            with self.engine.connect() as connection:
                ids = [row[0] for row in connection.execute(statement)]
            if not ids:
                return
            yield ids
            last = ids[-1]

    def _read(self, resource: Resource, form: Form, batches: Iterator[Sequence[str]]) -> Iterator[Json]:
        for ids in batches:
            with self.engine.connect() as connection:
                found = resource.read(connection, ids, form)
            yield from found


def is_sample(record: Mapping[str, Any]) -> bool:
    """Whether a record is one of the sample directory."""
    return bool(record.get("sample") or record.get("service", {}).get("sample"))
