"""Everything that goes out is valid by the official schemas, and by our own description."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from starlette.testclient import TestClient

from tests.directory_client.hsds.schemas import assert_valid

ENVELOPE = {
    "total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty", "contents",
}  # fmt: skip
LISTS = [
    ("/services", "compiled/service_list"),
    ("/services?full=true", "compiled/service"),
    ("/services?minimal=true", "compiled/service_list"),
    ("/services?modified_after=2000-01-01&full=true", "compiled/service"),
    ("/organizations", "compiled/organization_list"),
    ("/organizations?full=true", "compiled/organization"),
    ("/organizations?full_service=true", "compiled/organization"),
    ("/service_at_locations", "compiled/service_at_location_list"),
    ("/service_at_locations?full=true", "compiled/service_at_location"),
    ("/service_at_locations?postcode=L1S", "compiled/service_at_location_list"),
    ("/taxonomies", "taxonomy"),
    ("/taxonomy_terms", "taxonomy_term"),
]
SINGLE = [
    ("services", "compiled/service"),
    ("organizations", "compiled/organization"),
    ("service_at_locations", "compiled/service_at_location"),
    ("taxonomies", "taxonomy"),
    ("taxonomy_terms", "taxonomy_term"),
]


def contents(client: TestClient, path: str) -> list[Any]:
    mark = "&" if "?" in path else "?"
    return list(client.get(f"{path}{mark}per_page=1000").json()["contents"])


@pytest.mark.parametrize(("path", "schema"), LISTS)
def test_every_record_of_a_list_is_valid(client: TestClient, path: str, schema: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert set(answer.json()) == ENVELOPE
    records = contents(client, path)
    assert records
    for record in records:
        assert_valid(schema, record)


@pytest.mark.parametrize(("path", "schema"), LISTS)
def test_every_line_of_a_stream_is_valid_and_the_same_as_on_a_page(client: TestClient, path: str, schema: str) -> None:
    mark = "&" if "?" in path else "?"
    answer = client.get(f"{path}{mark}format=ndjson")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert sorted(lines, key=lambda one: one["id"]) == sorted(contents(client, path), key=lambda one: one["id"])


@pytest.mark.parametrize(("name", "schema"), SINGLE)
def test_every_single_record_is_valid(client: TestClient, name: str, schema: str) -> None:
    records = contents(client, f"/{name}")
    assert records
    for record in records:
        answer = client.get(f"/{name}/{record['id']}")
        assert answer.status_code == 200, record["id"]
        assert answer.json()["id"] == record["id"]
        assert_valid(schema, answer.json())


@pytest.mark.parametrize("path", [path for path, _ in LISTS] + ["/services/pantry-7", "/"])
def test_answers_are_what_our_own_description_says(client: TestClient, path: str) -> None:
    described = client.get("/openapi.json").json()
    route = "/services/{id}" if path == "/services/pantry-7" else path.partition("?")[0]
    operation = described["paths"][route]["get"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    validator = Draft202012Validator({**schema, "components": described["components"]}, format_checker=FormatChecker())
    if "contents" in schema.get("properties", {}) and "minimal" not in path:
        assert contents(client, path)
    errors = [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(client.get(path).json())]
    assert not errors, errors


def test_the_example_package_comes_out_as_the_official_example_has_it(client: TestClient) -> None:
    from tests.directory_client.hsds.conftest import SHARED

    example = json.loads((SHARED / "examples" / "service_full.json").read_text(encoding="utf-8"))
    given = client.get(f"/services/{example['id']}").json()
    plain = {name: value for name, value in example.items() if isinstance(value, str | int) and name != "last_modified"}
    assert {name: given.get(name) for name in plain} == {
        name: value.strip() if isinstance(value, str) else value for name, value in plain.items()
    }
    nested = {name for name, value in example.items() if isinstance(value, list | dict)}
    # The example's own files tie the additional address, the capacity, the funding and the term to other records,
    # and the log of changes stays in.
    assert nested - given.keys() <= {"additional_urls", "capacities", "attributes", "metadata"}
    for name in ("phones", "schedules", "languages", "cost_options", "required_documents", "program"):
        assert _without_quotes(given[name]) == _without_quotes(example[name]), name


def _without_quotes(value: Any) -> Any:
    """The example has its number between quotes of its own."""
    return json.loads(json.dumps(value).replace('\\"', ""))


def test_what_is_empty_is_left_out(client: TestClient) -> None:
    def check(value: Any) -> None:
        if isinstance(value, dict):
            assert None not in value.values()
            assert [] not in value.values()
            for one in value.values():
                check(one)
        elif isinstance(value, list):
            for one in value:
                check(one)

    check(client.get("/services?full=true&per_page=1000").json()["contents"])
