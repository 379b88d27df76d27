"""Which needs imported services meet: what the feed says in our own codes, else what their words say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any, cast

from sqlalchemy import Connection, Table, delete, select

from directory_client import bulk
from directory_client.among import among
from directory_client.beside import Beside
from directory_client.classify import ServiceTexts, needs_of
from directory_client.imports.names import CHUNK
from directory_client.models import Attribute, Organization, Program, Service, ServiceNeed, Taxonomy, TaxonomyTerm
from directory_client.needs import NEEDS

NEED_TERMS = "porchlight-needs"
"""Name of the taxonomy under which needs stand in a package: a feed that has it knows better than the words."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a feed says of one service: in words, and of its needs in our own codes, each with how sure it is."""

    service_id: str
    texts: ServiceTexts
    codes: Sequence[tuple[str, float]]


def needs_for(
    connection: Connection,
    service_ids: Sequence[str],
    beside: Beside,
    step: Callable[[int], None] = lambda done: None,
) -> None:
    """Writes the needs of these services anew; `step` is told how many are done."""
    chunks, done = list(batched(service_ids, CHUNK)), 0
    made = beside.made(told, (said(connection, chunk) for chunk in chunks))
    for chunk, rows in zip(chunks, made, strict=True):
        connection.execute(delete(ServiceNeed).where(among(connection, ServiceNeed.service_id, chunk)))
        bulk.add(connection, cast(Table, ServiceNeed.__table__), rows)
        done += len(chunk)
        step(done)


def said(connection: Connection, service_ids: Sequence[str]) -> list[Said]:
    """Reads what was said of these services."""
    terms = defaultdict(list)
    codes = defaultdict(list)
    for row in connection.execute(_tagged().where(among(connection, Attribute.link_id, service_ids))):
        if NEED_TERMS in (row.taxonomy, row.scheme):
            codes[row.link_id].append((row.code, _score(row.value)))
        else:
            terms[row.link_id].append(row.name)
    services = connection.execute(_texts().where(among(connection, Service.id, service_ids)))
    return [Said(row.id, _service_texts(row, tuple(terms[row.id])), codes[row.id]) for row in services]


def told(services: Sequence[Said]) -> list[dict[str, Any]]:
    """Rows of `service_need`, the surest first."""
    return [need for service in services for need in _needs(service)]


def _tagged() -> Any:
    scheme = TaxonomyTerm.taxonomy
    named = Taxonomy.name.label("scheme")
    return (
        select(Attribute.link_id, Attribute.value, TaxonomyTerm.name, TaxonomyTerm.code, scheme, named)
        .join(TaxonomyTerm, TaxonomyTerm.id == Attribute.taxonomy_term_id)
        .outerjoin(Taxonomy, Taxonomy.id == TaxonomyTerm.taxonomy_id)
        .where(Attribute.link_entity == "service")
        .order_by(Attribute.id)
    )


def _texts() -> Any:
    return (
        select(
            Service.id,
            Service.name,
            Service.name_fr,
            Service.alternate_name,
            Service.alternate_name_fr,
            Service.description,
            Service.description_fr,
            Service.eligibility_description,
            Organization.name.label("organization"),
            Program.name.label("program"),
        )
        .join(Organization, Organization.id == Service.organization_id)
        .outerjoin(Program, Program.id == Service.program_id)
    )


def _needs(service: Said) -> list[dict[str, Any]]:
    known = {code: score for code, score in reversed(service.codes) if code in NEEDS}
    found = list(reversed(known.items())) if known else list(needs_of(service.texts))
    return [
        {"service_id": service.service_id, "need": need, "position": position, "score": round(score, 3)}
        for position, (need, score) in enumerate(found)
    ]


def _score(value: str | None) -> float:
    """How sure a need is that a package says; nothing said is sure."""
    try:
        score = float(value or 1)
    except ValueError:
        return 1.0
    return score if 0 < score <= 1 else 1.0


def _service_texts(row: Any, terms: tuple[str, ...]) -> ServiceTexts:
    others = (row.alternate_name, row.alternate_name_fr, row.program)
    return ServiceTexts(
        name=row.name,
        name_fr=row.name_fr or "",
        alternate_names=tuple(name for name in others if name),
        organization=row.organization or "",
        description=row.description or "",
        description_fr=row.description_fr or "",
        eligibility=row.eligibility_description or "",
        taxonomy_terms=terms,
    )
