"""Files that are damaged, hostile or strange, through the whole import: words for the operator, and old data served."""

from __future__ import annotations

import io
import json
import signal
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, event, func, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from bot.database import open_database
from directory_client.feeds.feed import FeedError, Row, Rows
from directory_client.feeds.hsds_csv import MOST_FILES, HsdsPackage
from directory_client.feeds.hsds_json import DEEPEST, HsdsJson
from directory_client.feeds.hsds_names import FILES
from directory_client.imports import take_in
from directory_client.imports.names import LONGEST_FEED_ID
from directory_client.imports.report import Report
from directory_client.models import Base, FeedRecord, FeedRun, Location, Organization, Phone, Service
from directory_client.search import Query, search
from tests.directory_client.conftest import DATABASES, engine_for

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
ROOT = Path(__file__).parents[3]
ORGANIZATIONS = "id,name,description\no1,Help,\n"
SERVICES = "id,organization_id,name,status,description\ns1,o1,Food Bank,active,Groceries\n"
PACKAGE = {"organizations.csv": ORGANIZATIONS, "services.csv": SERVICES}
MOST_MB = 150
"""What an import may take, however large the file is; the files here are of 200 MB."""


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with engine_for(request) as made:
        yield made


def in_memory() -> Engine:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=ON"))
    Base.metadata.create_all(engine)
    return engine


