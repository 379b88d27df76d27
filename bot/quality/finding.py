"""How well the search finds services, on tests/quality/search, beside a plain full-text search of the same records.

The records are the shipped lines and the sample directory. Each says by itself what it is there for, so every
query is judged by rule: 2 when the main need of the record is the first need of the query (or the record is the one
that was named), 1 when it meets it besides, or is there for one of the needs that `directory_client.needs.instead`
gives for it, else 0. With a place, what is neither within 50 km nor serves the place counts 0.
"""

from __future__ import annotations

import csv
import json
import math
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from bot.quality.sets import FOLDER, Case, cases
from directory_client.areas import shape_of
from directory_client.beside import Beside
from directory_client.feeds.ontario import AssessmentCentres, Odhf
from directory_client.geo import distance_km
from directory_client.imports import take_in
from directory_client.imports.needs import needs_for
from directory_client.index import reindex
from directory_client.models import Base, Location, Service, ServiceArea, ServiceAtLocation, ServiceNeed
from directory_client.needs import instead
from directory_client.places import Gazetteer
from directory_client.places.model import Place
from directory_client.sample import load_lines, load_sample
from directory_client.search import Query, search
from directory_client.words import fold

HEALTH = FOLDER / "search_health.jsonl"
ODHF, CENTRES = "odhf_ontario.csv", "assessment_centres_2021-07-13.csv"
DAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 19, 15, tzinfo=UTC)  # a Thursday, ten in the morning in Toronto
DEPTH = 10
NEAR_KM = 50.0
RESIDENTS = ("plain", "short", "indirect", "third_person", "misspelt", "romanised")
"""Slices of a resident's own words; the others are "name" and "place"."""

GROUPS = (
    "all",
    "residents",
    "residents, English",
    "residents, French",
    "residents, 21 languages",
    "names and kinds",
    "with a place",
)

Search = Callable[[Case], list[str]]
"""Ids of services for a query, best first, each once, at most ten."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a service is there for and where, as its maker said."""

    id: str
    organization: str
    needs: tuple[str, ...]
    points: tuple[tuple[float, float], ...]
    areas: tuple[tuple[str | None, str | None, str | None], ...]
    """Name, extent and reach of each."""
    kind: str = ""
    """What the source calls a facility."""

    def reaches(self, place: Place) -> bool:
        """Whether somebody at a place can use it."""
        if any(distance_km(place.lat, place.lon, *point) <= NEAR_KM + place.radius_km for point in self.points):
            return True
        if not self.areas:
            return not self.points
        shapes = [shape_of(extent, name) for name, extent, reach in self.areas if reach == "area"]
        wide = any(reach in ("province", "national") for _, _, reach in self.areas)
        return wide or any(shape.contains(place.lat, place.lon) for shape in shapes if shape)


@dataclass(frozen=True, slots=True)
class Score:
    """One query: its group, the ids found, and how good the list is."""

    case: Case
    group: str
    found: tuple[str, ...]
    ndcg: float
    reciprocal: float
    hit: bool


def load(session: Session, *, derived: bool) -> dict[str, Record]:
    """Puts lines and sample services into an empty database; returns them as they were made.

    With `derived` the needs of the sample services are then told from their texts, as for an imported feed.
    """
    load_lines(session)
    load_sample(session, today=DAY)
    made = _records(session)
    if derived:
        ids = list(session.scalars(select(Service.id).where(Service.sample)))
        needs_for(session.connection(), ids, Beside(after=len(ids)))
        reindex(session, ids)
    return made


