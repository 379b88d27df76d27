"""The services directory for everybody, in the open standard of its field (HSDS 3.1)."""

from __future__ import annotations

from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from bot.hsds.app import hsds_app


def routes(engine: Engine, public_url: str) -> list[BaseRoute]:
    """Where the gateway has the interface; `public_url` is the gateway's own address."""
    return [
        Route("/hsds", _with_slash),
        Mount("/hsds", hsds_app(engine, f"{public_url.rstrip('/')}/hsds")),
    ]


async def _with_slash(request: Request) -> Response:
    return RedirectResponse(request.url.replace(path=f"{request.url.path}/"), 308)
