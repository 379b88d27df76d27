"""What each check finds and what it leaves alone; a check that nobody wrote cases for fails here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, select, update
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from directory_client.checks import CHECKS, Finding, findings
from directory_client.checks.status import LINES, sources_of, statuses
from directory_client.feeds.feed import Row, Rows
from directory_client.feeds.ontario import AssessmentCentres
from directory_client.imports import take_in
from directory_client.lines import lines
from directory_client.models import Attribute, Base, FeedRun, Location, Phone, Service, TaxonomyTerm
from directory_client.sample import load_lines, load_sample
from tests.directory_client.build import AJAX, add_service
from tests.directory_client.checks.cases import CASES, TODAY
from tests.directory_client.conftest import DATABASES, engine_for

CENTRES = Path(__file__).parents[4] / "shared" / "data" / "ontario" / "assessment_centres_2021-07-13.csv"
SINGLE = [name for name, check in CHECKS.items() if check.whole is None]
WHOLE = {"door-in-two-sources", "likely-duplicate"}
"""Checks of the directory as a whole: the tests of their names are below."""


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with engine_for(request) as made:
        yield made


def in_memory() -> Engine:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine)
    return engine


def found(engine: Engine, *names: str, today: date = TODAY) -> list[Finding]:
    with engine.connect() as connection:
        return [one for one in findings(connection, today) if not names or one.check in names]


@pytest.mark.parametrize("name", SINGLE)
def test_every_check_has_records_that_it_finds_and_records_that_it_leaves_alone(name: str) -> None:
    check, cases = CHECKS[name], CASES[name]
    assert cases.found and cases.passed
    assert {type(record) for record, _ in cases.found} == set(check.of)
    for record, words in cases.found:
        told = [f"{field}: {value}" for field, value in check.find(record, TODAY)]
        assert any(words in one for one in told), (record, told)
    for record in cases.passed:
        if isinstance(record, check.of):
            assert list(check.find(record, TODAY)) == [], record


def test_every_check_of_the_whole_directory_is_tested_here() -> None:
    assert {name for name, check in CHECKS.items() if check.whole} == WHOLE
    for check in CHECKS.values():
        assert check.title and check.advice.endswith(".")


def twice(engine: Engine, second: str, **fields: str) -> None:
    """A food bank in the source "one", and the same with some fields changed in the second source."""
    for number, source in (("1", "one"), ("2", second)):
        given = {"name": "Ajax Food Bank", "street": "1 Main St", "phone": "905-555-0101"}
        given |= fields if number == "2" else {}
        place = {"id": f"l{number}", "location_type": "physical", "latitude": AJAX[0], "longitude": AJAX[1]}
        rows = [
            Row("organization", {"id": f"o{number}", "name": f"Org {number}"}),
            Row("service", {"id": f"s{number}", "organization_id": f"o{number}", "name": given["name"]}),
            Row("location", place),
            Row("address", {"id": number, "location_id": place["id"], "address_1": given["street"], "city": "Ajax"}),
            Row("service_at_location", {"id": number, "service_id": f"s{number}", "location_id": place["id"]}),
            Row("phone", {"id": number, "service_id": f"s{number}", "number": given["phone"]}),
        ]
        take_in(engine, Rows(source, list(rows), complete=False), now=datetime(2026, 11, 22, tzinfo=UTC))


def test_door_in_two_sources(engine: Engine) -> None:
    twice(engine, "two", name="Pantry of Ajax")
    (one,) = found(engine, *WHOLE)
    assert (one.check, one.id, one.source, one.value) == (
        "door-in-two-sources", "s2", "two", "the same door as s1 of one",
    )  # fmt: skip


def test_two_services_of_one_source_behind_one_door_are_no_duplicates(engine: Engine) -> None:
    twice(engine, "one", name="Clothes for Ajax")
    assert found(engine, *WHOLE) == []


def test_likely_duplicate(engine: Engine) -> None:
    twice(engine, "one", phone="(905) 555-0101", name="AJAX Food Bank")
    (one,) = found(engine, *WHOLE)
    assert (one.check, one.id, one.value) == ("likely-duplicate", "s2", "the same name and number as s1")


@pytest.mark.parametrize("fields", [{"street": "2 Main St"}, {"phone": "905-555-0102"}, {"name": "Pantry"}])
def test_a_branch_another_number_or_another_name_is_no_duplicate(engine: Engine, fields: dict[str, str]) -> None:
    twice(engine, "one", **fields)
    assert found(engine, *WHOLE) == []


def test_a_record_of_the_database_is_told_with_its_id_name_source_field_and_value(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        add_service(session, "s1", at=(43.85, 79.03), name="Food", phone="see website", source="centre",
                    area_name="Zone 7b", email="nowhere", checked=date(2020, 1, 1), needs=())  # fmt: skip
    told = {one.check: one for one in found(engine)}
    assert told["undialable"] == Finding("undialable", "phone", "s1-phone", "Food", "centre", "number",
                                         "no digit in it")  # fmt: skip
    assert (told["wrong-coordinates"].table, told["wrong-coordinates"].source) == ("location", "centre")
    assert told["wrong-coordinates"].value == "the sign of the longitude is lost; 43.85, -79.03 would fit"
    assert {"not-confirmed", "no-need", "unknown-area", "malformed-address", "no-french"} <= told.keys()


def test_of_closed_services_nothing_is_said(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        add_service(session, "s1", at=(43.85, 79.03), phone="see website", status="inactive", checked=None)
    assert found(engine) == []


def test_more_records_than_are_read_at_once_are_all_looked_at(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        for number in range(3):
            add_service(session, f"s{number}", checked=None)
        session.execute(update(Service).values(email="nowhere"))
    from directory_client.checks import stream

    before, stream.CHUNK = stream.CHUNK, 2
    try:
        assert len(found(engine, "malformed-address")) == 3
    finally:
        stream.CHUNK = before


def test_no_finding_tells_a_number_or_the_street_of_a_confidential_place(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        add_service(session, "s1", at=(43.912345, 79.012345), confidential=True, phone="905-555-0102 ext 9",
                    description="Ask at 1 Main Street.", name="House of Safety")  # fmt: skip
        place = session.get_one(Location, "s1-place-0")
        place.name = "<b>1 MAIN STREET</b>"
    told = found(engine)
    assert {"secret-street", "undialable", "wrong-coordinates"} <= {one.check for one in told}
    for one in told:
        said = f"{one.name} {one.field} {one.value}"
        assert "Main" not in said and "MAIN" not in said and "0102" not in said and "43.912" not in said


def test_codes_of_a_taxonomy_without_names_are_found_when_they_are_used(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        add_service(session, "s1")
        session.add_all(TaxonomyTerm(id=code, code=code, name=code, taxonomy="211") for code in ("BD-1", "BD-2"))
        session.flush()
        session.add(Attribute(id="a", link_id="s1", link_entity="service", taxonomy_term_id="BD-1"))
    assert [one.id for one in found(engine, "unnamed-term")] == ["BD-1"]


def test_what_ships_has_no_findings_but_these() -> None:
    """Documented in docs/directory.md."""
    engine = in_memory()
    with Session(engine) as session, session.begin():
        load_lines(session)
        load_sample(session, today=TODAY)
    told = found(engine)
    assert {one.check for one in told if one.source.startswith("sample")} <= {"not-confirmed"}, "made so, to be shown"
    assert {(one.check, one.id) for one in told if not one.source.startswith("sample")} <= {
        # No page gives a French name, and none is made up.
        *(("no-french", line.id) for line in lines().values() if not line.name_fr or not line.description_fr),
        # Numbers for danger, which are told for what was said and not looked for under a need.
        *(("no-need", id_) for id_ in ("emergency", "poison-centre")),
        # The page says more of its hours than days and times.
        *(("hours-unread", line.id) for line in lines().values() if line.hours_note and not line.hours),
    }


def test_the_sites_of_ontario_that_lie_elsewhere_than_their_address_are_named() -> None:
    if not CENTRES.exists():
        pytest.skip("the assessment centres in ../shared/data/ontario are not here")
    engine = in_memory()
    take_in(engine, AssessmentCentres(CENTRES), now=datetime(2026, 11, 22, tzinfo=UTC))
    wrong = {one.id for one in found(engine, "wrong-coordinates")}
    assert wrong == {f"centre-{number}" for number in (1115, 1120, 1617, 2078, 2200, 2284, 2528)}
    # 0, 0 in the table, which the import takes for none
    assert {"centre-97", "centre-98"} <= {one.id for one in found(engine, "no-coordinates")}


def test_status_counts_what_each_source_has_and_lacks(engine: Engine) -> None:
    twice(engine, "two", phone="905-555-0102")
    with Session(engine) as session, session.begin():
        load_lines(session)
        session.execute(update(Service).where(Service.id == "s1").values(assured_date=TODAY, name_fr="Pain"))
        for phone in session.scalars(select(Phone).where(Phone.service_id == "s2")):
            session.delete(phone)
        session.flush()
    with engine.connect() as connection:
        told = {one.source: one for one in statuses(connection, TODAY)}
        assert sources_of(connection, LINES) >= {"justice.gc.ca/eng/cj-jp/fv-vf/help-aide.html"}
        assert sources_of(connection, "nobody") == frozenset()
    assert told.keys() == {"one", "two", LINES}
    one, two = told["one"], told["two"]
    assert (one.active, one.sites, one.stale, one.without_french, one.without_phone) == (1, 1, 0, 0, 0)
    assert (two.stale, two.without_french, two.without_phone, two.without_point) == (1, 1, 1, 0)
    assert one.runs == 1 and one.last_run and one.last_counts and one.last_counts["service"] == {"added": 1}
    assert told[LINES].runs == 0 and told[LINES].active == sum(line.reachable for line in lines().values())
    with Session(engine) as session:
        assert len(list(session.scalars(select(FeedRun)))) == 2


def test_the_page_for_operators_names_every_check() -> None:
    page = (Path(__file__).parents[3] / "docs" / "directory.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([a-z][a-z-]+)` \|", page, re.MULTILINE) == list(CHECKS)
