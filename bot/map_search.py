"""What the map page is asked, and what it answers: services by need around a place, in the words of a language.

Pure but for the search that is handed in. Where a person is goes into the search and nowhere else.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.answers import OPEN_LATER
from bot.cards import Card, Cards
from bot.language.names import known as languages_known
from directory_client.geo import ONTARIO
from directory_client.listings import Listing
from directory_client.needs import NEEDS
from directory_client.places import Place
from directory_client.search import Query, Results

PAGE = 10
"""Services on one page of the list: their dots can still be told apart on a phone."""
LAST_PAGE = 50
LONGEST = 200
"""Characters of an address that are read."""
WHOLE_PROVINCE_KM = 100.0
OFFICER = "officer"
"""For whom the page is, in its address and form (`for`), when it is for police and outreach."""
FIRST = ("housing", "mental", "addiction", "violence", "health", "food")
"""Areas of needs that officers ask for most, the first first; the others follow as everywhere."""
_TRUE = ("1", "on", "true")


class NotAsked(ValueError):
    """What was asked cannot be searched: a message of the catalogue with its facts says why."""

    def __init__(self, message: str, **facts: str) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Asked:
    """The fields of the form. `here` is the person's own position in degrees, rounded to about 100 m."""

    need: str | None = None
    near: str = ""
    here: tuple[float, float] | None = None
    open_now: bool = False
    accessible: bool = False
    free: bool = False
    language: str | None = None
    age: int | None = None
    page: int = 1
    officer: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """The place that was looked around."""

    name: str
    lat: float
    lon: float
    radius_km: float


