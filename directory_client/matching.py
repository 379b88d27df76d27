"""Asks the database which services answer a need or some words, and how well.

The database finds and cuts: the nearest few hundred that meet the need, the few hundred whose words match best
among those that could matter around the point. How well words match is then worked out here from the same stems
on SQLite and PostgreSQL, so that both give the same order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import cos, radians
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    column,
    func,
    literal_column,
    or_,
    select,
    table,
    text,
    union_all,
)

from directory_client.geo import box_around
from directory_client.marked import Columns, sites
from directory_client.models import SearchNeed, SearchSite, ServiceText
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
SAME_INSTEAD = 0.5
"""How far other words for the same fill up what is missing: never so far that they count as the word itself."""
NEED_FROM_WORDS = 0.8
"""What a need that was told from the words counts beside the words themselves."""
NAMED_INSTEAD = 0.5
"""What it loses of that when a service has all the words in its name: they may be nothing but a name."""
PARTLY = 3
"""Beside a need, a match of half the words says much less than half ("free" of "free lawyer"): this power of it.

Chosen with the two above on 315 training examples and 82 misspelt names (2026-11-22): nDCG@10 over both is 0.73 with
powers of 1 and no loss, 0.75 with 2, 0.78 with these and asking.UNKNOWN, 0.81 with SAME_INSTEAD as well."""

FIRST_KM = STEPS_KM[0]
MOST = 80
"""Sites by need, nearest first, where nothing is to be left out afterwards."""
MOST_SIFTED = 150
"""The same where hours, age, cost and the like will leave some out."""
MOST_WIDE = 40
"""Sites that serve the area, and that serve the province or the country."""
MOST_WIDE_SIFTED = 60
MOST_TOLD = 60
"""The same two where the need was only told from the words; there may be three of them."""
MOST_NAMED = 120
"""Sites by words, the best matches first."""
MOST_RANKED = 3 * MOST_NAMED
"""Services by words on PostgreSQL, before it is known which of their sites could matter: some do not."""
FEW = 10
"""Matches of the rarer words; with fewer the common ones look up as well."""
PLENTY = 60
"""So many within the first circle, and the wider ones are not looked at."""

Point = tuple[float, float]
"""Latitude and longitude in degrees."""

_WEIGHTS = tuple(weight for _, weight in FIELDS)
_FULL = max(_WEIGHTS) / (max(_WEIGHTS) + SATURATION)
"""What one mention in the heaviest field comes to."""
_TEXTS = tuple(getattr(ServiceText, name) for name, _ in FIELDS)
_SITE = (SearchSite.id.label("site_id"), SearchSite.mark, SearchSite.number)


def matching(
    connection: Connection,
    wanted: Wanted,
    point: Point | None,
    language: str | None = None,
    *,
    sifted: bool = True,
) -> list[Candidate]:
    """Every site that answers and could matter around a point, at most some hundreds; in no order.

    With a need that was asked for (weight 1), the words only add to the relevance of what meets it. Speakers of
    `language` are looked for farther away than others. `sifted`: many may be left out afterwards; more are handed out.
    """
    sure = any(weight >= 1.0 for _, weight in wanted.needs)
    matches: dict[str, tuple[int, float]] = {}
    if wanted.terms:
        perfect = wanted.best
        services: dict[int, float] = {}
        for id_, mark, number, *texts in _by_words(connection, wanted.terms, point):
            if number not in services:  # of each as many rows as it has places
                services[number] = _relevance(texts, wanted.terms, perfect)
            matches[id_] = (mark, services[number])
    best = max((relevance for _, relevance in matches.values()), default=0.0)
    believed = 1.0 if sure else NEED_FROM_WORDS * (1 - NAMED_INSTEAD * best**4)
    by_need: dict[str, tuple[int, int, float, float]] = {}
    most = MOST_TOLD if not sure else MOST_SIFTED if sifted else MOST
    most_wide = min(most, MOST_WIDE_SIFTED if sifted else MOST_WIDE)
    for need, weight in wanted.needs:
        for id_, mark, position, score, _ in _by_need(connection, need, point, language, most, most_wide):
            relevance = 0.0 if sure else believed * weight * score / (1 + position)
            if id_ not in by_need or by_need[id_][3] < relevance:
                by_need[id_] = (mark, position, score, relevance)
    least, power = ENOUGH if best >= ENOUGH else NEARLY * best, PARTLY if wanted.needs else 1
    alone = {} if sure else {id_: one for id_, one in matches.items() if one[1] >= least and id_ not in by_need}
    known = sites(connection, {id_: one[0] for found in (by_need, alone) for id_, one in found.items()})
    found = []
    for id_, (_, position, score, relevance) in by_need.items():
        if id_ in known:
            words = matches[id_][1] if id_ in matches else 0.0
            # Neither adds up with the other beyond what a perfect match of the words gives: a name comes first.
            both = words if sure else 1 - (1 - relevance) * (1 - words**PARTLY)
            found.append(_candidate(known[id_], position=position, score=score, relevance=both))
    found += [_candidate(known[id_], relevance=words**power) for id_, (_, words) in alone.items() if id_ in known]
    return found


def _candidate(columns: Columns, **more: Any) -> Candidate:
    return Candidate(*columns, **more)


def _by_need(
    connection: Connection, need: str, point: Point | None, language: str | None, most: int, most_wide: int
) -> Iterable[Any]:
    """Rows of `_NEED`, and whether the site was found for being near; one may come twice."""
    limits = {"most": most, "most_wide": most_wide}
    if point is None:
        return connection.execute(_need_anywhere(), {"need": need, **limits})
    values: dict[str, Any] = {"need": need, **_around(*point), **limits}
    rows = connection.execute(_need_around(), values | _box(*point, FIRST_KM)).all()
    near = sum(row[-1] for row in rows)
    all_read = False
    if near < PLENTY:
        rows = connection.execute(_need_around(), values | _box(*point, FARTHEST_KM)).all()
        all_read = sum(row[-1] for row in rows) < most
    if language and not all_read:
        values |= {**_box(*point, FARTHEST_KM), "spoken": f"% {language} %"}
        rows = [*rows, *connection.execute(_speakers(), values)]
    return rows


_NEED = (SearchNeed.site_id, SearchNeed.mark, SearchNeed.position, SearchNeed.score)
_NEAR: Any = literal_column("1").label("near")
_NOT_NEAR: Any = literal_column("0").label("near")
_SUREST = (SearchNeed.position, SearchNeed.score.desc(), SearchNeed.site_id)


def _meets(near: Any) -> Any:
    return select(*_NEED, near).where(SearchNeed.need == bindparam("need"))


@lru_cache(maxsize=1)
def _need_anywhere() -> Any:
    return _meets(_NOT_NEAR).order_by(SearchNeed.wide.desc(), *_SUREST).limit(bindparam("most"))


@lru_cache(maxsize=1)
def _need_around() -> Any:
    """The nearest, and those that serve from anywhere; some are both."""
    mine = _meets(_NOT_NEAR)
    near = _meets(_NEAR).where(_in_box(SearchNeed)).order_by(_away(SearchNeed)).limit(bindparam("most"))
    wide = mine.where(SearchNeed.wide == 2).order_by(*_SUREST).limit(bindparam("most_wide"))
    area = mine.where(SearchNeed.wide == 1, _edges(SearchNeed)).order_by(*_SUREST).limit(bindparam("most_wide"))
    parts = [part.subquery() for part in (near, wide, area)]
    return union_all(*(select(*part.c) for part in parts))


@lru_cache(maxsize=1)
def _speakers() -> Any:
    """The nearest who speak a language; asked for where not all in the widest circle are looked at."""
    mine = _meets(_NOT_NEAR).where(_in_box(SearchNeed), SearchNeed.languages.like(bindparam("spoken")))
    return mine.order_by(_away(SearchNeed)).limit(bindparam("most"))


def _by_words(connection: Connection, terms: Sequence[Term], point: Point | None) -> Sequence[Any]:
    """The best matches of the rarer words; of all words where these find hardly anything around the point."""
    rows = _matches(connection, [stem for term in terms if term.finds for stem in term.stems], point)
    if len(rows) < FEW and not all(term.finds for term in terms):
        rows = _matches(connection, [stem for term in terms for stem in term.stems], point)
    return rows


def _matches(connection: Connection, stems: Sequence[str], point: Point | None) -> Sequence[Row[Any]]:
    if not stems:
        return []
    values = {**_around(*point), **_box(*point, FARTHEST_KM)} if point else {}
    if connection.dialect.name == "sqlite":
        statement, query = _sqlite(point is not None), " OR ".join(f'"{stem}"' for stem in stems)
    else:
        statement, query = _postgresql(point is not None), " | ".join(f"'{stem}'" for stem in stems)
    return connection.execute(statement, {"query": query, **values}).all()


@lru_cache(maxsize=2)
def _sqlite(placed: bool) -> Any:
    index = table("service_fts", column("rowid"))
    weights = ", ".join(str(weight) for _, weight in FIELDS)
    found = select(*_SITE).select_from(index)
    found = found.join(SearchSite, SearchSite.number == index.c.rowid).where(text("service_fts MATCH :query"))
    if placed:
        found = found.where(or_(_in_box(SearchSite), _serves()))
    return _with_texts(found.order_by(text(f"bm25(service_fts, {weights})"), SearchSite.id).limit(MOST_NAMED))


@lru_cache(maxsize=2)
def _postgresql(placed: bool) -> Any:
    document: ColumnElement[Any] = column("document")
    query = func.to_tsquery(text("'simple'"), bindparam("query"))
    # D, C, B, A: the weights of the fields, as shares of the heaviest.
    rank = func.ts_rank(text("'{0.17, 0.1, 0.5, 1.0}'"), document, query)
    # First the services, then their sites: to join all that have a common word with their sites, or to rank those of
    # the whole province, takes longer than to find them.
    services = select(ServiceText.number, rank.label("rank")).where(document.op("@@")(query))
    if placed:
        services = services.where(or_(ServiceText.south.is_(None), _touches_box()))
    best = services.order_by(rank.desc(), ServiceText.number).limit(MOST_RANKED).cte("best").prefix_with("MATERIALIZED")
    found = select(*_SITE).join(best, best.c.number == SearchSite.number)
    if placed:
        found = found.where(or_(_in_box(SearchSite), _serves()))
    return _with_texts(found.order_by(best.c.rank.desc(), SearchSite.id).limit(MOST_NAMED))


def _with_texts(found: Any) -> Any:
    part = found.subquery()
    return select(*part.c, *_TEXTS).join(part, part.c.number == ServiceText.number)


def _relevance(fields: Iterable[str], terms: Sequence[Term], perfect: float) -> float:
    """How well the words of one service match, from 0 to 1: rare words count more, names more than descriptions.

    Args:
        fields: its texts, in the order of `FIELDS`.
        perfect: what a match of all the words in a name would add up to.
    """
    if not perfect:
        return 0.0
    texts = [f" {field} " for field in fields]
    whole = "".join(texts)
    own = others = 0.0
    for term in terms:
        there = [needle for needle in term.needles if needle in whole]  # most words are not: look once, then count
        if not there:
            continue
        mentions = 0.0
        for words, weight in zip(texts, _WEIGHTS, strict=True):
            for needle in there:
                mentions += weight * words.count(needle)
        score = term.weight * term.rarity * min(mentions / (mentions + SATURATION) / _FULL, 1.0)
        if term.weight < 1.0:
            others += score
        else:
            own += score
    share = min(own / perfect, 1.0)
    return share + SAME_INSTEAD * (1 - share) * min(others / perfect, 1.0)


def _box(lat: float, lon: float, radius_km: float) -> dict[str, float]:
    box = box_around(lat, lon, radius_km)
    return {"south": box.south, "west": box.west, "north": box.north, "east": box.east}


def _around(lat: float, lon: float) -> dict[str, float]:
    return {"lat": lat, "lon": lon, "narrowing": cos(radians(lat)) ** 2}


def _away(spot: type[SearchSite] | type[SearchNeed]) -> ColumnElement[Any]:
    """The square of the distance, near enough to choose the nearest by."""
    north = spot.latitude - bindparam("lat")
    east = spot.longitude - bindparam("lon")
    return north * north + east * east * bindparam("narrowing")


def _in_box(spot: type[SearchSite] | type[SearchNeed]) -> ColumnElement[bool]:
    return and_(
        spot.latitude.between(bindparam("south"), bindparam("north")),
        spot.longitude.between(bindparam("west"), bindparam("east")),
    )


def _touches_box() -> ColumnElement[bool]:
    """Having a place or an area that may lie in the box around the point."""
    return and_(
        ServiceText.south <= bindparam("north"),
        ServiceText.north >= bindparam("south"),
        ServiceText.west <= bindparam("east"),
        ServiceText.east >= bindparam("west"),
    )


def _edges(spot: type[SearchSite] | type[SearchNeed]) -> ColumnElement[bool]:
    """Serving an area whose box holds the point."""
    return and_(
        spot.south <= bindparam("lat"),
        spot.north >= bindparam("lat"),
        spot.west <= bindparam("lon"),
        spot.east >= bindparam("lon"),
    )


def _serves() -> ColumnElement[bool]:
    """Serving everybody, or the area around the point."""
    return or_(SearchSite.reach.in_(("province", "national")), _edges(SearchSite))


__all__ = ["Point", "matching"]
