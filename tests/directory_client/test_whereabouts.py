"""An address or a corner is found by the addresses that the directory has; what it cannot tell is not guessed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from directory_client.geo import distance_km
from directory_client.index import reindex
from directory_client.models import Address
from directory_client.places import Gazetteer, Place
from directory_client.whereabouts import whereabouts
from tests.directory_client.build import add_service
from tests.directory_client.conftest import rolled_back

HAMILTON = (43.2557, -79.8711)
TORONTO = (43.6532, -79.3832)
KM_LAT, KM_LON = 1 / 111.195, 1 / 81.0
"""Degrees of a kilometre in southern Ontario."""


def beside(point: tuple[float, float], east_km: float, north_km: float) -> tuple[float, float]:
    return point[0] + north_km * KM_LAT, point[1] + east_km * KM_LON


ADDRESSES = {
    # King runs east and west through the middle, Walnut north and south, Barton a kilometre farther north.
    "king-100": ("100 King St W", "Hamilton", beside(HAMILTON, -0.5, 0)),
    "king-200": ("200 King Street West, Suite 4", "Hamilton", beside(HAMILTON, -1.0, 0)),
    "king-east": ("110 King St E", "Hamilton", beside(HAMILTON, 0.5, 0)),
    "walnut": ("7, rue Walnut Nord", "Hamilton", beside(HAMILTON, 0.1, 0.2)),
    "barton": ("1 Barton St E", "Hamilton", beside(HAMILTON, 4, 1)),
    "toronto-king": ("100 King St W", "Toronto", TORONTO),
    "toronto-walnut": ("9 Walnut St", "Toronto", beside(TORONTO, 0.2, 0.1)),
    "toronto-jarvis": ("20 Jarvis St", "Toronto", beside(TORONTO, 0.7, 0)),
    "toronto-king-east": ("150 King St E", "Toronto", beside(TORONTO, 0.6, 0)),
}


@pytest.fixture
def session(directory_engine: Engine) -> Iterator[Session]:
    with rolled_back(directory_engine) as session:
        for id_, (line, city, point) in ADDRESSES.items():
            _add(session, id_, line, city, point)
        yield session


def _add(session: Session, id_: str, line: str, city: str, point: tuple[float, float], *, hidden: bool = False) -> None:
    add_service(session, id_, at=point, confidential=hidden)
    session.execute(update(Address).where(Address.location_id == f"{id_}-place-0").values(address_1=line, city=city))
    reindex(session, [id_])


def place(session: Session, text: str) -> Place | None:
    return whereabouts(text, Gazetteer.load(), session)


def off(found: Place | None, point: tuple[float, float]) -> float:
    assert found is not None
    return distance_km(found.lat, found.lon, *point)


@pytest.mark.parametrize(
    "text", ["100 King St W, Hamilton", "100 king street west hamilton", "100 King W, Hamilton, ON L8P 1A1"]
)
def test_an_address_on_record_is_where_the_record_is(session: Session, text: str) -> None:
    found = place(session, text)
    assert found is not None and found.kind == "address" and off(found, ADDRESSES["king-100"][2]) < 0.01
    assert found.name.startswith("100 King") and found.name.endswith(", Hamilton") and found.radius_km <= 0.1


def test_a_house_between_two_known_ones_is_between_them(session: Session) -> None:
    found = place(session, "150 King St W, Hamilton")
    assert found is not None and found.kind == "address"
    assert off(found, beside(HAMILTON, -0.75, 0)) < 0.05 and 0.2 <= found.radius_km <= 0.4


@pytest.mark.parametrize(
    "text",
    [
        "King and Walnut, Hamilton", "King St W & Walnut St N, Hamilton", "corner of King and Walnut in Hamilton",
        "angle King et Walnut, Hamilton", "Walnut @ King, Hamilton", "Hamilton, King and Walnut",
    ],
)  # fmt: skip
def test_a_corner_is_where_the_two_streets_come_near_each_other(session: Session, text: str) -> None:
    found = place(session, text)
    assert found is not None and found.kind == "corner" and "King" in found.name and "Walnut" in found.name
    assert off(found, HAMILTON) < 0.7 and found.radius_km < 1


def test_a_corner_without_a_town_is_found_when_there_is_only_one(session: Session) -> None:
    found = place(session, "King and Jarvis")
    assert found is not None and found.kind == "corner" and off(found, TORONTO) < 1


def test_a_corner_that_two_towns_have_is_not_guessed(session: Session) -> None:
    assert place(session, "King and Walnut") is None
    assert place(session, "100 King St W") is None


def test_a_house_that_may_be_at_either_end_of_a_long_street_is_its_town(session: Session) -> None:
    _add(session, "long-west", "970 Lawrence Ave W", "Toronto", beside(TORONTO, -6, 5))
    _add(session, "long-east", "970 Lawrence Ave E", "Toronto", beside(TORONTO, 6, 5))
    unsaid, said = place(session, "970 Lawrence Ave, Toronto"), place(session, "970 Lawrence Ave E, Toronto")
    assert unsaid is not None and unsaid.kind == "municipality"
    assert off(said, beside(TORONTO, 6, 5)) < 0.01


def test_streets_far_apart_make_no_corner_and_the_town_is_taken(session: Session) -> None:
    found = place(session, "Walnut and Barton, Hamilton")
    assert found is not None and (found.kind, found.name) == ("municipality", "Hamilton")


@pytest.mark.parametrize("text", ["9000 King St W, Hamilton", "100 King Rd, Hamilton", "5 Nowhere Street, Hamilton"])
def test_a_house_that_no_record_is_near_is_its_town(session: Session, text: str) -> None:
    found = place(session, text)
    assert found is not None and (found.kind, found.name) == ("municipality", "Hamilton")


def test_a_street_that_is_called_after_a_town_is_not_that_town(session: Session) -> None:
    found = place(session, "Barton & Ottawa, Hamilton")
    assert found is not None and found.name == "Hamilton"
    assert place(session, "Dundas St and Ossington") is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ajax", "Ajax"), ("L1S", "L1S"), ("Parkdale, Toronto", "Parkdale"), ("Jane and Finch", "Jane and Finch"),
        ("Sault Ste. Marie", "Sault Ste. Marie"), ("Ajax and area", "Ajax"), ("Ajax / Whitby", "Ajax"),
        ("Jane and Finch, Toronto", "Jane and Finch"), ("London, England", "London"), ("我在多伦多", "Toronto"),
    ],
)  # fmt: skip
def test_towns_and_codes_are_read_as_before(session: Session, text: str, name: str) -> None:
    found = place(session, text)
    assert found is not None and found.name == name


def test_a_confidential_address_tells_nothing(session: Session) -> None:
    _add(session, "shelter", "77 Hidden Street", "Hamilton", beside(HAMILTON, 1, 1), hidden=True)
    found = place(session, "77 Hidden Street, Hamilton")
    assert found is not None and found.kind == "municipality"


@pytest.mark.parametrize(
    "text", ["' OR 1=1 --", "%", "_ and _", "<b>King</b> & Walnut", "\x00", "1 %' and King", "a" * 5_000]
)
def test_hostile_text_is_a_place_that_is_not_known(session: Session, text: str) -> None:
    found = place(session, text)
    assert found is None or found.kind in ("municipality", "neighbourhood")
