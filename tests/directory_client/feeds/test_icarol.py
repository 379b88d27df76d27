"""Reading the resource export of iCarol."""

from __future__ import annotations

import csv
import io
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory_client.feeds.feed import FeedError, Item
from directory_client.feeds.icarol import Icarol
from tests.directory_client.feeds.rows import BROKEN, FIXTURES, check, references_hold, refusals, tables

EXPORT = FIXTURES / "icarol" / "export.csv"
FRENCH = FIXTURES / "icarol" / "export_fr.csv"
FLAT = FIXTURES / "icarol" / "flat.csv"
NOVEMBER = date(2026, 11, 21)


@cache
def _export() -> tuple[Item, ...]:
    return tuple(Icarol(EXPORT, FRENCH, today=lambda: NOVEMBER).items())


def _csv(*records: dict[str, str]) -> bytes:
    columns = list(dict.fromkeys(["ResourceAgencyNum", "PublicName", *(name for one in records for name in one)]))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue().encode()


def _tables(*records: dict[str, str], today: date = NOVEMBER) -> dict[str, dict[str, dict[str, Any]]]:
    items = list(Icarol(_csv(*records), today=lambda: today).items())
    check(items)
    return tables(items)


def test_the_sample_export_is_whole() -> None:
    items = list(_export())
    check(items)
    assert references_hold(items)
    assert not refusals(items)


def test_each_level_becomes_its_table() -> None:
    rows = tables(_export())
    assert rows["organization"]["agency-90000001"]["name"] == "Sample Community Care"
    assert rows["service"]["program-90000021"]["organization_id"] == "agency-90000001"
    assert rows["location"]["site-90000011"]["organization_id"] == "agency-90000001"
    pair = rows["service_at_location"]["program-at-site-90000031"]
    assert (pair["service_id"], pair["location_id"]) == ("program-90000021", "site-90000011")


def test_a_programme_takes_from_its_place_what_it_does_not_say_itself() -> None:
    service = tables(_export())["service"]["program-90000021"]
    assert service["eligibility_description"] == "Residents of Sampleville"
    assert service["description"] == "Sample record for tests. Groceries once a week."


def test_a_programme_at_a_site_without_a_programme_is_a_service_itself() -> None:
    rows = tables(_export())
    assert rows["service"]["program-90000033"]["name"] == "Sample Tax Clinic"
    pair = rows["service_at_location"]["program-at-site-90000033"]
    assert (pair["service_id"], pair["location_id"]) == ("program-90000033", "site-90000011")


def test_french_of_the_same_number_fills_the_french_columns() -> None:
    rows = tables(_export())
    service = rows["service"]["program-90000021"]
    assert service["name_fr"] == "Banque alimentaire Exemple"
    assert service["application_process_fr"] == "Appeler d'avance"
    assert rows["address"]["site-90000011/physical"]["address_1_fr"] == "10, rue Sample"
    assert rows["schedule"]["program-at-site-90000031/hours"]["description_fr"] == "Lun-ven 9 h-17 h"
    assert rows["phone"]["program-at-site-90000031/phone1"]["description_fr"] == "Accueil"


def test_a_record_in_french_alone_is_taken() -> None:
    row = tables(_export())["organization"]["agency-90000041"]
    assert row["name"] == row["name_fr"] == "Centre Exemple de la Francophonie"


@pytest.mark.parametrize("number", ["90000023", "90000024", "90000025"])
def test_what_must_not_be_given_out_is_inactive(number: str) -> None:
    assert tables(_export())["service"][f"program-{number}"]["status"] == "inactive"


def test_services_of_an_inactive_agency_are_inactive() -> None:
    rows = _tables(
        {"ResourceAgencyNum": "1", "PublicName": "A", "TaxonomyLevelName": "Agency", "AgencyStatus": "Inactive"},
        {"ResourceAgencyNum": "2", "PublicName": "P", "TaxonomyLevelName": "Program", "ParentAgencyNum": "1"},
    )
    assert rows["service"]["program-2"]["status"] == "inactive"


def test_a_confidential_address_is_never_taken_in() -> None:
    everything = repr(_export())
    for secret in ("Hidden Lane", "N1H", "43.54123", "80.24987", "Bus 7", "Grey house"):
        assert secret not in everything
    location = tables(_export())["location"]["site-90000012"]
    assert location["confidential"] is True
    assert (location["latitude"], location["longitude"]) == ("43.5", "-80.2")
    assert tables(_export())["address"]["site-90000012/physical"]["city"] == "Guelph"