def folder(path: Path, files: Mapping[str, str | bytes] = PACKAGE) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def packed(path: Path, files: Mapping[str, str | bytes] = PACKAGE, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as out:
        for name, content in files.items():
            out.writestr(name, content)
    return path


def package(engine: Engine, path: Path, *, complete: bool = True, source: str = "centre") -> Report:
    return take_in(engine, HsdsPackage(path, source, complete=complete), now=NOW)


def as_json(engine: Engine, path: Path, content: object, *, complete: bool = False) -> Report:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(raw)
    return take_in(engine, HsdsJson(path, "centre", complete=complete), now=NOW)


def names(engine: Engine) -> dict[str, str]:
    with Session(engine) as session:
        return {row.id: row.name for row in session.scalars(select(Service))}


def service(id_: Any = "s1", **more: Any) -> dict[str, Any]:
    return {"id": id_, "name": "Food Bank", "status": "active",
            "organization": {"id": "o1", "name": "Help", "description": ""}, **more}  # fmt: skip


def served(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return [one.name for one in search(session, Query(words="food bank"), now=NOW).listings]


# -- archives


def spoilt(path: Path, kind: str) -> Path:
    """A zip with something wrong about it."""
    good = packed(path).read_bytes()
    if kind == "bomb":
        return packed(path, {**PACKAGE, "phones.csv": b"\0" * 150_000_000})
    if kind == "many files":
        return packed(path, {f"{number}.csv": "id\n" for number in range(MOST_FILES + 1)})
    if kind == "nested":
        return packed(path, {"export.zip": good, "readme.txt": "see export.zip"})
    if kind == "cut off":
        path.write_bytes(good[: len(good) // 2])
    elif kind == "no zip":
        path.write_bytes(b"PK\x03\x04 and nothing else")
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "encrypted":
        data = bytearray(good)
        for mark in (b"PK\x03\x04", b"PK\x01\x02"):
            place = 0
            while (place := data.find(mark, place)) >= 0:
                data[place + (6 if mark[2] == 3 else 8)] |= 1
                place += 4
        path.write_bytes(bytes(data))
    elif kind == "twice":
        return packed(path, {**PACKAGE, "old/services.csv": SERVICES})
    else:  # the packed bytes themselves
        data = bytearray(packed(path, {"services.csv": SERVICES * 200}, zipfile.ZIP_BZIP2 if kind == "bzip2" else
                                zipfile.ZIP_LZMA if kind == "lzma" else zipfile.ZIP_DEFLATED).read_bytes())  # fmt: skip
        for place in range(60, 90):
            data[place] ^= 0xFF
        path.write_bytes(bytes(data))
    return path


ARCHIVES = ["bomb", "many files", "nested", "cut off", "no zip", "empty", "encrypted", "twice", "deflate", "bzip2",
            "lzma"]  # fmt: skip


@pytest.mark.parametrize("kind", ARCHIVES)
def test_an_archive_that_cannot_be_used_is_told_in_words_and_changes_nothing(tmp_path: Path, kind: str) -> None:
    engine = in_memory()
    package(engine, folder(tmp_path / "good"))
    path = spoilt(tmp_path / "bad.zip", kind)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(FeedError, match=r"bad\.zip") as error:
        package(engine, path)
    assert str(error.value).endswith(".") and "Traceback" not in str(error.value)
    assert served(engine) == ["Food Bank"]


def test_nothing_of_an_archive_is_written_outside_its_folder(tmp_path: Path) -> None:
    engine = in_memory()
    trap = {
        "../../services.csv": SERVICES,
        "/organizations.csv": ORGANIZATIONS,
        "..\\..\\phones.csv": "id,number\n",
        "x" * 300 + ".csv": "id\n",
        "C:\\addresses.csv": "id\n",
        "__MACOSX/._services.csv": b"\x00\x05\x16\x07",
    }
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    report = package(engine, packed(inside / "trap.zip", trap))
    assert names(engine) == {"s1": "Food Bank"}
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["trap.zip"]
    assert report.total("added") >= 2


def test_a_descriptor_that_points_elsewhere_reads_nothing_there(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("id,name\nsecret,Secret\n", encoding="utf-8")
    descriptor = {"resources": [{"name": "organizations", "path": "../secret.csv"}, {"path": 7}, "x", {"name": []}]}
    path = folder(tmp_path / "p", {**PACKAGE, "datapackage.json": json.dumps(descriptor)})
    engine = in_memory()
    package(engine, path)
    with Session(engine) as session:
        assert set(session.scalars(select(Organization.id))) == {"o1"}


# -- sizes


def measured(path: Path) -> tuple[str, int]:
    command = [sys.executable, "-m", "tests.directory_client.imports.large_input", str(path)]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=True)
    said, megabytes = made.stdout.rsplit("\n", 2)[:2]
    return said, int(megabytes)


def enormous(path: Path, before: str, after: str, fill: bytes = b"x" * (1 << 20), megabytes: int = 200) -> Path:
    with path.open("wb") as out:
        out.write(before.encode())
        for _ in range(megabytes):
            out.write(fill)
        out.write(after.encode())
    return path


def test_a_cell_of_200_megabytes_costs_its_row_and_no_memory(tmp_path: Path) -> None:
    path = folder(tmp_path / "p", {"organizations.csv": ORGANIZATIONS})
    enormous(path / "services.csv", SERVICES + "s2,o1,Large,active,", "\ns3,o1,Pantry,active,x\n")
    said, megabytes = measured(path)
    assert said == "3 added, 1 refused"
    assert megabytes < MOST_MB


def test_a_quoted_cell_of_many_lines_costs_no_memory_either(tmp_path: Path) -> None:
    path = folder(tmp_path / "p", {"organizations.csv": ORGANIZATIONS})
    before, after = SERVICES + 's2,o1,Large,active,"', '"\ns3,o1,Pantry,active,x\n'
    enormous(path / "services.csv", before, after, (b"x" * 1023 + b"\n") * 1024, megabytes=40)
    said, megabytes = measured(path)
    assert said.startswith("3 added")
    assert megabytes < MOST_MB


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('[{"id": "s1", "name": "Large", "status": "active", "description": "', '"}]'),
        ('[{"id": "s1", "name": "never closed', ""),
        ('{"contents": [{"id": "s1", "x": "', '"}]}'),
    ],
)
def test_a_text_of_60_megabytes_in_json_is_told_and_costs_no_memory(tmp_path: Path, before: str, after: str) -> None:
    said, megabytes = measured(enormous(tmp_path / "large.json", before, after, megabytes=60))
    assert said.startswith("large.json has a record of more than 32 MB")
    assert megabytes < MOST_MB


# -- tables


def test_without_the_other_tables_services_that_are_known_already_are_taken(engine: Engine, tmp_path: Path) -> None:
    alone = folder(tmp_path / "alone", {"services.csv": SERVICES.replace("Food Bank", "Food Pantry")})
    first = package(engine, alone)
    assert names(engine) == {}
    assert any("o1, which is not there" in one.reason for one in first.refusals)
    package(engine, folder(tmp_path / "whole"))
    assert package(engine, alone).refused == 0
    assert names(engine) == {"s1": "Food Pantry"}


def test_a_whole_package_without_services_closes_none(engine: Engine, tmp_path: Path) -> None:
    package(engine, folder(tmp_path / "whole"))
    part = folder(tmp_path / "part", {"organizations.csv": ORGANIZATIONS})
    with pytest.raises(FeedError, match="no service in it"):
        package(engine, part)
    package(engine, part, complete=False)
    assert served(engine) == ["Food Bank"]


def test_a_service_that_cannot_be_read_this_time_is_not_closed(engine: Engine, tmp_path: Path) -> None:
    package(engine, folder(tmp_path / "good", {**PACKAGE, "services.csv": SERVICES + "s2,o1,Pantry,active,\n"}))
    bad = SERVICES + "s2,o1,,active,\n"
    report = package(engine, folder(tmp_path / "bad", {**PACKAGE, "services.csv": bad}))
    assert report.counts["service"] == {"unchanged": 1, "refused": 1}
    with Session(engine) as session:
        assert set(session.scalars(select(Service.status))) == {"active"}
    gone = package(engine, folder(tmp_path / "gone"))
    assert gone.counts["service"]["closed"] == 1


def test_columns_that_nobody_knows_are_passed_over(engine: Engine, tmp_path: Path) -> None:
    head, row = SERVICES.strip().split("\n")
    head += "," + ",".join(f"unknown {number}" for number in range(40))
    row += "," + ",".join("<x>" for _ in range(40))
    package(engine, folder(tmp_path / "p", {**PACKAGE, "services.csv": f"{head}\n{row}\n"}))
    assert names(engine) == {"s1": "Food Bank"}


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("latin-1", b""), ("cp1252", b""), ("utf-8", b"\xef\xbb\xbf"), ("utf-16", b""), ("utf-16-le", b"\xff\xfe")],
)
def test_accents_survive_every_usual_encoding(engine: Engine, tmp_path: Path, encoding: str, mark: bytes) -> None:
    rows = SERVICES.replace("Food Bank", "Santé à l'Île")
    files = {"organizations.csv": ORGANIZATIONS, "services.csv": mark + rows.encode(encoding)}
    report = package(engine, folder(tmp_path / "p", files))
    assert names(engine) == {"s1": "Santé à l'Île"}
    assert all("1252" in one.reason for one in report.refusals)


