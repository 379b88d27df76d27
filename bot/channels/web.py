"""The web chat's interface: conversations by opaque token, messages once, news as server-sent events."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from anyio import to_thread
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.bus.online import open_page
from bot.channels.inbound import Inbound
from bot.channels.phone_code import phone_code
from bot.channels.streaming import while_stored
from bot.conversations import resume
from bot.conversations.views import Seen, Spoken
from bot.intake import opening
from bot.language.catalogue import RTL
from bot.safety import Level
from bot.service import Service
from bot.waiting.names import first_name
from bot.waiting.panel import panel
from bot.words import Reply
from directory_client.phones import shown

LONGEST = 4_000
"""Characters of a message. Longer ones are refused with a clear answer and lose nothing: the page keeps them."""
NAME = "web"
PATIENCE = 15.0
"""Seconds after which a silent stream sends a sign of life, and looks for news of other processes."""
LOOK_EVERY = 8.0
PLACE_EVERY = 10.0
"""Seconds after which the place of somebody who waits is looked up again."""


class Refused(Exception):
    """A request that cannot be served: status and a word for the client."""

    def __init__(self, status: int, reason: str, **headers: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.headers = headers


def service_of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object of a request."""
    try:
        content = json.loads(await request.body() or b"{}")
    except (ValueError, UnicodeDecodeError):
        raise Refused(400, "The request is not JSON.") from None
    if not isinstance(content, dict):
        raise Refused(400, "The request is not a JSON object.")
    return content


