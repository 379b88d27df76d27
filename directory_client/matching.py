"""Asks the database which services answer a need or some words, and how well.

The database finds and cuts: the nearest few hundred that meet the need, the few hundred whose words match best
among those that could matter around the point. How well words match is then worked out here from the same stems
on SQLite and PostgreSQL, so that both give the same order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from math import cos, radians
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    column,
    func,
    or_,
    select,
    table,
    text,
    union_all,
)

from directory_client.geo import box_around
from directory_client.models import SearchSite, ServiceNeed, ServiceText
from directory_client.ranking import FARTHEST_KM, STEPS_KM, Candidate
from directory_client.wanted import Term, Wanted

FIELDS = (("names", 6.0), ("terms", 3.0), ("description", 1.0))
"""Weight of a word by where it stands."""
SATURATION = 2.0
"""How soon further mentions stop to count: BM25's k1, over weighted mentions."""
ENOUGH = 0.34
"""Share of the best possible match below which words alone do not make an answer, if anything reaches it."""
NEARLY = 0.6
"""When nothing reaches that: the share of the best match there is from which on matches are handed out."""
NEED_FROM_WORDS = 0.8
"""What a need that was told from the words counts beside the words themselves."""

FIRST_KM = STEPS_KM[0]
MOST = 300
"""Sites by need, nearest first, and as many by words."""
MOST_WIDE = 150
"""Sites that serve the area, the province or the country."""
PLENTY = 60
"""So many within the first circle, and the wider ones are not looked at."""

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
    SearchSite.free,
    SearchSite.minimum_age,
    SearchSite.maximum_age,
    SearchSite.accessible,
    SearchSite.twin,
)
_TEXTS = (ServiceText.names, ServiceText.terms, ServiceText.description)


def matching(
    connection: Connection, wanted: Wanted, point: Point | None, language: str | None = None
) -> list[Candidate]:
    """Every site that answers and could matter around a point, at most some hundreds; in no order.

    With a need that was asked for (weight 1), the words only add to the relevance of what meets it. Speakers of
    `language` are looked for farther away than others.
    """
    sure = any(weight >= 1.0 for _, weight in wanted.needs)
    found: dict[str, Candidate] = {}
    for need, weight in wanted.needs:
        for row in _by_need(connection, need, point, language):
            *_, position, score = tuple(row)
            one = _candidate(row, position=position, score=score)
            if not sure:
                one = replace(one, relevance=NEED_FROM_WORDS * weight * one.score / (1 + one.position))
            if one.id not in found or found[one.id].relevance < one.relevance:
                found[one.id] = one
    if not wanted.terms:
        return list(found.values())
    matches = {row.id: (row, _relevance(row, wanted)) for row in _by_words(connection, wanted.terms, point)}
    if sure:
        return [replace(one, relevance=matches[one.id][1]) if one.id in matches else one for one in found.values()]
    best = max((relevance for _, relevance in matches.values()), default=0.0)
    least = ENOUGH if best >= ENOUGH else NEARLY * best
    for id_, (row, relevance) in matches.items():
        if id_ in found:
            found[id_] = replace(found[id_], relevance=min(1.0, found[id_].relevance + relevance))
        elif relevance >= least:
            found[id_] = _candidate(row, relevance=relevance)
    return list(found.values())


def _candidate(row: Row[Any], **more: Any) -> Candidate:
    values: Sequence[Any] = tuple(row)[: len(_COLUMNS)]
    return Candidate(*values, **more)


def _by_need(connection: Connection, need: str, point: Point | None, language: str | None) -> Iterable[Row[Any]]:
    if point is None:
        return connection.execute(_need_anywhere(), {"need": need})
    values: dict[str, Any] = {"need": need, **_around(*point)}
    rows = connection.execute(_need_around(), values | _box(*point, FIRST_KM)).all()
    near = sum(row.latitude is not None for row in rows)
    if near < PLENTY:
        rows = connection.execute(_need_around(), values | _box(*point, FARTHEST_KM)).all()
    elif language and near >= MOST:
        speakers = _need_near().where(SearchSite.languages.contains(f" {language} ", autoescape=True))
        rows = [*rows, *connection.execute(speakers, values | _box(*point, FARTHEST_KM))]
    return rows


@lru_cache(maxsize=1)
def _need() -> Select[*tuple[Any, ...]]:
    return (
        select(*_COLUMNS, ServiceNeed.position, ServiceNeed.score)
        .join(ServiceNeed, ServiceNeed.service_id == SearchSite.service_id)
        .where(ServiceNeed.need == bindparam("need"))
    )


@lru_cache(maxsize=1)
def _need_anywhere() -> Select[*tuple[Any, ...]]:
    wide = SearchSite.reach.in_(("province", "national"))
    return _need().order_by(wide.desc(), ServiceNeed.position, ServiceNeed.score.desc(), SearchSite.id).limit(MOST)


