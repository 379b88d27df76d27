"""Searching 211 Canada, with a server of the same manners."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory_client.feeds.api211 import Api211, Cache, Patience
from directory_client.feeds.feed import FeedError, Item
from directory_client.feeds.icarol import put_aside
from directory_client.feeds.icarol_joined import Joined
from directory_client.feeds.search211 import Question, Search211, as_icarol, record_211
from directory_client.feeds.shelf import Shelf
from tests.directory_client.feeds.rows import check, references_hold, refusals, tables
from tests.support.fake_211 import KEY, Fake211, drips, fake_211, half, says, sleeps, status

NOVEMBER = date(2026, 11, 21)
HURRIED = Patience(connect=1, read=0.3, total=0.5, attempts=3, first_pause=0.01, between_requests=0, fresh_for=60)
HERE = Question(latitude=43.65, longitude=-79.38, page_size=2)
RECORD = {
    "id": 90000061,
    "ParentId": 90000001,
    "ParentAgency": "Sample Community Care",
    "PublicName": "Sample Food Bank",
    "Description": "Sample record for tests. <b>Groceries</b>.",
    "Latitude": 43.685,
    "Longitude": -79.76,
    "PhysicalAddressStreet1": "10 Sample Street",
    "PhysicalAddressCity": "Brampton",
    "PhysicalAddressProvince": "Ontario",
    "PhysicalAddressPostalCode": "L6V1A1",
    "Hours": "Mon-Fri 9 am-5 pm",
    "Website": "https://food.example.org",
    "ServiceArea": ["Brampton", "Caledon"],
    "PhoneNumbers": [
        {"Phone": "905-555-0161", "Name": "Office", "Description": "", "Type": "Voice"},
        {"Phone": "905-555-0162", "Name": "Fax", "Description": "", "Type": "Fax"},
    ],
    "MinAge": "16",
    "MaxAge": "",
    "TaxonomyCodes": "BD-1800.2000",
    "TaxonomyTerms": "Food Pantries",
    "LanguagesOfferedList": ["English", "Punjabi"],
    "UpdatedOn": "2026-10-02",
}
FRENCH = {
    "id": 90000061,
    "ParentId": 90000001,
    "PublicName": "Banque alimentaire Exemple",
    "Description": "Fiche d'essai.",
}


@pytest.fixture
def fake() -> Iterator[Fake211]:
    with fake_211() as server:
        server.records = {"en": [RECORD], "fr": [FRENCH]}
        yield server


def _api(
    fake: Fake211, key: str = KEY, cache: Cache | None = None, pauses: list[float] | None = None, **more: Any
) -> Api211:
    pauses = [] if pauses is None else pauses
    return Api211(key, url=fake.url, patience=HURRIED, cache=cache, sleep=pauses.append, **more)


def _search(api: Api211, question: Question = HERE) -> list[Item]:
    with api:
        return list(Search211(api, question, today=lambda: NOVEMBER).items())


def test_an_answer_becomes_the_same_rows_as_an_import(fake: Fake211) -> None:
    items = _search(_api(fake))
    check(items)
    assert references_hold(items)
    rows = tables(items)
    service = rows["service"]["program-90000061"]
    assert service["name_fr"] == "Banque alimentaire Exemple"
    assert service["description"] == "Sample record for tests. Groceries."
    assert service["minimum_age"] == "16"
    assert rows["organization"]["agency-90000001"]["name"] == "Sample Community Care"
    assert rows["address"]["place-90000061/physical"]["postal_code"] == "L6V 1A1"
    assert [row["type"] for row in rows["phone"].values()] == ["voice", "fax"]
    assert {row["name"] for row in rows["service_area"].values()} == {"Brampton", "Caledon"}
    assert {row["code"] for row in rows["language"].values()} == {"en", "pa"}
    assert rows["taxonomy_term"]["211-BD-1800.2000"]["name"] == "Food Pantries"


def test_the_question_is_asked_as_documented(fake: Fake211) -> None:
    _search(_api(fake), Question(term="food", communities=("Toronto", "York"), page_size=50))
    asked = fake.asked[0]
    assert (asked["path"], asked["key"], asked["Dataset"], asked["Lang"]) == ("/api/v2/search", KEY, "on", "en")
    assert (asked["SearchType"], asked["Communities"]) == ("coverage", "Toronto|York")
    assert (asked["Search"], asked["Term"], asked["PageIndex"], asked["PageSize"]) == ("term", "food", 0, 50)


def test_a_question_without_a_place_is_not_asked(fake: Fake211) -> None:
    with pytest.raises(FeedError, match="Say where"):
        _search(_api(fake), Question(term="food"))
    assert not fake.asked


def test_all_pages_are_fetched_and_a_record_on_two_of_them_counts_once(fake: Fake211) -> None:
    numbers = [1, 2, 2, 3, 4]
    fake.records = {"en": [{"id": number, "PublicName": f"Sample {number}"} for number in numbers]}
    items = _search(_api(fake))
    check(items)
    assert len(tables(items)["service"]) == 4
    assert not refusals(items)
    assert [asked["PageIndex"] for asked in fake.asked if asked["Lang"] == "en"] == [0, 1, 2]


def test_no_more_is_fetched_than_was_asked_for(fake: Fake211) -> None:
    fake.records = {"en": [{"id": number, "PublicName": "Sample"} for number in range(1, 100)]}
    api = _api(fake)
    feed = Search211(api, Question(latitude=43, longitude=-79, page_size=10, most=20))
    list(feed.items())
    assert len([asked for asked in fake.asked if asked["Lang"] == "en"]) == 2
    assert "99 records fit, the first 20 were taken" in feed.notes[0]


@pytest.mark.parametrize(
    "manner",
    [
        sleeps(0.6),
        drips,
        half,
        status(500),
        status(503),
        status(429),
        says(b"<html>maintenance</html>"),
        says(b"[]"),
        says(b'{"RecordCount": "many", "Records": []}'),
        says(b'{"RecordCount": 1, "Records": {}}'),
        says(b"[" * 100_000),
        says(b"\xff\xfe\x00"),
        says(b""),
    ],
)
def test_one_bad_answer_is_tried_again_and_many_are_told_in_words(fake: Fake211, manner: Any) -> None:
    fake.manners = [manner]
    assert "program-90000061" in tables(_search(_api(fake)))["service"]
    fake.manners = [manner] * 3
    started = time.monotonic()
    with pytest.raises(FeedError, match="3 times over") as error:
        _search(_api(fake))
    assert KEY not in str(error.value)
    assert time.monotonic() - started < 10


def test_pauses_grow_and_the_servers_wish_is_kept_within_reason(fake: Fake211) -> None:
    pauses: list[float] = []
    fake.manners = [status(429, Retry_After="7"), status(429, Retry_After="99999")]
    _search(_api(fake, pauses=pauses))
    assert pauses[:2] == [7.0, 30.0]


@pytest.mark.parametrize(
    ("code", "words"), [(401, "refused the key"), (403, "refused the key"), (404, "404"), (302, "302")]
)
def test_a_refusal_is_not_tried_again(fake: Fake211, code: int, words: str) -> None:
    fake.manners = [status(code)]
    with pytest.raises(FeedError, match=words):
        _search(_api(fake))
    assert len(fake.asked) == 1


def test_a_server_that_is_not_there_is_told_in_words(fake: Fake211) -> None:
    api = Api211(KEY, url="http://127.0.0.1:9", patience=HURRIED, sleep=lambda _: None)
    with pytest.raises(FeedError, match="cannot be reached"):
        _search(api)


def test_the_key_reaches_no_error_no_log_and_no_cache(fake: Fake211, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    cache: Cache = {}
    _search(_api(fake, cache=cache))
    fake.manners = [half] * 3
    with pytest.raises(FeedError) as error:
        _search(_api(fake))
    assert KEY not in repr(cache) + caplog.text + repr(error.value) + repr(error.value.__cause__)


def test_the_same_question_is_not_asked_twice_while_the_answer_is_fresh(fake: Fake211) -> None:
    cache: Cache = {}
    now = [1000.0]
    _search(_api(fake, cache=cache, clock=lambda: now[0]))
    count = len(fake.asked)
    _search(_api(fake, cache=cache, clock=lambda: now[0] + 59))
    assert len(fake.asked) == count
    _search(_api(fake, cache=cache, clock=lambda: now[0] + 61))
    assert len(fake.asked) == 2 * count


@pytest.mark.parametrize(("header", "kept"), [("no-store", 0), ("max-age=5", 5.0), ("private, max-age=0", 0)])
def test_the_server_says_how_long_an_answer_is_fresh(fake: Fake211, header: str, kept: float) -> None:
    fake.headers = {"Cache-Control": header}
    cache: Cache = {}
    _search(_api(fake, cache=cache, clock=lambda: 1000.0))
    assert {until - 1000.0 for until, _ in cache.values()} == ({kept} if kept else set())


def test_an_older_answer_is_better_than_none_and_says_so(fake: Fake211) -> None:
    cache: Cache = {}
    _search(_api(fake, cache=cache, clock=lambda: 1000.0))
    fake.manners = [status(500)] * 6
    api = _api(fake, cache=cache, clock=lambda: 99_999.0)
    feed = Search211(api, HERE)
    assert "program-90000061" in tables(feed.items())["service"]
    assert "an older answer was used" in feed.notes[0]


def test_a_spoilt_cache_is_asked_anew(fake: Fake211) -> None:
    cache: Cache = {}
    _search(_api(fake, cache=cache))
    for key in cache:
        cache[key] = (1e12, b"spoilt")
    assert "program-90000061" in tables(_search(_api(fake, cache=cache)))["service"]


def test_requests_keep_their_distance(fake: Fake211) -> None:
    pauses: list[float] = []
    patience = Patience(between_requests=5, attempts=1)
    with Api211(KEY, url=fake.url, patience=patience, sleep=pauses.append) as api:
        list(Search211(api, HERE).items())
    assert len(pauses) == len(fake.asked) - 1
    assert all(4 < pause <= 5 for pause in pauses)


def test_fewer_records_than_announced_are_told(fake: Fake211) -> None:
    page = {"RecordCount": 5, "Records": [RECORD]}
    fake.manners = [says(json.dumps(page).encode()), says(b'{"RecordCount": 5, "Records": []}')]
    feed = Search211(_api(fake), HERE)
    assert "program-90000061" in tables(feed.items())["service"]
    assert "5 records were announced, 1 came" in feed.notes[0]


def test_a_single_record_comes_in_both_languages_where_it_has_them(fake: Fake211) -> None:
    with _api(fake) as api:
        service = tables(record_211(api, "90000061"))["service"]["program-90000061"]
        assert service["name_fr"] == "Banque alimentaire Exemple"
        fake.records["fr"] = []
    with _api(fake) as api:
        assert "name_fr" not in tables(record_211(api, "90000061"))["service"]["program-90000061"]
        with pytest.raises(FeedError, match="404"):
            record_211(api, "1")


def test_what_is_private_stays_private() -> None:
    record = {**RECORD, "PhysicalAddressIsPrivate": True}
    shelf = Shelf()
    put_aside(shelf, as_icarol(record), "en", "f", 1)
    items = list(Joined(shelf, NOVEMBER).items())
    assert "Sample Street" not in repr(items)
    assert tables(items)["location"]["place-90000061"]["confidential"] is True


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from([*RECORD, "PhysicalAddressIsPrivate"]), JSON, max_size=8), max_size=3))
def test_any_records_are_rows_or_refusals(records: list[dict[str, Any]]) -> None:
    shelf = Shelf()
    for line, record in enumerate(records, start=1):
        put_aside(shelf, as_icarol(record), "en", "f", line)
    check(list(Joined(shelf, NOVEMBER).items()))
