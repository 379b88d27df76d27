"""Searching among real places of Ontario: their coordinates and hours count here, not their services."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, insert
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from directory_client.geo import distance_km
from directory_client.index import reindex
from directory_client.models import (
    Address,
    Base,
    Location,
    Organization,
    Schedule,
    Service,
    ServiceAtLocation,
    ServiceNeed,
)
from directory_client.places import Gazetteer
from directory_client.placing import Placing
from directory_client.search import Query, search
from directory_client.whereabouts import whereabouts
from tests.directory_client.conftest import DATABASES, engine_for, rolled_back

ONTARIO = Path(__file__).parents[3] / "shared" / "data" / "ontario"
CENTRES = ONTARIO / "assessment_centres_2021-07-13.csv"
FACILITIES = ONTARIO / "odhf_ontario.csv"
NOW = datetime(2026, 11, 19, 15, tzinfo=UTC)
DAYS = {
    "monday": "MO",
    "tuesday": "TU",
    "wednesday": "WE",
    "thursday": "TH",
    "friday": "FR",
    "saturday": "SA",
    "sunday": "SU",
}

pytestmark = pytest.mark.skipif(not CENTRES.exists(), reason="the tables in ../shared/data/ontario are not here")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _centres() -> list[dict[str, str]]:
    with CENTRES.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if _number(row["latitude"]) and _number(row["longitude"])]


def _facilities() -> list[dict[str, str]]:
    with FACILITIES.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if _number(row["latitude"]) and _number(row["longitude"])]


def _load(session: Session, sites: list[dict[str, Any]], schedules: list[dict[str, Any]] | None = None) -> None:
    session.execute(insert(Organization), [{"id": s["id"], "name": s["name"]} for s in sites])
    session.execute(
        insert(Service),
        [{"id": s["id"], "organization_id": s["id"], "name": s["name"], "assured_date": NOW.date()} for s in sites],
    )
    session.execute(insert(Location), [{"id": s["id"], "latitude": s["lat"], "longitude": s["lon"]} for s in sites])
    session.execute(
        insert(Address),
        [{"id": s["id"], "location_id": s["id"], "address_1": s["street"], "city": s["city"]} for s in sites],
    )
    session.execute(
        insert(ServiceAtLocation),
        [{"id": s["id"], "service_id": s["id"], "location_id": s["id"]} for s in sites],
    )
    session.execute(insert(ServiceNeed), [{"service_id": s["id"], "need": "health.doctor"} for s in sites])
    if schedules:
        session.execute(insert(Schedule), schedules)
    reindex(session, [s["id"] for s in sites])


def _site(id_: str, name: str, street: str, city: str, lat: str, lon: str) -> dict[str, Any]:
    return {
        "id": id_,
        "name": name or "?",
        "street": street,
        "city": city,
        "lat": float(lat),
        "lon": float(lon),
    }


def _load_centres(session: Session) -> list[dict[str, Any]]:
    sites, schedules = [], []
    for nth, row in enumerate(_centres()):
        id_ = f"centre-{nth}"
        sites.append(_site(id_, row["location_name"], row["address"], row["city"], row["latitude"], row["longitude"]))
        for day, code in DAYS.items():
            for part, span in enumerate(row[day].split("&")):
                opens, _, closes = span.partition("-")
                if closes:
                    schedules.append(
                        {
                            "id": f"{id_}-{code}-{part}",
                            "service_id": id_,
                            "freq": "WEEKLY",
                            "byday": code,
                            "opens_at": opens,
                            "closes_at": closes,
                        }
                    )
    _load(session, sites, schedules)
    return sites


@dataclass(frozen=True)
class Centres:
    session: Session
    sites: list[dict[str, Any]]


@pytest.fixture(scope="module", params=DATABASES)
def stocked(request: pytest.FixtureRequest) -> Iterator[tuple[Engine, list[dict[str, Any]]]]:
    with engine_for(request) as engine:
        with Session(engine) as session, session.begin():
            sites = _load_centres(session)
        yield engine, sites


@pytest.fixture
def centres(stocked: tuple[Engine, list[dict[str, Any]]]) -> Iterator[Centres]:
    engine, sites = stocked
    with rolled_back(engine) as session:
        yield Centres(session, sites)


def test_the_nearest_of_thousands_is_the_nearest(centres: Centres) -> None:
    assert len(centres.sites) > 2500
    placing = Placing()
    spots = [(one, placing.spot(one["lat"], one["lon"], one["city"], None)) for one in centres.sites]
    wrong = [one for one, spot in spots if spot and spot.approximate]  # a pharmacy in London with a point in Toronto
    assert len(wrong) < 10
    for site in random.Random(7).sample([one for one in centres.sites if one not in wrong], 60):
        lat, lon = site["lat"] + 0.02, site["lon"] - 0.03
        found = search(centres.session, Query(need="health.doctor", lat=lat, lon=lon, nearest_first=True), now=NOW)
        nearest = min(distance_km(lat, lon, one["lat"], one["lon"]) for one in centres.sites if one not in wrong)
        if nearest > 100:
            continue
        first = next(one for one in found.listings if not one.approximate)
        assert first.distance_km == pytest.approx(nearest, abs=0.06)
        away = [one.distance_km for one in found.listings if one.distance_km is not None]
        assert away == sorted(away)
        if nearest <= 10:
            assert found.widened_to_km is None
        else:
            assert found.widened_to_km is not None and nearest <= found.widened_to_km


def test_listings_lie_in_the_town_that_is_asked_for(centres: Centres) -> None:
    towns = {"Sudbury": (46.49, -80.99), "Thunder Bay": (48.38, -89.25), "Windsor": (42.30, -83.02)}
    for town, (lat, lon) in towns.items():
        found = search(centres.session, Query(need="health.doctor", lat=lat, lon=lon, place_radius_km=8), now=NOW)
        assert town in {one.city for one in found.listings}


def test_open_now_agrees_with_the_table_it_came_from(centres: Centres) -> None:
    rows = {f"centre-{nth}": row for nth, row in enumerate(_centres())}
    checked = 0
    for site in random.Random(11).sample(centres.sites, 60):
        found = search(
            centres.session,
            Query(need="health.doctor", lat=site["lat"], lon=site["lon"], open_at=NOW, limit=5),
            now=NOW,
        )
        if found.fallback:
            continue
        for one in found.listings:
            thursday = rows[one.id]["thursday"]
            spans = [span.strip().split("-") for span in thursday.split("&") if "-" in span]
            # Midnight as a closing time is the end of the day.
            assert any(opens <= "10:00" < closes.replace("00:00", "24:00") for opens, closes in spans), thursday
            checked += 1
    assert checked > 50


def test_a_facility_is_found_by_its_name(directory_session: Session) -> None:
    sites = []
    for row in _facilities():
        id_, name = f"facility-{row['index']}", row["facility_name"]
        sites.append(_site(id_, name, row["street_name"], row["city"], row["latitude"], row["longitude"]))
    _load(directory_session, sites)
    for site in random.Random(3).sample(sites, 25):
        query = Query(words=site["name"], lat=site["lat"], lon=site["lon"], limit=5, nearest_first=True)
        found = search(directory_session, query, now=NOW)
        assert site["name"] in [one.name for one in found.listings]


def test_addresses_and_corners_are_found_among_real_ones() -> None:
    """Half of the facilities known, the others asked for: nearer than their town tells, and honest about how near."""
    rows = [row for row in _facilities() if row["street_name"] and Gazetteer.load().lookup(row["city"], exact=True)]
    random.Random(7).shuffle(rows)
    known, asked = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        _load(
            session,
            [
                _site(
                    str(nth),
                    "?",
                    f"{row['street_no']} {row['street_name']}",
                    row["city"],
                    row["latitude"],
                    row["longitude"],
                )
                for nth, row in enumerate(known)
            ],
        )
        off, of_town = [], []
        for row in asked[:400]:
            found = whereabouts(f"{row['street_no']} {row['street_name']}, {row['city']}", Gazetteer.load(), session)
            town = Gazetteer.load().lookup(row["city"], exact=True)
            if found and town and found.kind == "address":
                point = float(row["latitude"]), float(row["longitude"])
                off.append(distance_km(found.lat, found.lon, *point))
                of_town.append(distance_km(town.lat, town.lon, *point))
        assert len(off) > 60
        assert sorted(off)[len(off) // 2] < 0.5 < 1.5 < sorted(of_town)[len(of_town) // 2]
        # "Jane and Finch" and the like have a point of their own in the gazetteer.
        crossings = [
            distance_km(found.lat, found.lon, at.lat, at.lon)
            for name in ("Yonge and Eglinton", "Yonge and Sheppard", "Jane and Finch", "Bloor and Dufferin")
            if (at := Gazetteer.load().lookup(name, exact=True))
            and (found := whereabouts(name.replace(" and ", " St & ") + " Ave, Toronto", Gazetteer.load(), session))
            and found.kind == "corner"
        ]
        assert crossings and max(crossings) < 1.5
    engine.dispose()
