"""Asks the database which services answer a need or some words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import log
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    Row,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
)

from directory_client.geo import box_around
from directory_client.models import SearchSite, ServiceNeed, ServiceWord
from directory_client.ranking import FARTHEST_KM
from directory_client.words import words

NAME_WEIGHT = 6.0
"""Weight of a word in a name, the best that a word can do."""
UNKNOWN_WORD = 0.2
"""What a word that stands in no record takes away, as a share of what the rarest could give."""
ENOUGH = 0.34
"""Share of the best possible match below which words alone do not make an answer."""

MOST_BY_WORDS = 300
"""Sites that words alone may bring, the best matches first."""

Point = tuple[float, float]
"""Latitude and longitude in degrees."""

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


def matching(connection: Connection, need: str | None, text: str | None, point: Point | None) -> Sequence[Row[Any]]:
    """The fields of `ranking.Candidate` for every site that answers and could matter around a point.

    With a need, the words only add to the relevance of what meets it. Without a point nothing is left out.
    """
    bounds = _bounds(*point) if point else {}
    scores = _scores(connection, text) if text else None
    if need and scores is None:
        return connection.execute(_by_need(point is not None), {"need": need, **bounds}).all()
    if scores is None:
        return []
    if need:
        relevance = func.coalesce(scores.c.relevance, literal(0.0))
        statement = _by_need(point is not None).add_columns(relevance)
        statement = statement.outerjoin(scores, scores.c.service_id == SearchSite.service_id)
        return connection.execute(statement, {"need": need, **bounds}).all()
    found: Any = (
        select(*_COLUMNS, literal(0), scores.c.relevance)
        .join(scores, scores.c.service_id == SearchSite.service_id)
        .where(scores.c.relevance >= ENOUGH)
        .order_by(scores.c.relevance.desc(), SearchSite.id)
        .limit(MOST_BY_WORDS)
    )
    return connection.execute(found.where(_around()) if point else found, bounds).all()


@lru_cache(maxsize=2)
def _by_need(around: bool) -> Any:
    statement = (
        select(*_COLUMNS, ServiceNeed.position)
        .join(ServiceNeed, ServiceNeed.service_id == SearchSite.service_id)
        .where(ServiceNeed.need == bindparam("need"))
    )
    return statement.where(_around()) if around else statement


def _bounds(lat: float, lon: float) -> dict[str, float]:
    box = box_around(lat, lon, FARTHEST_KM)
    return {
        "lat": lat,
        "lon": lon,
        "south": box.south,
        "west": box.west,
        "north": box.north,
        "east": box.east,
    }


def _around() -> ColumnElement[bool]:
    """Within reach of the point, or serving everybody, or serving an area whose box holds the point."""
    site = SearchSite
    return or_(
        and_(
            site.latitude.between(bindparam("south"), bindparam("north")),
            site.longitude.between(bindparam("west"), bindparam("east")),
        ),
        site.reach.in_(("province", "national")),
        and_(
            site.south <= bindparam("lat"),
            site.north >= bindparam("lat"),
            site.west <= bindparam("lon"),
            site.east >= bindparam("lon"),
        ),
    )


def _scores(connection: Connection, text: str) -> Subquery | None:
    """How well each service matches, from 0 to 1: rare words count more than those that stand everywhere."""
    wanted = words(text)
    if not wanted:
        return None
    counts: dict[str, int] = {
        word: count
        for word, count in connection.execute(
            select(ServiceWord.word, func.count()).where(ServiceWord.word.in_(wanted)).group_by(ServiceWord.word)
        )
    }
    known = [word for word in wanted if word in counts]
    if not known:
        return None
    services = connection.scalar(select(func.count()).select_from(SearchSite)) or 1
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
