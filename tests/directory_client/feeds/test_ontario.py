"""Reading the two open tables of Ontario."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory_client.feeds.feed import FeedError, Refusal
from directory_client.feeds.ontario import AssessmentCentres, Odhf
from tests.directory_client.feeds.rows import BROKEN, FIXTURES, GIVEN, check, references_hold, refusals, tables

FACILITIES = FIXTURES / "ontario" / "odhf.csv"
CENTRES = FIXTURES / "ontario" / "centres.csv"
GIVEN_FACILITIES = GIVEN / "odhf_ontario.csv"
GIVEN_CENTRES = GIVEN / "assessment_centres_2021-07-13.csv"


def test_a_facility_is_an_organization_a_service_and_a_place() -> None:
    items = list(Odhf(FACILITIES).items())
    check(items)
    assert references_hold(items)
    rows = tables(items)
    assert rows["service"]["odhf-900001"]["name"] == "Sample Community Health Centre"
    address = rows["address"]["odhf-900001/address"]
    assert (address["address_1"], address["city"], address["state_province"]) == ("12 Front Street E", "Toronto", "ON")
    assert rows["address"]["odhf-900002/address"]["city"] == "Niagara-on-the-Lake"
    assert "latitude" not in rows["location"]["odhf-900002"]
    assert {row["name"] for row in rows["taxonomy_term"].values()} >= {"community health centre", "retirement home"}


def test_a_centre_has_both_languages_its_flags_and_its_number() -> None:
    items = list(AssessmentCentres(CENTRES).items())
    check(items)
    assert references_hold(items)
    rows = tables(items)
    service = rows["service"]["centre-9001"]
    assert service["name_fr"] == "Centre d'évaluation Exemple"
    assert service["application_process"].startswith("By appointment; ")
    assert service["application_process_fr"].startswith("Sur rendez-vous; ")
    assert service["minimum_age"] == "0.5"
    assert rows["phone"]["centre-9001/phone/0"]["extension"] == "12"
    assert rows["address"]["centre-9001/address"]["address_1_fr"] == "145, chemin Sample Est"
    assert rows["language"]["centre-9001/fr"]["code"] == "fr"
    assert rows["accessibility"]["centre-9001/free_parking"]["description_fr"] == "Stationnement gratuit"
    assert rows["accessibility"]["centre-9002/accessible"]["description"] == "Not accessible"


def test_hours_of_each_day_become_schedules() -> None:
    schedules = tables(AssessmentCentres(CENTRES).items())["schedule"]
    assert schedules["centre-9001/hours/0900-1300"]["byday"] == "MO,TU,TH"
    assert schedules["centre-9001/hours/0900-1200"]["byday"] == "WE"
    assert schedules["centre-9001/hours/1300-1700"]["byday"] == "WE"
    assert schedules["centre-9001/hours/2200-0200"]["byday"] == "FR"
    assert schedules["centre-9003/hours/0800-0000"]["closes_at"] == "00:00"


def test_inactive_and_closed_centres_say_so() -> None:
    services = tables(AssessmentCentres(CENTRES).items())["service"]
    assert [row["status"] for row in services.values()] == ["active", "inactive", "temporarily closed"]


def test_places_of_one_operator_share_its_organization() -> None:
    rows = tables(AssessmentCentres(CENTRES).items())
    assert rows["service"]["centre-9002"]["organization_id"] == rows["service"]["centre-9003"]["organization_id"]
    assert len(rows["organization"]) == 2


def test_zero_is_no_coordinate_and_na_no_number() -> None:
    rows = tables(AssessmentCentres(CENTRES).items())
    assert "latitude" not in rows["location"]["centre-9002"]
    assert not [id_ for id_ in rows["phone"] if id_.startswith("centre-9002")]


def test_refusals_tell_line_and_field() -> None:
    items = list(AssessmentCentres(BROKEN / "ontario" / "centres.csv").items())
    check(items)
    told = [(refusal.line, refusal.field) for refusal in refusals(items)]
    assert told == [(2, "monday"), (3, "location_id"), (4, "location_id"), (5, "location_id"), (6, None)]
    assert tables(items)["schedule"]["centre-1/hours/0900-1700"]["byday"] == "TU"


@pytest.mark.parametrize("reader", [Odhf, AssessmentCentres])
def test_another_table_is_refused_as_a_whole(reader: type[Odhf | AssessmentCentres]) -> None:
    with pytest.raises(FeedError, match="another table"):
        list(reader(b"name,phone\nA,1\n").items())


@pytest.mark.skipif(not GIVEN_CENTRES.exists(), reason="the tables in ../shared/data/ontario are not here")
def test_the_whole_tables_are_read_without_a_refusal() -> None:
    for reader, path, count in ((Odhf, GIVEN_FACILITIES, 2695), (AssessmentCentres, GIVEN_CENTRES, 2830)):
        items = list(reader(path).items())
        check(items)
        assert references_hold(items)
        assert not [item for item in items if isinstance(item, Refusal)]
        assert len(tables(items)["service"]) == count


@settings(deadline=None)
@given(
    st.lists(st.text(max_size=15), min_size=8, max_size=8)
    | st.lists(st.sampled_from(["1", "9:00", "09:00-17:00", "²y", "-"]), min_size=8, max_size=8)
)
def test_any_cells_are_rows_or_refusals(cells: list[str]) -> None:
    head = "location_id,location_name,operated_by,address,latitude,longitude,monday,age_threshold"
    line = ",".join('"' + cell.replace('"', "") + '"' for cell in cells)
    try:
        check(list(AssessmentCentres(f"{head}\n{line}\n".encode()).items()))
    except FeedError as error:
        assert str(error)
