"""The page with a map and a list of services, by plain forms and for its script.

Places and positions come in the body of a request, never in its address: addresses end up in logs and histories.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from anyio import to_thread
from starlette.datastructures import FormData
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from bot.answers import areas_of
from bot.cards import Cards, locale_for
from bot.channels.web import Refused, body_of, preferred, service_of
from bot.channels.web_pages import pages_of
from bot.language.names import CORE, GREETING, english_name
from bot.map_search import OFFICER, Asked, Found, NotAsked, asked_from, for_officers, found
from directory_client.needs import NEEDS
from directory_client.places.towns import SOURCE, towns


async def page(request: Request) -> Response:
    """The form; a link from elsewhere may have chosen the need and the language."""
    language = _language(request, request.query_params.get("lang"))
    need, officer = request.query_params.get("need"), request.query_params.get("for") == OFFICER
    return await _page(request, language, Asked(need=need if need in NEEDS else None, officer=officer))


async def form(request: Request) -> Response:
    """The form and the list under it, for browsers without JavaScript. `speak` only changes the language."""
    fields = await request.form()
    speak = _field(fields, "speak")
    language = _language(request, speak or _field(fields, "lang"))
    asked = asked_from(fields)
    if speak and asked.need is None:
        return await _page(request, language, asked)
    try:
        results = await _found(request, asked, language)
    except NotAsked as problem:
        return await _page(request, language, asked, problem=problem, status=422)
    return await _page(request, language, asked, results)


async def search(request: Request) -> Response:
    """The same for the script of the page: the list as markup, and what the map draws."""
    body = await body_of(request)
    language = _language(request, body.get("lang"))
    try:
        results = await _found(request, asked_from(body), language)
    except NotAsked as problem:
        said = service_of(request).catalogue.say(problem.message, language, **problem.facts)
        raise Refused(422, said) from None
    asked = asked_from(body)
    markup = pages_of(request).render("map_list.html", language, found=results, asked=asked)
    return JSONResponse(
        {"heading": results.heading, "count": results.count, "list": markup, "drawing": results.drawing()}
    )


async def places(request: Request) -> Response:
    """Names of towns and neighbourhoods, by which a map without pictures can be read. The largest come first."""
    return Response(_places(), media_type="application/json", headers={"cache-control": "public, max-age=604800"})


@cache
def _places() -> bytes:
    rows = [[town.name, town.lat, town.lon, int(town.part)] for town in towns()]
    return json.dumps({"source": SOURCE, "places": rows}, ensure_ascii=False, separators=(",", ":")).encode()


async def _found(request: Request, asked: Asked, language: str) -> Found:
    service = service_of(request)
    now = service.clock()
    cards = Cards(service.catalogue)  # without a translator: a list of ten must not wait for a machine

    def worked_out() -> Found:
        directory = service.directory
        return found(asked, language, now, look=directory.look(now), cards=cards, where=directory.where)

    return await to_thread.run_sync(worked_out)


async def _page(
    request: Request,
    language: str,
    asked: Asked,
    results: Found | None = None,
    problem: NotAsked | None = None,
    status: int = 200,
) -> Response:
    service = service_of(request)
    settings = service.settings
    html = pages_of(request).render(
        "map.html",
        language,
        asked=replace(asked, page=1),
        found=results,
        problem=service.catalogue.say(problem.message, language, **problem.facts) if problem else None,
        drawing=results.drawing() if results else None,
        areas=areas_of(for_officers(NEEDS) if asked.officer else NEEDS),
        spoken=_spoken(language),
        tiles=settings.map_tiles,
        attribution=settings.map_attribution,
        source=SOURCE,
    )
    return HTMLResponse(html, status_code=status)


@cache
def _spoken(language: str) -> list[tuple[str, str]]:
    """Codes and names of the languages that a person may speak, named in the language of the page."""
    names = locale_for(language).languages
    found = [(names.get(code) or english_name(code), code) for code in (*CORE, *GREETING)]
    return [(code, name) for name, code in sorted(found, key=lambda pair: (pair[0].casefold(), pair[1]))]


def _language(request: Request, wanted: object) -> str:
    service = service_of(request)
    offered = service.languages()
    if isinstance(wanted, str) and wanted in offered:
        return wanted
    return preferred(request.headers.get("accept-language", ""), offered, service.settings.default_language)


def _field(fields: FormData | Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


_SMALL = [Middleware(GZipMiddleware, minimum_size=1_000)]

routes = [
    Route("/map", page, middleware=_SMALL),
    Route("/map", form, methods=["POST"], middleware=_SMALL),
    Route("/map/places.json", places, middleware=_SMALL),
    Route("/api/map", search, methods=["POST"], middleware=_SMALL),
]
