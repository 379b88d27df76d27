"""Private notes. They have a table of their own and a type of their own: nothing that sends takes a `Note`."""

from __future__ import annotations

from anyio import to_thread
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.console.api.access import readable
from bot.console.api.asked import Asked, body_of, id_in, text_in
from bot.console.api.context import note_json
from bot.console.models import Note
from bot.staff.record import record

LONGEST = 4_000


async def add(request: Request, asked: Asked) -> Response:
    """Adds a note; the same id again changes nothing."""
    body = await body_of(request)
    client_id, text = id_in(body), text_in(body, "text", LONGEST)
    conversation_id = request.path_params["id"]

    def stored() -> tuple[dict[str, object], bool]:
        with asked.service.ledger.writing() as session:
            conversation = readable(session, asked.member, conversation_id)
            mine = select(Note).where(Note.conversation_id == conversation_id, Note.client_id == client_id)
            known = session.scalars(mine).one_or_none()
            if known is not None:
                return note_json(known), False
            note = Note(
                conversation_id=conversation_id, client_id=client_id, author=asked.member.id,
                author_name=asked.member.name[:80], text=text, created_at=asked.now,
            )  # fmt: skip
            session.add(note)
            record(
                session, asked.member.id, "noted", conversation=conversation_id, door=conversation.door, at=asked.now
            )
            session.flush()
            return note_json(note), True

    note, new = await to_thread.run_sync(stored)
    if new:
        asked.service.bus.ring(conversation_id, "note", note=client_id)
    return JSONResponse(note, status_code=201 if new else 200)
