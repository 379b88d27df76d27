"""What the map page reads from its form, and what it makes of the answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import Cards
from bot.language.catalogue import Catalogue
from bot.map_search import PAGE, Asked, Found, NotAsked, asked_from, found
from directory_client.hours import Hours
from directory_client.listings import Listing
from directory_client.places import Gazetteer
from directory_client.search import OPEN_LATER, Query, Results
from tests.bot.conftest import MONDAY

CARDS = Cards(Catalogue.load())
HOURS = Hours(False, False, None, None, None, None, ())
LISTING = Listing(
    id="one", name="Example Pantry", name_fr=None, organization="Example House", description="", description_fr=None,
    scope="local", distance_km=2.1, phones=(), text_line=None, address="1 Example Street", city="Ajax",
    url="example.org", email=None, hours=HOURS, fees=None, free=None, eligibility=None, languages=(),
    languages_note=None, interpretation=False, accessibility=(), assured_date=date(2026, 10, 1), stale=False,
    sample=False, needs=("food.pantry",), source=None, lat=43.85, lon=-79.03,
)  # fmt: skip


def searched(asked: Asked, *listings: Listing, language: str = "en", **results: Any) -> tuple[Found, Query]:
    """What is shown for a question when the directory answers with these listings, and what it was asked."""
    queries: list[Query] = []

    def look(query: Query) -> Results:
        queries.append(query)
        facts = {"total": len(listings), "widened_to_km": None, "nothing_local": False, "fallback": None}
        return Results(tuple(listings), **(facts | results))

    shown = found(asked, language, MONDAY, look=look, cards=CARDS, where=Gazetteer.load().lookup)
    return shown, queries[0]


def test_the_fields_of_the_form_become_the_query() -> None:
    asked = asked_from(
        {"need": "food.pantry", "near": " Jane  and Finch", "open_now": "1", "free": "on", "accessible": True,
         "language": "ta", "age": "17", "page": "2"}
    )  # fmt: skip
    shown, query = searched(asked, LISTING, total=30)
    assert (query.need, query.open_at, query.free, query.accessible) == ("food.pantry", MONDAY, True, True)
    assert (query.language, query.age, query.offset, query.limit) == ("ta", 17, PAGE, PAGE)
    assert shown.spot is not None and shown.spot.name == "Jane and Finch"
    assert (query.lat, query.lon) == (shown.spot.lat, shown.spot.lon)
    assert (shown.before, shown.after) == (1, 3)
    assert shown.entries[0].number == PAGE + 1


@pytest.mark.parametrize(
    ("near", "name"),
    [("K1N", "K1N"), ("Ajax", "Ajax"), ("100 Queen St W, Toronto ON", "Toronto"), ("士嘉堡", "Scarborough")],
)
def test_a_place_is_read_as_people_write_it(near: str, name: str) -> None:
    shown, _ = searched(Asked(need="food.pantry", near=near), LISTING)
    assert shown.spot is not None and shown.spot.name == name
    assert name in shown.heading


def test_a_position_is_used_no_finer_than_a_hundred_metres() -> None:
    shown, query = searched(asked_from({"need": "food.pantry", "lat": 43.8512345, "lon": -79.0398765}), LISTING)
    assert (query.lat, query.lon) == (43.851, -79.04)
    assert shown.drawing()["spot"] == [43.851, -79.04, 0]


def test_without_a_place_the_whole_province_is_searched() -> None:
    for near in ("", "Ontario"):
        _, query = searched(Asked(need="food.pantry", near=near), LISTING)
        assert (query.lat, query.lon) == (None, None)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (Asked(), "map_need"),
        (Asked(need="food.pantry", near="Qwrtzpl"), "map_unknown"),
        (Asked(need="food.pantry", near="Montréal"), "place_outside"),
        (Asked(need="food.pantry", here=(51.5, -0.1)), "place_outside"),
    ],
)
def test_what_cannot_be_searched_is_said_in_words_of_the_catalogue(asked: Asked, message: str) -> None:
    with pytest.raises(NotAsked) as told:
        searched(asked)
    assert told.value.message == message
    assert CARDS.catalogue.say(message, "fr", **told.value.facts)


def test_a_confidential_place_and_a_line_for_everybody_have_no_dot() -> None:
    hidden = replace(LISTING, lat=None, lon=None, address=None, distance_km=None, confidential=True)
    shown, _ = searched(Asked(need="food.pantry"), LISTING, hidden, replace(LISTING, scope="province"))
    assert [dot[0] for dot in shown.drawing()["dots"]] == [1]


@pytest.mark.parametrize(
    ("results", "words"),
    [
        ({"fallback": OPEN_LATER}, "None of these is open"),
        ({"fallback": "food.meals"}, "Nothing was found for this: Food bank"),
        ({"nothing_local": True}, "I found nothing near Ajax"),
        ({"widened_to_km": 60.0}, "up to 60 km away"),
        ({}, "near Ajax"),
    ],
)
def test_the_heading_says_what_the_list_is(results: dict[str, Any], words: str) -> None:
    shown, _ = searched(Asked(need="food.pantry", near="Ajax"), LISTING, **results)
    assert words in shown.heading


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("example.org", "https://example.org"),
        ("http://example.org/a?b=c", "http://example.org/a?b=c"),
        ("javascript:alert(1)", None),
        ("example.org onclick=x", None),
        ("mailto:someone@example.org", None),
    ],
)
def test_only_web_pages_become_links(url: str, link: str | None) -> None:
    shown, _ = searched(Asked(need="food.pantry"), replace(LISTING, url=url))
    assert shown.entries[0].url == link


def test_french_texts_are_chosen_in_french() -> None:
    french = replace(LISTING, organization_fr="Maison Exemple", url_fr="https://example.org/fr", alert_fr="Fermé lundi")
    shown, _ = searched(Asked(need="food.pantry"), french, language="fr")
    entry = shown.entries[0]
    assert (entry.organization, entry.url, entry.alert) == ("Maison Exemple", "https://example.org/fr", "Fermé lundi")


ANYTHING = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=300), st.lists(st.none()))


@given(st.dictionaries(st.sampled_from([*Asked.__slots__, "lat", "lon"]), ANYTHING))
def test_no_form_is_too_strange_to_be_read(fields: dict[str, Any]) -> None:
    asked = asked_from(fields)
    assert len(asked.near) <= 200 and 1 <= asked.page <= 50
    asked.near.encode()
