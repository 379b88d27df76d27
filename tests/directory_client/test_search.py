"""Finding services by need, words and place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from directory_client import matching
from directory_client.geo import circle
from directory_client.index import reindex
from directory_client.line_records import load_lines
from directory_client.models import Phone, Program, Schedule, Service
from directory_client.search import Query, Results, listing, search
from tests.directory_client.build import AJAX, add_service, north_of

NOW = datetime(2026, 11, 19, 15, tzinfo=UTC)  # a Thursday, 10 in the morning in Toronto
OFFICE = {"freq": "WEEKLY", "byday": "MO,TU,WE,TH,FR", "opens_at": "09:00", "closes_at": "17:00"}
NIGHT = {"freq": "WEEKLY", "byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "20:00", "closes_at": "08:00"}


def find(session: Session, need: str | None = "food.pantry", **more: object) -> Results:
    query = Query(need=need, **({"lat": AJAX[0], "lon": AJAX[1], "place_radius_km": 5.0} | more))  # type: ignore[arg-type]
    return search(session, query, now=NOW)


def ids(results: Results) -> list[str]:
    return [one.id for one in results.listings]


def test_the_nearest_comes_first_with_its_distance(directory_session: Session) -> None:
    add_service(directory_session, "far", at=north_of(AJAX, 12))
    add_service(directory_session, "near", at=north_of(AJAX, 3))
    found = find(directory_session)
    assert [(one.id, one.distance_km, one.scope) for one in found.listings] == [
        ("near", 3.0, "local"),
        ("far", 12.0, "local"),
    ]
    assert (found.total, found.widened_to_km, found.nothing_local, found.fallback) == (2, None, False, None)


def test_a_service_for_another_need_is_not_found(directory_session: Session) -> None:
    add_service(directory_session, "dentist", needs=["health.dental"], at=AJAX)
    assert "dentist" not in ids(find(directory_session))


def test_what_closed_for_good_is_not_found(directory_session: Session) -> None:
    add_service(directory_session, "gone", at=AJAX, status="defunct")
    assert find(directory_session).total == 0
    assert listing(directory_session, "gone", now=NOW) is None


def test_a_service_area_that_leaves_the_point_out_rules_a_service_out(directory_session: Session) -> None:
    add_service(directory_session, "whitby only", at=north_of(AJAX, 9), area=circle(*north_of(AJAX, 12), 8))
    add_service(directory_session, "ajax only", at=north_of(AJAX, 9), area=circle(*AJAX, 6))
    assert ids(find(directory_session)) == ["ajax only"]


def test_the_shape_of_an_area_counts_not_its_box(directory_session: Session) -> None:
    lat, lon = AJAX
    corner = f"[[{lon - 1},{lat - 1}],[{lon + 1},{lat + 1}],[{lon - 1},{lat + 1}],[{lon - 1},{lat - 1}]]"
    triangle = f'{{"type":"Polygon","coordinates":[{corner}]}}'
    add_service(directory_session, "triangle", area=triangle, reach="area")
    assert ids(find(directory_session, lat=lat + 0.3, lon=lon - 0.3)) == ["triangle"]
    assert find(directory_session, lat=lat - 0.3, lon=lon + 0.3).total == 0


def test_local_then_area_then_province(directory_session: Session) -> None:
    add_service(directory_session, "province", reach="province")
    add_service(directory_session, "country", area_name="Canada")
    add_service(directory_session, "region", area=circle(*AJAX, 50))
    add_service(directory_session, "local", at=north_of(AJAX, 4))
    found = find(directory_session, limit=4)
    assert [one.scope for one in found.listings[:2]] == ["local", "area"]
    assert {one.scope for one in found.listings[2:]} == {"province", "national"}


def test_a_phone_service_that_names_no_area_serves_the_province(directory_session: Session) -> None:
    add_service(directory_session, "phone")
    assert [(one.id, one.scope) for one in find(directory_session).listings] == [("phone", "province")]


def test_where_few_are_near_one_line_for_everybody_is_on_the_first_page(directory_session: Session) -> None:
    add_service(directory_session, "local", at=AJAX)
    for nth in range(3):
        add_service(directory_session, f"office {nth}", at=north_of(AJAX, 40), area=circle(*AJAX, 60))
    add_service(directory_session, "line", reach="province")
    found = find(directory_session)
    assert found.listings[0].id == "local"
    assert found.listings[2].id == "line"
    assert found.total == 5
    rest = find(directory_session, offset=3)
    assert sorted([*ids(found), *ids(rest)]) == ["line", "local", "office 0", "office 1", "office 2"]


def test_enough_near_ones_need_no_line(directory_session: Session) -> None:
    for nth in range(3):
        add_service(directory_session, f"local {nth}", at=north_of(AJAX, nth))
    add_service(directory_session, "line", reach="province")
    assert ids(find(directory_session)) == ["local 0", "local 1", "local 2"]
    assert ids(find(directory_session, offset=3)) == ["line"]


@pytest.mark.parametrize(("away", "widened"), [(14, None), (20, 25), (45, 50), (90, 100)])
def test_the_search_widens_step_by_step_and_says_so(
    directory_session: Session, away: float, widened: float | None
) -> None:
    add_service(directory_session, "only", at=north_of(AJAX, away))
    found = find(directory_session)
    assert (ids(found), found.widened_to_km, found.nothing_local) == (["only"], widened, False)


def test_beyond_a_hundred_kilometres_is_not_local(directory_session: Session) -> None:
    add_service(directory_session, "far", at=north_of(AJAX, 120))
    add_service(directory_session, "line", reach="province")
    found = find(directory_session)
    assert (ids(found), found.widened_to_km, found.nothing_local) == (["line"], 100, True)


def test_a_service_of_the_area_comes_before_a_widened_one(directory_session: Session) -> None:
    add_service(directory_session, "other town", at=north_of(AJAX, 40))
    add_service(directory_session, "region", area=circle(*AJAX, 30))
    assert ids(find(directory_session)) == ["region", "other town"]


def test_an_office_of_a_province_wide_service_is_local_to_its_neighbours(directory_session: Session) -> None:
    add_service(directory_session, "office", at=north_of(AJAX, 2), reach="province")
    assert [one.scope for one in find(directory_session).listings] == ["local"]
    far = find(directory_session, lat=48.4, lon=-89.2)
    assert [one.scope for one in far.listings] == ["province"]


def test_more_goes_on_where_the_first_page_ended(directory_session: Session) -> None:
    for nth in range(7):
        add_service(directory_session, f"s{nth}", at=north_of(AJAX, nth))
    pages = [find(directory_session, offset=offset) for offset in (0, 3, 6, 9)]
    assert [one for page in pages for one in ids(page)] == [f"s{nth}" for nth in range(7)]
    assert {page.total for page in pages} == {7}
    assert pages[3].fallback is None


def test_nearest_first_is_strict(directory_session: Session) -> None:
    add_service(directory_session, "near but old", at=north_of(AJAX, 3), checked=date(2024, 1, 1))
    add_service(directory_session, "fresh", at=north_of(AJAX, 4))
    assert ids(find(directory_session)) == ["fresh", "near but old"]
    assert ids(find(directory_session, nearest_first=True)) == ["near but old", "fresh"]


def test_a_record_not_confirmed_for_a_year_is_stale_and_ranks_lower(directory_session: Session) -> None:
    add_service(directory_session, "old", at=AJAX, checked=NOW.date() - timedelta(days=366))
    add_service(directory_session, "never", at=AJAX, checked=None)
    add_service(directory_session, "fresh", at=north_of(AJAX, 1), checked=NOW.date() - timedelta(days=365))
    found = find(directory_session)
    assert found.listings[0].id == "fresh"
    assert {one.id: one.stale for one in found.listings} == {"fresh": False, "old": True, "never": True}


def test_the_language_of_the_person_is_a_bonus_and_no_filter(directory_session: Session) -> None:
    add_service(directory_session, "english", at=north_of(AJAX, 1), languages=["en"])
    add_service(directory_session, "punjabi", at=north_of(AJAX, 4), languages=["en", "pa"])
    assert ids(find(directory_session)) == ["english", "punjabi"]
    assert ids(find(directory_session, language="pa")) == ["punjabi", "english"]


def test_a_real_record_comes_before_an_equal_sample(directory_session: Session) -> None:
    add_service(directory_session, "a sample", at=AJAX, sample=True)
    add_service(directory_session, "real", at=AJAX)
    found = find(directory_session)
    assert ids(found) == ["real", "a sample"]
    assert [one.sample for one in found.listings] == [False, True]


def test_what_a_service_is_there_for_counts_more_than_what_it_also_does(directory_session: Session) -> None:
    add_service(directory_session, "also", needs=["health.doctor", "food.pantry"], at=north_of(AJAX, 1))
    add_service(directory_session, "mainly", needs=["food.pantry"], at=north_of(AJAX, 3))
    assert ids(find(directory_session)) == ["mainly", "also"]


def test_closed_services_are_left_out_at_the_time_asked_for(directory_session: Session) -> None:
    add_service(directory_session, "day", at=AJAX, schedules=[OFFICE])
    add_service(directory_session, "night", at=AJAX, schedules=[NIGHT])
    add_service(directory_session, "nobody knows", at=AJAX)
    assert ids(find(directory_session, open_at=NOW)) == ["day"]
    late = find(directory_session, open_at=NOW + timedelta(hours=13))
    assert ids(late) == ["night"]
    assert late.listings[0].hours.open_now is True
    assert late.listings[0].hours.closes_at is not None


def test_when_nothing_is_open_the_closed_ones_are_given_as_such(directory_session: Session) -> None:
    add_service(directory_session, "day", at=AJAX, schedules=[OFFICE])
    found = find(directory_session, open_at=NOW + timedelta(hours=13))
    assert (ids(found), found.fallback) == (["day"], "open_later")
    assert found.listings[0].hours.next_opening is not None


def test_an_unmet_need_falls_back_to_the_next_one_of_its_area(directory_session: Session) -> None:
    add_service(directory_session, "kitchen", needs=["food.meals"], at=AJAX)
    found = find(directory_session)
    assert (ids(found), found.fallback) == (["kitchen"], "food.meals")


def test_when_nothing_is_left_there_is_211(directory_session: Session) -> None:
    load_lines(directory_session)
    found = find(directory_session, "animal.pets")
    assert (ids(found), found.fallback, found.nothing_local) == (["211-ontario"], "211-ontario", True)
    assert find(directory_session, "no.such_need").fallback == "211-ontario"
    assert find(directory_session, None, words="  ").fallback == "211-ontario"


def test_in_danger_a_line_that_answers_now_comes_before_any_door(directory_session: Session) -> None:
    load_lines(directory_session)
    for nth in range(3):
        add_service(directory_session, f"door {nth}", needs=["mental.crisis"], at=AJAX)
    kenora = find(directory_session, "mental.crisis", lat=49.77, lon=-94.49)
    assert kenora.listings[0].id == "suicide-988"
    ajax = find(directory_session, "mental.crisis")
    assert ajax.listings[0].id in ("suicide-988", "toronto-distress")
    assert ajax.listings[1].id == "door 0"


def test_without_a_place_what_serves_everybody_comes_first(directory_session: Session) -> None:
    add_service(directory_session, "here", at=AJAX)
    add_service(directory_session, "line", reach="province")
    found = find(directory_session, lat=None, lon=None)
    assert ids(found) == ["line", "here"]
    assert [one.distance_km for one in found.listings] == [None, None]


def test_the_whole_province_is_no_place_to_measure_from(directory_session: Session) -> None:
    add_service(directory_session, "here", at=AJAX)
    found = find(directory_session, lat=50.0, lon=-85.0, place_radius_km=900.0)
    assert (ids(found), found.listings[0].distance_km, found.widened_to_km) == (["here"], None, None)


def test_one_door_under_two_names_is_shown_once(directory_session: Session) -> None:
    session = directory_session
    add_service(session, "a", organization="o", name="Hampers", at=AJAX)
    add_service(session, "b", organization="o", name="Pantry", at=AJAX)
    add_service(session, "c", organization="another", name="Pantry", at=AJAX)
    assert ids(find(session)) == ["a", "c"]


def test_a_site_and_its_phone_service_of_the_same_name_are_shown_once(directory_session: Session) -> None:
    session = directory_session
    add_service(session, "site", organization="o", name="Food Bank", at=AJAX)
    add_service(session, "phone", organization="o", name="FOOD BANK", reach="province")
    assert ids(find(session)) == ["site"]


def test_a_programme_and_its_phone_service_are_shown_once(directory_session: Session) -> None:
    session = directory_session
    add_service(session, "site", organization="o", name="Pantry", at=AJAX)
    session.add(Program(id="p", organization_id="o", name="Pantry programme"))
    session.flush()
    add_service(session, "by phone", organization="o", name="Pantry line", program_id="p")
    site = session.get_one(Service, "site")
    site.program_id = "p"
    session.flush()
    reindex(session, ["site"])
    assert ids(find(session)) == ["site"]


def test_a_second_door_of_an_organization_waits_for_the_others(directory_session: Session) -> None:
    session = directory_session
    add_service(session, "chain", organization="o", at=[north_of(AJAX, 1), north_of(AJAX, 2)])
    add_service(session, "single", organization="p", at=north_of(AJAX, 5))
    found = find(session)
    assert [one.organization for one in found.listings] == [
        "Organization o",
        "Organization p",
        "Organization o",
    ]
    assert found.listings[0].id == "chain@chain-place-0"
    nearest = listing(session, "chain", now=NOW, lat=north_of(AJAX, 2)[0], lon=AJAX[1])
    assert nearest is not None and nearest.id == "chain@chain-place-1"
    again = listing(session, "chain@chain-place-0", now=NOW)
    assert again is not None and again.address == "1 Main Street"


def test_a_confidential_address_is_never_told_nor_how_far_it_is(directory_session: Session) -> None:
    point = (43.8567, -79.0273)
    add_service(directory_session, "shelter", needs=["violence.partner"], at=point, confidential=True)
    found = find(directory_session, "violence.partner")
    detail = listing(directory_session, "shelter", now=NOW, lat=AJAX[0], lon=AJAX[1])
    assert ids(found) == ["shelter"] and detail is not None
    for one in (found.listings[0], detail):
        assert (one.address, one.postal_code, one.distance_km, one.lat, one.lon) == (None,) * 5
        assert one.confidential and one.city == "Anytown"
        assert "Main" not in repr(one) and "43.85" not in repr(one)


def test_nobody_can_narrow_a_confidential_address_down_by_asking_from_many_points(
    directory_session: Session,
) -> None:
    add_service(directory_session, "one", at=(43.8567, -79.0273), confidential=True)
    add_service(directory_session, "two", at=(43.8912, -78.9631), confidential=True)
    for nth in range(40):
        lat = 43.7 + nth * 0.01
        first = find(directory_session, lat=lat, lon=-79.0, place_radius_km=0.0)
        # Both stand at the same tenth of a degree, so no point tells them apart.
        assert ids(first) == ["one", "two"]


def test_words_find_names_without_accents_and_in_french(directory_session: Session) -> None:
    add_service(
        directory_session,
        "velo",
        needs=["transport.rides"],
        at=AJAX,
        name="Bicycle Kitchen",
        name_fr="Atelier de vélos d'Ajax",
        description="Repair your own bike.",
    )
    add_service(directory_session, "other", at=AJAX, name="Food Bank")
    assert ids(find(directory_session, None, words="velos ajax")) == ["velo"]
    assert ids(find(directory_session, None, words="VÉLO")) == ["velo"]
    assert ids(find(directory_session, None, words="where is the bicycle kitchen please")) == ["velo"]


def test_words_in_a_name_count_more_than_in_a_description(directory_session: Session) -> None:
    add_service(directory_session, "talk", at=AJAX, name="Family Centre", description="We also lend skates.")
    add_service(directory_session, "name", at=north_of(AJAX, 1), name="Skates for All")
    assert ids(find(directory_session, None, words="skates"))[0] == "name"


@pytest.fixture
def few_are_ranked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a whole province: more services have the word than are looked at."""
    statements = (matching._sqlite, matching._postgresql)
    monkeypatch.setattr(matching, "MOST_NAMED", 4)
    monkeypatch.setattr(matching, "MOST_RANKED", 4)
    for one in statements:
        one.cache_clear()
    yield
    for one in statements:
        one.cache_clear()


