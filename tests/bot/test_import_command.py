"""bin/porchlight import: every format that can be read has a command, and each says what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from bot.commands import import_
from bot.supervisor.problems import Problem
from directory_client.models import Base, Service
from tests.directory_client.feeds.test_hsds_api import bank
from tests.support.fake_hsds import FakeHsds, fake_hsds

Run = Callable[..., Result]
BROKEN = Path(__file__).parents[1] / "broken" / "directory"


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made = create_engine(f"sqlite:///{tmp_path / 'directory.db'}")
    Base.metadata.create_all(made)
    return made


@pytest.fixture
def run(engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.setattr(import_, "writable_directory", lambda: engine)
    monkeypatch.setenv("PORCHLIGHT_VAR", str(tmp_path / "var"))
    monkeypatch.delenv("PORCHLIGHT_SEARCH211_KEY", raising=False)
    return lambda *arguments: CliRunner().invoke(import_.command, [str(one) for one in arguments])


@pytest.fixture
def county() -> Iterator[FakeHsds]:
    with fake_hsds() as server:
        server.services = [bank(1), bank(2)]
        yield server


def statuses(engine: Engine) -> dict[str, tuple[str | None, str]]:
    with Session(engine) as session:
        return {row.id: (row.source, row.status) for row in session.scalars(select(Service))}


def test_every_format_has_a_command() -> None:
    assert set(import_.command.commands) == {"hsds", "icarol", "cioc", "odhf", "centres", "api", "211"}
    for name, one in import_.command.commands.items():
        assert {"source", "replace", "dry_run", "report"} <= {option.name for option in one.params}, name


@pytest.mark.parametrize("name", ["hsds", "icarol", "cioc", "odhf", "centres"])
def test_a_file_of_another_kind_is_told_in_words(run: Run, tmp_path: Path, name: str) -> None:
    file = tmp_path / "letter.csv"
    file.write_text("Dear all,\nthe meeting is on Monday.\n", encoding="utf-8")
    problem = run(name, file).exception
    assert isinstance(problem, Problem) and len(str(problem)) > 30


def test_icarol_takes_the_french_export_with_the_english_one(run: Run, engine: Engine, tmp_path: Path) -> None:
    for name, words in (("en.csv", "Sample Food Bank"), ("fr.csv", "Banque alimentaire Exemple")):
        (tmp_path / name).write_text(f"ResourceAgencyNum,PublicName\n900,{words}\n", encoding="utf-8")
    result = run("icarol", tmp_path / "en.csv", "--french", tmp_path / "fr.csv")
    assert "Written. Source icarol" in result.output
    with Session(engine) as session:
        (service,) = session.scalars(select(Service))
        assert (service.name, service.name_fr) == ("Sample Food Bank", "Banque alimentaire Exemple")


@pytest.mark.parametrize("replace", [(), ("--replace",)])
def test_a_table_closes_what_it_lacks_only_with_replace(run: Run, engine: Engine, tmp_path: Path, replace: Any) -> None:
    head = "index,facility_name,source_facility_type,odhf_facility_type,csdname,latitude,longitude\n"
    file = tmp_path / "odhf.csv"
    for numbers in (("1", "2"), ("2",)):
        rows = (f"{number},Clinic {number},clinic,Ambulatory health care services,Ajax,43.85,-79.03\n"
                for number in numbers)  # fmt: skip
        file.write_text(head + "".join(rows), encoding="utf-8")
        assert run("odhf", file, *replace).exit_code == 0
    assert statuses(engine)["odhf-1"] == ("odhf", "inactive" if replace else "active")


def test_an_api_is_read_whole_and_later_only_what_changed(run: Run, engine: Engine, county: FakeHsds) -> None:
    assert isinstance(run("api", county.url, "--changed-only").exception, Problem)
    assert "Written. Source county" in run("api", county.url, "--source", "county", "--replace").output
    assert set(statuses(engine).values()) == {("county", "active")}
    county.asked.clear()
    county.services = [bank(2, status="inactive")]
    assert run("api", county.url, "--source", "county", "--changed-only").exit_code == 0
    assert all("modified_after" in query for path, query in county.asked if path == "services")
    assert statuses(engine) == {"s1": ("county", "active"), "s2": ("county", "inactive")}
    assert isinstance(run("api", county.url, "--changed-only", "--replace").exception, Problem)
    assert isinstance(run("api", "county").exception, Problem)


def test_the_second_import_of_an_api_asks_only_for_what_is_new(run: Run, county: FakeHsds) -> None:
    for _ in range(2):
        run("api", county.url)
    assert county.unchanged == 1


def test_211_wants_a_key_and_a_place(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "PORCHLIGHT_SEARCH211_KEY" in str(run("211", "food", "--near", "Ajax").exception)
    monkeypatch.setenv("PORCHLIGHT_SEARCH211_KEY", "sample-key")
    assert "Say where" in str(run("211", "food").exception)
    assert "not a place in Ontario" in str(run("211", "food", "--near", "Atlantis").exception)
    assert "never the whole" in str(run("211", "food", "--near", "Ajax", "--replace").exception)


def test_a_trial_run_writes_nothing_and_the_report_every_refusal(run: Run, engine: Engine, tmp_path: Path) -> None:
    file, report = tmp_path / "s.json", tmp_path / "report.csv"
    file.write_text(json.dumps([bank(1), {"x": 1}]), encoding="utf-8")
    assert "Nothing was changed: this was a trial run." in run("hsds", file, "--dry-run", "--report", report).output
    assert statuses(engine) == {}
    assert report.read_text(encoding="utf-8").splitlines()[1].startswith("s.json,2,")
