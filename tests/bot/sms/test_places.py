"""Only a place that a person shares by hand counts; nothing is fetched for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sms.places import linked, shared


def test_a_link_is_taken_out_of_the_words_around_it() -> None:
    assert linked("I am at https://maps.apple.com/?ll=43.65,-79.38 now") == ((43.65, -79.38), "I am at  now")


@pytest.mark.parametrize(
    "link",
    [
        "http://maps.apple.com/?q=43.65,-79.38",
        "https://maps.apple.com/place?coordinate=43.65,-79.38&name=x",
        "https://maps.google.com/maps?q=loc:43.65,-79.38",
        "https://www.google.com/maps/place/Somewhere/@43.65,-79.38,17z/data=!3m1",
        "https://www.openstreetmap.org/?mlat=43.65&mlon=-79.38#map=17/1/2",
        "https://waze.com/ul?ll=43.65%2C-79.38&navigate=yes",
        "GEO:43.65,-79.38",
    ],
)
def test_links_of_the_usual_maps_are_understood(link: str) -> None:
    found = linked(f"{link}.")
    assert found is not None and found[0] == (43.65, -79.38)


def test_the_second_link_counts_when_the_first_is_no_place() -> None:
    found = linked("see https://example.org/x and geo:43.65,-79.38")
    assert found is not None and found[0] == (43.65, -79.38)


@given(st.text(), st.text())
def test_whatever_stands_in_the_form_gives_a_point_on_earth_or_none(lat: str, lon: str) -> None:
    point = shared({"Latitude": lat, "Longitude": lon})
    assert point is None or (-90 <= point[0] <= 90 and -180 <= point[1] <= 180)


@given(st.text(st.sampled_from("https://maps.google.com?q=&ll43.65,-79.38[]:@%#/ geo:"), max_size=200))
def test_no_link_breaks_the_reading(text: str) -> None:
    linked(text)
