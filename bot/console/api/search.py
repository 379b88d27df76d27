"""Searching the directory beside a conversation: the same engine as the bot's, the words of the specialist."""

from __future__ import annotations

from typing import Any

from anyio import to_thread
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.cards import Cards
from bot.console.api.access import readable
from bot.console.api.asked import Asked, Problem
from directory_client.needs import NEEDS
from directory_client.search import Query

MOST = 12
_LONGEST = 200
_TRUE = ("1", "true", "on", "yes")


async def search(request: Request, asked: Asked) -> Response:
    """Services for a need or words, near a place: the person's own, when none is named, without saying where it is."""
    return JSONResponse(await to_thread.run_sync(_found, request, asked))


def _found(request: Request, asked: Asked) -> dict[str, Any]:
    fields = {name: value.strip()[:_LONGEST] for name, value in request.query_params.items()}
    service, now = asked.service, asked.now
    lat = lon = None
    radius, place, language = 0.0, None, fields.get("language") or None
    if conversation_id := fields.get("conversation"):
        with Session(service.ledger.reader) as session:
            conversation = readable(session, asked.member, conversation_id)
            known = conversation.memory.get("place") or {}
            if known.get("lat") is not None:
                lat, lon, radius = float(known["lat"]), float(known["lon"]), float(known.get("radius_km") or 0)
    if near := fields.get("near"):
        spot = service.directory.where(near)
        if spot is None or not spot.in_ontario:
            raise Problem(404, "no_place")
        lat, lon, radius, place = spot.lat, spot.lon, spot.radius_km, spot.name
    need = fields.get("need") or None
    words = fields.get("q") or None
    if need is not None and need not in NEEDS:
        raise Problem(400, "need")
    if need is None and words is None:
        raise Problem(400, "search")
    open_now = fields.get("open_now", "").lower() in _TRUE
    found = service.directory.look(now)(
        Query(
            need=need, words=words, lat=lat, lon=lon, place_radius_km=radius, open_at=now if open_now else None,
            language=language, limit=MOST,
        )
    )  # fmt: skip
    # No machine translation of descriptions here: the specialist reads English and French, and does not wait.
    cards = Cards(service.catalogue)
    return {
        "results": [
            {
                **cards.card(one, asked.language, now, detail=True).as_json(),
                "organization": one.organization,
                "distance_km": None if one.distance_km is None else round(one.distance_km, 1),
                "open_now": one.hours.open_now,
                "needs": list(one.needs),
            }
            for one in found.listings
        ],
        "total": found.total,
        "widened_to_km": found.widened_to_km,
        "nothing_local": found.nothing_local,
        "fallback": found.fallback,
        "near": place,
    }