def directory() -> Engine:
    """An empty directory in memory."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine)
    return engine


def facilities(engine: Engine, folder: Path) -> dict[str, Record]:
    """Puts the two open tables of Ontario's facilities into an empty database, as the import takes them.

    Raises OSError when a table is not in the folder, FeedError when it is another one.
    """
    odhf, centres = folder / ODHF, folder / CENTRES
    for feed in (Odhf(odhf), AssessmentCentres(centres)):
        take_in(engine, feed, now=NOW)
    with odhf.open(encoding="utf-8-sig", newline="") as file:
        kinds = {f"odhf-{row['index']}": row["source_facility_type"] for row in csv.DictReader(file)}
    with Session(engine) as session:
        made = _records(session)
    return {id_: replace(record, kind=kinds.get(id_, "covid")) for id_, record in made.items()}


def health_cases(path: Path = HEALTH) -> list[Case]:
    """The queries for health facilities, judged by hand for each type of facility."""
    return [json.loads(line) | {"file": "en"} for line in path.read_text(encoding="utf-8").splitlines()]


def _records(session: Session) -> dict[str, Record]:
    needs: dict[str, list[str]] = {}
    for service, need in session.execute(
        select(ServiceNeed.service_id, ServiceNeed.need).order_by(ServiceNeed.service_id, ServiceNeed.position)
    ):
        needs.setdefault(service, []).append(need)
    points: dict[str, list[tuple[float, float]]] = {}
    for owner, lat, lon in session.execute(
        select(ServiceAtLocation.service_id, Location.latitude, Location.longitude).join(
            Location, Location.id == ServiceAtLocation.location_id
        )
    ):
        if lat is not None and lon is not None:
            points.setdefault(owner, []).append((lat, lon))
    areas: dict[str, list[tuple[str | None, str | None, str | None]]] = {}
    for area in session.scalars(select(ServiceArea).where(ServiceArea.service_id.is_not(None))):
        areas.setdefault(str(area.service_id), []).append((area.name, area.extent, area.reach))
    return {
        id_: Record(id_, organization, tuple(needs.get(id_, ())), tuple(points.get(id_, ())), tuple(areas.get(id_, ())))
        for id_, organization in session.execute(select(Service.id, Service.organization_id))
    }


def grade(case: Case, record: Record, place: Place | None) -> int:
    """How good an answer a record is: 2, 1 or 0."""
    if "records" in case or "organization" in case:
        return 2 if record.id in case.get("records", ()) or record.organization == case.get("organization") else 0
    if place and not record.reaches(place):
        return 0
    if "types" in case:
        return int(case["types"].get(record.kind, 0))
    need = case["needs"][0]
    if record.needs[:1] == (need,):
        return 2
    return 1 if need in record.needs or (record.needs and record.needs[0] in instead(need)) else 0


def ndcg(grades: Sequence[int], ideal: Iterable[int]) -> float:
    """Discounted gain of the first ten over that of the best order there could be; a gain is 2^grade - 1."""
    best = _gain(sorted(ideal, reverse=True))
    return _gain(grades) / best if best else 0.0


def _gain(grades: Sequence[int]) -> float:
    return math.fsum((2**one - 1) / math.log2(rank + 2) for rank, one in enumerate(grades[:DEPTH]))


def scores(
    found_by: Search, records: dict[str, Record], places: Gazetteer, asked: Iterable[Case] | None = None
) -> list[Score]:
    """Every query put to a search; those of the set when none are given."""
    judged = []
    for case in cases("search") if asked is None else asked:
        place = place_of(case, places)
        grades = {id_: grade(case, record, place) for id_, record in records.items()}
        found = found_by(case)
        mine = [grades[id_] for id_ in found]
        first = next((rank for rank, one in enumerate(mine, 1) if one == 2), None)
        judged.append(
            Score(
                case,
                group(case),
                tuple(found),
                ndcg(mine, grades.values()),
                1 / first if first else 0.0,
                first is not None and first <= 5,
            )
        )
    return judged


def group(case: Case) -> str:
    """What a query counts under."""
    if "types" in case:
        return "health facilities by type"
    if case["slice"] in RESIDENTS:
        return {"en": "residents, English", "fr": "residents, French"}.get(case["file"], "residents, 21 languages")
    return {"name": "names and kinds", "place": "with a place"}[case["slice"]]


def place_of(case: Case, places: Gazetteer) -> Place | None:
    """Where the query is. Raises LookupError for a place that the gazetteer does not know."""
    if "near" not in case:
        return None
    mention = places.find(case["near"])
    place = mention.place if mention else places.lookup(case["near"])
    if place is None:
        raise LookupError(f"{case['near']} is no place that is known here")
    return place


class Ours:
    """The product's search; remembers how long each query took, in seconds."""

    def __init__(self, session: Session, places: Gazetteer) -> None:
        self._session, self._places = session, places
        self.times: list[float] = []

    def __call__(self, case: Case) -> list[str]:
        place = place_of(case, self._places)
        begin = time.perf_counter()
        query = Query(
            words=case["text"],
            lat=place.lat if place else None,
            lon=place.lon if place else None,
            place_radius_km=place.radius_km if place else 0.0,
            language=case["file"],
            limit=DEPTH + 2,
        )
        found = search(self._session, query, now=NOW)
        self.times.append(time.perf_counter() - begin)
        return list(dict.fromkeys(one.id.partition("@")[0] for one in found.listings))[:DEPTH]


class Plain:
    """What one gets from SQLite without further thought: BM25 over names and descriptions, any of the words."""

    def __init__(self, session: Session) -> None:
        self._database = sqlite3.connect(":memory:")
        self._database.execute("CREATE VIRTUAL TABLE plain USING fts5(id UNINDEXED, name, description)")
        self._database.executemany("INSERT INTO plain VALUES (?, ?, ?)", map(_plain_row, session.scalars(_services())))

    def __call__(self, case: Case) -> list[str]:
        text = f"{case['text']} {case.get('near', '')}"
        words = dict.fromkeys("".join(c if c.isalnum() else " " for c in fold(text)).split())
        if not words:
            return []
        asked = " OR ".join(f'"{word}"' for word in words)
        rows = self._database.execute(
            "SELECT id FROM plain WHERE plain MATCH ? ORDER BY bm25(plain), id LIMIT ?", (asked, DEPTH)
        )
        return [id_ for (id_,) in rows]


def _services() -> Any:
    return select(Service).where(Service.status == "active")


def _plain_row(service: Service) -> tuple[str, str, str]:
    return (
        service.id,
        " ".join(filter(None, (service.name, service.name_fr))),
        " ".join(filter(None, (service.description, service.description_fr))),
    )


def mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else math.nan


def figures(who: str, judged: Sequence[Score]) -> list[dict[str, Any]]:
    """nDCG@10, MRR, hit@5 and the share of queries without a result, by group, as the report keeps them."""
    rows = []
    for name in (*GROUPS, "health facilities by type"):
        mine = [one for one in judged if name == "all" or one.group == name or one.group.startswith(f"{name}, ")]
        if not mine:
            continue
        rows.append(
            {
                "what": who,
                "group": name,
                "count": len(mine),
                "ndcg": round(mean(one.ndcg for one in mine), 4),
                "mrr": round(mean(one.reciprocal for one in mine), 4),
                "hit": round(mean(one.hit for one in mine), 4),
                "empty": round(mean(not one.found for one in mine), 4),
            }
        )
    return rows


def misses(judged: Sequence[Score], most: int) -> str:
    """The worst queries, for a developer's eyes."""
    worst = sorted(judged, key=lambda one: one.ndcg)[:most]
    lines = []
    for one in worst:
        wanted = [one.case[name] for name in ("needs", "records", "organization") if name in one.case]
        lines.append(f"{one.ndcg:.2f} {one.case['file']} {one.case['text']} {wanted}: {one.found[:4]}")
    return "\n".join(lines)