def test_html_scripts_and_marks_that_turn_text_round_are_gone(engine: Engine, tmp_path: Path) -> None:
    record = service(
        name="<b>Food</b>\u202e Bank\u0000", description="<script>alert(1)</script><p onclick='x()'>Groceries</p>",
        url="java\u202escript:alert(1)",
    )  # fmt: skip
    as_json(engine, tmp_path / "s.json", [record])
    with Session(engine) as session:
        (made,) = session.scalars(select(Service))
        assert (made.name, made.description) == ("Food Bank", "Groceries")
        assert "\u202e" not in (made.url or "")


@pytest.mark.parametrize("zone", ["Eastern", "America", "../../etc/passwd", "UTC+5", "x" * 300])
def test_a_zone_that_is_none_is_told_and_the_place_is_found_by_the_clock_of_toronto(
    engine: Engine, tmp_path: Path, zone: str
) -> None:
    files = {
        **PACKAGE,
        "locations.csv": f"id,location_type,latitude,longitude,timezone\nl1,physical,43.85,-79.03,{zone}\n",
        "service_at_location.csv": "id,service_id,location_id\nsl1,s1,l1\n",
        "schedules.csv": "id,service_id,description\nh1,s1,Mon-Fri 9-5\n",
    }
    report = package(engine, folder(tmp_path / "p", files))
    assert [one.field for one in report.refusals] == ["timezone"]
    with Session(engine) as session:
        (found,) = search(session, Query(need="food.pantry", lat=43.85, lon=-79.03), now=NOW).listings
    assert found.hours.next_opening is not None
    assert found.hours.next_opening.isoformat() == "2026-11-23T09:00:00-05:00"