def token_of(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refused(401, "Send the conversation's token.")
    return token


async def seen_by(request: Request, after: int) -> Seen:
    seen = await to_thread.run_sync(service_of(request).ledger.seen, token_of(request), after)
    if seen is None:
        raise Refused(404, "There is no such conversation any more.")
    return seen


def as_json(message: Spoken) -> dict[str, Any]:
    """A message in the form that pages and scripts read."""
    payload = message.payload
    own = message.author == "person" and message.channel_id is not None
    return {
        "seq": message.seq,
        # the page knows its own messages by the id that it gave them
        "id": message.channel_id.partition(":")[2] if own and message.channel_id else message.id,
        "author": message.author,
        "language": message.language,
        "rtl": bool(payload.get("rtl", message.language in RTL)),
        "kind": message.kind,
        "text": message.text,
        "time": message.created_at.isoformat(),
        "choices": payload.get("choices", []),
        "cards": payload.get("cards", []),
        "actions": payload.get("actions", []),
        "machine_translated": bool(payload.get("machine_translated")),
        "original": payload.get("original"),
        "author_name": first_name(payload.get("by_name")) or None if message.author == "specialist" else None,
    }


def first_language(request: Request, wanted: object) -> tuple[str, str]:
    """The language of a new conversation and how it is known: the choice, or the browser's preference."""
    service = service_of(request)
    offered = service.languages()
    if isinstance(wanted, str) and wanted in offered:
        return wanted, "chosen"
    return preferred(request.headers.get("accept-language", ""), offered, service.settings.default_language), "default"


def preferred(accept: str, offered: list[str], fallback: str) -> str:
    """The best offered language of an Accept-Language header; "zh-HK" finds yue before zh when it is offered."""
    ranked: list[tuple[float, str]] = []
    for part in accept[:500].split(","):
        code, _, rest = part.strip().partition(";")
        try:
            weight = float(rest.strip().removeprefix("q=")) if rest else 1.0
        except ValueError:
            weight = 0.0
        ranked.append((weight, code.lower()))
    for _, code in sorted(ranked, key=lambda pair: -pair[0]):
        options = ["yue"] if code in ("zh-hk", "zh-mo") else []
        options.append({"fil": "tl"}.get(code.split("-")[0], code.split("-")[0]))
        for option in options:
            if option in offered:
                return option
    return fallback


CAME = ("sign", "from", "slip")
"""What says how somebody has come: the number of a sign, a mark, the code of a slip."""


async def start(request: Request) -> Response:
    service = service_of(request)
    body = await body_of(request)
    door = service.doors.get(str(body.get("door") or "211"))
    if door is None:
        raise Refused(404, "There is no such front door.")
    language, known_from = first_language(request, body.get("language"))
    came = {name: str(body[name])[:12] for name in CAME if body.get(name)}
    token = await begin(service, door.id, language, known_from, came)
    return JSONResponse({"token": token, "language": language, "rtl": language in RTL}, status_code=201)


async def begin(
    service: Service, door: str, language: str, known_from: str, came: Mapping[str, str] | None = None
) -> str:
    """Opens a conversation with the door's first words; gives its token.

    Args:
        came: how the person has come: {"sign": number of the sign, "from": mark}.
    """

    def opened() -> str:
        return opening.opened(service, door, language, known_from, came or {}, NAME)

    return await to_thread.run_sync(opened)


async def send(request: Request) -> Response:
    body = await body_of(request)
    client_id, text = body.get("id"), body.get("text")
    if not isinstance(client_id, str) or not 1 <= len(client_id) <= 64 or not isinstance(text, str):
        raise Refused(400, "A message has an id of 1 to 64 characters and a text.")
    if len(text) > LONGEST:
        raise Refused(413, f"A message has at most {LONGEST} characters.")
    seen = await seen_by(request, 1 << 30)
    await unless_too_fast(request, seen.id, text)
    await accept(service_of(request), seen.id, client_id, text)
    return JSONResponse({"id": client_id}, status_code=202)


async def unless_too_fast(request: Request, conversation: str, text: str) -> None:
    """Refuses a conversation that sends too fast, unless the message is about danger."""
    wait = await request.app.state.limits.refuses_message(conversation)
    if wait and service_of(request).turns.ears.risk(text).level < Level.HIGH:
        raise Refused(429, "That was very fast. Please wait a moment and send it again.", **{"retry-after": str(wait)})


async def accept(service: Service, conversation: str, client_id: str, text: str) -> None:
    """Hands a message to the turns, under an id that no other conversation can use."""
    clean = text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    await service.turns.receive(Inbound(conversation, NAME, f"{conversation}:{client_id}", clean))


async def messages(request: Request) -> Response:
    after = _number(request.query_params.get("after"))
    seen = await seen_by(request, after)
    if after:
        await to_thread.run_sync(service_of(request).ledger.delivered, seen.id, after)
    return JSONResponse(
        {
            "messages": [as_json(message) for message in seen.messages],
            "owner": seen.owner,
            "language": seen.language,
            "rtl": seen.language in RTL,
            "typing": seen.pending and seen.owner != "held",
            **await to_thread.run_sync(panel, service_of(request), seen, service_of(request).clock()),
        }
    )


async def events(request: Request) -> Response:
    after = _number(request.headers.get("last-event-id") or request.query_params.get("after"))
    seen = await seen_by(request, after)
    if after:
        await to_thread.run_sync(service_of(request).ledger.delivered, seen.id, after)
    return EventSourceResponse(while_stored(news(request, token_of(request), seen, after)), ping=15)


async def news(request: Request, token: str, first: Seen, after: int) -> AsyncGenerator[ServerSentEvent]:
    """Everything after `after`, then whatever comes, until the client leaves or the conversation is erased."""
    service = service_of(request)
    state: Mapping[str, Any] | None = None
    typing = False
    shown: dict[str, Any] = {}
    shown_for, shown_at = None, 0.0
    seen: Seen | None = first
    async with service.bus.listening({first.id}) as heard, open_page(service.bus, first.id) as page:
        while seen is not None:
            page.beat()
            for message in seen.messages:
                after = message.seq
                yield _event("message", as_json(message), after)
            this = (seen.owner, seen.holder, seen.language)
            stale = bool(seen.messages) or time.monotonic() - shown_at > PLACE_EVERY
            if this != shown_for or (seen.owner == "waiting" and stale):
                shown = await to_thread.run_sync(panel, service, seen, service.clock())
                shown_for, shown_at = this, time.monotonic()
            current = {"owner": seen.owner, "language": seen.language, "rtl": seen.language in RTL, **shown}
            if current != state:
                state = current
                yield _event("state", current)
            if (seen.pending and seen.owner != "held") != typing:
                typing = not typing
                yield _event("typing", {"on": typing})
            told = await heard.next(LOOK_EVERY)
            if told and told.kind == "typing" and told.data.get("by") != "person" and seen.owner == "held":
                yield _event("typing", {"on": told.data.get("on") is True, "by": "specialist"})
            if await request.is_disconnected():
                return
            seen = await to_thread.run_sync(service.ledger.seen, token, after)
    yield _event("deleted", {})


def _event(name: str, data: Mapping[str, Any], seq: int | None = None) -> ServerSentEvent:
    return ServerSentEvent(json.dumps(data, ensure_ascii=False), event=name, id=None if seq is None else str(seq))


async def choose_language(request: Request) -> Response:
    service = service_of(request)
    wanted = (await body_of(request)).get("language")
    if wanted not in service.languages():
        raise Refused(400, "That language is not offered.")
    seen = await seen_by(request, 1 << 30)
    await switch(service, seen, wanted)
    return JSONResponse({"language": wanted, "rtl": wanted in RTL})


async def switch(service: Service, seen: Seen, wanted: str) -> None:
    """Changes the language of a conversation by the person's own choice."""
    if wanted == seen.language:
        return
    now = service.clock()

    def changed() -> None:
        reply = Reply(service.catalogue.say("language_changed", wanted), wanted)
        service.ledger.choose_language(seen.id, wanted, [reply], now)

    await to_thread.run_sync(changed)
    service.bell.ring(seen.id)


async def send_to_phone(request: Request) -> Response:
    seen = await seen_by(request, 0)
    carry = await to_thread.run_sync(going_on, service_of(request), seen)
    return JSONResponse({**phone_code(seen.messages), "carry": carry})


def going_on(service: Service, seen: Seen) -> list[str]:
    """How to go on by text or by phone, in sentences with a fresh code; nothing where there is no number for it."""
    ways = {"text": service.numbers.find("sms", seen.door), "voice": service.numbers.find("voice", seen.door)}
    numbers = {way: shown(ours.number) for way, ours in ways.items() if ours}
    if not numbers:
        return []
    with service.ledger.writing() as session:
        code = resume.issue(session, seen.id, service.clock())
    facts = {"code": f"{code[:3]} {code[3:]}"}
    say = service.catalogue.say
    sentences = [say(f"web_resume_{way}", seen.language, number=number, **facts) for way, number in numbers.items()]
    return [*sentences, say("web_resume_ends", seen.language)]


async def erase(request: Request) -> Response:
    service = service_of(request)
    seen = await seen_by(request, 1 << 30)
    await erased(service, seen.id)
    return Response(status_code=204)


async def erased(service: Service, conversation: str) -> None:
    """Erases a conversation here and in Rasa's memory."""
    await to_thread.run_sync(service.ledger.erase, conversation, service.clock())
    await service.engine.forget(conversation)
    service.heard_of(conversation)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


routes = [
    Route("/api/conversations", start, methods=["POST"]),
    Route("/api/messages", send, methods=["POST"]),
    Route("/api/messages", messages, methods=["GET"]),
    Route("/api/events", events, methods=["GET"]),
    Route("/api/language", choose_language, methods=["POST"]),
    Route("/api/phone-code", send_to_phone, methods=["POST"]),
    Route("/api/conversation", erase, methods=["DELETE"]),
]
