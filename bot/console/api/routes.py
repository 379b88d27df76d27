"""The desk's interface, route by route, each with the right that it needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from anyio import to_thread
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.console.api import canned, closing, colleagues, inserting, moves, notes, partners, places, speaking
from bot.console.api import desk as desks
from bot.console.api import events as live
from bot.console.api import search as searching
from bot.console.api.access import readable
from bot.console.api.asked import Asked, Endpoint, Problem, answered
from bot.console.api.conversation import opened, reader_of
from bot.console.api.reading import Readings
from bot.console.api.speaking import Speaking
from bot.service import Service
from bot.staff.gate import console_route
from bot.staff.permits import ConsoleRoute
from bot.staff.record import record_view
from bot.staff.rights import Right

ROOT = "/console/api"
ONE = f"{ROOT}/conversations/{{id}}"
MOST = 200


@dataclass(frozen=True, slots=True)
class Parts:
    """What all requests of a process share; `app.state.desk`."""

    desk: desks.Desk
    speaking: Speaking
    readings: Readings

    @classmethod
    def of(cls, service: Service) -> Parts:
        return cls(desks.Desk(service), Speaking(), Readings(service))


async def conversation(request: Request, asked: Asked) -> Response:
    """A conversation with its last messages; with `before` those before a number. Looking at it is on record."""
    before, limit = _number(request, "before"), _number(request, "limit") or 100
    conversation_id = request.path_params["id"]

    def read() -> tuple[dict[str, Any], tuple[str, ...]]:
        with Session(asked.service.ledger.reader) as session:
            found = readable(session, asked.member, conversation_id)
            door = found.door
            answer, page = opened(session, asked, found, before, limit)
        with asked.service.ledger.writing() as session:
            record_view(session, asked.member.id, conversation_id, door, asked.now)
        return answer, page.pending

    answer, pending = await to_thread.run_sync(read)
    parts: Parts = request.app.state.desk
    if before is None:
        parts.readings.warm(answer["conversation"], reader_of(asked))
    if pending:
        parts.readings.want(conversation_id, pending, reader_of(asked))
    return JSONResponse(answer)


def _number(request: Request, name: str) -> int | None:
    value = request.query_params.get(name)
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise Problem(400, "request")
    return int(value)


def _get(path: str, endpoint: Endpoint, right: Right = Right.DESK) -> ConsoleRoute:
    return console_route(path, answered(endpoint), right=right)


def _post(
    path: str, endpoint: Callable[[Request, Asked], Awaitable[Response]], right: Right = Right.DESK
) -> ConsoleRoute:
    return console_route(path, answered(endpoint), right=right, methods=("POST",))


def routes() -> list[ConsoleRoute]:
    """All of them."""
    return [
        _get(f"{ROOT}/desk", desks.desk),
        _get(f"{ROOT}/events", live.events),
        _post(f"{ROOT}/me/status", moves.status),
        _get(f"{ROOT}/search", searching.search),
        _get(f"{ROOT}/canned", canned.canned),
        _get(ONE, conversation),
        _post(f"{ONE}/claim", moves.claim),
        _post(f"{ONE}/release", moves.release),
        _post(f"{ONE}/return", moves.give_back),
        _post(f"{ONE}/takeover", moves.take_over, Right.TAKE_OVER),
        _post(f"{ONE}/join", moves.join, Right.TAKE_OVER),
        _get(f"{ONE}/transfer", colleagues.offered),
        _post(f"{ONE}/transfer", moves.transfer),
        _post(f"{ONE}/danger", moves.danger_seen),
        _get(f"{ONE}/partners", partners.offered),
        _post(f"{ONE}/partner", partners.hand_on),
        _post(f"{ONE}/partner/ring", partners.ring),
        _get(f"{ONE}/partner/{{transfer}}", partners.went),
        _post(f"{ONE}/partner/ended", partners.ended),
        _post(f"{ONE}/preview", speaking.preview),
        _post(f"{ONE}/messages", speaking.send),
        _post(f"{ONE}/back", speaking.back),
        _post(f"{ONE}/typing", speaking.typing),
        _post(f"{ONE}/place", places.reveal),
        _post(f"{ONE}/notes", notes.add),
        _post(f"{ONE}/listings", inserting.insert),
        _post(f"{ONE}/referrals", inserting.refer),
        _get(f"{ONE}/closing", closing.form),
        _post(f"{ONE}/close", closing.close),
    ]
