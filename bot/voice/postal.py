"""Postal codes from the keys of a telephone: one press for each character, the letter's key standing for it.

"L1S" is 5 1 7. A key has three or four letters, but Ontario's codes begin with five letters only, some letters
are never used, and most combinations are no area: few remain, and the caller is asked which.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product

from directory_client.places.model import Place, distance_km
from directory_client.places.postal import PostalCodes

_ON_KEY = {"2": "ABC", "3": "E", "4": "GH", "5": "JKL", "6": "MN", "7": "PRS", "8": "TV", "9": "WXYZ"}
"""Letters of postal codes on the keys; D, F, I, O, Q and U are never used in one."""
_FIRST = frozenset("KLMNP")
LENGTHS = (3, 6)
"""An area, or a whole code."""
_NEAR_KM = 60.0
_NEIGHBOURS = 3


@dataclass(frozen=True, slots=True)
class Spelled:
    """A postal area that the keys may mean. `code` is what a person would have written: "L1S"."""

    code: str
    near: str


def spelled(keys: str) -> tuple[Spelled, ...]:
    """The postal areas of Ontario that the pressed keys may mean, by name.

    Args:
        keys: three or six digits; of six the last three tell nothing that the first three do not, but in the
            country, where the caller is asked for the town anyway.

    Returns:
        None, one or several; none for other lengths and for what is no area of Ontario.
    """
    if len(keys) not in LENGTHS or not (keys.isascii() and keys.isdigit()):
        return ()
    if len(keys) == 6 and keys[4] not in _ON_KEY:
        return ()
    found = []
    for first, last in product(_ON_KEY.get(keys[0], ""), _ON_KEY.get(keys[2], "")):
        code = f"{first}{keys[1]}{last}"
        mentions = _codes().mentions(code) if first in _FIRST else []
        if mentions:
            found.append(Spelled(code, _near(mentions[0].place)))
    return tuple(found)


def _near(area: Place) -> str:
    """The region of an area; where it is not known, that of most of the nearest ones with its first letter."""
    if area.region:
        return area.region
    others = (one for one in _placed() if one.name[0] == area.name[0])
    by_distance = sorted((distance_km(area.lat, area.lon, one.lat, one.lon), one.region or "") for one in others)
    regions = [region for apart, region in by_distance[:_NEIGHBOURS] if apart <= _NEAR_KM]
    return max(regions, key=regions.count) if regions else "Ontario"


@cache
def _placed() -> tuple[Place, ...]:
    """The areas whose region is known."""
    codes = (f"{first}{number}{last}" for first in _FIRST for number in range(10) for last in "".join(_ON_KEY.values()))
    places = (mentions[0].place for code in codes if (mentions := _codes().mentions(code)))
    return tuple(place for place in places if place.region)


@cache
def _codes() -> PostalCodes:
    return PostalCodes()
