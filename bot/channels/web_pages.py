"""The pages of the web chat, and the chat by plain forms for browsers without JavaScript."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Mapping
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.channels import web, web_waiting
from bot.channels.web import as_json, service_of
from bot.conversations.views import Seen
from bot.doors.door import Door
from bot.doors.routes import greeting
from bot.language.catalogue import RTL
from bot.waiting.panel import panel
from bot.web.pages import Door as PageDoor
from bot.web.pages import Pages

COOKIE = "porchlight_chat"
WAIT = 6.0
"""Seconds that a form waits for the answer before the page is shown without it."""


def pages_of(request: Request) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


async def page(request: Request) -> Response:
    service = service_of(request)
    path = request.url.path.rstrip("/") or "/"
    door = next((d for d in service.doors.values() if path in (d.entry.web, f"/{d.id}")), None)
    if door is None:
        return await missing(request)
    seen = await _seen(request, door.id)
    wanted = request.query_params.get("lang")
    offered = service.languages()
    if seen is not None:
        language = seen.language
    elif wanted in offered:
        language = str(wanted)
    else:
        language = web.preferred(request.headers.get("accept-language", ""), offered, service.settings.default_language)
    embed = request.query_params.get("embed") == "1"
    problem = request.query_params.get("callback")
    html = pages_of(request).chat(
        PageDoor(door.id, door.name(language), door.aloud),
        language,
        messages=[as_json(message) for message in seen.messages] if seen else await _welcome(request, door, language),
        token=request.cookies.get(COOKIE) if seen else None,
        embed=embed,
        owner=seen.owner if seen else "bot",
        panel=await to_thread.run_sync(panel, service, seen, service.clock()) if seen else None,
        problem="handoff_callback_wrong" if problem == "number" else None,
        came=_came(request.query_params),
    )
    return HTMLResponse(html)


async def _welcome(request: Request, door: Door, language: str) -> list[dict[str, Any]]:
    """The greeting for a browser without JavaScript that has no conversation yet. Nothing is stored."""
    service = service_of(request)
    now = service.clock()

    def worded() -> list[dict[str, Any]]:
        replies = service.words.replies(greeting(door, now, language), language, service.directory.find(now), now)
        return [
            {"seq": number, "author": "bot", "language": reply.language, "kind": reply.kind, "text": reply.text,
             "machine_translated": False, "original": None, **reply.payload()}
            for number, reply in enumerate(replies)
        ]  # fmt: skip

    return await to_thread.run_sync(worded)


async def form(request: Request) -> Response:
    """One post of the form: a message, a language, or the wish to erase. Always leads back to the page."""
    service = service_of(request)
    door = service.doors.get(request.path_params["door"])
    if door is None:
        return await missing(request)
    fields = await request.form()
    text, language, action = (str(fields.get(name) or "") for name in ("text", "language", "action"))
    back = RedirectResponse(door.entry.web, status_code=303)
    seen = await _seen(request, door.id)
    if action == "forget":  # the script has taken the conversation over
        left = Response(status_code=204)
        left.delete_cookie(COOKIE, path="/")
        return left
    if action == "delete":
        if seen:
            await web.erased(service, seen.id)
        gone = HTMLResponse(
            pages_of(request).deleted(PageDoor(door.id, door.name("en")), seen.language if seen else "en")
        )
        gone.delete_cookie(COOKIE, path="/")
        return gone
    if action in ("leave", "callback") and seen is not None:
        return await _waited(request, seen, door, action)
    if seen is None or (_came(fields) and not text.strip()):  # a button on another page: how they come is new
        known_language, known_from = web.first_language(request, language)
        token = await web.begin(service, door.id, known_language, known_from, _came(fields))
        back.set_cookie(COOKIE, token, path="/", httponly=True, samesite="strict", secure=request.url.scheme == "https")
        seen = await to_thread.run_sync(service.ledger.seen, token, 0)
    elif language in service.languages():
        await web.switch(service, seen, language)
    if seen and text.strip():
        if len(text) > web.LONGEST:
            raise web.Refused(413, "too long")
        await web.unless_too_fast(request, seen.id, text)
        await web.accept(service, seen.id, uuid.uuid4().hex, text)
        await _answered(service, seen.id)
    return back


def _came(fields: Mapping[str, Any]) -> dict[str, str]:
    """How somebody has come, as the address of the page or its form says it."""
    return {name: str(fields[name])[:12] for name in web.CAME if fields.get(name)}


async def _waited(request: Request, seen: Seen, door: Door, action: str) -> Response:
    """Somebody who waits leaves, or asks to be called back, without a script."""
    service, where = service_of(request), door.entry.web
    if action == "leave":
        await web_waiting.left(service, seen)
    else:
        form = await request.form()
        may = {"yes": True, "no": False}.get(str(form.get("message")))
        told = {name: str(form.get(name) or "") or None for name in ("number", "hours", "language")}
        try:
            await web_waiting.called_back(service, seen, {**told, "message": may})
        except web.Refused as problem:
            if problem.status == 422:
                where = f"{where}?callback=number#callback"
    return RedirectResponse(where, status_code=303)


async def _answered(service: Any, conversation: str) -> None:
    """Waits a little for the turn, so that the page that follows shows the answer."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        if not await to_thread.run_sync(service.ledger.busy, conversation):
            return
        await asyncio.sleep(0.05)


async def _seen(request: Request, door: str) -> Seen | None:
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    seen = await to_thread.run_sync(service_of(request).ledger.seen, token, 0)
    return seen if seen and seen.door == door else None


async def missing(request: Request) -> Response:
    return error_page(request, 404)


def error_page(request: Request, status: int) -> Response:
    """A page that says what happened and what to do next, with the crisis numbers."""
    service = service_of(request)
    language = web.preferred(
        request.headers.get("accept-language", ""), service.languages(), service.settings.default_language
    )
    return HTMLResponse(pages_of(request).error(status, language), status_code=status)


async def widget(request: Request) -> Response:
    return Response(pages_of(request).widget(), media_type="text/javascript")


routes = [
    Route("/widget.js", widget),
    Route("/chat/{door}", form, methods=["POST"]),
    Route("/", page),
    Route("/{door}", page),
]

__all__ = ["RTL", "error_page", "routes"]
