"""Which needs imported services meet: what the feed says in our own codes, else what their words say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Connection, Table, delete, select

from directory_client import bulk
from directory_client.classify import ServiceTexts, needs_of
from directory_client.models import Attribute, Organization, Program, Service, ServiceNeed, Taxonomy, TaxonomyTerm
from directory_client.needs import NEEDS

NEED_TERMS = "porchlight-needs"
"""Name of the taxonomy under which needs stand in a package: a feed that has it knows better than the words."""


def needs_for(connection: Connection, service_ids: Sequence[str]) -> None:
    """Writes the needs of these services anew."""
    terms = defaultdict(list)
    codes = defaultdict(list)
    scheme = TaxonomyTerm.taxonomy
    tagged = (
        select(
            Attribute.link_id,
            Attribute.value,
            TaxonomyTerm.name,
            TaxonomyTerm.code,
            scheme,
            Taxonomy.name.label("scheme"),
        )
        .join(TaxonomyTerm, TaxonomyTerm.id == Attribute.taxonomy_term_id)
        .outerjoin(Taxonomy, Taxonomy.id == TaxonomyTerm.taxonomy_id)
        .where(Attribute.link_entity == "service", Attribute.link_id.in_(service_ids))
        .order_by(Attribute.id)
    )
    for row in connection.execute(tagged):
        if NEED_TERMS in (row.taxonomy, row.scheme):
            codes[row.link_id].append((row.code, _score(row.value)))
        else:
            terms[row.link_id].append(row.name)
    services = connection.execute(_texts().where(Service.id.in_(service_ids))).all()
    rows = [need for row in services for need in _needs(row, tuple(terms[row.id]), codes[row.id])]
    connection.execute(delete(ServiceNeed).where(ServiceNeed.service_id.in_(service_ids)))
    bulk.add(connection, cast(Table, ServiceNeed.__table__), rows)


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


def _needs(row: Any, terms: tuple[str, ...], codes: list[tuple[str, float]]) -> list[dict[str, Any]]:
    said = {code: score for code, score in reversed(codes) if code in NEEDS}
    found = list(reversed(said.items())) if said else list(needs_of(_service_texts(row, terms)))
    return [
        {"service_id": row.id, "need": need, "position": position, "score": round(score, 3)}
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