@pytest.mark.parametrize("flag", ["Yes", "TRUE", "1", "Oui", "maybe"])
@pytest.mark.parametrize("column", ["PhysicalAddressIsPrivate", "IsConfidential"])
def test_any_flag_but_a_plain_no_keeps_an_address_private(column: str, flag: str) -> None:
    rows = _tables(
        {"ResourceAgencyNum": "1", "PublicName": "77 Hidden Lane", "PhysicalAddress1": "77 Hidden Lane", column: flag}
    )
    assert rows["location"]["place-1"]["confidential"] is True
    assert "Hidden" not in repr(rows["location"]) + repr(rows.get("address"))


def test_a_confidential_programme_at_an_open_site_does_not_show_the_site() -> None:
    site = {"ResourceAgencyNum": "1", "PublicName": "Hub", "TaxonomyLevelName": "Site", "PhysicalAddress1": "1 Main St"}
    rows = _tables(
        {**site, "PhysicalCity": "Guelph"},
        {
            "ResourceAgencyNum": "2",
            "PublicName": "Shelter",
            "TaxonomyLevelName": "ProgramAtSite",
            "ConnectsToSiteNum": "1",
            "PhysicalAddressIsPrivate": "Yes",
        },
    )
    place = rows["service_at_location"]["program-at-site-2"]["location_id"]
    assert rows["location"][place]["confidential"] is True
    assert not rows["address"][f"{place}/physical"]["address_1"]


def test_a_private_number_is_never_taken_in() -> None:
    everything = repr(_export())
    assert "555-0102" not in everything
    assert "555-0124" not in everything
    french = _csv(
        {"ResourceAgencyNum": "1", "PublicName": "A", "Phone1Number": "905-555-0100", "Phone1IsPrivate": "Oui"}
    )
    feed = Icarol(_csv({"ResourceAgencyNum": "1", "PublicName": "A", "Phone1Number": "905-555-0100"}), french)
    assert "phone" not in tables(feed.items())


def test_a_contact_is_a_person_and_needs_a_plain_no_to_be_public() -> None:
    record = {"ResourceAgencyNum": "1", "PublicName": "A", "MainContactName": "B. Sample"}
    assert "contact" not in _tables({**record, "MainContactIsPrivate": ""})
    assert "contact" not in _tables({**record, "MainContactIsPrivate": "Yes"})
    assert _tables({**record, "MainContactIsPrivate": "No"})["contact"]["program-1/contact"]["name"] == "B. Sample"


def test_numbers_keep_their_kind_extension_and_order() -> None:
    phones = tables(_export())["phone"]
    assert [row["number"] for id_, row in phones.items() if id_.startswith("program-90000022/")] == [
        "519-555-0122",
        "1-800-555-0122",
        "519-555-0123",
    ]
    assert phones["program-90000022/phonetty"]["type"] == "tty"
    assert phones["program-at-site-90000031/phone1"]["extension"] == "4"


def test_terms_of_the_taxonomy_come_with_code_and_name() -> None:
    rows = tables(_export())
    assert rows["taxonomy_term"]["211-BD-1800.2000"]["name"] == "Food Pantries"
    links = [row for row in rows["attribute"].values() if row["link_id"] == "program-90000021"]
    assert {row["taxonomy_term_id"] for row in links} == {"211-BD-1800.2000", "211-BD-1800.2250", "211-YB-9500"}
    assert {row["link_entity"] for row in links} == {"service"}


def test_areas_come_by_name_with_their_path() -> None:
    areas = tables(_export())["service_area"].values()
    named = {row["name"]: row["description"] for row in areas}
    assert named["Brampton"] == "Ontario - Peel Region - Brampton"
    assert named["Peel Region"] == "Peel Region"


def test_languages_have_codes_and_interpretation_is_a_service_of_its_own() -> None:
    rows = tables(_export())
    assert [row["code"] for id_, row in rows["language"].items() if id_.startswith("program-90000021/")] == [
        "en",
        "fr",
        "pa",
    ]
    assert rows["service"]["program-90000021"]["interpretation_services"] == "Interpretation on request"


def test_a_message_is_an_alert_only_while_it_lasts() -> None:
    record = {
        "ResourceAgencyNum": "1",
        "PublicName": "A",
        "TemporaryMessage": "Closed for repairs",
        "TemporaryMessageAppears": "2026-11-01 00:00:00",
        "TemporaryMessageExpires": "2026-11-30 00:00:00",
    }
    assert _tables(record)["service"]["program-1"]["alert"] == "Closed for repairs"
    assert "alert" not in _tables(record, today=date(2026, 12, 1))["service"]["program-1"]
    assert "alert" not in _tables(record, today=date(2026, 10, 31))["service"]["program-1"]