def test_better_matches_far_away_leave_room_for_those_that_can_be_used(
    directory_session: Session, few_are_ranked: None
) -> None:
    for number in range(6):
        add_service(directory_session, f"far-{number}", at=north_of(AJAX, 500 + 10 * number), name="Skates Skates")
    lends = "We also lend skates, among many other things, to whoever asks."
    add_service(directory_session, "near", at=AJAX, description=lends)
    add_service(directory_session, "two", at=[north_of(AJAX, 700), north_of(AJAX, 2)], description=lends)
    add_service(directory_session, "comes", area=circle(*AJAX, 5), description=lends)
    add_service(directory_session, "calls", reach="province", description=lends)
    found = ids(find(directory_session, None, words="skates", limit=10))
    assert [one.split("@")[0] for one in found] == ["near", "two", "comes", "calls"]


def test_words_beside_a_need_prefer_and_do_not_filter(directory_session: Session) -> None:
    add_service(directory_session, "plain", at=north_of(AJAX, 1), name="Food Bank")
    add_service(directory_session, "halal", at=north_of(AJAX, 4), name="Halal Food Bank")
    assert ids(find(directory_session, words="halal groceries")) == ["halal", "plain"]


def test_words_that_nobody_has_find_nothing(directory_session: Session) -> None:
    add_service(directory_session, "food", at=AJAX, name="Food Bank")
    assert find(directory_session, None, words="zyzzyva qwertz").fallback == "211-ontario"


