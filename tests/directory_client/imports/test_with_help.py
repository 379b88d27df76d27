"""A large feed, with which a second process and a second thread help, comes in as a small one does."""

from __future__ import annotations

import multiprocessing
import os
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from bot.bench.province import write_province
from directory_client.feeds.feed import Refusal
from directory_client.feeds.hsds_csv import HsdsPackage
from directory_client.imports import run, take_in, writing
from directory_client.imports.prepare import Prepared, prepared
from directory_client.imports.stage import Waiting
from directory_client.models import Base, Service
from tests.directory_client.conftest import DATABASES, engine_for
from tests.directory_client.imports.test_take_in import NOW, bank, take

OF_ONE_RUN = {"run_id", "number", "mark"}
"""Columns whose values differ between two imports of the same."""


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with engine_for(request) as made:
        yield made


@pytest.fixture
def helped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1})
    monkeypatch.setattr(run, "FEW_PIECES", 0)
    monkeypatch.setattr(writing, "MANY_ROWS", 1)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_province(tmp_path_factory.mktemp("province") / "package", 700)
    services = (folder / "services.csv").read_text().splitlines()
    # Some that are refused, or lose a field, on the way through the other process.
    services[5] = services[5].replace('"', "").split(",")[0] + ",nobody"
    services[9] = services[9].replace(",16,", ",young,").replace(",18,", ",young,")
    (folder / "services.csv").write_text("\n".join(services) + "\n")
    return folder


def contents(engine: Engine) -> dict[str, Any]:
    """All rows of all tables, without what is new in every run."""
    found = {}
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name == "feed_run":
                continue
            columns = [column for column in table.c if column.name not in OF_ONE_RUN and column.name != "document"]
            found[table.name] = sorted(map(repr, connection.execute(select(*columns))))
    return found


def said(refusals: list[Refusal]) -> list[str]:
    return [f"{one.file}:{one.line} {one.field} {one.reason}" for one in refusals]


def test_help_changes_nothing_in_what_is_there_and_what_is_said(
    engine: Engine, request: pytest.FixtureRequest, package: Path
) -> None:
    alone = take_in(engine, HsdsPackage(package, "province"), now=NOW)
    before = contents(engine)
    with engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
    request.getfixturevalue("helped")
    with_help = take_in(engine, HsdsPackage(package, "province"), now=NOW)
    assert contents(engine) == before
    assert with_help.counts == alone.counts
    assert alone.refusals and said(with_help.refusals) == said(alone.refusals)


def test_the_second_time_nothing_is_new(engine: Engine, helped: None, package: Path) -> None:
    take_in(engine, HsdsPackage(package, "province"), now=NOW)
    before = contents(engine)
    again = take_in(engine, HsdsPackage(package, "province"), now=NOW)
    assert again.total("added") == again.total("changed") == 0
    assert contents(engine) == before


def test_an_id_that_another_source_has_is_given_another(engine: Engine, helped: None) -> None:
    take(engine, bank(1), source="one")
    take(engine, bank(1), bank(2), source="two")
    with engine.connect() as connection:
        ids = set(connection.scalars(select(Service.id)))
    assert len(ids) == 3 and {"s1", "s2"} < ids


def test_a_trial_run_leaves_nothing(engine: Engine, helped: None) -> None:
    take(engine, bank(1), dry_run=True)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Service)) == 0


def test_an_end_of_the_helper_is_no_end_of_the_import(
    engine: Engine, helped: None, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "prepared", ends)
    report = take_in(engine, HsdsPackage(package, "province"), now=NOW)
    before = contents(engine)
    monkeypatch.undo()
    again = take_in(engine, HsdsPackage(package, "province"), now=NOW)
    assert report.total("added") and again.total("unchanged") == report.total("added")
    assert contents(engine) == before


def test_the_order_of_ids_makes_no_difference(engine: Engine, helped: None) -> None:
    rows = [row for number in range(1, 40) for row in bank(number)]
    random.Random(1).shuffle(rows)
    report = take(engine, rows)
    assert report.counts["service"]["added"] == 39


def ends(piece: tuple[str, Sequence[Waiting]]) -> list[Prepared]:
    """As if the system ended the helper at the first piece."""
    if multiprocessing.parent_process():
        os._exit(9)
    return prepared(piece)