def test_circles_of_parents_are_cut(engine: Engine, tmp_path: Path) -> None:
    rows = "id,name,description,parent_organization_id\no1,A,,o2\no2,B,,o3\no3,C,,o1\no4,D,,o4\n"
    report = package(engine, folder(tmp_path / "p", {**PACKAGE, "organizations.csv": rows}))
    with Session(engine) as session:
        parents = dict(session.execute(select(Organization.id, Organization.parent_organization_id)).tuples().all())
    assert sum(parent is None for parent in parents.values()) == 2
    assert sum("own ancestor" in one.reason for one in report.refusals) == 2


# -- JSON


@pytest.mark.parametrize(
    "content",
    [
        b"", b"   ", b"no json", b"\xff\xfe[\x00]\x00", b"\x00" * 100, b"[" * 100_000, b'{"a":' * 100_000, b"[1, 2",
        b'[{"id": "s1"', b'"text"', b"7", b"null", b"[]", b"[[[]]]", b'[{"id": "\xff"}]', b'[{"id": "\\ud800"}]',
        b"[" + b"1" * 10_000 + b"]", b'[{"status": "active", "id": ' + b"1" * 10_000 + b"}]", b"[1e999999999999]",
        b'[{"id": "s1", "name": "x", "status": "active"}, {"id": ', b"PK\x03\x04", b"<?xml version='1.0'?><a/>",
    ],
)  # fmt: skip
def test_what_is_no_json_of_services_is_told_and_changes_nothing(tmp_path: Path, content: bytes) -> None:
    engine = in_memory()
    as_json(engine, tmp_path / "good.json", [service()], complete=True)
    try:
        made = as_json(engine, tmp_path / "bad.json", content, complete=True)
    except FeedError as error:
        assert len(str(error)) > 30
    else:  # records there were, but none that could be kept
        assert made.refused and made.total("added") == 0
    assert served(engine) == ["Food Bank"]


def test_a_list_that_breaks_off_changes_nothing_of_what_came_before(engine: Engine, tmp_path: Path) -> None:
    whole = json.dumps([service("s1"), service("s2")]).encode()
    with pytest.raises(FeedError, match="breaks off or is damaged after record 1"):
        as_json(engine, tmp_path / "half.json", whole[:-20])
    assert names(engine) == {}


def test_records_within_records_end_somewhere(engine: Engine, tmp_path: Path) -> None:
    record: dict[str, Any] = {"id": "deepest", "name": "x", "description": ""}
    for number in range(200):
        record = {"id": f"{number}", "name": "x", "status": "active", "organization": {
            "id": f"o{number}", "name": "x", "description": "", "services": [record]}}  # fmt: skip
    report = as_json(engine, tmp_path / "deep.json", [record])
    assert any(f"more than {DEEPEST} deep" in one.reason for one in report.refusals)
    assert 0 < len(names(engine)) < 20


def test_of_a_name_that_stands_twice_one_counts(engine: Engine, tmp_path: Path) -> None:
    raw = json.dumps([service()]).replace('"name": "Food Bank"', '"name": "First", "name": "Second"')
    as_json(engine, tmp_path / "twice.json", raw.encode())
    assert names(engine) == {"s1": "Second"}


