"""Taking services from another directory's API, with a server of every manner, and with our own interface."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from directory_client.feeds.feed import FeedError, Item, Refusal, Row
from directory_client.feeds.fetching import LONGEST_WAIT, Patience, seconds
from directory_client.feeds.hsds_api import HsdsApi
from directory_client.feeds.kept_answers import KeptAnswers
from directory_client.imports import take_in
from directory_client.models import Base, FeedRun, Location, Phone, Schedule, Service, TaxonomyTerm
from directory_client.sample import load_lines, load_sample
from tests.support.fake_211 import drips, half, says, sleeps, status
from tests.support.fake_hsds import FakeHsds, fake_hsds

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HURRIED = Patience(connect=1, read=0.3, total=0.5, attempts=3, first_pause=0.01, between_requests=0)


def bank(number: int, **more: Any) -> dict[str, Any]:
    """A whole record of a service."""
    place = {"id": f"l{number}", "location_type": "physical", "latitude": 43.85, "longitude": -79.03,
             "addresses": [{"id": f"a{number}", "address_1": f"{number} Main St", "city": "Ajax",
                            "state_province": "ON", "postal_code": "L1S 2E4", "country": "CA",
                            "address_type": "physical"}]}  # fmt: skip
    return {
        "id": f"s{number}", "name": f"Food Bank {number}", "status": "active", "description": "Groceries.",
        "organization": {"id": "o1", "name": "Help", "description": ""},
        "phones": [{"id": f"p{number}", "number": f"905-555-01{number % 100:02}"}],
        "schedules": [{"id": f"h{number}", "freq": "WEEKLY", "byday": "MO", "opens_at": "09:00", "closes_at": "17:00"}],
        "service_at_locations": [{"id": f"sl{number}", "location": place}],
        **more,
    }  # fmt: skip


@pytest.fixture
def fake() -> Iterator[FakeHsds]:
    with fake_hsds() as server:
        server.services = [bank(number) for number in range(1, 6)]
        yield server


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(made)
    yield made
    made.dispose()


def api(fake: FakeHsds, pauses: list[float] | None = None, **more: Any) -> HsdsApi:
    pauses = [] if pauses is None else pauses
    return HsdsApi(fake.url, **{"patience": HURRIED, "per_page": 2, "sleep": pauses.append, **more})


def ids(items: list[Item], table: str = "service") -> list[str]:
    return [item.values["id"] for item in items if isinstance(item, Row) and item.table == table]


def refusals(items: list[Item]) -> list[str]:
    return [item.reason for item in items if isinstance(item, Refusal)]


def services(engine: Engine) -> dict[str, str]:
    with Session(engine) as session:
        return {row.id: row.status for row in session.scalars(select(Service))}


def test_every_page_is_read_with_all_that_belongs_to_a_service(fake: FakeHsds, engine: Engine) -> None:
    report = take_in(engine, api(fake, source="county"), now=NOW)
    assert report.refused == 0
    assert services(engine) == dict.fromkeys(("s1", "s2", "s3", "s4", "s5"), "active")
    with Session(engine) as session:
        for table in (Phone, Schedule, Location):
            assert session.scalar(select(func.count()).select_from(table)) == 5
        assert session.get_one(Service, "s1").source == "county"
    pages = [query for path, query in fake.asked if path == "services"]
    assert [(query["page"], query["per_page"], query["full"]) for query in pages] == [
        ("1", "2", "true"), ("2", "2", "true"), ("3", "2", "true"),
    ]  # fmt: skip


def test_where_the_list_holds_names_alone_each_record_is_asked_for(fake: FakeHsds) -> None:
    fake.minimal = True
    fake.services[0]["id"] = "http://example.org/s?1#ü"
    items = list(api(fake).items())
    assert ids(items, "phone") == ["p1", "p2", "p3", "p4", "p5"]
    assert ids(items)[0] == "http://example.org/s?1#ü"
    assert sum(path.startswith("services/") for path, _ in fake.asked) == 5


def test_a_record_that_cannot_be_had_alone_is_taken_as_the_list_has_it(fake: FakeHsds) -> None:
    fake.minimal = True
    names = [{"id": f"s{number}", "name": f"Food Bank {number}", "organization_id": "o1"} for number in (1, 2)]
    fake.manners = [status(404), status(404), says(json.dumps(names).encode()), status(404)]
    items = list(api(fake, per_page=5).items())
    assert ids(items) == ["s1", "s2"]
    assert ids(items, "phone") == ["p2"]
    assert refusals(items) == ["cannot be had by itself; its place and numbers are missing"]


def test_what_changed_since_a_day_is_asked_for_and_is_never_the_whole(fake: FakeHsds) -> None:
    morning = datetime(2026, 11, 20, 2, 30, tzinfo=timezone(timedelta(hours=-5)))
    list(api(fake, modified_after=morning).items())
    assert {query["modified_after"] for path, query in fake.asked if path == "services"} == {"2026-11-20T07:30:00Z"}
    with pytest.raises(ValueError, match="not the whole"):
        api(fake, modified_after=morning, complete=True)


def test_terms_are_taken_where_the_server_has_them(fake: FakeHsds, engine: Engine) -> None:
    fake.terms = [{"id": "t1", "code": "BD-1", "name": "Food"}, {"id": "t2", "name": "Meals", "parent_id": "t1"}]
    take_in(engine, api(fake), now=NOW)
    with Session(engine) as session:
        assert {row.name: row.parent_id for row in session.scalars(select(TaxonomyTerm))} == {
            "Food": None, "Meals": "t1",
        }  # fmt: skip


@pytest.mark.parametrize(
    "lies",
    [
        {"total_pages": 1, "total_items": 2, "last_page": True},
        {"total_pages": 0, "total_items": 0, "empty": True},
        {"total_pages": None, "total_items": None},
        {"total_pages": "three", "total_items": -4},
        {"total_pages": 3, "total_items": 5, "page_number": 1},
        {"total_pages": 10**12, "total_items": True},
    ],
)
@pytest.mark.parametrize("behind", [None, status(404), status(400)])
def test_a_list_that_lies_about_its_length_is_read_to_its_end(
    fake: FakeHsds, lies: dict[str, Any], behind: Any
) -> None:
    fake.lies, fake.behind = lies, behind
    assert ids(list(api(fake).items())) == ["s1", "s2", "s3", "s4", "s5"]
    assert len(fake.asked) < 10


def test_a_server_that_gives_the_same_page_for_ever_is_left(fake: FakeHsds) -> None:
    fake.lies = {"contents": [bank(1), bank(2)], "total_items": 10_000, "total_pages": 5_000}
    items = list(api(fake).items())
    assert ids(items) == ["s1", "s2"]
    assert refusals(items) == ["10,000 records were announced and 2 came"]
    assert len(fake.asked) == 4


def test_half_a_list_closes_nothing(fake: FakeHsds, engine: Engine) -> None:
    take_in(engine, api(fake, complete=True), now=NOW)
    fake.services = fake.services[:2]
    fake.lies = {"total_items": 500, "total_pages": 250}
    with pytest.raises(FeedError, match=r"500 records were announced and 2 came\. Nothing was changed"):
        take_in(engine, api(fake, complete=True), now=NOW)
    assert set(services(engine).values()) == {"active"}
    fake.lies = {}
    take_in(engine, api(fake, complete=True), now=NOW)
    assert services(engine) == {"s1": "active", "s2": "active", **dict.fromkeys(("s3", "s4", "s5"), "inactive")}


@pytest.mark.parametrize(
    ("manner", "words"),
    [
        (sleeps(0.6), "took too long"),
        (drips, "took too long"),
        (half, "cannot be reached"),
        (says(b'{"total_items": 1, "contents": [{"id": "s1", "na'), "no list of records"),
        (says(b"<html>down for maintenance</html>"), "no list of records"),
        (says(b'{"error": "no"}'), "no list of records"),
        (says(b"[" * 100_000), "no list of records"),
        (says(b'{"contents": [' + b"1" * 5_000 + b"]}"), "no list of records"),
        (says(b"\xff\xfe\x00"), "no list of records"),
        (status(500), "an error of its server"),
        (status(503), "an error of its server"),
        (status(429), "left alone"),
        (status(401), "wants a key"),
        (status(404), "refused the question"),
        (status(302, Location="http://127.0.0.1:9/"), "cannot be reached"),
    ],
)
def test_bad_answers_are_told_in_words_and_change_nothing(
    fake: FakeHsds, engine: Engine, manner: Any, words: str
) -> None:
    take_in(engine, api(fake, complete=True), now=NOW)
    for when in (0, 1):  # the first page, and one in the middle
        fake.manners = [status(404), status(404)]
        fake.services = [bank(number, name="Changed") for number in range(1, 6)]
        good = [says(_page(fake, 1))] * when
        fake.manners += good + [manner] * 3
        with pytest.raises(FeedError, match=words) as error:
            take_in(engine, api(fake, complete=True), now=NOW)
        assert "http://" not in str(error.value)
        with Session(engine) as session:
            assert set(session.scalars(select(Service.status))) == {"active"}
            assert session.get_one(Service, "s1").name == "Food Bank 1"
            assert session.scalar(select(func.count()).select_from(FeedRun)) == 1


def _page(fake: FakeHsds, number: int) -> bytes:
    contents = fake.services[2 * number - 2 : 2 * number]
    return json.dumps({"total_items": 5, "total_pages": 3, "contents": contents}).encode()


def test_passing_trouble_is_waited_out_as_long_as_the_server_wishes(fake: FakeHsds) -> None:
    pauses: list[float] = []
    fake.manners = [status(404), status(404), status(429, Retry_After="7"), status(503, Retry_After="9999"), half]
    patience = Patience(connect=1, read=0.3, total=0.5, attempts=5, first_pause=0.01, between_requests=0)
    assert len(ids(list(api(fake, pauses, patience=patience).items()))) == 5
    assert pauses[:2] == [7.0, LONGEST_WAIT]


def test_a_date_of_the_server_is_a_pause_too() -> None:
    later = datetime.now(UTC) + timedelta(seconds=20)
    assert 10 < (seconds(later.strftime("%a, %d %b %Y %H:%M:%S GMT")) or 0) <= 20
    assert seconds("soon") is None and seconds("Thu, 99 Nov 2026") is None


def test_an_answer_that_is_too_large_is_not_held(fake: FakeHsds, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.services = [bank(1, description="x" * 40_000_000)]
    with pytest.raises(FeedError, match="more than any page"):
        list(api(fake, patience=Patience(attempts=1, between_requests=0)).items())


def test_records_that_are_none_are_refused_and_the_others_taken(fake: FakeHsds, engine: Engine) -> None:
    fake.services = [None, 7, "text", [], bank(1), {"id": "", "name": "No id"}, bank(2, organization=None), bank(3)]
    report = take_in(engine, api(fake), now=NOW)
    assert services(engine) == {"s1": "active", "s3": "active"}
    assert report.refused >= 6


def test_what_has_not_changed_is_not_sent_again(fake: FakeHsds, tmp_path: Path) -> None:
    file = tmp_path / "feeds" / "county.db"
    kept = KeptAnswers(file)
    first = list(api(fake, cache=kept).items())
    kept.close()
    assert fake.unchanged == 0
    fake.services[4]["name"] = "New name"
    kept = KeptAnswers(file)
    again = list(api(fake, cache=kept).items())
    kept.close()
    assert fake.unchanged == 2  # the third page is another one now
    assert ids(again) == ids(first)
    assert [item.values["name"] for item in again if isinstance(item, Row) and item.values["id"] == "s5"] == [
        "New name"
    ]
    file.write_bytes(b"no database" * 500)
    kept = KeptAnswers(file)
    assert ids(list(api(fake, cache=kept).items())) == ids(first)
    kept.close()


def test_kept_answers_that_were_not_asked_for_again_are_forgotten(tmp_path: Path) -> None:
    kept = KeptAnswers(tmp_path / "kept.db")
    kept["a"], kept["b"] = ("1", b"A"), ("2", b"B")
    kept.close()
    kept = KeptAnswers(tmp_path / "kept.db")
    assert kept["a"] == ("1", b"A") and len(kept) == 2
    kept.close()
    kept = KeptAnswers(tmp_path / "kept.db")
    assert list(kept) == ["a"] and "b" not in kept
    kept.close()


@pytest.mark.parametrize("url", ["", "example.org", "ftp://example.org", "http://", "http://[::1", "http://a:b/c"])
def test_what_is_no_address_is_told(url: str) -> None:
    with pytest.raises(FeedError, match="no address of an API"):
        HsdsApi(url)


def test_an_address_may_be_that_of_the_list(fake: FakeHsds) -> None:
    fake.url += "/services?page=1"
    assert len(ids(list(api(fake).items()))) == 5


def test_our_own_interface_gives_a_second_directory_the_same_records(engine: Engine) -> None:
    hsds = pytest.importorskip("bot.hsds.app")
    given = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    Base.metadata.create_all(given)
    with Session(given) as session, session.begin():
        load_lines(session)
        load_sample(session, today=NOW.date())
    with serving(hsds.hsds_app(given, "http://127.0.0.1/hsds")) as url:
        report = take_in(engine, HsdsApi(url, complete=True, patience=Patience(between_requests=0)), now=NOW)
    with Session(given) as one, Session(engine) as other:
        for table in (Service, Phone, Location):
            count = select(func.count()).select_from(table)
            assert one.scalar(count) == other.scalar(count), table.__tablename__
        assert {row.name for row in one.scalars(select(Service))} == {
            row.name for row in other.scalars(select(Service))
        }
    assert [one.reason for one in report.refusals if one.field is None] == []


@contextmanager
def serving(app: Any) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
