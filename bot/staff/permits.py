"""Routes that say who may pass. The gate lets nobody through to a route that says nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from starlette._utils import get_route_path
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.staff.rights import Right

ROOT = "/console"
API = "/console/api/"
PASSED = "porchlight.console.passed"
"""Where the gate notes the route that it has let this request through to."""


class Access(StrEnum):
    """Permits that are no right of a role."""

    PUBLIC = "public"
    """Everybody: the page to sign in, and what it looks like."""
    SIGNED_IN = "signed_in"
    """All who have signed in."""


Permit = Right | Access


class ConsoleRoute(Route):
    """A route of the console with its permit. It refuses every request that has not come through the gate."""

    def __init__(self, path: str, endpoint: Callable[[Request], Any], permit: Permit, **rest: Any) -> None:
        super().__init__(path, endpoint, **rest)
        self.permit = permit

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get(PASSED) is not self:
            await PlainTextResponse("Nothing permits this.", 403)(scope, receive, send)
            return
        await super().handle(scope, receive, send)


class ConsoleMount(Mount):
    """The same for a folder of files."""

    def __init__(self, path: str, app: ASGIApp, permit: Permit, **rest: Any) -> None:
        super().__init__(path, app, **rest)
        self.permit = permit

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get(PASSED) is not self:
            await PlainTextResponse("Nothing permits this.", 403)(scope, receive, send)
            return
        await super().handle(scope, receive, send)


def console_route(
    path: str,
    endpoint: Callable[[Request], Any],
    *,
    right: Permit,
    methods: Sequence[str] = ("GET",),
    name: str | None = None,
) -> ConsoleRoute:
    """A route below /console and who may use it.

    Args:
        right: a named right, or Access.SIGNED_IN, or Access.PUBLIC.
    """
    if path != ROOT and not path.startswith(f"{ROOT}/"):
        raise ValueError(f"{path} is not below {ROOT}: the gate would not stand before it")
    return ConsoleRoute(path, endpoint, right, methods=list(methods), name=name)


def console_mount(path: str, app: ASGIApp, *, right: Permit, name: str | None = None) -> ConsoleMount:
    """A folder of files below /console and who may read it."""
    if not path.startswith(f"{ROOT}/"):
        raise ValueError(f"{path} is not below {ROOT}: the gate would not stand before it")
    return ConsoleMount(path, app, right, name=name)


def guarded(scope: Scope) -> bool:
    """Whether a request is for the console."""
    path = get_route_path(scope)
    return path == ROOT or path.startswith(f"{ROOT}/")


def route_for(routes: Sequence[BaseRoute], scope: Scope) -> BaseRoute | None:
    """The route that the router will take for this request: the same choice, made before it."""
    partial = None
    for route in routes:
        match, _ = route.matches(scope)
        if match is Match.FULL:
            return route
        if match is Match.PARTIAL and partial is None:
            partial = route
    return partial
