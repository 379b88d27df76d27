"""What somebody in the web chat does about waiting: stop it, ask to be called back, show that they are writing."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.web import Refused, body_of, seen_by, service_of
from bot.conversations.views import Seen
from bot.handoff import claims
from bot.handoff.saying import tell
from bot.service import Service
from bot.waiting.callback import Told, keep
from bot.waiting.numbers import number_in
from bot.waiting.wording import HOURS, callback_pieces

NOW = 1 << 30
"""After all messages: the conversation is wanted, not what was said."""
TYPING_EVERY = 1.0
"""Seconds between two signs of writing that are passed on."""
_MOST = 2_000


async def leave(request: Request) -> Response:
    """The person does not want to wait any longer; the assistant goes on."""
    seen = await seen_by(request, NOW)
    await left(service_of(request), seen)
    return Response(status_code=204)


async def left(service: Service, seen: Seen) -> bool:
    """Ends the waiting; false when somebody had taken the conversation already."""
    return await to_thread.run_sync(claims.leave, service, seen.id)


async def call_back(request: Request) -> Response:
    """{"number", "hours", "message": true|false|null, "language"?} → 202; 422 when the number cannot be called."""
    seen = await seen_by(request, NOW)
    body = await body_of(request)
    await called_back(service_of(request), seen, body)
    return JSONResponse({"callback": "asked"}, status_code=202)


async def called_back(service: Service, seen: Seen, form: dict[str, Any]) -> None:
    """Keeps a request to be called back and says so in the conversation.

    Raises:
        Refused: 422 "number" or "hours" when these cannot be used, 409 when a person is there already.
    """
    number = number_in(str(form.get("number") or "")[:60])
    hours, may, language = form.get("hours"), form.get("message"), form.get("language")
    if number is None:
        raise Refused(422, "number")
    if hours is not None and hours not in HOURS:
        raise Refused(422, "hours")
    told = Told(
        number=service.keys.sealed(number),
        hours=hours,
        may=may if isinstance(may, bool) else None,
        language=language if language in service.languages() else None,
    )
    if not await to_thread.run_sync(_kept, service, seen, told):
        raise Refused(409, "A person has joined the chat.")
    service.heard_of(seen.id)


def _kept(service: Service, seen: Seen, told: Told) -> bool:
    now = service.clock()
    with service.ledger.writing() as session:
        if not keep(session, seen.id, told, now):
            return False
        tell(service, session, seen.id, callback_pieces(), now)
    return True


class Signs:
    """When each conversation last showed that somebody writes, so that a key held down is one sign a second."""

    def __init__(self) -> None:
        self._last: OrderedDict[str, tuple[float, bool]] = OrderedDict()

    def passes(self, conversation: str, on: bool, at: float) -> bool:
        """Whether a sign is passed on: a change always, a repeat once a second."""
        before, was = self._last.get(conversation, (float("-inf"), not on))
        if was == on and at - before < TYPING_EVERY:
            return False
        self._last[conversation] = (at, on)
        self._last.move_to_end(conversation)
        while len(self._last) > _MOST:
            self._last.popitem(last=False)
        return True


async def typing(request: Request) -> Response:
    """{"on": bool}: the person writes, or has stopped. Told to the specialist who holds it, never what is written."""
    on = (await body_of(request)).get("on") is True
    seen = await seen_by(request, NOW)
    signs: Signs = request.app.state.typing
    if seen.owner == "held" and signs.passes(seen.id, on, time.monotonic()):
        service_of(request).bus.ring(seen.id, "typing", by="person", on=on)
    return Response(status_code=204)


routes = [
    Route("/api/waiting/leave", leave, methods=["POST"]),
    Route("/api/callback", call_back, methods=["POST"]),
    Route("/api/typing", typing, methods=["POST"]),
]