@dataclass(frozen=True, slots=True)
class Entry:
    """One service of the list. `lat` and `lon` are None where the map has no dot for it."""

    number: int
    card: Card
    organization: str | None
    url: str | None
    alert: str | None
    lat: float | None
    lon: float | None
    approximate: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the list with its heading. `before` and `after` are numbers of other pages, or None."""

    heading: str
    count: str
    entries: tuple[Entry, ...]
    spot: Spot | None
    before: int | None
    after: int | None

    def drawing(self) -> dict[str, Any]:
        """What the map draws: the place, and a dot for each entry that has a point."""
        spot = self.spot
        return {
            "spot": [spot.lat, spot.lon, spot.radius_km] if spot else None,
            "dots": [
                [one.number, one.card.name, round(one.lat, 5), round(one.lon, 5)]
                for one in self.entries
                if one.lat is not None and one.lon is not None
            ],
        }


def asked_from(fields: Mapping[str, Any]) -> Asked:
    """The fields of a form or of a JSON object. What is no sensible value counts as not given."""
    need, language = _text(fields, "need"), _text(fields, "language")
    age, page = _whole(fields.get("age")), _whole(fields.get("page"))
    return Asked(
        need=need if need in NEEDS else None,
        near=_text(fields, "near"),
        here=_position(fields.get("lat"), fields.get("lon")),
        open_now=_ticked(fields, "open_now"),
        accessible=_ticked(fields, "accessible"),
        free=_ticked(fields, "free"),
        language=language if language in languages_known() else None,
        age=age if age is not None and age <= 120 else None,
        page=min(max(page or 1, 1), LAST_PAGE),
        officer=_text(fields, "for") == OFFICER,
    )


def for_officers(needs: Iterable[str]) -> list[str]:
    """The needs with those first that are urgent on the street: a bed tonight, somebody to talk to now."""
    places = {area: at for at, area in enumerate(FIRST)}

    def order(need: str) -> int:
        return places.get(need.partition(".")[0], len(FIRST))

    return sorted(needs, key=order)


def found(
    asked: Asked,
    language: str,
    now: datetime,
    *,
    look: Callable[[Query], Results],
    cards: Cards,
    where: Callable[[str], Place | None],
) -> Found:
    """The services that were asked for, worded in a language.

    Args:
        asked: the form.
        language: of the page.
        now: the moment that "open now" is about.
        look: searches the directory.
        cards: words a listing.
        where: tells the place of an address, a corner, a postal code or a town; None when it is not known.

    Raises:
        NotAsked: when no need was chosen, or the place is not known or not in Ontario.
    """
    say = cards.catalogue.say
    if asked.need is None:
        raise NotAsked("map_need")
    spot = _spot(asked, say("map_here", language), where)
    offset = (asked.page - 1) * PAGE
    results = look(
        Query(
            need=asked.need,
            lat=spot.lat if spot else None,
            lon=spot.lon if spot else None,
            place_radius_km=spot.radius_km if spot else 0,
            open_at=now if asked.open_now else None,
            language=asked.language,
            limit=PAGE,
            offset=offset,
            age=asked.age,
            free=asked.free,
            accessible=asked.accessible,
        )
    )
    shown = results.listings
    entries = tuple(_entry(one, offset + at, language, now, cards) for at, one in enumerate(shown, 1))
    facts = {"first": str(offset + min(1, len(shown))), "last": str(offset + len(shown)), "count": str(results.total)}
    return Found(
        heading=_heading(results, asked.need, spot, language, say),
        count=say("map_count", language, **facts),
        entries=entries,
        spot=spot,
        before=asked.page - 1 if asked.page > 1 else None,
        after=asked.page + 1 if offset + len(shown) < results.total and shown and asked.page < LAST_PAGE else None,
    )


def _spot(asked: Asked, here: str, where: Callable[[str], Place | None]) -> Spot | None:
    if asked.here:
        lat, lon = asked.here
        if not ONTARIO.contains(lat, lon):
            raise NotAsked("place_outside", place=here)
        return Spot(here, lat, lon, 0)
    if not asked.near:
        return None
    place = where(asked.near)
    if place is None:
        raise NotAsked("map_unknown")
    if not place.in_ontario:
        raise NotAsked("place_outside", place=place.name)
    if place.kind == "province" or place.radius_km > WHOLE_PROVINCE_KM:
        return None
    return Spot(place.name, round(place.lat, 5), round(place.lon, 5), place.radius_km)


def _heading(results: Results, need: str, spot: Spot | None, language: str, say: Callable[..., str]) -> str:
    name = say(f"need_{need.replace('.', '_')}", language)
    if results.fallback == OPEN_LATER:
        return say("results_none_open", language)
    if results.fallback or not results.listings:
        return say("map_instead", language, need=name)
    if spot is None:
        return say("results_no_place", language, need=name)
    if results.nothing_local:
        return say("results_province", language, need=name, place=spot.name)
    if results.widened_to_km:
        return say("results_widened", language, need=name, place=spot.name, km=f"{results.widened_to_km:g}")
    return say("results_near", language, need=name, place=spot.name)


def _entry(listing: Listing, number: int, language: str, now: datetime, cards: Cards) -> Entry:
    french = language == "fr"
    url = (listing.url_fr if french else None) or listing.url
    # The head office of a line for all of Ontario is no place to go to.
    dotted = listing.scope in ("local", "area") and listing.lat is not None
    return Entry(
        number=number,
        card=cards.card(listing, language, now, detail=True),
        organization=(listing.organization_fr if french else None) or listing.organization,
        url=_web(url),
        alert=(listing.alert_fr if french else None) or listing.alert,
        lat=listing.lat if dotted else None,
        lon=listing.lon if dotted else None,
        approximate=dotted and listing.approximate,
    )


def _web(url: str | None) -> str | None:
    """The address with its scheme; None for anything that is not a web page."""
    if not url or any(c.isspace() or c in "\"'<>" for c in url):
        return None
    if url.lower().startswith(("https://", "http://")):
        return url
    return None if ":" in url.partition("/")[0] else f"https://{url}"


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        return ""
    return " ".join(value.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8").split())[:LONGEST]


def _ticked(fields: Mapping[str, Any], name: str) -> bool:
    value = fields.get(name)
    return value is True or (isinstance(value, str) and value.lower() in _TRUE)


def _whole(value: Any) -> int | None:
    text = str(value).strip() if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _position(lat: Any, lon: Any) -> tuple[float, float] | None:
    values = (lat, lon)
    if not all(isinstance(v, (int, float)) and not isinstance(v, bool) and math.isfinite(v) for v in values):
        return None
    if abs(lat) > 90 or abs(lon) > 180:
        return None
    # The page rounds already; nothing finer may be used even if a client sends it.
    return round(float(lat), 3), round(float(lon), 3)