@pytest.mark.parametrize(
    "number", ["1e999", "-1e999", "1e99999", "NaN", "Infinity", "1" * 400, "true", '"NaN"', "{}", "[[1]]", "-0.0"]
)
def test_a_number_that_is_none_is_left_out_or_told(tmp_path: Path, number: str) -> None:
    engine = in_memory()
    place = '{"id": "l1", "location_type": "physical", "latitude": 43.85, "longitude": NUMBER}'
    raw = json.dumps([service(minimum_age="AGE", service_at_locations=["PLACE"])])
    raw = raw.replace('"PLACE"', '{"id": "sl1", "location": ' + place + "}")
    raw = raw.replace("NUMBER", number).replace('"AGE"', number)
    try:
        as_json(engine, tmp_path / "n.json", raw.encode())
    except FeedError as error:
        assert "NaN" in number or "Infinity" in number, error  # neither is JSON
        return
    with Session(engine) as session:
        made = session.get_one(Service, "s1")
        assert made.minimum_age in (None, 0)
        for location in session.scalars(select(Location)):
            assert location.longitude in (None, 0)


@pytest.mark.parametrize("kind", ["long", "zero", "surrogate", "turned"])
def test_ids_that_no_table_could_hold_still_tie_records_together(engine: Engine, tmp_path: Path, kind: str) -> None:
    end = {"long": "x" * 5_000, "zero": "a\u0000b", "surrogate": "a\ud800b", "turned": "a\u202eb"}[kind]
    other = end + "2"  # as long ids they differ in the last letter alone
    records = [
        service(f"s-{id_}", phones=[{"id": f"p-{id_}", "number": "905-555-0101"}],
                organization={"id": f"o-{id_}", "name": "Help", "description": ""})
        for id_ in (end, other)
    ]  # fmt: skip
    for _ in range(2):
        report = as_json(engine, tmp_path / "ids.json", records, complete=True)
        assert report.refused == 0
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Service)) == 2
        assert len({phone.service_id for phone in session.scalars(select(Phone))}) == 2
        assert all(len(id_) <= LONGEST_FEED_ID and id_.isprintable() for id_ in session.scalars(
            select(FeedRecord.feed_id)))  # fmt: skip
    assert report.total("unchanged") == 6


# -- the process itself


@pytest.mark.parametrize("where", ["Reading", "Writing", "Indexing"])
def test_an_import_that_is_killed_leaves_the_old_data_served(tmp_path: Path, where: str) -> None:
    url = f"sqlite:///{tmp_path / 'directory.db'}"
    engine = open_database(url)
    reading = engine.execution_options(reading=True)
    Base.metadata.create_all(engine)
    as_json(engine, tmp_path / "old.json", [service()], complete=True)
    new = tmp_path / "new.json"
    new.write_text(json.dumps([service(f"n{number}", name="New") for number in range(600)]), encoding="utf-8")
    command = [sys.executable, "-m", "tests.directory_client.imports.killed_import", url, str(new), where]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == f"{where}\n"
            assert served(reading) == ["Food Bank"], "also while it is running"
        finally:
            process.send_signal(signal.SIGKILL)
    engine.dispose()
    engine = open_database(url)
    assert served(engine) == ["Food Bank"]
    assert names(engine) == {"s1": "Food Bank"}
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(FeedRun)) == 1
    report = take_in(engine, HsdsJson(new, "centre", complete=True), now=NOW)
    assert (report.counts["service"]["added"], report.counts["service"]["closed"]) == (600, 1)
    engine.dispose()


# -- anything at all

TEXTS = st.one_of(
    st.sampled_from(["s1", "o1", "l1", "", "active", "physical", "2026-01-01", "9999999999", "09:00", "\0", "\u202e",
                     "<b>", '"', "MO", "-79.03", "1e999", "x" * 300, "%", "'", ";--", "\ud800"]),
    st.text(max_size=20),
)  # fmt: skip
COLUMNS = sorted({column for table in Base.metadata.tables.values() for column in table.columns.keys()})  # noqa: SIM118
NESTED = ("organization", "program", "phones", "schedules", "service_at_locations", "location", "addresses",
          "attributes", "taxonomy_term", "taxonomy_detail", "services", "locations", "metadata", "contacts", "unit",
          "capacities", "languages", "service_areas")  # fmt: skip
