"""Distances and areas."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory_client.geo import area_of, box_around, circle, distance_km

ONTARIO = st.tuples(st.floats(41.7, 56.8), st.floats(-95.1, -74.4))


def test_toronto_to_ottawa_is_about_350_kilometres() -> None:
    assert distance_km(43.65, -79.38, 45.42, -75.70) == pytest.approx(352, abs=3)


@settings(deadline=None)
@given(ONTARIO, ONTARIO)
def test_distance_is_the_same_both_ways(one: tuple[float, float], other: tuple[float, float]) -> None:
    assert distance_km(*one, *other) == pytest.approx(distance_km(*other, *one))


@settings(deadline=None)
@given(ONTARIO, ONTARIO, st.floats(1, 400))
def test_what_is_near_is_in_the_box(centre: tuple[float, float], point: tuple[float, float], radius: float) -> None:
    if distance_km(*centre, *point) <= radius:
        box = box_around(*centre, radius * 1.000001)
        assert box.contains(*point)


@settings(deadline=None)
@given(ONTARIO, st.floats(5, 200), st.floats(0, 1), st.floats(0, 360))
def test_a_circle_holds_what_is_well_inside_and_nothing_outside(
    centre: tuple[float, float], radius: float, share: float, angle: float
) -> None:
    area = area_of(circle(*centre, radius))
    assert area is not None and area.contains(*centre)
    for lat, lon in ((centre[0] + share * radius * 1.1 / 111, centre[1]), (centre[0], centre[1] + share)):
        away = distance_km(*centre, lat, lon)
        if away < radius * 0.95:
            assert area.contains(lat, lon)
        if away > radius * 1.05:
            assert not area.contains(lat, lon)


def test_a_hole_is_outside() -> None:
    square = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]
    hole = [[4, 4], [6, 4], [6, 6], [4, 6], [4, 4]]
    area = area_of(json.dumps({"type": "Polygon", "coordinates": [square, hole]}))
    assert area is not None
    assert area.contains(2, 2)
    assert not area.contains(5, 5)


def test_several_polygons_are_one_area() -> None:
    near = [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]
    far = [[[10, 10], [11, 10], [11, 11], [10, 11], [10, 10]]]
    shape = {"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": [near, far]}}
    area = area_of(json.dumps(shape))
    assert area is not None
    assert area.contains(0.5, 0.5) and area.contains(10.5, 10.5)
    assert not area.contains(5, 5)


@pytest.mark.parametrize("broken", ["", "{}", "[]", '{"type": "Polygon", "coordinates": "x"}', "Durham Region"])
def test_what_is_no_shape_is_none(broken: str) -> None:
    assert area_of(broken) is None
