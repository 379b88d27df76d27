"""A package that was written and taken in again is the same directory; secrets and other feeds stay out."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from bot.hsds.app import hsds_app
from directory_client.feeds.hsds_csv import HsdsPackage
from directory_client.feeds.hsds_json import HsdsJson
from directory_client.feeds.hsds_names import FILES
from directory_client.hsds.package import NothingToWrite, write_package
from directory_client.imports import take_in
from directory_client.models import Schedule, Service, ServiceNeed
from tests.directory_client.hsds.conftest import BASE, NOW, SAMPLES, SHARED, empty

Tables = dict[str, dict[str, dict[str, str]]]


def tables(path: Path) -> Tables:
    """File → id → row."""
    found: Tables = {}
    for file in sorted(path.glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            found[file.name] = {row["id"]: row for row in csv.DictReader(lines)}
    return found


NEW = {"source", "last_modified"}
"""What an import sets: the name of the feed, and the day of the change where the feed gave none."""


def without_source(found: Tables) -> Tables:
    return {
        name: {id_: {key: value for key, value in row.items() if key not in NEW} for id_, row in rows.items()}
        for name, rows in found.items()
    }


def guessed(before: Tables, after: Tables) -> None:
    """Takes out the needs of services that say none: whoever takes these in tells needs from their words."""
    said = {row["link_id"] for row in before["attributes.csv"].values()}
    for id_, row in list(after["attributes.csv"].items()):
        if row["link_id"] not in said:
            assert row["link_type"] == "need"
            del after["attributes.csv"][id_]


def needs_by_name(engine: Engine) -> dict[str, list[tuple[str, float]]]:
    statement = select(Service.name, ServiceNeed.need, ServiceNeed.score).join(
        ServiceNeed, ServiceNeed.service_id == Service.id
    )
    found: dict[str, list[tuple[str, float]]] = {}
    with Session(engine) as session:
        for name, need, score in session.execute(statement.order_by(Service.name, ServiceNeed.position)):
            found.setdefault(name, []).append((need, round(score, 3)))
    return found


def test_a_package_that_is_taken_in_again_is_the_same_package(engine: Engine, tmp_path: Path) -> None:
    write_package(engine, tmp_path / "one")
    again = empty()
    report = take_in(again, HsdsPackage(tmp_path / "one", "again"), now=NOW)
    assert report.refusals == []
    write_package(again, tmp_path / "two")
    before, after = without_source(tables(tmp_path / "one")), without_source(tables(tmp_path / "two"))
    guessed(before, after)
    assert after == before
    needs = needs_by_name(engine)
    assert {name: found for name, found in needs_by_name(again).items() if name in needs} == needs


def test_a_zip_holds_the_same_files_as_a_folder(engine: Engine, tmp_path: Path) -> None:
    write_package(engine, tmp_path / "one")
    write_package(engine, tmp_path / "one.zip")
    with zipfile.ZipFile(tmp_path / "one.zip") as packed:
        for name in packed.namelist():
            assert packed.read(name) == (tmp_path / "one" / name).read_bytes()
        assert sorted(packed.namelist()) == sorted(path.name for path in (tmp_path / "one").iterdir())
    again = empty()
    assert take_in(again, HsdsPackage(tmp_path / "one.zip", "again"), now=NOW).total("added") > 100


def test_files_and_columns_are_those_of_the_specification(engine: Engine, tmp_path: Path) -> None:
    write_package(engine, tmp_path / "one")
    official = json.loads((SHARED / "datapackage.json").read_text(encoding="utf-8"))
    ours = {one["name"]: one for one in json.loads((tmp_path / "one" / "datapackage.json").read_text())["resources"]}
    for resource in official["resources"]:
        if resource["name"] == "metadata":  # the log of changes stays in
            assert not (tmp_path / "one" / "metadata.csv").exists()
            continue
        mine = ours[resource["name"]]
        assert mine["path"] == resource["path"]
        names = [field["name"] for field in mine["schema"]["fields"]]
        assert {field["name"] for field in resource["schema"]["fields"]} <= set(names)
        with (tmp_path / "one" / mine["path"]).open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == names


def test_the_lines_of_the_interface_taken_in_give_the_same_lines(engine: Engine, tmp_path: Path) -> None:
    def lines(of: Engine) -> dict[str, Any]:
        text = TestClient(hsds_app(of, BASE)).get("/services?full=true&format=ndjson").text
        return {(record := json.loads(line))["id"]: _comparable(record) for line in text.splitlines()}

    client = TestClient(hsds_app(engine, BASE))
    file = tmp_path / "services.ndjson"
    file.write_text(client.get("/services?full=true&format=ndjson").text, encoding="utf-8")
    again = empty()
    report = take_in(again, HsdsJson(file, "again"), now=NOW)
    assert report.refusals == []
    before, after = lines(engine), lines(again)
    for id_, record in after.items():
        if "attributes" not in before[id_]:  # needs told from the words of a service that says none
            record.pop("attributes", None)
    assert after == before
    assert len(before) > 20


def _comparable(value: Any) -> Any:
    """Without what an import sets, and lists in the order of their ids."""
    if isinstance(value, dict):
        return {name: _comparable(one) for name, one in value.items() if name not in NEW}
    return sorted((_comparable(one) for one in value), key=lambda one: one["id"]) if isinstance(value, list) else value


def test_hours_that_were_read_from_words_are_not_read_again(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "feed"
    folder.mkdir()
    (folder / "organizations.csv").write_text("id,name,description\no,O,\n")
    (folder / "services.csv").write_text("id,organization_id,name,status\ns,o,S,active\n")
    (folder / "schedules.csv").write_text('id,service_id,description\nh,s,"Monday to Friday 9 am to 5 pm"\n')
    first, second = empty(), empty()
    take_in(first, HsdsPackage(folder, "feed"), now=NOW)
    write_package(first, tmp_path / "one")
    take_in(second, HsdsPackage(tmp_path / "one", "again"), now=NOW)
    with Session(first) as a, Session(second) as b:
        count = select(func.count()).select_from(Schedule)
        assert a.scalar(count) == b.scalar(count)
        assert (a.scalar(count) or 0) > 1


def test_one_source_goes_out_without_the_others(engine: Engine, tmp_path: Path) -> None:
    write_package(engine, tmp_path / "one", source="example")
    found = tables(tmp_path / "one")
    assert [row["name"] for row in found["services.csv"].values()] == ["Community Counselling"]
    assert [row["name"] for row in found["organizations.csv"].values()] == ["Example Organization Inc."]
    assert len(found["phones.csv"]) == 1
    assert "BD-1800" not in {row["code"] for row in found["taxonomy_terms.csv"].values()}
    report = take_in(empty(), HsdsPackage(tmp_path / "one", "again"), now=NOW)
    assert report.refusals == []


def test_samples_stay_out_when_they_are_not_wanted_and_say_so_when_they_are(engine: Engine, tmp_path: Path) -> None:
    write_package(engine, tmp_path / "all")
    write_package(engine, tmp_path / "real", sample=False)
    samples = [row for row in tables(tmp_path / "all")["services.csv"].values() if row["sample"]]
    assert len(samples) == SAMPLES
    assert all(row["alert"].startswith("Sample record, not a real service.") for row in samples)
    text = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "real").glob("*.csv"))
    assert "Sample" not in text
    assert "Pantry of Ajax" in text
    assert take_in(empty(), HsdsPackage(tmp_path / "real", "again"), now=NOW).refusals == []


@pytest.mark.parametrize("options", [{}, {"sample": False}])
def test_nothing_in_a_package_tells_where_a_confidential_place_is(
    engine: Engine, tmp_path: Path, options: dict[str, Any]
) -> None:
    write_package(engine, tmp_path / "one", **options)
    text = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "one").iterdir())
    assert "House of Safety" in text
    for secret in ("Hidden", "hidden", "L1S 7K8", "43.91", "-79.01"):
        assert secret not in text


def test_an_unknown_source_is_told_with_those_there_are(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(NothingToWrite, match="example"):
        write_package(engine, tmp_path / "one", source="nobody")
    assert not (tmp_path / "one").exists()


def test_a_folder_of_something_else_is_left_alone(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep me")
    with pytest.raises(FileExistsError):
        write_package(engine, tmp_path)
    assert (tmp_path / "letter.txt").read_text() == "keep me"


def test_a_package_takes_the_place_of_the_one_before(engine: Engine, tmp_path: Path) -> None:
    write_package(engine, tmp_path / "one", source="example")
    counts = write_package(engine, tmp_path / "one")
    assert len(tables(tmp_path / "one")["services.csv"]) == counts["service"]
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_texts_with_quotes_commas_and_lines_survive(tmp_path: Path) -> None:
    made = empty()
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["id", "name", "description"])
    writer.writerow(["o", 'A "B", C', "first line\nsecond line; =SUM(A1)"])
    folder = tmp_path / "feed"
    folder.mkdir()
    (folder / f"{FILES['organization']}.csv").write_text(buffer.getvalue(), encoding="utf-8")
    take_in(made, HsdsPackage(folder, "feed", complete=False), now=NOW)
    write_package(made, tmp_path / "one")
    row = next(iter(tables(tmp_path / "one")["organizations.csv"].values()))
    assert (row["name"], row["description"]) == ('A "B", C', "first line\nsecond line; =SUM(A1)")
