"""Search the directory: JSON lines in, JSON lines out.

In: {"text"?, "need"?, "near"?, "lat"?, "lon"?, "open_at"?, "language"?, "limit"?, "age"?, "free"?, "accessible"?,
"gender"?, "status"?}.
"near" is a town, a neighbourhood, a region, a postal code, an address or a corner; "age" is in years; "free" and
"accessible" are true or false.
Out: {"results": [{"id", "name", "distance_km", "phones", "open_now", "assured_date", …}], "widened_to_km"}.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.clock import TORONTO, Clock, clock_from
from bot.commands.ready import ready_directory
from bot.settings import Settings
from directory_client.eligibility import GENDERS, STATUSES
from directory_client.listings import Listing
from directory_client.places import Gazetteer, Place
from directory_client.search import Query, search
from directory_client.whereabouts import whereabouts

OLDEST = 130


class BadQuery(Exception):
    """A line that cannot be searched; the text says why."""


def query_from(item: dict[str, Any], where: Callable[[str], Place | None]) -> Query:
    """A line as a query.

    Raises:
        BadQuery: for an unknown place, a time that is none, a number that is none, a choice that is neither.
    """
    lat, lon, radius = item.get("lat"), item.get("lon"), 0.0
    try:
        lat = None if lat is None else float(lat)
        lon = None if lon is None else float(lon)
        limit = max(1, min(int(item.get("limit") or 10), 100))
        age = None if item.get("age") is None else float(item["age"])
    except (TypeError, ValueError, OverflowError):
        raise BadQuery("lat, lon, limit and age are numbers") from None
    if age is not None and not 0 <= age <= OLDEST:
        raise BadQuery(f"age is a number of years from 0 to {OLDEST}")
    for name, known in (("gender", GENDERS), ("status", STATUSES)):
        if item.get(name) is not None and item[name] not in known:
            raise BadQuery(f"{name} is one of {', '.join(known)}")
    near = item.get("near")
    if near and lat is None:
        place = where(str(near))
        if place is None or not place.in_ontario:
            raise BadQuery(f"{near!r} is not a place in Ontario that is known here")
        lat, lon, radius = place.lat, place.lon, place.radius_km
    open_at = None
    if item.get("open_at"):
        try:
            open_at = datetime.fromisoformat(str(item["open_at"]))
        except ValueError:
            raise BadQuery("open_at is an ISO time such as 2026-11-23T10:00") from None
        open_at = open_at if open_at.tzinfo else open_at.replace(tzinfo=TORONTO)
    return Query(
        need=item.get("need"), words=item.get("text"), lat=lat, lon=lon, place_radius_km=radius, open_at=open_at,
        language=item.get("language"), limit=limit, age=age, free=_choice(item, "free"),
        accessible=_choice(item, "accessible"), gender=item.get("gender"), status=item.get("status"),
    )  # fmt: skip


def _choice(item: dict[str, Any], name: str) -> bool:
    value = item.get(name)
    if value is not None and not isinstance(value, bool):
        raise BadQuery(f"{name} is true or false")
    return bool(value)


def result(listing: Listing) -> dict[str, Any]:
    """A listing for programs."""
    return {
        "id": listing.id,
        "name": listing.name,
        "name_fr": listing.name_fr,
        "organization": listing.organization,
        "scope": listing.scope,
        "distance_km": None if listing.distance_km is None else round(listing.distance_km, 2),
        "phones": [phone.display for phone in listing.phones],
        "approximate": listing.approximate,
        "address": listing.address,
        "city": listing.city,
        "open_now": listing.hours.open_now,
        "next_opening": listing.hours.next_opening.isoformat() if listing.hours.next_opening else None,
        "needs": list(listing.needs),
        "languages": list(listing.languages),
        "assured_date": listing.assured_date.isoformat() if listing.assured_date else None,
        "stale": listing.stale,
        "sample": listing.sample,
    }


def answer(engine: Engine, places: Gazetteer, clock: Clock, item: dict[str, Any]) -> dict[str, Any]:
    """The answer to one line."""
    with Session(engine) as session:
        query = query_from(item, lambda near: whereabouts(near, places, session))
        found = search(session, query, now=clock())
    return {
        "results": [result(listing) for listing in found.listings],
        "total": found.total,
        "widened_to_km": found.widened_to_km,
        "nothing_local": found.nothing_local,
        "fallback": found.fallback,
    }


@click.command()
def command() -> None:
    """Search the directory by need or words and place. JSON lines in, JSON lines out."""
    engine = ready_directory()
    places, clock = Gazetteer.load(), clock_from(Settings().test_clock)
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            if not isinstance(item, dict):
                raise BadQuery("a line is a JSON object")
            out = answer(engine, places, clock, item)
        except (ValueError, BadQuery) as problem:
            out = {"error": f"line {number}: {problem}", "results": [], "widened_to_km": None}
        click.echo(json.dumps(out, ensure_ascii=False))
