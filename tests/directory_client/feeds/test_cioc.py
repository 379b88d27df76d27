"""Reading share files of CIOC."""

from __future__ import annotations

import time
from datetime import date
from functools import cache
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory_client.feeds.cioc import Cioc
from directory_client.feeds.feed import FeedError, Item
from tests.directory_client.feeds.rows import BROKEN, FIXTURES, check, references_hold, refusals, tables

SHARE = FIXTURES / "cioc" / "share.xml"
NOVEMBER = date(2026, 11, 21)


@cache
def _share() -> tuple[Item, ...]:
    return tuple(Cioc(SHARE, today=lambda: NOVEMBER).items())


def _items(records: str) -> list[Item]:
    text = f'<ROOT xmlns="urn:ciocshare-schema">{records}</ROOT>'
    return list(Cioc(text.encode(), today=lambda: NOVEMBER).items())


def test_the_sample_file_is_whole() -> None:
    items = list(_share())
    check(items)
    assert references_hold(items)
    assert not refusals(items)


def test_agency_service_and_site_become_their_tables() -> None:
    rows = tables(_share())
    assert rows["organization"]["agency-SAM0001"]["name"] == "Sample Community Care"
    assert rows["service"]["service-SAM0002"]["organization_id"] == "agency-SAM0001"
    assert rows["location"]["site-SAM0003"]["name"] == "Sampleville Hub"
    pair = rows["service_at_location"]["site-SAM0003/SAM0002"]
    assert (pair["service_id"], pair["location_id"]) == ("service-SAM0002", "site-SAM0003")


def test_a_service_at_a_site_is_not_listed_at_its_own_address_again() -> None:
    assert "site-SAM0002" not in tables(_share())["location"]


def test_both_languages_are_taken() -> None:
    rows = tables(_share())
    service = rows["service"]["service-SAM0002"]
    assert service["name_fr"] == "Banque alimentaire Exemple"
    assert service["description"] == "Groceries weekly"
    assert service["eligibility_description_fr"] == "Résidents de Peel"
    assert service["fees_description"] == "None; None are turned away"
    assert service["interpretation_services_fr"] == "Interprétation sur demande"
    assert service["assured_date"].startswith("2026-09-15")
    address = rows["address"]["site-SAM0003/physical"]
    assert (address["address_1"], address["address_1_fr"]) == ("10 Sample Street E", "10 rue Sample")
    assert rows["accessibility"]["site-SAM0003/access"]["description_fr"] == "Rampe (à l'arrière)"
    assert rows["schedule"]["service-SAM0002/hours"]["description_fr"] == "Lun-ven 9 h-17 h"


def test_numbers_terms_areas_and_languages_are_taken() -> None:
    rows = tables(_share())
    numbers = [row["number"] for row in rows["phone"].values() if row.get("service_id") == "service-SAM0002"]
    assert numbers == ["905-555-0122", "1-800-555-0122", "905-555-0124"]
    links = {row["taxonomy_term_id"] for row in rows["attribute"].values() if row["link_id"] == "service-SAM0002"}
    assert {"211-BD-1800.2000", "211-YB-9500"} < links
    assert {row["name"] for row in rows["service_area"].values()} == {"Brampton", "Caledon"}
    assert {row["code"] for row in rows["language"].values()} == {"en", "pa"}


def test_private_fields_of_a_profile_are_never_taken_in() -> None:
    everything = repr(_share())
    for secret in ("Hidden", "N1H", "43.5412", "80.2498", "Bus 7", "519-555-0102"):
        assert secret not in everything
    rows = tables(_share())
    assert rows["location"]["site-SAM0004"]["confidential"] is True
    assert rows["location"]["site-SAM0004"]["latitude"] == "43.5"
    assert rows["phone"]["service-SAM0004/crisis_phone/5195550122x"]["number"] == "519-555-0122"


def test_a_profile_that_is_not_explained_hides_address_and_office() -> None:
    items = _items(
        '<RECORD NUM="SAM0001" HAS_ENGLISH="1" PRIVACY_PROFILE="Other"><ORG_LEVEL_1 V="A"/>'
        '<OFFICE_PHONE V="519-555-0102"/><SITE_ADDRESS STNUM="7" ST="Hidden" CTY="Guelph"/></RECORD>'
    )
    assert "Hidden" not in repr(items)
    assert "0102" not in repr(items)


def test_names_of_contact_persons_are_not_taken() -> None:
    assert "0199" not in repr(_share())


def test_what_is_not_public_is_inactive_and_has_no_place() -> None:
    rows = tables(_share())
    assert rows["service"]["service-SAM0005"]["status"] == "inactive"
    assert "site-SAM0005" not in rows["location"]


def test_a_record_deleted_in_one_language_stays_in_the_other() -> None:
    service = tables(_share())["service"]["service-SAM0006"]
    assert service["status"] == "active"
    assert service["name"] == service["name_fr"] == "Exemple toujours offert en français"
    assert "Old words" not in repr(_share())