@lru_cache(maxsize=1)
def _need_around() -> CompoundSelect[*tuple[Any, ...]]:
    """The nearest, and those that serve from anywhere."""
    parts = (_need_near().subquery(), _need_wide().subquery())
    return union_all(*(select(*part.c) for part in parts))


@lru_cache(maxsize=1)
def _need_near() -> Select[*tuple[Any, ...]]:
    return _need().where(_in_box()).order_by(_away()).limit(MOST)


@lru_cache(maxsize=1)
def _need_wide() -> Select[*tuple[Any, ...]]:
    return (
        _need()
        .where(_serves())
        .order_by(ServiceNeed.position, ServiceNeed.score.desc(), SearchSite.id)
        .limit(MOST_WIDE)
    )


def _by_words(connection: Connection, terms: Sequence[Term], point: Point | None) -> Sequence[Row[Any]]:
    stems = [stem for term in terms if term.finds for stem in term.stems]
    near = or_(_in_box(), _serves()) if point else None
    values = {**_around(*point), **_box(*point, FARTHEST_KM)} if point else {}
    if connection.dialect.name == "sqlite":
        statement, query = _sqlite(), " OR ".join(f'"{stem}"' for stem in stems)
    else:
        statement, query = _postgresql(), " | ".join(f"'{stem}'" for stem in stems)
    chosen = statement if near is None else statement.where(near)
    return connection.execute(chosen.limit(MOST), {"query": query, **values}).all()


@lru_cache(maxsize=1)
def _sqlite() -> Select[*tuple[Any, ...]]:
    index = table("service_fts", column("rowid"))
    weights = ", ".join(str(weight) for _, weight in FIELDS)
    return (
        select(*_COLUMNS, *_TEXTS)
        .select_from(index)
        .join(ServiceText, ServiceText.number == index.c.rowid)
        .join(SearchSite, SearchSite.service_id == ServiceText.service_id)
        .where(text("service_fts MATCH :query"))
        .order_by(text(f"bm25(service_fts, {weights})"), SearchSite.id)
    )


@lru_cache(maxsize=1)
def _postgresql() -> Select[*tuple[Any, ...]]:
    document: ColumnElement[Any] = column("document")
    query = func.to_tsquery(text("'simple'"), bindparam("query"))
    # D, C, B, A: the weights of the fields, as shares of the heaviest.
    rank = func.ts_rank(text("'{0.17, 0.1, 0.5, 1.0}'"), document, query)
    return (
        select(*_COLUMNS, *_TEXTS)
        .select_from(ServiceText)
        .join(SearchSite, SearchSite.service_id == ServiceText.service_id)
        .where(document.op("@@")(query))
        .order_by(rank.desc(), SearchSite.id)
    )


def _relevance(row: Row[Any], wanted: Wanted) -> float:
    """How well the words of one service match, from 0 to 1: rare words count more, names more than descriptions."""
    texts = [(f" {getattr(row, name)} ", weight) for name, weight in FIELDS]
    heaviest = FIELDS[0][1]
    full = heaviest / (heaviest + SATURATION)
    score = 0.0
    for term in wanted.terms:
        mentions = sum(weight * field.count(f" {stem} ") for field, weight in texts for stem in term.stems)
        score += term.weight * term.rarity * min(mentions / (mentions + SATURATION) / full, 1.0)
    return min(score / wanted.best, 1.0) if wanted.best else 0.0


def _box(lat: float, lon: float, radius_km: float) -> dict[str, float]:
    box = box_around(lat, lon, radius_km)
    return {"south": box.south, "west": box.west, "north": box.north, "east": box.east}


def _around(lat: float, lon: float) -> dict[str, float]:
    return {"lat": lat, "lon": lon, "narrowing": cos(radians(lat)) ** 2}


def _away() -> ColumnElement[Any]:
    """The square of the distance, near enough to choose the nearest by."""
    north = SearchSite.latitude - bindparam("lat")
    east = SearchSite.longitude - bindparam("lon")
    return north * north + east * east * bindparam("narrowing")


def _in_box() -> ColumnElement[bool]:
    return and_(
        SearchSite.latitude.between(bindparam("south"), bindparam("north")),
        SearchSite.longitude.between(bindparam("west"), bindparam("east")),
    )


def _serves() -> ColumnElement[bool]:
    """Serving everybody, or an area whose box holds the point."""
    site = SearchSite
    return or_(
        site.reach.in_(("province", "national")),
        and_(
            site.south <= bindparam("lat"),
            site.north >= bindparam("lat"),
            site.west <= bindparam("lon"),
            site.east >= bindparam("lon"),
        ),
    )


__all__ = ["Point", "matching"]
