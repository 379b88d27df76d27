"""Canned replies for the conversation that is open: by door, phase and words, in the person's language if they can."""

from __future__ import annotations

from typing import Any

from anyio import to_thread
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.console.api.access import readable
from bot.console.api.asked import Asked
from bot.console.canned import current, stock, worded
from bot.service import Service
from bot.sms.folding import letters


async def canned(request: Request, asked: Asked) -> Response:
    """The replies that fit. Of all doors when no conversation is named."""
    return JSONResponse(await to_thread.run_sync(_found, request, asked))


def stocked(service: Service) -> None:
    """Sees that the replies that ship with the product are there; at start, and cheap when they are."""
    with service.ledger.writing() as session:
        stock(session, service.catalogue, service.clock())


def _found(request: Request, asked: Asked) -> list[dict[str, Any]]:
    fields = request.query_params
    door, language = None, asked.language
    with Session(asked.service.ledger.reader) as session:
        if conversation_id := fields.get("conversation"):
            conversation = readable(session, asked.member, conversation_id)
            door, language = conversation.door, conversation.language
        replies = current(session, door)
    phase, wanted = fields.get("phase"), letters(fields.get("q", "")[:100]).split()
    found = []
    for one in replies:
        if phase and one.phase != phase:
            continue
        title = one.titles.get(asked.language) or next(iter(one.titles.values()), one.shortcut)
        text, text_language, how = worded(one, language, asked.language, asked.service.catalogue)
        own = one.texts.get(asked.language, "")
        searched = letters(f"{one.shortcut} {title} {own} {text}")
        if any(word not in searched for word in wanted):
            continue
        found.append(
            {
                "id": one.id,
                "shortcut": one.shortcut,
                "phase": one.phase,
                "phase_label": asked.labels.known(f"phase_{one.phase}", one.phase),
                "title": title,
                "text": text,
                "language": text_language,
                "how": how,
                "reads": own if text_language != asked.language else None,
            }
        )
    return found
