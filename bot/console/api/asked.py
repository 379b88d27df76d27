"""A request of the desk: who asks, in which language they are answered, and how a refusal reads."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.console.api.labels import Labels
from bot.console.interface import Interface
from bot.service import Service
from bot.staff.gate import json_of, member_of
from bot.staff.sessions import Member

_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class Problem(Exception):
    """A request that cannot be served. `code` is for the page; the sentence is `api_problem_<code>` of the interface.

    facts: what the sentence needs. beside: what else the page is told.
    """

    def __init__(self, status: int, code: str, *, beside: Mapping[str, Any] | None = None, **facts: object) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.facts = facts
        self.beside = dict(beside or {})


@dataclass(frozen=True, slots=True)
class Asked:
    """The service, the member who asks, and the words of their interface."""

    service: Service
    member: Member
    interface: Interface

    @property
    def language(self) -> str:
        return self.member.interface if self.member.interface in ("en", "fr") else "en"

    @property
    def now(self) -> datetime:
        return self.service.clock()

    @property
    def labels(self) -> Labels:
        return Labels(self.interface, self.service.catalogue, self.service.doors, self.language)

    def say(self, message: str, /, **facts: object) -> str:
        """A sentence of the interface, of the area "api"."""
        return self.interface.say(f"api_{message}", self.language, **facts)


Endpoint = Callable[[Request, Asked], Awaitable[Response]]


def asked_of(request: Request) -> Asked:
    """Who asks; only behind the gate."""
    return Asked(request.app.state.service, member_of(request), request.app.state.console_pages.interface)


def answered(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint whose problems are JSON with a sentence and a code."""

    @wraps(endpoint)
    async def answer(request: Request) -> Response:
        asked = asked_of(request)
        try:
            return await endpoint(request, asked)
        except Problem as problem:
            sentence = asked.say(f"problem_{problem.code}", **problem.facts)
            return JSONResponse({"error": sentence, "code": problem.code, **problem.beside}, status_code=problem.status)
        except HTTPException as problem:
            return JSONResponse({"error": problem.detail, "code": "request"}, status_code=problem.status_code)

    return answer


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object of a request; Problem "request" when it is none."""
    try:
        return await json_of(request)
    except HTTPException:
        raise Problem(400, "request") from None


def text_in(body: Mapping[str, Any], name: str, longest: int, *, needed: bool = True) -> str:
    """A text of the request without signs that no database takes; Problem when it is missing or too long."""
    value = body.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, str):
        raise Problem(400, "request")
    clean = value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8").strip()
    if needed and not clean:
        raise Problem(400, "empty")
    if len(clean) > longest:
        raise Problem(413, "too_long", longest=longest)
    return clean


def id_in(body: Mapping[str, Any]) -> str:
    """The page's own id of what it sends."""
    value = body.get("id")
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Problem(400, "request")
    return value
