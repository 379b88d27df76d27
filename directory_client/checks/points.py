"""Coordinates that are missing or lie elsewhere than the address, with what was probably meant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache

from directory_client.checks.facts import PlaceFacts
from directory_client.checks.finding import Told
from directory_client.geo import Box
from directory_client.placing import Placing

CANADA = Box(41.6, -141.1, 83.2, -52.5)
ONTARIO = Box(41.6, -95.2, 56.9, -74.3)
_ONTARIO = {"on", "ont", "ont.", "ontario", "ca-on"}


@cache
def _placing() -> Placing:
    return Placing()


def missing(place: PlaceFacts, today: date) -> Iterator[Told]:
    if place.latitude is None or place.longitude is None:
        yield "latitude, longitude", "missing"
    elif place.latitude == 0 and place.longitude == 0:
        yield "latitude, longitude", "0, 0"


def wrong(place: PlaceFacts, today: date) -> Iterator[Told]:
    if place.latitude is None or place.longitude is None or (place.latitude == 0 and place.longitude == 0):
        return
    reason = _reason(place, place.latitude, place.longitude)
    if reason is None:
        return
    for meant, (lat, lon) in _slips(place.latitude, place.longitude):
        if _reason(place, lat, lon) is None:
            # A confidential place is only ever told to the tenth of a degree.
            guess = f"; {lat:.1f}, {lon:.1f} would fit" if place.confidential else f"; {lat}, {lon} would fit"
            yield "latitude, longitude", f"{meant}{guess}"
            return
    yield "latitude, longitude", reason


def _slips(lat: float, lon: float) -> tuple[tuple[str, tuple[float, float]], ...]:
    """What slips of the hand would have been, likely ones first."""
    return (
        ("the sign of the longitude is lost", (lat, -lon)),
        ("latitude and longitude are swapped", (lon, lat)),
        ("latitude and longitude are swapped and a sign is lost", (lon, -lat)),
        ("latitude and longitude are swapped and a sign is lost", (-lon, lat)),
        ("the sign of the latitude is wrong", (-lat, lon)),
        ("both signs are wrong", (-lat, -lon)),
    )


def _reason(place: PlaceFacts, lat: float, lon: float) -> str | None:
    """Why a point cannot be that of the address; None when it can."""
    if place.country and place.country.strip().upper() not in ("CA", "CAN", "CANADA"):
        return None
    if not CANADA.contains(lat, lon):
        return "outside Canada"
    mine = not place.province or place.province.strip().casefold() in _ONTARIO
    if mine and not ONTARIO.contains(lat, lon):
        return "outside Ontario"
    spot = _placing().spot(lat, lon, place.city, place.postal_code, place.province)
    if spot and spot.wrong_km is not None:
        where = " ".join(part for part in (place.city, (place.postal_code or "")[:3]) if part)
        return f"{spot.wrong_km:,.0f} km from {where}"
    return None
