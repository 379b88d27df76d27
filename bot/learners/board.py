"""The list for a notice board: places to learn near a town, in large type, made to be printed."""

from __future__ import annotations

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.cards import Cards
from bot.channels.web import preferred, service_of
from bot.channels.web_pages import pages_of
from bot.intake.offering import ways
from bot.service import Service
from directory_client.places import Gazetteer, Place
from directory_client.search import Query
from directory_client.traits import traits

NEED = "learn.literacy"
MOST = 8
"""What fits on one sheet in large type."""
FARTHEST_KM = 120.0
LONGEST = 80


async def board(request: Request) -> Response:
    """`near` is the name of a town or a postal code, `lang` the language of the sheet."""
    service = service_of(request)
    offered = service.languages()
    wanted = request.query_params.get("lang")
    language = str(wanted) if wanted in offered else preferred(
        request.headers.get("accept-language", ""), offered, service.settings.default_language
    )  # fmt: skip
    near = request.query_params.get("near", "").strip()[:LONGEST]
    place = Gazetteer.load().lookup(near) if near else None
    if place is not None and not place.in_ontario:
        place = None
    entries = await to_thread.run_sync(_entries, service, place, language) if place else []
    now = service.clock()
    html = pages_of(request).render(
        "literacy_list.html", language, place=place.name if place else None, near=near, entries=entries,
        unknown=bool(near) and place is None, made=Cards(service.catalogue).date(now.date(), language),
        home="/literacy",
    )  # fmt: skip
    return HTMLResponse(html, 404 if near and place is None else 200)


def _entries(service: Service, place: Place, language: str) -> list[dict[str, object]]:
    now, words = service.clock(), service.words
    query = Query(need=NEED, lat=place.lat, lon=place.lon, place_radius_km=place.radius_km, limit=MOST * 4)
    found = service.directory.look(now)(query)
    find = service.directory.find(now)
    entries: list[dict[str, object]] = []
    for one in () if found.fallback else found.listings:
        if one.stale or (one.distance_km is not None and one.distance_km > FARTHEST_KM):
            continue
        card = service.words.cards.card(one, language, now, detail=True)
        kinds = traits(one)
        # A sheet on a wall is read by people who live in different places: how far it is says nothing there.
        facts = [fact for fact in ways(one, kinds) if "sentence" not in fact and fact.get("message") not in _PLACES]
        said = words.fact({"all": facts}, language, find) if facts else ""  # type: ignore[dict-item]
        entries.append({"card": card, "ways": said})
    return entries[:MOST]


_PLACES = ("common/way_near", "common/way_town")

routes = [Route("/literacy/list", board)]
