"""What the pages of staff share: the service, the client's address, cookies, ways back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from anyio import to_thread
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.service import Service
from bot.staff.gate import COOKIE
from bot.staff.permits import ROOT


def service_of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


def now_of(request: Request) -> datetime:
    return service_of(request).clock()


def client_of(request: Request) -> str:
    """The network address of the one who asks, for limits; it is stored nowhere."""
    address: str = request.app.state.limits.address(request.scope, request.headers)
    return address


def counted_as(request: Request) -> str:
    """What the address is called where sign-ins are counted, which may be another server."""
    name: str = request.app.state.limits.disguised(client_of(request))
    return name


async def reading[T](request: Request, work: Callable[[Session], T]) -> T:
    """Does some reading in a thread."""
    ledger = service_of(request).ledger

    def run() -> T:
        with Session(ledger.reader, expire_on_commit=False) as session:
            return work(session)

    return await to_thread.run_sync(run)


async def writing[T](request: Request, work: Callable[[Session], T]) -> T:
    """Does a change in a thread, in one transaction."""
    ledger = service_of(request).ledger

    def run() -> T:
        with ledger.writing() as session:
            return work(session)

    return await to_thread.run_sync(run)


def safe_next(wanted: str | None) -> str | None:
    """A way back that stays in the console; None for any other."""
    if not wanted or not wanted.isascii() or not wanted.isprintable() or "\\" in wanted or " " in wanted:
        return None
    parts = urlsplit(wanted)
    inside = parts.path == ROOT or parts.path.startswith(f"{ROOT}/")
    if parts.scheme or parts.netloc or not inside or ".." in parts.path or parts.path.startswith("/console/api"):
        return None
    return None if parts.path.startswith(("/console/sign-in", "/console/sign-out")) else wanted


def redirect(to: str) -> Response:
    """After a form: the page is asked for again, so that reloading it sends nothing twice."""
    return RedirectResponse(to, 303)


def secure(request: Request) -> bool:
    return service_of(request).settings.public_url.startswith("https:")


def keep_session(request: Request, response: Response, token: str, seconds: float) -> None:
    """Puts the session's cookie into an answer: no script reads it, no other site's link carries it."""
    response.set_cookie(
        COOKIE, token, max_age=int(seconds), path=ROOT, httponly=True, samesite="strict", secure=secure(request)
    )


def keep_note(request: Request, response: Response, name: str, note: str, path: str, seconds: int, **rest: Any) -> None:
    """Puts a short note of ours into an answer."""
    response.set_cookie(
        name, note, max_age=seconds, path=path, httponly=True, secure=secure(request), **({"samesite": "strict"} | rest)
    )