def test_a_listing_tells_everything_that_a_person_wants_to_know(directory_session: Session) -> None:
    session = directory_session
    add_service(
        session,
        "full",
        at=AJAX,
        languages=["en", "fr"],
        schedules=[OFFICE],
        phone="(905) 555-0123",
        description="Groceries.",
        description_fr="Épicerie.",
        name_fr="Banque alimentaire",
        fees_description="Free",
        fees_description_fr="Gratuit",
        free=True,
        eligibility_description="Everybody",
        interpretation_services="By phone",
        url="https://example.org/",
        source="test",
    )
    session.add(Phone(id="fax", service_id="full", number="905-555-0199", type="fax"))
    session.flush()
    (one,) = find(session).listings
    assert (one.name_fr, one.description_fr, one.fees_fr) == ("Banque alimentaire", "Épicerie.", "Gratuit")
    assert [(phone.number, phone.display, phone.kind) for phone in one.phones] == [
        ("+19055550123", "905-555-0123", "voice")
    ]
    assert (one.address, one.city, one.postal_code) == ("1 Main Street", "Anytown", None)
    assert (one.free, one.eligibility, one.languages, one.interpretation) == (
        True,
        "Everybody",
        ("en", "fr"),
        True,
    )
    assert one.hours.open_now and one.hours.closes_at and one.hours.closes_at.hour == 17
    assert (one.needs, one.source, one.assured_date) == (("food.pantry",), "test", date(2026, 10, 1))