VALUES = st.recursive(
    st.one_of(TEXTS, st.integers(), st.floats(), st.booleans(), st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from([*COLUMNS, *NESTED]), inner, max_size=8),
    ),
    max_leaves=20,
)
RECORDS = st.dictionaries(st.sampled_from([*COLUMNS, *NESTED, "id", "name", "status"]), VALUES, max_size=12)
FUZZ = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@cache
def filled() -> bytes:
    """A database with one service, as bytes: to make the tables anew for every example would take most of the time."""
    connection = sqlite3.connect(":memory:")
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    Base.metadata.create_all(engine)
    old = [Row("organization", {"id": "o1", "name": "Help"}),
           Row("service", {"id": "old", "organization_id": "o1", "name": "Food Bank"})]  # fmt: skip
    take_in(engine, Rows("old", list(old)), now=NOW)
    return connection.serialize()


def taken_or_told(feed: Any) -> None:
    """Nothing but a report or words comes out; what was there is served afterwards."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(filled())
    connection.execute("PRAGMA foreign_keys=ON")
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    try:
        assert isinstance(take_in(engine, feed, now=NOW), Report)
    except FeedError as error:
        assert str(error)
    assert "Food Bank" in served(engine)
    engine.dispose()


@FUZZ
@given(st.one_of(st.lists(RECORDS, max_size=4), VALUES), st.booleans())
def test_any_json_is_taken_or_told(content: Any, complete: bool) -> None:
    with TemporaryDirectory() as name:
        path = Path(name) / "any.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        taken_or_told(HsdsJson(path, "centre", complete=complete))


@FUZZ
@given(st.binary(max_size=300), st.integers(0, 400))
def test_any_bytes_in_json_are_taken_or_told(noise: bytes, place: int) -> None:
    good = json.dumps([service(phones=[{"id": "p1", "number": "905-555-0101"}]), service("s2")]).encode()
    with TemporaryDirectory() as name:
        path = Path(name) / "any.json"
        path.write_bytes(good[:place] + noise + good[place + len(noise) // 2 :])
        taken_or_told(HsdsJson(path, "centre"))


CELLS = TEXTS.filter(lambda text: "\ud800" not in text)
FILES_OF_CELLS = st.dictionaries(
    st.sampled_from([f"{name}.csv" for name in (*FILES.values(), "physical_addresses", "regular_schedules",
                                                "services_taxonomy", "eligibility", "holiday_schedules", "x")]),
    st.tuples(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=8, unique=True),
              st.lists(st.lists(CELLS, max_size=9), max_size=4)),
    max_size=5,
)  # fmt: skip


@FUZZ
@given(FILES_OF_CELLS, st.binary(max_size=60), st.booleans())
def test_any_package_is_taken_or_told(
    tables: dict[str, tuple[list[str], list[list[str]]]], noise: bytes, zipped: bool
) -> None:
    import csv

    files: dict[str, str | bytes] = {}
    for name, (head, rows) in tables.items():
        text = io.StringIO()
        csv.writer(text).writerows([head, *rows])
        files[name] = text.getvalue().encode(errors="replace") + (noise if len(rows) % 2 else b"")
    with TemporaryDirectory() as scratch:
        path = packed(Path(scratch) / "p.zip", files) if zipped else folder(Path(scratch) / "p", files)
        taken_or_told(HsdsPackage(path, "centre"))


@FUZZ
@given(st.binary(min_size=1, max_size=40), st.integers(0, 600))
def test_any_damage_to_a_zip_is_taken_or_told(noise: bytes, place: int) -> None:
    with TemporaryDirectory() as scratch:
        path = packed(Path(scratch) / "p.zip")
        data = bytearray(path.read_bytes())
        place %= len(data)
        data[place : place + len(noise)] = noise
        path.write_bytes(bytes(data))
        taken_or_told(HsdsPackage(path, "centre"))
