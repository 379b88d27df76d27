"""Where an address is: what the record says when that can be right, else its town or postal area."""

from __future__ import annotations

from dataclasses import dataclass, field

from directory_client.geo import distance_km
from directory_client.places import Gazetteer
from directory_client.places.model import Place

GROSS_KM = 100.0
"""A point this far from the edges of its own town and postal area is a mistake: a sign, two numbers swapped."""
AREA_KM = 60.0
"""A postal area larger than this tells nothing: the town is asked first in any case."""

_ONTARIO = {"on", "ont", "ont.", "ontario", "ca-on"}


@dataclass(frozen=True, slots=True)
class Spot:
    """A point in degrees. `approximate`: it is the middle of the town or postal area. `wrong_km`: how far the
    record's own point was from where its address is, when it was not believed."""

    lat: float
    lon: float
    approximate: bool = False
    wrong_km: float | None = None


@dataclass(slots=True)
class Placing:
    """Places addresses; remembers towns and postal areas, of which there are few."""

    _known: dict[str, Place | None] = field(default_factory=dict)

    def spot(
        self,
        lat: float | None,
        lon: float | None,
        city: str | None,
        postal_code: str | None,
        province: str | None = None,
    ) -> Spot | None:
        """The point to search by; None when nothing is known.

        The town comes before the postal area: rural areas are as large as countries. Outside Ontario nothing is
        known that a point could be judged by.
        """
        if province and province.strip().casefold() not in _ONTARIO:
            return Spot(lat, lon) if lat is not None and lon is not None else None
        places = [place for place in (self._town(city), self._area(postal_code)) if place]
        if lat is None or lon is None or (lat == 0 and lon == 0):
            return Spot(places[0].lat, places[0].lon, True) if places else None
        away = [max(0.0, distance_km(lat, lon, place.lat, place.lon) - place.radius_km) for place in places]
        if away and min(away) > GROSS_KM:
            return Spot(places[0].lat, places[0].lon, True, round(min(away), 1))
        return Spot(lat, lon)

    def _town(self, city: str | None) -> Place | None:
        return self._place(city.strip()) if city and city.strip() else None

    def _area(self, postal_code: str | None) -> Place | None:
        found = self._place(postal_code.strip()) if postal_code and len(postal_code.strip()) >= 3 else None
        return found if found and found.radius_km <= AREA_KM else None

    def _place(self, name: str) -> Place | None:
        if name not in self._known:
            place = Gazetteer.load().lookup(name, exact=True)
            self._known[name] = place if place and place.in_ontario and place.kind != "province" else None
        return self._known[name]
