"""Where the person is: shown on request alone, and every look is on record."""

from __future__ import annotations

from anyio import to_thread
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.console.api.access import readable
from bot.console.api.asked import Asked
from bot.conversations.models import PlaceFound
from bot.staff.record import record_view


async def reveal(request: Request, asked: Asked) -> Response:
    """The place that the person named last; its name, never a point."""
    conversation_id = request.path_params["id"]

    def looked_up() -> dict[str, str] | None:
        with asked.service.ledger.writing() as session:
            conversation = readable(session, asked.member, conversation_id)
            record_view(session, asked.member.id, conversation_id, conversation.door, asked.now, what="place")
            named = conversation.memory.get("place")
            if isinstance(named, dict) and named.get("name"):
                return {"name": str(named["name"]), "kind": str(named.get("kind") or "")}
            last = session.scalars(
                select(PlaceFound)
                .where(PlaceFound.conversation_id == conversation_id)
                .order_by(PlaceFound.created_at.desc())
                .limit(1)
            ).one_or_none()
            return {"name": last.name, "kind": last.kind} if last else None

    return JSONResponse({"place": await to_thread.run_sync(looked_up)})
