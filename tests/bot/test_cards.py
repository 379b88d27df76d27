"""A card tells no more than its record knows."""

from __future__ import annotations

from dataclasses import replace

from tests.bot.conftest import MONDAY
from tests.bot.test_map_search import CARDS, LISTING


def test_a_distance_from_the_middle_of_the_town_is_not_told() -> None:
    near = replace(LISTING, distance_km=2.0, scope="local")
    assert CARDS.card(near, "en", MONDAY, detail=False).distance
    assert CARDS.card(replace(near, approximate=True), "en", MONDAY, detail=False).distance is None
