"""The part of the search statement that says which services answer a need or some words."""

from __future__ import annotations

from math import log
from typing import Any

from sqlalchemy import Float, Select, Subquery, case, func, literal, select
from sqlalchemy.orm import Session

from directory_client.models import SearchSite, ServiceNeed, ServiceWord
from directory_client.words import words

NAME_WEIGHT = 6.0
"""Weight of a word in a name, the best that a word can do."""
UNKNOWN_WORD = 0.2
"""What a word that stands in no record takes away, as a share of what the rarest could give."""
ENOUGH = 0.34
"""Share of the best possible match below which words alone do not make an answer."""

_COLUMNS = (
    SearchSite.id,
    SearchSite.service_id,
    SearchSite.location_id,
    SearchSite.organization_id,
    SearchSite.program_id,
    SearchSite.folded_name,
    SearchSite.latitude,
    SearchSite.longitude,
    SearchSite.confidential,
    SearchSite.reach,
    SearchSite.languages,
    SearchSite.interpretation,
    SearchSite.assured_date,
    SearchSite.sample,
)


def matching(session: Session, need: str | None, text: str | None) -> Select[*tuple[Any, ...]] | None:
    """Select the fields of `ranking.Candidate` for every site that answers; None when nothing was asked for.

    With a need, the words only add to the relevance of what meets it.
    """
    scores = _scores(session, text) if text else None
    if need:
        statement: Select[*tuple[Any, ...]] = select(*_COLUMNS, ServiceNeed.position).join(
            ServiceNeed, ServiceNeed.service_id == SearchSite.service_id
        )
        statement = statement.where(ServiceNeed.need == need)
        if scores is None:
            return statement
        relevance = func.coalesce(scores.c.relevance, literal(0.0))
        joined = statement.add_columns(relevance)
        return joined.outerjoin(scores, scores.c.service_id == SearchSite.service_id)
    if scores is None:
        return None
    found = select(*_COLUMNS, literal(0), scores.c.relevance)
    return found.join(scores, scores.c.service_id == SearchSite.service_id).where(
        scores.c.relevance >= ENOUGH
    )


def _scores(session: Session, text: str) -> Subquery | None:
    """How well each service matches, from 0 to 1: rare words count more than those that stand everywhere."""
    wanted = words(text)
    if not wanted:
        return None
    counts: dict[str, int] = {
        word: count
        for word, count in session.execute(
            select(ServiceWord.word, func.count())
            .where(ServiceWord.word.in_(wanted))
            .group_by(ServiceWord.word)
        )
    }
    known = [word for word in wanted if word in counts]
    if not known:
        return None
    services = session.scalar(select(func.count()).select_from(SearchSite)) or 1
    rarity = {word: log(1 + services / counts[word]) for word in known}
    # A word that stands in no record counts against a match, but a sentence has many that tell nothing.
    missing = UNKNOWN_WORD * (len(wanted) - len(known)) * log(1 + services)
    best = NAME_WEIGHT * (sum(rarity.values()) + missing)
    worth = case(rarity, value=ServiceWord.word, else_=0.0).cast(Float)
    return (
        select(ServiceWord.service_id, (func.sum(worth * ServiceWord.weight) / best).label("relevance"))
        .where(ServiceWord.word.in_(known))
        .group_by(ServiceWord.service_id)
        .subquery()
    )
