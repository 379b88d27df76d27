"""The desk's page at /console, and the console's scripts and styles."""

from __future__ import annotations

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from bot.console.pages import STATIC, Pages, page
from bot.staff.gate import console_route
from bot.staff.rights import Right
from bot.web.pages import STATIC as RESIDENTS

MODULES = sorted(path.name for path in (STATIC / "desk").glob("*.js"))
"""The desk's scripts; the page asks for all at once instead of one after the other."""


async def desk(request: Request) -> Response:
    return page(request, "desk.html", modules=MODULES)


def static(pages: Pages) -> list[BaseRoute]:
    """Where the files of the console are served. `shared` are those of the residents' pages that the desk uses too."""
    zipped = [Middleware(GZipMiddleware, minimum_size=1_000)]
    return [
        Mount(f"{pages.static}/shared", StaticFiles(directory=RESIDENTS), middleware=zipped),
        Mount(pages.static, StaticFiles(directory=STATIC), name="console-static", middleware=zipped),
    ]


routes = [console_route("/console", desk, right=Right.DESK)]