def test_refusals_tell_line_and_number() -> None:
    items = list(Cioc(BROKEN / "cioc" / "records.xml").items())
    check(items)
    told = [(refusal.line, refusal.id) for refusal in refusals(items)]
    assert told == [(2, None), (3, "SAM0001"), (4, "SAM0001"), (5, "SAM0002"), (6, None)]


@pytest.mark.parametrize("name", ["billion_laughs", "external_entity", "parameter_entity"])
def test_files_that_attack_the_parser_are_refused_in_words(name: str) -> None:
    started = time.monotonic()
    with pytest.raises(FeedError, match="DOCTYPE"):
        list(Cioc(BROKEN / "cioc" / f"{name}.xml").items())
    assert time.monotonic() - started < 2


def test_half_a_file_gives_nothing_at_all() -> None:
    # What is missing in a full export is closed: the half that is there must not be taken for one.
    taken: list[Item] = []
    with pytest.raises(FeedError, match="cut off"):
        for item in Cioc(BROKEN / "cioc" / "cut_off.xml").items():
            taken.append(item)
    assert not taken


@pytest.mark.parametrize(
    "data",
    [b"", b"not xml", b"<ROOT/>", b'<ROOT xmlns="urn:other"/>', b'<?xml version="1.0" encoding="x-none"?><ROOT/>'],
)
def test_what_is_no_share_file_is_refused_as_a_whole(data: bytes) -> None:
    with pytest.raises(FeedError):
        list(Cioc(data).items())


def test_another_format_is_named() -> None:
    with pytest.raises(FeedError, match="<html>"):
        list(Cioc(BROKEN / "cioc" / "another_format.xml").items())


def test_a_tag_and_a_record_have_limits(tmp_path: Path) -> None:
    path = tmp_path / "tag.xml"
    path.write_bytes(b'<ROOT xmlns="urn:ciocshare-schema"><RECORD NUM="' + b"x" * 5_000_000)
    with pytest.raises(FeedError, match="damaged"):
        list(Cioc(path).items())
    many = '<RECORD NUM="SAM0001" HAS_ENGLISH="1">' + "<A/>" * 30_000 + "</RECORD>"
    items = _items(many + '<RECORD NUM="SAM0002" HAS_ENGLISH="1"><ORG_LEVEL_1 V="A"/></RECORD>')
    assert [refusal.reason for refusal in refusals(items)] == ["The record is larger than any record can be."]
    assert "agency-SAM0002" in tables(items)["organization"]


ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        ["V", "VF", "N", "NF", "LAT", "LONG", "CTY", "ST", "STNUM", "BOX", "BXTP", "MIN_AGE", "ODN", "LN1"]
    ),
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=12
    )
    | st.sampled_from(["AGENCY", "SITE", "SERVICE", "1", "SAM0001", "905-555-0100 ; 12", "43.1"]),
    max_size=4,
)
NAMES = """
    ORG_LEVEL_1 SERVICE_NAME_LEVEL_1 LOCATION_NAME ORG_LOCATION_SERVICE LOCATION_SERVICES ORG_NUM SITE_ADDRESS GEOCODE
    MAIL_ADDRESS OFFICE_PHONE FAX AREAS_SERVED LANGUAGES FEES TAXONOMY SUBJECTS HOURS ACCESSIBILITY ELIGIBILITY
    NON_PUBLIC DELETION_DATE CD SERVICE_NUM CHK CM LNK TM NM ALT_ORG
"""
ELEMENTS = st.recursive(
    st.tuples(st.sampled_from(NAMES.split()), ATTRIBUTES, st.just([])),
    lambda inner: st.tuples(st.sampled_from(NAMES.split()), ATTRIBUTES, st.lists(inner, max_size=3)),
    max_leaves=8,
)


Tree = tuple[str, dict[str, str], list["Tree"]]


def _written(element: Tree) -> str:
    name, attributes, children = element
    inside = "".join(_written(child) for child in children)
    return f"<{name} {' '.join(f'{key}={quoteattr(text)}' for key, text in attributes.items())}>{inside}</{name}>"


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["SAM0001", "SAM0002", "", "0"]), st.lists(ELEMENTS, max_size=6)), max_size=4)
)
def test_any_records_are_rows_refusals_or_one_error(
    records: list[tuple[str, list[tuple[str, dict[str, str], list[object]]]]],
) -> None:
    text = "".join(f'<RECORD NUM="{number}">{"".join(map(_written, inside))}</RECORD>' for number, inside in records)
    try:
        check(_items(text))
    except FeedError as error:
        assert str(error)


@settings(deadline=None)
@given(st.binary(max_size=100), st.integers(0, SHARE.stat().st_size))
def test_any_damage_is_rows_refusals_or_one_error(damage: bytes, place: int) -> None:
    data = SHARE.read_bytes()
    try:
        check(list(Cioc(data[:place] + damage + data[place + len(damage) :]).items()))
    except FeedError as error:
        assert str(error)
