"""Which records an outside reader asks for: statements that give their own ids, in a lasting order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, column, exists, func, literal, or_, select, table, text

from directory_client.hsds import needs
from directory_client.hsds.lookup import Lookup
from directory_client.hsds.reading import stranger
from directory_client.models import (
    Attribute,
    Metadata,
    Organization,
    Service,
    ServiceAtLocation,
    ServiceNeed,
    ServiceText,
    Taxonomy,
    TaxonomyTerm,
)
from directory_client.stems import asked

Statement = Select[*tuple[Any, ...]]
MOST_WORDS = 20
_NONE = literal(False)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the parameters of a request ask for; `None` and False ask for nothing. Ids are as the request has them."""

    search: str | None = None
    taxonomy_term_id: str | None = None
    taxonomy_id: str | None = None
    organization_id: str | None = None
    modified_after: datetime | None = None
    parent_id: str | None = None
    top_only: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Records that were asked for: `ids` gives the id and whether it is a sample; `order` is how to show them."""

    ids: Statement
    order: Sequence[Any]
    key: ColumnElement[Any]


def services(connection: Connection, lookup: Lookup, wish: Wish) -> Found:
    """Services that are active; with `modified_after` of any status, since a copy must learn what was closed."""
    statement = select(Service.id, Service.sample)
    statement = statement.where(*_of_services(connection, lookup, wish))
    statement, rank = _searched(connection, statement, wish.search)
    return Found(statement, [*rank, Service.id], Service.__table__.c.id)


def service_at_locations(connection: Connection, lookup: Lookup, wish: Wish) -> Found:
    """The places of services; of which services, as `services` says."""
    link = ServiceAtLocation
    statement = select(link.id, Service.sample).join(Service, Service.id == link.service_id)
    statement = statement.where(*_of_services(connection, lookup, wish))
    statement, rank = _searched(connection, statement, wish.search)
    return Found(statement, [*rank, link.id], link.__table__.c.id)


def organizations(connection: Connection, lookup: Lookup, wish: Wish) -> Found:
    """Organizations; by a term that stands on them or on one of their active services."""
    own = Organization
    statement = select(own.id, own.sample).where(*_words(wish.search, own.name, own.alternate_name, own.name_fr))
    for condition in _tagged(connection, lookup, wish, "organization", own.id):
        theirs = _tagged(connection, lookup, wish, "service", Service.id)
        given = exists().where(Service.organization_id == own.id, Service.status == "active", or_(*theirs))
        statement = statement.where(or_(condition, given))
    return Found(statement, [own.id], own.__table__.c.id)


def taxonomies(wish: Wish) -> Found:
    """Taxonomies of the tables; that of the needs is not one of them."""
    own = Taxonomy
    statement = select(own.id, literal(False)).where(
        stranger(own.name), *_words(wish.search, own.name, own.description)
    )
    return Found(statement, [own.id], own.__table__.c.id)


def taxonomy_terms(connection: Connection, lookup: Lookup, wish: Wish) -> Found:
    """Terms of the tables; those of the needs are not among them."""
    own = TaxonomyTerm
    scheme = exists().where(Taxonomy.id == own.taxonomy_id, ~stranger(Taxonomy.name))
    statement = select(own.id, literal(False)).where(
        stranger(own.taxonomy), ~scheme, *_words(wish.search, own.name, own.description, own.code)
    )
    if wish.taxonomy_id is not None:
        statement = statement.where(_same(own.taxonomy_id, lookup.own(connection, "taxonomy", wish.taxonomy_id)))
    if wish.parent_id is not None:
        statement = statement.where(_same(own.parent_id, lookup.own(connection, "taxonomy_term", wish.parent_id)))
    if wish.top_only:
        statement = statement.where(own.parent_id.is_(None))
    return Found(statement, [own.id], own.__table__.c.id)


def need_terms(wish: Wish) -> list[Any]:
    """Terms of the needs that are asked for."""
    if wish.parent_id is not None or wish.taxonomy_id not in (None, needs.TAXONOMY_ID):
        return []
    return [term for term in needs.terms().values() if _has_words(wish.search, term)]


def need_taxonomies(wish: Wish) -> list[Any]:
    """The taxonomy of the needs, if it is asked for."""
    return [one for one in (needs.taxonomy(),) if _has_words(wish.search, one)]


def _has_words(asked_for: str | None, record: Any) -> bool:
    said = " ".join(str(record.get(name, "")) for name in ("name", "description", "code")).casefold()
    return all(word.casefold() in said for word in (asked_for or "").split()[:MOST_WORDS])


def _of_services(connection: Connection, lookup: Lookup, wish: Wish) -> list[ColumnElement[bool]]:
    conditions = _tagged(connection, lookup, wish, "service", Service.id)
    if wish.organization_id is not None:
        own = lookup.own(connection, "organization", wish.organization_id)
        conditions.append(_same(Service.organization_id, own))
    conditions.append(Service.status == "active" if wish.modified_after is None else _modified(wish.modified_after))
    return conditions


def _modified(after: datetime) -> ColumnElement[bool]:
    """Changed since, by the record's own word or by the log of changes.

    A record that does not say when it changed may have: a copy would rather read it again than never.
    """
    logged = exists().where(
        Metadata.resource_type == "service",
        Metadata.resource_id == Service.id,
        Metadata.last_action_date >= after.date(),
    )
    said = or_(Service.last_modified >= after, logged)
    return or_(said, Service.last_modified.is_(None)) if after <= datetime.now(UTC) else said


def _tagged(connection: Connection, lookup: Lookup, wish: Wish, entity: str, id_: Any) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    tag = and_(Attribute.link_entity == entity, Attribute.link_id == id_)
    if wish.taxonomy_term_id is not None:
        if need := needs.codes().get(wish.taxonomy_term_id.lower()):
            conditions.append(_needed(id_, need) if entity == "service" else _NONE)
        else:
            term = lookup.own(connection, "taxonomy_term", wish.taxonomy_term_id)
            conditions.append(exists().where(tag, Attribute.taxonomy_term_id == term) if term else _NONE)
    if wish.taxonomy_id is not None:
        if wish.taxonomy_id.lower() == needs.TAXONOMY_ID:
            conditions.append(_needed(id_, None) if entity == "service" else _NONE)
        else:
            scheme = lookup.own(connection, "taxonomy", wish.taxonomy_id)
            terms = select(TaxonomyTerm.id).where(TaxonomyTerm.taxonomy_id == scheme)
            conditions.append(exists().where(tag, Attribute.taxonomy_term_id.in_(terms)) if scheme else _NONE)
    return conditions


def _needed(id_: Any, need: str | None) -> ColumnElement[bool]:
    mine = exists().where(ServiceNeed.service_id == id_)
    return mine.where(ServiceNeed.need == need) if need else mine


def _same(column_: Any, own: str | None) -> ColumnElement[bool]:
    return _NONE if own is None else column_ == own


def _words(asked_for: str | None, *columns: Any) -> list[ColumnElement[bool]]:
    """Every word stands in one of the columns."""
    words = (asked_for or "").split()[:MOST_WORDS]
    return [or_(*(one.icontains(word, autoescape=True) for one in columns)) for word in words]


def _searched(
    connection: Connection, statement: Statement, asked_for: str | None
) -> tuple[Statement, list[ColumnElement[Any]]]:
    """Services whose words have every word of the search, under any of its endings; the best first."""
    if not asked_for:
        return statement, []
    stems = asked(asked_for)[:MOST_WORDS]
    if not stems:  # nothing but words that stand everywhere, or none
        return statement.where(*_words(asked_for, Service.name, Service.name_fr)), []
    match = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    matches = match(stems).subquery()
    return statement.join(matches, matches.c.service_id == Service.id), [matches.c.rank]


def _sqlite(stems: Sequence[Sequence[str]]) -> Statement:
    index: Any = table("service_fts", column("rowid"), column("rank"))
    query = " AND ".join("(" + " OR ".join(f'"{stem}"' for stem in one) + ")" for one in stems)
    return (
        select(ServiceText.service_id, index.c.rank)
        .select_from(index)
        .join(ServiceText, ServiceText.number == index.c.rowid)
        .where(text("service_fts MATCH :query").bindparams(query=query))
    )


def _postgresql(stems: Sequence[Sequence[str]]) -> Statement:
    document: ColumnElement[Any] = column("document")
    words = " & ".join("(" + " | ".join(f"'{stem}'" for stem in one) + ")" for one in stems)
    query = func.to_tsquery(text("'simple'"), words)
    return select(ServiceText.service_id, (-func.ts_rank(document, query)).label("rank")).where(
        document.op("@@")(query)
    )
