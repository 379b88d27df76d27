"""PostgreSQL gives out the same as SQLite."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from bot.hsds.app import hsds_app
from directory_client.feeds.hsds_csv import HsdsPackage
from directory_client.hsds.package import write_package
from directory_client.imports import take_in
from tests.directory_client.conftest import engine_for
from tests.directory_client.hsds.conftest import BASE, NOW, SHARED, fill
from tests.directory_client.hsds.test_package import tables

PATHS = [
    "/services", "/services?full=true&per_page=1000", "/services?search=pantries%20ajax", "/services?search=the",
    "/services?search=%27%3B%3A%2A%26%7C%21", "/services?modified_after=2026-09-01T00:00:00Z",
    "/services?taxonomy_id=scheme", "/services?format=ndjson&full=true", "/organizations?full_service=true",
    "/organizations?search=AJAX%25", "/service_at_locations?postcode=L1S&proximity=20000&full=true",
    "/taxonomy_terms?top_only=true", "/services/pantry-7", "/services/nope", "/services/%00",
]  # fmt: skip


@pytest.fixture(scope="module", params=[pytest.param("postgresql", marks=pytest.mark.postgres)])
def postgresql(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if not SHARED.exists():
        pytest.skip("the examples in ../shared/data/hsds-3.1 are not here")
    with engine_for(request) as made:
        fill(made)
        take_in(made, HsdsPackage(SHARED / "examples" / "csv", "example", complete=True), now=NOW)
        yield made


def _comparable(text: str) -> Any:
    """Databases sort texts each in their own way."""
    if "\n" in text:
        return sorted(text.splitlines())
    record = json.loads(text)
    if isinstance(record.get("contents"), list):
        record["contents"].sort(key=lambda one: one["id"])
    return record


@pytest.mark.parametrize("path", PATHS)
def test_both_databases_answer_the_same(client: TestClient, postgresql: Engine, path: str) -> None:
    other = TestClient(hsds_app(postgresql, BASE))
    here, there = client.get(path), other.get(path)
    assert here.status_code == there.status_code
    assert _ordered(_comparable(there.text)) == _ordered(_comparable(here.text))


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _ordered(one) for name, one in value.items()}
    if isinstance(value, list):
        return sorted((_ordered(one) for one in value), key=lambda one: json.dumps(one, sort_keys=True))
    return json.loads(value) if isinstance(value, str) and value.startswith("{") else value


@pytest.mark.parametrize("options", [{}, {"sample": False}, {"source": "example"}])
def test_both_databases_write_the_same_package(
    engine: Engine, postgresql: Engine, tmp_path: Path, options: dict[str, Any]
) -> None:
    assert write_package(engine, tmp_path / "a", **options) == write_package(postgresql, tmp_path / "b", **options)
    assert tables(tmp_path / "a") == tables(tmp_path / "b")
