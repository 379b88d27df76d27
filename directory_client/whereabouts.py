"""Where a typed place is: a town, a postal code, a neighbourhood, or an address or a corner of two streets.

The gazetteer has no streets. Those that the directory's own addresses stand on are known by them: a house between two
known houses is between them, and a corner is where an address of one street is nearest to one of the other. That needs
no map of streets from elsewhere, and is the better the more the directory holds. What is found so is near, not exact;
`radius_km` says how near. A street that no record stands on is not guessed: the town of it is the answer, as before.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from directory_client.geo import ONTARIO, box_around, distance_km
from directory_client.models import Address, SearchSite
from directory_client.places import Gazetteer, Mention, Place
from directory_client.places.text import key as folded_words
from directory_client.streets import Street, corner, street

EXACT_KM = 0.1
"""How near the point of a record is to its house."""
CORNER_KM = 0.3
"""How near a corner is at best: the houses that tell it stand beside it."""
FARTHEST_APART_KM = 1.5
"""Addresses of two streets that are farther apart than this say nothing of a corner."""
KM_A_NUMBER = 0.004
"""How far one house number is from the next at most: 250 numbers to a kilometre."""
UNSURE_KM = 2.0
"""An address that could be farther off than this is no better than its town."""
BESIDE_KM = 3.0
"""A street of a town may go on beyond the circle that stands for the town."""
SAME_KM = 10.0
"""Without a town: corners that are farther apart than this are of two towns, and neither is taken."""
MOST = 5_000
"""Addresses that are looked at for one question."""
_CELL = 0.03
"""Degrees: more than `FARTHEST_APART_KM` either way anywhere in the province."""


@dataclass(frozen=True, slots=True)
class _Known:
    """An address of the directory whose street was asked for."""

    street: Street
    city: str
    lat: float
    lon: float


def whereabouts(text: str, places: Gazetteer, session: Session) -> Place | None:
    """The place that a text typed into a field for places names; None when it is not known.

    Args:
        text: what was typed: "Ajax", "L1S 2H3", "120 King St W, Hamilton", "Queen and Sherbourne".
        places: of towns, neighbourhoods and postal codes.
        session: of the directory, for its addresses. Confidential ones are never looked at.

    Returns:
        A place of kind "address" or "corner" where the directory's own addresses tell where that is, otherwise what
        the gazetteer knows.
    """
    readings = list(_readings(text, places))
    for words, town in readings:
        found = _corner(words, town, session) or _house(words, town, session)
        if found:
            return found
    mention = places.find(text)
    place = mention.place if mention else places.lookup(text)
    return _not_a_street(place, readings)


def _readings(text: str, places: Gazetteer) -> Iterator[tuple[str, Place | None]]:
    """Which part of the text could be the street, and in which town it would be, the likeliest first."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) > 1 and parts[0].isdigit():
        parts = [f"{parts[0]} {parts[1]}", *parts[2:]]
    rest = ", ".join(parts[1:])
    for words, name in ((parts[0], rest), (rest, parts[0])) if rest else ():
        if not _is_street(words):
            continue
        mention = places.find(name)
        town = mention.place if mention else places.lookup(name, exact=True)
        if town and _usable(town):
            yield words, town
            return
    mentions = [one for one in places.mentions(text) if _usable(one.place)]
    # Streets are called after towns ("Dundas and Ossington"): the last name is the likeliest to be the town.
    for mention in sorted(mentions, key=lambda one: -one.start):
        if outside := _around(text, mention):
            yield outside, mention.place
    if not any(_around(text, one) == "" for one in mentions):
        yield text, None


def _not_a_street(place: Place | None, readings: Sequence[tuple[str, Place | None]]) -> Place | None:
    """The gazetteer's answer, unless it took a street for the town that the street is called after.

    "Barton & Ottawa, Hamilton" is in Hamilton, wherever its corner is; "Dundas St and Ossington" in none that is said.
    """
    for words, town in readings:
        sides = corner(words)
        if place is None or not sides:
            continue
        if town:
            within = distance_km(place.lat, place.lon, town.lat, town.lon) <= town.radius_km + place.radius_km
            return place if within else town
        if any(side.kind for side in sides):
            return None
    return place


def _is_street(words: str) -> bool:
    found = street(words)
    return corner(words) is not None or (found is not None and found.number is not None)


def _usable(place: Place) -> bool:
    return place.in_ontario and place.kind not in ("province", "county")


def _around(text: str, mention: Mention) -> str:
    """The text without the place; the longer of what stands before and behind it."""
    return max(text[: mention.start].strip(" ,"), text[mention.end :].strip(" ,"), key=len)


def _corner(words: str, town: Place | None, session: Session) -> Place | None:
    streets = corner(words)
    if not streets:
        return None
    known = _known(streets, town, session)
    sides = [_likeliest(known, side) for side in streets]
    nearest = min(_pairs(*sides), key=lambda pair: pair[0], default=None)
    if nearest is None:
        return None
    apart, one, other = nearest
    lat, lon = (one.lat + other.lat) / 2, (one.lon + other.lon) / 2
    if town is None and any(distance_km(lat, lon, pair[1].lat, pair[1].lon) > SAME_KM for pair in _pairs(*sides)):
        return None
    names = [_called(side, asked) for side, asked in zip(sides, streets, strict=True)]
    return _place(f"{names[0]} / {names[1]}", one.city, "corner", lat, lon, max(CORNER_KM, apart), town)