def test_ages_that_stand_for_no_limit_are_left_out() -> None:
    service = tables(_export())["service"]["program-90000021"]
    assert service["minimum_age"] == "16"
    assert "maximum_age" not in service


def test_an_export_without_levels_gives_organization_service_and_place() -> None:
    items = list(Icarol(FLAT).items())
    check(items)
    assert references_hold(items)
    rows = tables(items)
    assert [row["name"] for row in rows["organization"].values()] == ["Sample Neighbourhood House"]
    assert set(rows["service"]) == {"program-90000051", "program-90000052"}
    assert "latitude" not in rows["location"]["place-90000052"]  # zero stands for none


def test_an_agency_that_is_not_in_the_export_does_not_cost_its_service() -> None:
    items = list(
        Icarol(
            _csv({"ResourceAgencyNum": "2", "PublicName": "P", "TaxonomyLevelName": "Program", "ParentAgencyNum": "1"})
        ).items()
    )
    check(items)
    assert references_hold(items)


def test_headers_count_in_any_case_and_unknown_ones_are_told() -> None:
    feed = Icarol(b"RESOURCEAGENCYNUM,public name,Custom_Colour\n1,A,blue\n")
    assert tables(feed.items())["service"]["program-1"]["name"] == "A"
    assert "1 columns are not used (custom_colour" in feed.notes[0]


def test_ids_stay_when_the_order_of_the_export_changes() -> None:
    first, *rest = EXPORT.read_text(encoding="utf-8").splitlines(keepends=True)
    turned = (first + "".join(reversed(rest))).encode()
    again = tables(Icarol(turned, FRENCH, today=lambda: NOVEMBER).items())
    assert again == tables(_export())


def test_refusals_tell_line_and_number() -> None:
    items = list(Icarol(BROKEN / "icarol" / "records.csv").items())
    check(items)
    told = [(refusal.line, refusal.reason) for refusal in refusals(items)]
    assert told == [
        (3, "The record has no number, or one that is too long."),
        (4, "The number is there a second time; the first record counts."),
        (5, 'The level "Galaxy" is not known.'),
        (6, "The row has 2 cells, the head has 4."),
        (7, "A quotation mark is never closed."),
        (8, "The record has no name."),
    ]
    assert set(tables(items)["organization"]) == {"agency-1", "agency-7"}


@pytest.mark.parametrize("data", [b"", b"name,phone\nA,1\n", b"PK\x03\x04", b"ResourceAgencyNum,PublicName\n"])
def test_what_is_no_export_is_refused_as_a_whole(data: bytes) -> None:
    with pytest.raises(FeedError):
        list(Icarol(data).items())


CELLS = st.text(max_size=12) | st.sampled_from(
    [
        "1",
        "2",
        "3",
        "Agency",
        "Program",
        "Site",
        "ProgramAtSite",
        "Yes",
        "905-555-0100 x2; 12",
        "a - b; c*d",
        "0",
        "2-1-1",
    ]
)
COLUMNS = [
    "ResourceAgencyNum",
    "PublicName",
    "TaxonomyLevelName",
    "ParentAgencyNum",
    "ConnectsToSiteNum",
    "ConnectsToProgramNum",
    "ParentAgency",
    "PhysicalAddress1",
    "PhysicalCity",
    "PhysicalAddressIsPrivate",
    "Latitude",
    "Longitude",
    "Phone1Number",
    "Phone1IsPrivate",
    "PhoneFax",
    "TaxonomyCodes",
    "TaxonomyTerms",
    "Coverage",
    "CoverageArea",
    "LanguagesOffered",
    "AgencyStatus",
    "Eligibility",
    "Hours",
    "LanguageOfRecord",
    "TemporaryMessage",
    "TemporaryMessageExpires",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(COLUMNS), CELLS), max_size=6), st.booleans())
def test_any_records_are_rows_refusals_or_one_error(records: list[dict[str, str]], twice: bool) -> None:
    data = _csv(*({name: text.replace("\0", " ") for name, text in one.items()} for one in records))
    try:
        check(list(Icarol(data, data if twice else None).items()))
    except FeedError as error:
        assert str(error)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_rows_refusals_or_one_error(data: bytes) -> None:
    try:
        check(list(Icarol(b"ResourceAgencyNum,PublicName,Coverage\n" + data).items()))
    except FeedError as error:
        assert str(error)
