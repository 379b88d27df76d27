"""The open interface: pages, filters, caches, other origins, streams, and errors in words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Engine, event
from starlette.testclient import TestClient

from bot.hsds.app import hsds_app
from directory_client.hsds import ids, needs
from directory_client.hsds.resources import RESOURCES, Form, Shop
from tests.directory_client.hsds.conftest import BASE, SAMPLES


def names(client: TestClient, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return [record["name"] for record in answer.json()["contents"]]


def test_the_root_says_what_this_is(client: TestClient) -> None:
    about = client.get("/").json()
    assert about["version"] == "3.1"
    assert about["openapi_url"] == f"{BASE}/openapi.json"


def test_pages_follow_each_other_without_gaps(client: TestClient) -> None:
    whole = client.get("/services?per_page=1000").json()
    seen: list[str] = []
    pages = client.get("/services?per_page=7").json()["total_pages"]
    for number in range(1, pages + 1):
        page = client.get(f"/services?per_page=7&page={number}").json()
        assert page["page_number"] == number
        assert page["total_items"] == whole["total_items"]
        assert page["size"] == len(page["contents"])
        assert page["first_page"] == (number == 1)
        assert page["last_page"] == (number == pages)
        seen += [record["id"] for record in page["contents"]]
    assert seen == [record["id"] for record in whole["contents"]]
    assert len(set(seen)) == whole["total_items"]


def test_a_page_after_the_last_is_empty(client: TestClient) -> None:
    page = client.get("/services?page=1000000").json()
    assert page["empty"] is True
    assert page["contents"] == []
    assert page["last_page"] is True


def test_pages_go_on_from_the_terms_of_needs_to_those_of_feeds(client: TestClient) -> None:
    whole = [one["id"] for one in client.get("/taxonomy_terms?per_page=1000").json()["contents"]]
    parts = [
        one["id"]
        for number in range(1, 20)
        for one in client.get(f"/taxonomy_terms?per_page=5&page={number}").json()["contents"]
    ]
    assert parts == whole
    assert len(whole) == len(set(whole)) > len(needs.terms())


def test_minimal_gives_all_services_on_one_page(client: TestClient) -> None:
    page = client.get("/services?minimal=true").json()
    assert page["total_pages"] == 1
    pantry = next(one for one in page["contents"] if one["name"] == "Pantry of Ajax")
    assert pantry["modified_date"] == "2026-06-01T08:00:00Z"
    assert pantry.keys() == {"id", "name", "status", "last_modified", "modified_date"}


def test_only_active_services_are_listed_and_a_closed_one_is_given_by_its_id(client: TestClient) -> None:
    assert "Pantry that closed" not in names(client, "/services?per_page=1000")
    closed = client.get("/services/closed-8")
    assert closed.status_code == 200
    assert closed.json()["status"] == "inactive"


def test_a_copy_learns_what_was_closed(client: TestClient) -> None:
    changed = names(client, "/services?modified_after=2026-09-15T00:00:00Z&per_page=1000")
    assert "Pantry that closed" in changed
    assert "Pantry of Ajax" not in changed
    assert "House of Safety" in changed  # it does not say when it changed
    assert names(client, "/services?modified_after=2999-01-01") == []


def test_times_may_have_an_offset_that_was_not_encoded(client: TestClient) -> None:
    plain = names(client, "/services?modified_after=2026-06-01T08:00:00Z&per_page=1000")
    assert "Pantry of Ajax" in plain
    assert plain == names(client, "/services?modified_after=2026-06-01T09:00:00+01:00&per_page=1000")
    assert "Pantry of Ajax" not in names(client, "/services?modified_after=2026-06-01T08:00:01Z&per_page=1000")


def test_search_finds_every_word_under_its_endings_the_best_first(client: TestClient) -> None:
    assert names(client, "/services?search=pantries ajax") == ["Pantry of Ajax"]
    assert names(client, "/services?search=pantry nowhere-at-all") == []
    assert names(client, "/services?search=garde-manger") == ["Pantry of Ajax"]
    assert names(client, "/organizations?search=ORG-PANTRY") == ["Organization org-pantry-7"]
    assert names(client, "/taxonomy_terms?search=pantries") == ["Food pantries"]


@pytest.mark.parametrize("hostile", ['"', "'; drop table service; --", "%", "_", "a* OR b", "NEAR(", "🍞", "the", "\\"])
def test_search_takes_any_text_as_words(client: TestClient, hostile: str) -> None:
    for name in RESOURCES:
        assert client.get(f"/{name}", params={"search": hostile}).status_code == 200


def test_services_are_found_by_term_taxonomy_and_organization(client: TestClient) -> None:
    assert names(client, "/services?taxonomy_term_id=BD-1800.2000") == ["Pantry of Ajax"]
    term = ids.public_id("taxonomy_term", "BD-1800.2000")
    assert names(client, f"/services?taxonomy_term_id={term}") == ["Pantry of Ajax"]
    assert names(client, "/services?taxonomy_id=scheme") == ["Pantry of Ajax"]
    assert names(client, "/services?organization_id=org-pantry-7") == ["Pantry of Ajax"]
    assert names(client, "/organizations?taxonomy_id=scheme") == ["Organization org-pantry-7"]
    for name in ("taxonomy_term_id", "taxonomy_id", "organization_id"):
        assert names(client, f"/services?{name}=nothing") == []


def test_services_are_found_by_need(client: TestClient) -> None:
    found = names(client, f"/services?taxonomy_term_id={needs.term_id('violence.partner')}&per_page=1000")
    assert "House of Safety" in found
    assert "Pantry of Ajax" not in found
    assert "Pantry of Ajax" in names(client, f"/services?taxonomy_id={needs.TAXONOMY_ID}&per_page=1000")


def test_terms_are_found_by_taxonomy_and_parent(client: TestClient) -> None:
    assert names(client, "/taxonomy_terms?taxonomy_id=scheme&top_only=true") == ["Food"]
    assert names(client, "/taxonomy_terms?parent_id=BD-1800") == ["Food pantries"]
    assert len(names(client, f"/taxonomy_terms?taxonomy_id={needs.TAXONOMY_ID}&per_page=1000")) == 52


def test_a_record_is_found_by_either_id(client: TestClient) -> None:
    raw = client.get("/services/pantry-7").json()
    assert raw["id"] == ids.public_id("service", "pantry-7")
    assert raw["external_id"] == "7"
    assert client.get(f"/services/{raw['id']}").json() == raw
    assert client.get(f"/services/{raw['id'].upper()}").json() == raw


def test_a_record_that_came_after_the_map_was_made_is_found(engine: Engine) -> None:
    from sqlalchemy.orm import Session

    from directory_client.models import Organization

    shop = Shop(engine)
    new = ids.public_id("organization", "new-1")
    assert shop.one(RESOURCES["organizations"], new, Form()) is None
    with Session(engine) as session, session.begin():
        session.add(Organization(id="new-1", name="New"))
    try:
        found = shop.one(RESOURCES["organizations"], new, Form())
        assert found is not None
        assert found["name"] == "New"
    finally:
        with Session(engine) as session, session.begin():
            session.delete(session.get_one(Organization, "new-1"))
    assert shop.one(RESOURCES["organizations"], new, Form()) is None


def test_organizations_have_their_active_services(client: TestClient) -> None:
    short = client.get("/organizations/org-pantry-7").json()["services"]
    assert [one["name"] for one in short] == ["Pantry of Ajax"]
    assert "phones" not in short[0]
    whole = client.get("/organizations/org-pantry-7?full_service=true").json()["services"]
    assert whole[0]["phones"][0]["number"] == "905-555-0101"
    assert "services" not in client.get("/organizations/org-closed-8").json()


def test_the_nearest_places_come_first_and_far_ones_are_left_out(client: TestClient) -> None:
    def found(proximity: int) -> list[str]:
        page = client.get(f"/service_at_locations?postcode=L1S&proximity={proximity}").json()
        return [one["service"]["name"] for one in page["contents"]]

    near = found(20_000)
    assert near[0] == "Pantry of Ajax"
    assert near.count("Pantry of Ajax") == 2
    assert found(5) == []
    assert client.get("/service_at_locations?postcode=L1S 7K8&proximity=20000").json()["total_items"] > 0
    assert "Pantry of Ajax" not in [
        one["service"]["name"]
        for one in client.get("/service_at_locations?postcode=P0T&proximity=50000").json()["contents"]
    ]


def test_nothing_tells_where_a_confidential_place_is(client: TestClient) -> None:
    paths = ("/services?full=true", "/organizations?full_service=true", "/service_at_locations?full=true",
             "/service_at_locations", "/services?search=safety&full=true")  # fmt: skip
    texts = [client.get(f"{path}{'&' if '?' in path else '?'}per_page=1000").text for path in paths]
    texts += [client.get(path).text for path in ("/services/shelter-9", "/service_at_locations/shelter-9-at-0",
                                                 "/organizations/org-shelter-9")]  # fmt: skip
    for text in texts:
        assert "House of Safety" in text
        for secret in ("Hidden", "hidden", "L1S 7K8", "43.91", "-79.01"):
            assert secret not in text, secret
    place = client.get("/service_at_locations/shelter-9-at-0").json()["location"]
    assert place.keys() == {"id", "location_type", "confidential", "addresses"}
    assert [address["address_1"] for address in place["addresses"]] == ["Confidential"]


def test_a_confidential_place_cannot_be_found_by_distances(client: TestClient) -> None:
    from directory_client.geo import distance_km
    from directory_client.hsds.near import point_of

    lat, lon = point_of("L1S")
    coarse = distance_km(lat, lon, 43.9, -79.0) * 1000
    for metres, expected in ((coarse + 50, True), (coarse - 50, False)):
        page = client.get(f"/service_at_locations?postcode=L1S&proximity={metres:.0f}&per_page=1000").json()
        assert ("House of Safety" in [one["service"]["name"] for one in page["contents"]]) is expected


def test_the_log_of_changes_stays_in(client: TestClient) -> None:
    for path in ("/services?full=true&per_page=1000", "/services/ac148810-d857-441c-9679-408f346de14b"):
        assert "updated_by" not in client.get(path).text


def test_samples_say_so(client: TestClient) -> None:
    page = client.get("/services?per_page=1000")
    assert page.headers["x-porchlight-sample"] == "true"
    samples = [one for one in page.json()["contents"] if one.get("sample")]
    assert len(samples) == SAMPLES
    assert all(one["alert"].startswith("Sample record, not a real service.") for one in samples)
    assert client.get(f"/services/{samples[0]['id']}").headers["x-porchlight-sample"] == "true"
    assert client.get("/services?format=ndjson").headers["x-porchlight-sample"] == "true"
    for path in ("/services/pantry-7", "/services?search=ajax pantry", "/services?search=ajax pantry&format=ndjson"):
        assert "x-porchlight-sample" not in client.get(path).headers


def test_languages_have_their_codes_and_french_goes_out(client: TestClient) -> None:
    pantry = client.get("/services/pantry-7").json()
    assert [one["code"] for one in pantry["languages"]] == ["en", "fr"]
    assert pantry["name_fr"] == "Garde-manger d’Ajax"


def test_addresses_that_are_none_are_mended_or_left_out(client: TestClient) -> None:
    pantry = client.get("/services/pantry-7").json()
    assert pantry["url"] == "http://www.example.org/%C3%A9t%C3%A9"
    assert pantry["email"] == "a@example.org"


def test_an_extension_with_a_leading_nought_keeps_it(client: TestClient) -> None:
    phones = client.get("/services/shelter-9").json()["phones"]
    assert [phone.get("extension_text") for phone in phones] == [None, "0340"]


def test_who_has_an_answer_already_gets_none(client: TestClient) -> None:
    for path in ("/", "/services", "/services/pantry-7", "/taxonomy_terms", "/openapi.json"):
        first = client.get(path)
        tag = first.headers["etag"]
        assert tag.startswith('"')
        assert first.headers["cache-control"] == "public, max-age=300"
        assert client.get(path).headers["etag"] == tag
        for held in (tag, f'"x", W/{tag}', "*"):
            again = client.get(path, headers={"if-none-match": held})
            assert again.status_code == 304
            assert again.content == b""
            assert again.headers["etag"] == tag
        assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200
    assert client.get("/services?page=2&per_page=3").headers["etag"] != client.get("/services").headers["etag"]
    assert client.get("/services/pantry-7").headers["last-modified"] == "Mon, 01 Jun 2026 08:00:00 GMT"


def test_pages_of_other_origins_may_read_everything(client: TestClient) -> None:
    for path in ("/", "/services", "/services/nope", "/services?page=0", "/nowhere", "/services?format=ndjson"):
        assert client.get(path).headers["access-control-allow-origin"] == "*"
        assert client.get(path, headers={"origin": "https://a.example"}).headers["access-control-allow-origin"] == "*"
    preflight = {"origin": "https://a.example", "access-control-request-method": "GET"}
    answer = client.options("/services", headers=preflight)
    assert answer.status_code == 200
    assert "GET" in answer.headers["access-control-allow-methods"]


def test_head_and_post_are_answered_like_get(client: TestClient) -> None:
    page = client.get("/services?per_page=3")
    assert client.head("/services?per_page=3").headers["etag"] == page.headers["etag"]
    assert client.post("/services?per_page=3").json() == page.json()


BAD = [
    "/services?page=0", "/services?page=-1", "/services?page=abc", "/services?page=1.5", "/services?page=",
    "/services?page=1&page=2", "/services?per_page=1001", "/services?per_page=0", "/services?full=perhaps",
    "/services?format=csv", "/services?modified_after=yesterday", "/services?modified_after=2026-13-01",
    "/services?search=", "/services?search=%00", f"/services?search={'x' * 201}", "/services?page=99999999999999999999",
    "/service_at_locations?postcode=Q0Q", "/service_at_locations?postcode=Ajax",
    "/service_at_locations?postcode=H2X 1Y4", "/service_at_locations?postcode=L1S&proximity=far",
    "/service_at_locations?postcode=L1S&proximity=-5",
    "/service_at_locations?postcode=L1S&proximity=nan", "/taxonomy_terms?top_only=2",
]  # fmt: skip


@pytest.mark.parametrize("path", BAD)
def test_a_parameter_that_cannot_be_is_refused_in_words(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")


@pytest.mark.parametrize("path", ["/service_at_locations?proximity=5", "/services?full=true&minimal=true"])
def test_parameters_that_do_not_go_together_are_refused(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 422
    assert answer.json()["error"]


def test_what_is_not_there_and_what_cannot_be_done_is_said_in_json(client: TestClient) -> None:
    for path in ("/services/nope", "/services/%00", f"/services/{'x' * 5000}", "/nowhere", "/services/a/b",
                 "/taxonomies/nope", "/services/1f0c3ab4-57a7-5d41-9a35-0b0f5f3c2e10"):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.json()["error"]
    for method in ("PUT", "DELETE", "PATCH"):
        answer = client.request(method, "/services")
        assert answer.status_code == 405
        assert answer.json()["error"]
        assert "GET" in answer.headers["allow"]
    assert client.post("/services/pantry-7").status_code == 405


def test_a_failure_is_told_without_its_inside(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(Shop, "page", broken)
    answer = TestClient(hsds_app(engine, BASE), raise_server_exceptions=False).get("/services")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert json.loads(answer.text)["error"]


def test_parameters_of_caches_and_trackers_are_passed_over(client: TestClient) -> None:
    assert client.get("/services?per_page=2&_=123").status_code == 200


def test_the_number_of_statements_does_not_grow_with_the_page(engine: Engine) -> None:
    statements: list[str] = []

    def count(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    client = TestClient(hsds_app(engine, BASE))
    event.listen(engine, "before_cursor_execute", count)
    try:
        client.get("/services?full=true&per_page=3")
        few = len(statements)
        statements.clear()
        client.get("/services?full=true&per_page=100")
        many = len(statements)
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert many <= 28, statements
    assert many - few <= 6  # tables of which the first three services have nothing


def test_the_gateway_serves_it_beside_its_pages() -> None:
    from starlette.applications import Starlette

    from bot.hsds import routes
    from tests.directory_client.hsds.conftest import empty

    app = TestClient(Starlette(routes=routes(empty(), "http://testserver/")))
    assert app.get("/hsds").json()["openapi_url"] == "http://testserver/hsds/openapi.json"
    assert app.get("/hsds/services").json()["empty"] is True
    assert app.get("/hsds/nowhere").json()["error"]
