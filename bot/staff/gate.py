"""The gate before /console: every route is denied until it permits itself, and then only to those with its right."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from anyio import to_thread
from sqlalchemy.orm import Session
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.service import Service
from bot.staff import sessions
from bot.staff.loopback import demonstration_allowed
from bot.staff.permits import (
    API,
    PASSED,
    ROOT,
    Access,
    ConsoleMount,
    ConsoleRoute,
    console_mount,
    console_route,
    guarded,
    route_for,
)
from bot.staff.record import record
from bot.staff.rights import Right
from bot.staff.sessions import Length, Member, SignedIn

COOKIE = "porchlight_console"
HEADER = "x-csrf-token"
FIELD = "csrf"
SIGN_IN = "/console/sign-in"
_SAFE = frozenset({"GET", "HEAD"})
_FORM = "application/x-www-form-urlencoded"
_STATE = "porchlight_staff"
ACCOUNT = "/console/account"
_BEFORE_READY = (ACCOUNT, "/console/sign-out", "/console/language")
"""What can be reached while the account still lacks a password or a second factor of its own."""


class SignedOut(HTTPException, LookupError):
    """Nobody has signed in where somebody must have."""


def member_of(request: Request) -> Member:
    """Who asks. Only for routes that are not public."""
    return _signed_in(request).member


def member_if_any(request: Request) -> Member | None:
    """Who asks, or None on a public page before signing in."""
    found: SignedIn | None = request.scope.get(_STATE)
    return found.member if found else None


def csrf_of(request: Request) -> str:
    """The token that forms carry in the field "csrf" and scripts in the header x-csrf-token."""
    return _signed_in(request).csrf


def _signed_in(request: Request) -> SignedIn:
    found: SignedIn | None = request.scope.get(_STATE)
    if found is None:
        raise SignedOut(401, "Sign in first.")
    return found


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form, without its token. Of a field that comes several times, the last."""
    return dict(await pairs_of(request))


async def pairs_of(request: Request) -> list[tuple[str, str]]:
    """The same with every value of a field that comes several times."""
    return [(name, value) for name, value in _pairs(await request.body()) if name != FIELD]


async def json_of(request: Request) -> dict[str, Any]:
    """The JSON object of a request.

    Raises:
        HTTPException: 400, when it is none.
    """
    try:
        content = json.loads(await request.body() or b"{}")
    except (ValueError, RecursionError):
        raise HTTPException(400, "The request is not JSON.") from None
    if not isinstance(content, dict):
        raise HTTPException(400, "The request is not a JSON object.")
    return content


def length_of(service: Service) -> Length:
    """How long sessions last, by the settings."""
    return Length.from_settings(service.settings)


async def still_in(request: Request) -> bool:
    """Whether the session of a long request still holds; counts as a sign of life.

    A stream asks this at each of its own signs of life: a session that was ended ends its streams too.
    """
    service: Service = request.app.state.service
    token = request.cookies.get(COOKIE, "")
    return await to_thread.run_sync(_look_up, service, token) is not None


def _look_up(service: Service, token: str) -> SignedIn | None:
    """The session of a cookie; notes that it was used, at most once a minute."""
    if not token:
        return None
    now = service.clock()
    with Session(service.ledger.reader) as session:
        found = sessions.look_up(session, token, now, length_of(service))
        stale = found is not None and sessions.needs_note(session, found.member.session_id, now)
    if found is not None and stale:
        with service.ledger.writing() as session:
            sessions.note_seen(session, found.member.session_id, now)
    return found


class Gate:
    """ASGI middleware before everything under /console."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or not guarded(scope):
            await self.app(scope, receive, send)
            return
        if scope["type"] == "websocket":  # nothing here speaks it
            await send({"type": "websocket.close", "code": 1008})
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                _headers(MutableHeaders(scope=message), files=isinstance(scope.get(PASSED), ConsoleMount))
            await send(message)

        refusal, receive = await self._decide(scope, receive)
        await (refusal or self.app)(scope, receive, sending)

    async def _decide(self, scope: Scope, receive: Receive) -> tuple[Response | None, Receive]:
        """A refusal, or None with what is to be read instead of the request's own body."""
        route = route_for(scope["app"].router.routes, scope)
        if route is None:
            return None, receive  # the router has nothing there: 404, or another spelling of a path that comes here
        if not isinstance(route, ConsoleRoute | ConsoleMount):
            return _refused(scope, "closed"), receive
        service: Service = scope["app"].state.service
        request = Request(scope)
        found = None
        if not isinstance(route, ConsoleMount):
            found = await to_thread.run_sync(_look_up, service, request.cookies.get(COOKIE, ""))
        if found is not None and found.member.demo and not demonstration_allowed(scope, service.settings):
            found = None
        scope[_STATE] = found
        if route.permit is not Access.PUBLIC:
            if found is None:
                return _sign_in_first(scope), receive
            if isinstance(route.permit, Right) and not found.member.may(route.permit):
                if scope["path"] == ROOT and scope["method"] in _SAFE:
                    return RedirectResponse(home_of(found.member), 303), receive  # theirs is another page
                await to_thread.run_sync(_note_refusal, service, found.member, route)
                return _refused(scope, "right"), receive
            unready = unready_for(found.member, service.settings.staff_second_factor)
            if unready and not scope["path"].startswith(_BEFORE_READY):
                return _ready_first(scope, unready), receive
        if scope["method"] not in _SAFE:
            if not same_origin(request.headers, service.settings.public_url):
                return _refused(scope, "origin"), receive
            if found is not None and route.permit is not Access.PUBLIC:
                given, receive = await _token_given(request, receive)
                if not hmac.compare_digest(given.encode(), found.csrf.encode()):
                    return _refused(scope, "csrf"), receive
        scope[PASSED] = route
        return None, receive


