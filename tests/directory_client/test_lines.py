"""The lines that ship with the product."""

from __future__ import annotations

import csv
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory_client.geo import area_of
from directory_client.line_records import load_lines
from directory_client.lines import DATA, areas, lines
from directory_client.models import Service
from directory_client.needs import NEEDS
from directory_client.rules import week
from directory_client.search import Query, listing, search

NOW = datetime(2026, 11, 21, 15, tzinfo=UTC)
GIVEN = Path(__file__).parents[3] / "shared" / "data" / "ontario" / "lines.csv"
IDS = """
    emergency 211-ontario suicide-988 kids-help-phone good2talk connexontario assaulted-women femaide
    talk4healing hope-for-wellness trafficking-hotline reporton dso-toronto dso-hamilton-niagara
    dso-central-east seniors-safety victim-support toronto-distress ontario-text-crisis trans-lifeline
    lgbt-youthline health811 poison-centre
"""


def test_every_line_has_its_stable_id() -> None:
    assert list(lines()) == IDS.split()


def test_every_line_has_source_grade_and_date() -> None:
    for line in lines().values():
        assert line.source
        assert line.grade in ("A", "B")
        assert line.checked == date(2026, 11, 1)
        assert line.description and line.description_fr


def test_numbers_are_whole_numbers_or_absent() -> None:
    whole = re.compile(r"1-8\d\d-\d{3}-\d{4}|\d{3}-\d{3}-\d{4}|\d-\d-\d|\d{6}")
    for line in lines().values():
        numbers = (line.voice, *line.other_voice, line.text, line.tty, *line.other_tty)
        assert all(whole.fullmatch(number) for number in numbers if number), line.id


def test_what_nobody_verified_has_no_number() -> None:
    text = (DATA / "lines.csv").read_text(encoding="utf-8").lower()
    assert "not verified" not in text
    for id_ in (
        "good2talk",
        "connexontario",
        "talk4healing",
        "assaulted-women",
        "lgbt-youthline",
        "211-ontario",
    ):
        assert lines()[id_].text is None
    assert lines()["assaulted-women"].voice is None
    assert lines()["assaulted-women"].tty is None
    assert lines()["health811"].tty is None
    assert lines()["ontario-text-crisis"].hours is None
    assert lines()["trans-lifeline"].hours is None


def test_the_number_for_clinicians_is_not_given_to_anybody() -> None:
    assert "268-9017" not in (DATA / "lines.csv").read_text(encoding="utf-8")


@pytest.mark.skipif(not GIVEN.exists(), reason="the source table ../shared/data/ontario/lines.csv is not here")
def test_no_number_ships_that_its_source_table_does_not_have() -> None:
    table = GIVEN.read_text(encoding="utf-8")
    given = set(re.findall(r"\d{3,}", re.sub(r"(?<=\d)-(?=\d)", "", table)))
    for line in lines().values():
        for number in (line.voice, *line.other_voice, line.text, line.tty, *line.other_tty, line.extension):
            assert number is None or number.replace("-", "") in given, line.id
    unverified = {
        row["name"]: [field for field in ("phone", "text", "tty") if "not verified" in row[field]]
        for row in csv.DictReader(table.splitlines())
    }
    assert sum(len(fields) for fields in unverified.values()) == 8


def test_crisis_numbers_are_established_and_there() -> None:
    for line in lines().values():
        if line.crisis_ok:
            assert line.grade in ("A", "B") and (line.voice or line.text)
    assert not lines()["assaulted-women"].crisis_ok
    assert not lines()["lgbt-youthline"].crisis_ok
    assert not lines()["victim-support"].crisis_ok  # says itself that it is not a crisis line
    assert lines()["suicide-988"].crisis_ok and lines()["suicide-988"].text == "9-8-8"
    assert lines()["kids-help-phone"].crisis_ok


def test_a_word_to_send_stands_apart_from_the_number() -> None:
    line = lines()["kids-help-phone"]
    assert (line.text, line.text_word, line.text_word_fr) == ("686868", "CONNECT", "TEXTO")
    assert lines()["dso-hamilton-niagara"].extension == "340"


def test_hours_are_readable_by_machine_or_unknown() -> None:
    for line in lines().values():
        if line.hours:
            assert week(line.hours)


def test_needs_and_areas_exist() -> None:
    for line in lines().values():
        assert set(line.needs) <= set(NEEDS)
        assert line.reach in {"canada", "ontario", *areas()}


TORONTO, AJAX, BURLINGTON = (43.65, -79.38), (43.85, -79.03), (43.39, -79.84)


@pytest.mark.parametrize(
    ("area", "inside", "outside"),
    [
        ("toronto", [TORONTO, (43.77, -79.26), (43.72, -79.56)], [AJAX, (43.59, -79.65)]),
        ("greater-toronto", [AJAX, TORONTO, (43.68, -79.77), (43.9, -78.85)], [(43.25, -79.85)]),
        (
            "hamilton-niagara",
            [(43.25, -79.85), (43.17, -79.24), (43.13, -80.27)],
            [BURLINGTON, (42.98, -81.23)],
        ),
        ("central-east", [AJAX, (44.3, -78.32), (44.4, -79.67), (43.96, -78.17)], [TORONTO]),
    ],
)
def test_the_outlines_hold_their_towns(
    area: str, inside: list[tuple[float, float]], outside: list[tuple[float, float]]
) -> None:
    shape = area_of(areas()[area].geojson)
    assert shape is not None
    assert all(shape.contains(*point) for point in inside)
    assert not any(shape.contains(*point) for point in outside)


def test_lines_load_twice_and_stay_the_same(directory_session: Session) -> None:
    first = load_lines(directory_session)
    second = load_lines(directory_session)
    stored = directory_session.scalar(select(func.count()).select_from(Service))
    # All but the helpline that no confirmed number, page or address leads to.
    assert first == second == stored == len(lines()) - 1


def test_a_line_is_a_listing_with_its_numbers(directory_session: Session) -> None:
    load_lines(directory_session)
    found = listing(directory_session, "kids-help-phone", now=NOW)
    assert found is not None
    assert found.name_fr == "Jeunesse, J'écoute"
    assert [(phone.number, phone.display, phone.kind) for phone in found.phones] == [
        ("+18006686868", "1-800-668-6868", "voice"),
        ("686868", "686868", "text"),
    ]
    assert (found.text_line, found.phones[1].note, found.phones[1].note_fr) == ("686868", "CONNECT", "TEXTO")
    assert found.hours.always and found.hours.open_now
    assert (found.scope, found.sample, found.stale, found.grade) == ("national", False, False, "B")


def test_regional_lines_are_for_their_region_only(directory_session: Session) -> None:
    load_lines(directory_session)
    need = "disability.developmental"
    niagara = search(directory_session, Query(need=need, lat=43.09, lon=-79.08), now=NOW)
    assert [one.id for one in niagara.listings] == ["dso-hamilton-niagara"]
    assert niagara.listings[0].scope == "area"
    ottawa = search(directory_session, Query(need=need, lat=45.42, lon=-75.7), now=NOW)
    assert ottawa.fallback == "211-ontario"
    assert [one.id for one in ottawa.listings] == ["211-ontario"]


def test_a_french_speaker_hears_of_the_french_line_first(directory_session: Session) -> None:
    load_lines(directory_session)
    french = search(directory_session, Query(need="violence.partner", language="fr"), now=NOW)
    english = search(directory_session, Query(need="violence.partner", language="en"), now=NOW)
    assert french.listings[0].id == "femaide"
    assert english.listings[0].id != "femaide"
