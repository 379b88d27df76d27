"""What a line given to `bin/porchlight search` asks for."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from bot.commands.search import BadQuery, answer, query_from
from bot.quality.finding import NOW, directory
from directory_client.places import Gazetteer
from tests.directory_client.build import AJAX, add_service


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return Gazetteer.load()


@pytest.mark.parametrize(
    ("near", "lat", "lon"),
    [
        ("Ajax", 43.85, -79.03),
        ("L1S 2J4", 43.85, -79.03),
        ("l1s", 43.85, -79.03),
        ("M5V3L9", 43.64, -79.39),
        ("Scarborough", 43.77, -79.25),
        ("Parkdale", 43.64, -79.43),
        ("Durham Region", 44.0, -78.95),
        ("région de Durham", 44.0, -78.95),
        ("somewhere near Moosonee", 51.27, -80.64),
    ],
)
def test_near_is_a_town_a_postal_code_a_neighbourhood_or_a_region(
    places: Gazetteer, near: str, lat: float, lon: float
) -> None:
    query = query_from({"need": "food.pantry", "near": near}, places.lookup)
    assert query.lat == pytest.approx(lat, abs=0.15)
    assert query.lon == pytest.approx(lon, abs=0.15)


def test_a_region_is_larger_than_a_neighbourhood(places: Gazetteer) -> None:
    region, part = (query_from({"near": near}, places.lookup) for near in ("Durham Region", "Parkdale"))
    assert region.place_radius_km > part.place_radius_km


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ({"near": "Winnipeg"}, "not a place in Ontario"),
        ({"near": "qwrtz"}, "not a place in Ontario"),
        ({"age": "old"}, "numbers"),
        ({"age": -1}, "years"),
        ({"age": 1e400}, "years"),
        ({"age": float("nan")}, "years"),
        ({"age": []}, "numbers"),
        ({"free": "yes"}, "true or false"),
        ({"accessible": 1}, "true or false"),
        ({"limit": float("inf")}, "numbers"),
    ],
)
def test_what_cannot_be_searched_is_refused_in_words(places: Gazetteer, item: dict[str, Any], why: str) -> None:
    with pytest.raises(BadQuery, match=why):
        query_from(item, places.lookup)


def test_nothing_is_asked_for_unless_said(places: Gazetteer) -> None:
    query = query_from({"text": "food"}, places.lookup)
    assert (query.age, query.free, query.accessible) == (None, False, False)
    assert query_from({"age": 0}, places.lookup).age == 0


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ({}, {"plain", "seniors", "paid"}),
        ({"age": 30}, {"plain", "paid"}),
        ({"age": 70}, {"plain", "seniors", "paid"}),
        ({"free": True}, {"plain", "seniors"}),
        ({"age": 30, "free": True}, {"plain"}),
    ],
)
def test_age_and_price_leave_out_what_is_known_not_to_fit(
    places: Gazetteer, asked: dict[str, Any], left: set[str]
) -> None:
    engine = directory()
    with Session(engine) as session, session.begin():
        add_service(session, "plain", at=AJAX)
        add_service(session, "seniors", at=(AJAX[0] + 0.01, AJAX[1]), minimum_age=60)
        add_service(session, "paid", at=(AJAX[0] + 0.02, AJAX[1]), free=False)
    out = answer(engine, places, lambda: NOW, {"need": "food.pantry", "near": "Ajax"} | asked)
    assert {one["id"] for one in out["results"]} == left