def same_origin(headers: Headers, public_url: str) -> bool:
    """Whether a request that changes something comes from our own pages.

    Browsers say so in Sec-Fetch-Site, which no page can set; older ones name the origin. What says neither is no
    browser, and has no cookie of one.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None:
        return True
    asked = urlsplit(origin)
    ours = urlsplit(public_url)
    if not asked.netloc:
        return False  # "null"
    return asked.netloc == headers.get("host") or (asked.scheme, asked.netloc) == (ours.scheme, ours.netloc)


async def _token_given(request: Request, receive: Receive) -> tuple[str, Receive]:
    """The token of a request that changes something, from its header or its form; the body can be read again."""
    header = request.headers.get(HEADER)
    if header is not None:
        return header, receive
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return "", receive
    body = b""
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return "", receive
        body += message.get("body", b"")
        more = message.get("more_body", False)
    given = next((value for name, value in _pairs(body) if name == FIELD), "")
    return given, _again(body, receive)


def _again(body: bytes, receive: Receive) -> Receive:
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=500)
    except ValueError:
        return []


def _note_refusal(service: Service, member: Member, route: ConsoleRoute | ConsoleMount) -> None:
    with service.ledger.writing() as session:
        record(session, member.id, "refused", at=service.clock(), right=str(route.permit), route=route.path)


def _sign_in_first(scope: Scope) -> Response:
    if scope["path"].startswith(API):
        return JSONResponse({"error": _said(scope, "refused_signed_out"), "code": "signed_out"}, 401)
    if scope["method"] not in _SAFE:
        return RedirectResponse(SIGN_IN, 303)
    path = scope["path"] + (f"?{scope['query_string'].decode('ascii', 'ignore')}" if scope["query_string"] else "")
    return RedirectResponse(f"{SIGN_IN}?next={quote(path)}", 303)


def unready_for(member: Member, policy: str) -> str | None:
    """What an account still needs before it may work: "password", "authenticator", or None."""
    if member.must_change_password:
        return "password"
    everyone = policy == "everyone"
    needed = everyone or (policy == "administrators" and "administrator" in member.roles)
    if needed and not (member.second_factor or member.has_authenticator or member.demo):
        return "authenticator"
    return None


def home_of(member: Member) -> str:
    """The first page that somebody may see."""
    from bot.console.navigation import places_for

    return next((place.href for place in places_for(member.rights)), ACCOUNT)


def _ready_first(scope: Scope, lacking: str) -> Response:
    if scope["path"].startswith(API):
        return JSONResponse({"error": _said(scope, "refused_setup"), "code": lacking}, 403)
    return RedirectResponse(ACCOUNT, 303)


def _refused(scope: Scope, code: str) -> Response:
    """403, as a page or for scripts, in the language of the one who asks."""
    if scope["path"].startswith(API):
        return JSONResponse({"error": _said(scope, f"refused_{code}"), "code": code}, 403)
    page: Callable[[Scope, str], Response] | None = getattr(scope["app"].state, "console_refusal", None)
    return page(scope, code) if page else PlainTextResponse(_said(scope, f"refused_{code}"), 403)


def _said(scope: Scope, message: str) -> str:
    """A sentence of the interface; its id where there is none, as in tests of the gate alone."""
    from bot.console.pages import language_of

    pages = getattr(scope["app"].state, "console_pages", None)
    if pages is None:
        return message
    request = Request(scope)
    accepted = request.headers.get("accept-language", "")
    language = language_of({}, request.cookies, accepted, member_if_any(request))
    return str(pages.interface.say(message, language))


def _headers(headers: MutableHeaders, *, files: bool) -> None:
    headers["content-security-policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "media-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    headers["x-frame-options"] = "DENY"
    # With "no-referrer" browsers send `Origin: null` with forms, and the gate could not tell our own from others.
    headers["referrer-policy"] = "same-origin"
    headers["permissions-policy"] = "geolocation=(), camera=(), microphone=(), interest-cohort=()"
    if files:
        headers.setdefault("cache-control", "no-cache")
    else:
        headers["cache-control"] = "no-store"


__all__ = [
    "COOKIE",
    "Access",
    "Gate",
    "Member",
    "console_mount",
    "console_route",
    "csrf_of",
    "form_of",
    "json_of",
    "member_if_any",
    "member_of",
    "pairs_of",
    "still_in",
]
