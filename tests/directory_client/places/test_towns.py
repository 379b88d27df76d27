"""Names for a map without pictures."""

from __future__ import annotations

from directory_client.places import Gazetteer
from directory_client.places.towns import towns


def test_towns_come_before_parts_of_cities_and_large_ones_first() -> None:
    names = [town.name for town in towns()]
    assert names[:2] == ["Toronto", "Ottawa"]
    assert names.index("Wawa") < names.index("Scarborough")
    assert len(names) == len(set(names)) > 1000


def test_every_town_lies_in_ontario_where_the_gazetteer_has_it() -> None:
    for town in towns():
        assert 41.6 <= town.lat <= 57 and -95.3 <= town.lon <= -74.2, town
    place = Gazetteer.load().lookup("Ajax", exact=True)
    ajax = next(town for town in towns() if town.name == "Ajax")
    assert place and abs(place.lat - ajax.lat) < 0.001 and abs(place.lon - ajax.lon) < 0.001
