"""A copy of one's own data: a page to read, and the same as a file, for whoever has the conversation's token."""

from __future__ import annotations

import json
from typing import Any

from anyio import to_thread
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from bot.channels.web import as_json, seen_by, service_of
from bot.channels.web_pages import COOKIE, missing, pages_of
from bot.conversations.views import Seen
from bot.privacy.copy import copy_of
from bot.web.pages import Door as PageDoor

FILE = {"content-disposition": 'attachment; filename="my-data.json"', "cache-control": "no-store"}


async def as_file(request: Request) -> Response:
    """The copy as JSON, by the token in the header."""
    return JSONResponse(await _copy(request, await seen_by(request, 0)), headers=FILE)


async def form(request: Request) -> Response:
    """The readable page, or the file with `format=json`. The token comes in the form, or in the chat's own cookie."""
    service = service_of(request)
    fields = await request.form()
    token = str(fields.get("token") or request.cookies.get(COOKIE) or "")
    seen = await to_thread.run_sync(service.ledger.seen, token, 0) if token else None
    if seen is None:
        return await missing(request)
    copy = await _copy(request, seen)
    if fields.get("format") == "json":
        return JSONResponse(copy, headers=FILE)
    door = service.doors[seen.door]
    rest = {name: value for name, value in copy.items() if name != "messages"}
    html = pages_of(request).my_data(
        PageDoor(door.id, door.name(seen.language)),
        seen.language,
        messages=[as_json(message) for message in seen.messages],
        rest=json.dumps(rest, ensure_ascii=False, indent=2),
        token=str(fields.get("token") or ""),
    )
    return HTMLResponse(html, headers={"cache-control": "no-store"})


async def _copy(request: Request, seen: Seen) -> dict[str, Any]:
    service = service_of(request)

    def read() -> dict[str, Any]:
        with Session(service.ledger.reader) as session:
            return copy_of(session, service.keys, seen.id, service.clock())

    return await to_thread.run_sync(read)


routes = [Route("/api/my-data", as_file), Route("/my-data", form, methods=["POST"])]
