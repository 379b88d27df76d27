"""How streets are read from addresses and corners, as people and records write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory_client.streets import LONGEST_KEY, Street, corner, street


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("120 King St. W", Street("king", "King St. W", 120, "w", "street")),
        ("120 KING STREET WEST, Unit 5", Street("king", "KING STREET WEST", 120, "w", "street")),
        ("5-120 King St W", Street("king", "King St W", 120, "w", "street")),
        ("Suite 200, 120 King St", Street("king", "King St", 120, None, "street")),
        ("120 King St W PO Box 12", Street("king", "King St W", 120, "w", "street")),
        ("100 Steward Boulevard", Street("steward", "Steward Boulevard", 100, None, "boulevard")),
        ("1550 Upper James St", Street("upperjames", "Upper James St", 1550, None, "street")),
        ("7 Apple Rd #3", Street("apple", "Apple Rd", 7, None, "road")),
        ("120 King St Suite B", Street("king", "King St", 120, None, "street")),
        ("145, chemin Government Est", Street("government", "chemin Government Est", 145, "e", "road")),
        ("33 rue de la Montagne", Street("montagne", "rue de la Montagne", 33, None, "street")),
        ("12 Bélanger Ave", Street("belanger", "Bélanger Ave", 12, None, "avenue")),
        ("970 Lake Shore Blvd", Street("lakeshore", "Lake Shore Blvd", 970, None, "boulevard")),
        ("Lakeshore", Street("lakeshore", "Lakeshore")),
        ("900 St. Clair Ave W", Street("stclair", "St. Clair Ave W", 900, "w", "avenue")),
        ("300 Avenue Rd", Street("avenue", "Avenue Rd", 300, None, "road")),
        ("10 West St", Street("west", "West St", 10, None, "street")),
        ("The Queensway", Street("queensway", "The Queensway")),
        ("55 5th Avenue", Street("5thavenue", "5th Avenue", 55)),
        ("5th Ave", Street("5thavenue", "5th Ave")),
        ("1234 Hwy #7", Street("highway7", "Hwy 7", 1234)),
        ("Highway 7", Street("highway7", "Highway 7")),
        ("88 County Rd. 10", Street("countyroad10", "County Rd. 10", 88)),
    ],
)
def test_a_street_has_one_key_however_it_is_written(text: str, expected: Street) -> None:
    assert street(text) == expected


@pytest.mark.parametrize("text", ["", "  ", ",", "120", "#", "...", "12, "])
def test_what_has_no_name_is_no_street(text: str) -> None:
    found = street(text)
    assert found is None or found.number is None


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("King and James", ("king", "james")),
        ("corner of King St and Ontario St", ("king", "ontario")),
        ("king & queen", ("king", "queen")),
        ("Main St E @ 5th Avenue", ("main", "5thavenue")),
        ("I'm at Algoma and Red River Road in", ("algoma", "redriver")),
        ("angle King et James", ("king", "james")),
        ("King/James", ("king", "james")),
        ("King y James", ("king", "james")),
    ],
)
def test_a_corner_is_two_streets(text: str, keys: tuple[str, str]) -> None:
    found = corner(text)
    assert found is not None and (found[0].key, found[1].key) == keys


@pytest.mark.parametrize(
    "text",
    ["", "King", "and", "St and Ossington", "King and", "& James", "Kingston", "King and King St", "Oakland Ave"],
)
def test_one_street_is_no_corner(text: str) -> None:
    assert corner(text) is None


@given(st.text(max_size=400))
def test_no_text_breaks_the_reading(text: str) -> None:
    for found in (street(text), *(corner(text) or ())):
        assert found is None or (found.key and len(found.key) <= LONGEST_KEY)


@pytest.mark.parametrize("text", ["1" * 100_000, "King and " * 20_000, ", " * 50_000, "#" * 50_000, "unit " * 20_000])
def test_a_long_text_costs_no_more_than_its_beginning(text: str) -> None:
    assert street(text) == street(text[:200])
    assert corner(text) == corner(text[:200])