def _likeliest(known: Sequence[_Known], asked: Street) -> list[_Known]:
    """The addresses on a street; all of its name where none is of the very kind or end that was said."""
    named = [one for one in known if one.street.key == asked.key]
    return [one for one in named if asked.may_be(one.street)] or named


def _pairs(one: Sequence[_Known], other: Sequence[_Known]) -> Iterator[tuple[float, _Known, _Known]]:
    """Addresses of two streets that are near each other, with their distance in kilometres."""
    cells: dict[tuple[int, int], list[_Known]] = defaultdict(list)
    for address in other:
        cells[_cell(address)].append(address)
    for address in one:
        row, column = _cell(address)
        around = product((row - 1, row, row + 1), (column - 1, column, column + 1))
        for near in chain.from_iterable(cells.get(cell, ()) for cell in around):
            apart = distance_km(address.lat, address.lon, near.lat, near.lon)
            if apart <= FARTHEST_APART_KM:
                yield apart, address, near


def _cell(address: _Known) -> tuple[int, int]:
    return int(address.lat // _CELL), int(address.lon // _CELL)


def _house(words: str, town: Place | None, session: Session) -> Place | None:
    asked = street(words)
    if not asked or asked.number is None:
        return None
    known = [one for one in _known([asked], town, session) if one.street.number and asked.may_be(one.street)]
    if town is None and any(distance_km(one.lat, one.lon, known[0].lat, known[0].lon) > SAME_KM for one in known):
        return None
    # Said without its end, the number may be on both: "970 Lawrence Ave" is ten kilometres from itself.
    ends = {one.street.direction for one in known}
    each = [_between(asked.number, [one for one in known if one.street.direction in (end, None)]) for end in ends]
    found = [one for one in each if one]
    if not found or any(distance_km(*found[0][:2], *one[:2]) > UNSURE_KM for one in found):
        return None
    lat, lon, radius, city = found[0]
    return _place(f"{asked.number} {_called(known, asked)}", city, "address", lat, lon, radius, town)


def _between(number: int, known: Iterable[_Known]) -> tuple[float, float, float, str] | None:
    """The point of a house number, its radius in kilometres and its town; None when no known house is near."""
    numbered = sorted(((one.street.number or 0, one) for one in known), key=lambda pair: pair[0])
    below = [pair for pair in numbered if pair[0] <= number]
    above = [pair for pair in numbered if pair[0] >= number]
    if not numbered:
        return None
    if below and below[-1][0] == number:
        one = below[-1][1]
        return one.lat, one.lon, EXACT_KM, one.city
    if below and above:
        (low, one), (high, other) = below[-1], above[0]
        share = (number - low) / (high - low)
        apart = distance_km(one.lat, one.lon, other.lat, other.lon)
        radius = EXACT_KM + apart * min(share, 1 - share)
        if radius <= UNSURE_KM:
            near = one if share < 0.5 else other
            return one.lat + share * (other.lat - one.lat), one.lon + share * (other.lon - one.lon), radius, near.city
    nearest, one = min(numbered, key=lambda pair: abs(pair[0] - number))
    radius = EXACT_KM + abs(nearest - number) * KM_A_NUMBER
    return (one.lat, one.lon, radius, one.city) if radius <= UNSURE_KM else None


def _known(streets: Sequence[Street], town: Place | None, session: Session) -> list[_Known]:
    """The directory's addresses on these streets, in the town if one is named: its own before its surroundings."""
    keys = {one.key for one in streets}
    found = []
    for line, city, lat, lon in session.execute(_addresses(keys, town)):
        on = street(line)
        if on and on.key in keys and lat is not None and lon is not None:
            found.append(_Known(on, city, lat, lon))
    if town is None:
        return found
    own = [one for one in found if folded_words(one.city) == folded_words(town.name)]
    return own if {one.street.key for one in own} >= keys else found


def _addresses(keys: Iterable[str], town: Place | None) -> Select[str, str, float | None, float | None]:
    box = box_around(town.lat, town.lon, town.radius_km + BESIDE_KM) if town else ONTARIO
    return (
        select(Address.address_1, Address.city, SearchSite.latitude, SearchSite.longitude)
        .join(Address, and_(Address.location_id == SearchSite.location_id, Address.address_type == "physical"))
        .where(
            SearchSite.street.in_(keys),
            SearchSite.latitude.between(box.south, box.north),
            SearchSite.longitude.between(box.west, box.east),
        )
        .distinct()
        .order_by(Address.city, Address.address_1, SearchSite.latitude, SearchSite.longitude)
        .limit(MOST)
    )


def _called(known: Iterable[_Known], asked: Street) -> str:
    """The street as most records write it."""
    names = Counter(one.street.shown for one in known if one.street.key == asked.key)
    name = names.most_common(1)[0][0] if names else asked.shown
    return name.title() if name.islower() else name


def _place(
    street_name: str, city: str, kind: str, lat: float, lon: float, radius_km: float, town: Place | None
) -> Place:
    name = f"{street_name}, {city.title() if city.islower() else city}" if city else street_name
    return Place(name, kind, lat, lon, round(radius_km, 2), region=town.region if town else None)
