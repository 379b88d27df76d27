"""bin/porchlight directory: what is printed, and with which exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, create_engine, delete, select
from sqlalchemy.orm import Session

from bot.commands import directory
from bot.supervisor.problems import Problem
from directory_client.models import Base, SearchSite
from tests.directory_client.build import AJAX, add_service

Run = Callable[..., Result]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made = create_engine(f"sqlite:///{tmp_path / 'directory.db'}")
    Base.metadata.create_all(made)
    with Session(made) as session, session.begin():
        for number in range(3):
            add_service(session, f"s{number}", at=AJAX, phone="905-555-0101 ext 7", source="centre",
                        checked=date(2019, 1, 1), name=f"Food Bank {number}")  # fmt: skip
        add_service(session, "other", source="county", phone="905-555-0102", checked=date.today(), url="no url")
    return made


@pytest.fixture
def run(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(directory, "ready_directory", lambda: engine)
    monkeypatch.setattr(directory, "writable_directory", lambda: engine)
    return lambda *arguments: CliRunner().invoke(directory.command, arguments)


def test_check_groups_counts_and_says_what_to_do(run: Run) -> None:
    result = run("check", "--limit", "2")
    assert result.exit_code == 0
    assert "Numbers that cannot be dialled: 3 (centre 3)\n  What to do: Write one number" in result.output
    assert "phone s0-phone “Food Bank 0”, centre: number: an extension inside the number" in result.output
    assert "… and 1 more; --limit 0 shows all." in result.output
    assert "555-0101" not in result.output


def test_check_of_one_source_leaves_out_the_others(run: Run) -> None:
    result = run("check", "--source", "county")
    assert "E-mail or web addresses that cannot be used: 1 (county 1)" in result.output
    assert "centre" not in result.output
    assert isinstance(run("check", "--source", "nobody").exception, Problem)


def test_check_as_json_is_a_line_for_each_finding_and_the_counts_last(run: Run) -> None:
    *findings, last = map(json.loads, run("check", "--json", "--limit", "0").output.splitlines())
    assert last["total"] == len(findings) == sum(last["counts"].values())
    assert {"check", "table", "id", "name", "source", "field", "value", "do"} == set(findings[0])
    assert last["counts"]["undialable"] == 3


def test_status_shows_each_source_and_reindex_makes_the_index_anew(run: Run, engine: Engine) -> None:
    assert "centre" in run("status").output and "county" in run("status").output
    (centre, _) = sorted(json.loads(run("status", "--json").output), key=lambda one: one["source"])
    assert (centre["active"], centre["stale"], centre["without_french"]) == (3, 3, 3)
    with Session(engine) as session, session.begin():
        session.execute(delete(SearchSite))
    assert "4 sites of 4 services were indexed" in run("reindex").output
    with Session(engine) as session:
        assert len(list(session.scalars(select(SearchSite.id)))) == 4
