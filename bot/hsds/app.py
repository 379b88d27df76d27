"""The open interface as an application of its own: read-only, the same for everybody, under `/hsds/`."""

from __future__ import annotations

from functools import partial
from typing import Any

import structlog
from anyio import to_thread
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.hsds import parameters
from bot.hsds.answers import answer, lines, page, refusal, with_sample
from bot.hsds.openapi import PROFILE, VERSION, description
from bot.hsds.parameters import LISTS, SINGLE, Unfit
from directory_client.hsds.near import UnknownPostcode, point_of
from directory_client.hsds.queries import Wish
from directory_client.hsds.resources import RESOURCES, Form, Place, Resource, Shop, is_sample

log = structlog.get_logger(__name__)
PER_PAGE = 50
_WISH = ("search", "taxonomy_term_id", "taxonomy_id", "organization_id", "modified_after", "parent_id", "top_only")
_FORM = ("full", "minimal", "full_service")
_SAID = {
    404: "There is nothing under this address; openapi.json lists what there is.",
    405: "This can only be read: ask with GET.",
}


def hsds_app(engine: Engine, base: str) -> Starlette:
    """The interface to the directory of `engine`; `base` is its public address, without a slash at the end."""
    shop = Shop(engine)
    routes = [Route("/", partial(_about, base)), Route("/openapi.json", partial(_openapi, base))]
    for name, resource in RESOURCES.items():
        # The specification describes the lists for POST too, with the same parameters in the address.
        routes.append(Route(f"/{name}", partial(_list, shop, name, resource), methods=["GET", "POST"]))
        routes.append(Route(f"/{name}/{{id:path}}", partial(_one, shop, name, resource)))
    cors = Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "HEAD", "POST"], allow_headers=["*"])
    return Starlette(
        routes=routes,
        middleware=[cors],
        exception_handlers={HTTPException: _http_problem, Unfit: _unfit, Exception: _unexpected},
    )


async def _about(base: str, request: Request) -> Response:
    about = {
        "name": "Porchlight services directory",
        "version": VERSION,
        "profile": PROFILE,
        "openapi_url": f"{base}/openapi.json",
    }
    return answer(request, about)


async def _openapi(base: str, request: Request) -> Response:
    return answer(request, description(base))


async def _list(shop: Shop, name: str, resource: Resource, request: Request) -> Response:
    values = parameters.read(request.query_params, LISTS[name])
    wish = Wish(**{one: values[one] for one in _WISH if one in values})
    form = Form(**{one: values[one] for one in _FORM if one in values})
    place = await to_thread.run_sync(_place, values)
    if values.get("format") == "ndjson":
        sample, records = await to_thread.run_sync(shop.stream, resource, wish, form, place)
        return lines(records, sample=sample)
    number = values.get("page", 1)
    per_page = values.get("per_page", None if form.minimal else PER_PAGE)
    return await to_thread.run_sync(_page, shop, resource, wish, form, place, number, per_page, request)


def _page(
    shop: Shop,
    resource: Resource,
    wish: Wish,
    form: Form,
    place: Place | None,
    number: int,
    per_page: int | None,
    request: Request,
) -> Response:
    offset = (number - 1) * per_page if per_page else 0
    found, total = shop.page(resource, wish, form, offset, per_page, place)
    if per_page is None and number > 1:
        found = []
    return answer(request, page(found, total, number, per_page or max(total, 1)), sample=with_sample(found))


async def _one(shop: Shop, name: str, resource: Resource, request: Request) -> Response:
    values = parameters.read(request.query_params, SINGLE.get(name, ()))
    form = Form(full=True, whole=True, full_service=values.get("full_service", False))
    id_ = request.path_params["id"]
    found = await to_thread.run_sync(shop.one, resource, id_, form) if _can_be(id_) else None
    if found is None:
        return refusal(404, f"There is none of the {name.replace('_', ' ')} with this id.")
    modified = found.get("last_modified") if name == "services" else None
    return answer(request, found, sample=is_sample(found), modified=modified)


def _can_be(id_: str) -> bool:
    """Databases refuse some characters and very long texts in their own words."""
    return len(id_) <= 200 and "\0" not in id_


def _place(values: dict[str, Any]) -> Place | None:
    if "postcode" not in values:
        return None
    metres = values.get("proximity")
    try:
        return Place(point_of(values["postcode"]), None if metres is None else metres / 1000)
    except UnknownPostcode:
        raise Unfit("postcode is not a postal code of Ontario; write it like M5V 3L9, or its first half M5V.") from None


async def _unfit(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Unfit)
    return refusal(problem.status, str(problem))


async def _http_problem(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    return refusal(problem.status_code, _SAID.get(problem.status_code, problem.detail), problem.headers)


async def _unexpected(request: Request, problem: Exception) -> Response:
    log.error("open interface failed", problem=type(problem).__name__)
    return refusal(500, "Something went wrong here; try again later.")
