"""Services as the directory would give them, invented, with all that can be said of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from directory_client.hours import Hours
from directory_client.listings import Listing, Phone
from tests.bot.conftest import MONDAY
from tests.bot.test_map_search import LISTING

PANTRY = replace(
    LISTING,
    id="pantry",
    name="Example Pantry",
    name_fr="Garde-manger Exemple",
    description="Free food once a month. See example.org. Bring ID.",
    phones=(
        Phone("+19055550101", "905-555-0101", "voice", "34"),
        Phone("+19055550102", "905-555-0102", "voice"),
        Phone("+19055550103", "905-555-0103", "voice"),
        Phone("686868", "686868", "text", None, "FOOD"),
        Phone("+19055550104", "905-555-0104", "tty"),
    ),
    hours=Hours(False, True, False, None, MONDAY + timedelta(days=1, hours=2), "Mon-Fri 9-5", ()),
    fees="$5 a month",
    eligibility="Residents of Ajax, write to help@example.org",
    languages=("en", "fr", "so"),
    interpretation=True,
    accessibility=("Ramp",),
    stale=True,
    sample=True,
)
KITCHEN = replace(
    PANTRY,
    id="kitchen",
    name="B Street Kitchen",
    hours=Hours(False, True, True, MONDAY + timedelta(hours=2), None, None, ()),
    phones=(Phone("686868", "686868", "text", None, "FOOD"),),
)
HOUSE = replace(PANTRY, id="house", name="C House", hours=Hours(True, True, True, None, None, None, ()), phones=())
HALL = replace(PANTRY, id="hall", name="D Hall", hours=Hours(False, False, None, None, None, "Mon-Fri 9-5", ()))
ALL = {one.id: one for one in (PANTRY, KITCHEN, HOUSE, HALL)}


def find(listing: str, near: Mapping[str, Any] | None) -> Listing | None:
    return ALL.get(listing)