def test_numbers_of_the_place_do_when_the_service_has_none(directory_session: Session) -> None:
    add_service(directory_session, "s", at=AJAX)
    directory_session.add(Phone(id="p", location_id="s-place-0", number="905-555-0100", type="voice"))
    directory_session.add(Phone(id="q", organization_id="org-s", number="905-555-0101", type="voice"))
    directory_session.flush()
    (one,) = find(directory_session).listings
    assert [phone.display for phone in one.phones] == ["905-555-0100"]


def test_a_named_area_without_a_shape_does_not_hide_a_place(directory_session: Session) -> None:
    add_service(directory_session, "office", at=AJAX, area_name="Durham Region")
    assert [(one.id, one.scope) for one in find(directory_session).listings] == [("office", "local")]


NEXT_SATURDAY = {"freq": "WEEKLY", "byday": "SA", "opens_at": "19:00", "closes_at": "07:00"}
ALWAYS = {"freq": "WEEKLY", "byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "00:00"}


def test_a_bed_of_tonight_comes_before_a_nearer_one_of_saturday(directory_session: Session) -> None:
    add_service(
        directory_session, "saturday", needs=["housing.shelter"], at=north_of(AJAX, 1), schedules=[NEXT_SATURDAY]
    )
    add_service(directory_session, "tonight", needs=["housing.shelter"], at=north_of(AJAX, 9), schedules=[ALWAYS])
    assert ids(find(directory_session, need="housing.shelter")) == ["tonight", "saturday"]


def test_the_shelter_of_tonight_comes_first_also_when_the_need_is_told_from_words(directory_session: Session) -> None:
    for id_, km, schedule in (("saturday", 1, NEXT_SATURDAY), ("tonight", 9, ALWAYS)):
        add_service(
            directory_session, id_, name="Shelter", needs=["housing.shelter"], at=north_of(AJAX, km),
            schedules=[schedule],
        )  # fmt: skip
    assert ids(find(directory_session, need=None, words="emergency shelter")) == ["tonight", "saturday"]


def test_closed_until_tomorrow_hardly_moves_what_can_wait(directory_session: Session) -> None:
    add_service(directory_session, "evening", needs=["money.tax"], at=north_of(AJAX, 1), schedules=[NIGHT])
    add_service(directory_session, "office", needs=["money.tax"], at=north_of(AJAX, 6), schedules=[OFFICE])
    assert ids(find(directory_session, need="money.tax")) == ["evening", "office"]


def test_of_three_as_near_the_open_one_comes_first_then_the_one_that_says_no_hours(directory_session: Session) -> None:
    add_service(directory_session, "a closed", at=north_of(AJAX, 3), schedules=[NEXT_SATURDAY])
    add_service(directory_session, "b silent", at=north_of(AJAX, 3))
    add_service(directory_session, "c open", at=north_of(AJAX, 3), schedules=[OFFICE])
    assert ids(find(directory_session)) == ["c open", "b silent", "a closed"]


def test_in_a_crisis_the_line_that_answers_now_comes_before_one_of_the_area_that_is_closed(
    directory_session: Session,
) -> None:
    crisis: dict[str, Any] = {"needs": ["mental.crisis"]}
    add_service(directory_session, "of the area", area=circle(*AJAX, 50), schedules=[NIGHT], **crisis)
    add_service(directory_session, "door", at=AJAX, schedules=[OFFICE], **crisis)
    assert ids(find(directory_session, need="mental.crisis"))[0] == "door"
    add_service(directory_session, "day and night", reach="province", schedules=[ALWAYS], **crisis)
    assert ids(find(directory_session, need="mental.crisis"))[0] == "day and night"


def test_hours_say_nothing_when_the_nearest_is_asked_for(directory_session: Session) -> None:
    add_service(directory_session, "saturday", at=north_of(AJAX, 1), schedules=[NEXT_SATURDAY])
    add_service(directory_session, "open", at=north_of(AJAX, 2), schedules=[OFFICE])
    assert ids(find(directory_session, nearest_first=True)) == ["saturday", "open"]


def test_changed_hours_change_the_order_once_the_service_is_indexed_again(directory_session: Session) -> None:
    add_service(directory_session, "first", needs=["housing.shelter"], at=north_of(AJAX, 1), schedules=[NEXT_SATURDAY])
    add_service(directory_session, "second", needs=["housing.shelter"], at=north_of(AJAX, 5), schedules=[ALWAYS])
    assert ids(find(directory_session, need="housing.shelter")) == ["second", "first"]
    schedule = directory_session.get_one(Schedule, "first-0")
    schedule.byday, schedule.opens_at, schedule.closes_at = ALWAYS["byday"], "00:00", "00:00"
    directory_session.flush()
    reindex(directory_session, ["first"])
    assert ids(find(directory_session, need="housing.shelter")) == ["first", "second"]


def test_a_language_that_nobody_could_tell_changes_nothing(directory_session: Session) -> None:
    add_service(directory_session, "english", at=north_of(AJAX, 3), languages=["en"])
    add_service(directory_session, "says nothing", at=north_of(AJAX, 4))
    assert ids(find(directory_session, language="und")) == ids(find(directory_session))


@pytest.mark.parametrize(
    "query",
    [
        Query(need="food.pantry", lat=43.7, lon=-79.4, place_radius_km=18, limit=10),
        Query(need="legal.aid", lat=43.85, lon=-79.03, open_at=NOW, limit=10),
        Query(words="evening food bank", lat=43.7, lon=-79.4, limit=10),
        Query(need="mental.counselling", language="pa"),
    ],
)
def test_a_search_takes_few_statements_however_many_services_there_are(sample_session: Session, query: Query) -> None:
    statements: list[str] = []
    connection = sample_session.connection()
    search(sample_session, query, now=NOW)  # timetables are read once for all searches of a process

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(connection, "before_cursor_execute", note)
    try:
        found = search(sample_session, query, now=NOW)
    finally:
        event.remove(connection, "before_cursor_execute", note)
    assert len(found.listings) > 2
    assert len(statements) <= 12


def test_a_search_writes_nothing(sample_session: Session) -> None:
    find(sample_session)
    assert not sample_session.new and not sample_session.dirty


def test_an_unknown_id_is_none(directory_session: Session) -> None:
    assert listing(directory_session, "nobody", now=NOW) is None


def test_a_service_for_women_is_not_shown_to_a_man_and_to_nobody_else_less(directory_session: Session) -> None:
    add_service(directory_session, "women", at=AJAX, eligibility_description="Women and their children")
    add_service(directory_session, "all", at=north_of(AJAX, 1))
    assert ids(find(directory_session, gender="man")) == ["all"]
    assert ids(find(directory_session, gender="woman")) == ids(find(directory_session)) == ["women", "all"]


def test_a_status_of_residence_that_a_record_does_not_name_is_left_out(directory_session: Session) -> None:
    add_service(directory_session, "residents", at=AJAX, eligibility_description="Permanent residents only")
    add_service(directory_session, "all", at=north_of(AJAX, 1))
    assert ids(find(directory_session, status="claimant")) == ["all"]
    assert ids(find(directory_session, status="permanent_resident")) == ["residents", "all"]


@pytest.mark.parametrize(("doors", "speaker"), [([2, 20] * 35, 39), ([2] * 30 + [60] * 60, 80)])
def test_who_speaks_the_language_is_found_though_not_every_door_is_looked_at(
    directory_session: Session, doors: list[float], speaker: float
) -> None:
    """More doors than are read, in the first circle or in the widest, and the one that speaks it is farther away."""
    for number, away in enumerate(doors):
        add_service(directory_session, f"english{number}", at=north_of(AJAX, away + number / 50), languages=["en"])
    add_service(directory_session, "punjabi", at=north_of(AJAX, speaker), languages=["pa"])
    assert "punjabi" not in ids(find(directory_session, limit=200))
    assert "punjabi" in ids(find(directory_session, limit=200, language="pa"))
