"""A card tells no more than its record knows."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.clock import TORONTO
from bot.language.names import CORE
from tests.bot.conftest import MONDAY
from tests.bot.test_map_search import CARDS, LISTING


def test_a_distance_from_the_middle_of_the_town_is_not_told() -> None:
    near = replace(LISTING, distance_km=2.0, scope="local")
    assert CARDS.card(near, "en", MONDAY, detail=False).distance
    assert CARDS.card(replace(near, approximate=True), "en", MONDAY, detail=False).distance is None


@pytest.mark.parametrize("language", CORE)
def test_half_past_two_is_written_as_people_of_the_language_write_it(language: str) -> None:
    closes = MONDAY.astimezone(TORONTO).replace(hour=14, minute=30)
    hours = replace(LISTING.hours, always=False, known=True, open_now=True, closes_at=closes)
    said = str(CARDS.card(replace(LISTING, hours=hours), language, MONDAY, detail=False).text)
    assert re.search(r"(14|2)(:|\sh\s)30", said)
    assert not re.search(r"[AP]M\s*\d", said), "the half of the day does not stand before the hour in Latin letters"
