"""The live floor: who is on, who waits, read along, join, take over, give to a colleague."""

from __future__ import annotations

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.console.api.asked import Asked
from bot.console.floor.live import Floor, floor_now
from bot.console.floor.shared import Form, back, conversation_for, posted, reading, show, shown
from bot.console.floor.transcript import transcript
from bot.handoff import claims
from bot.staff.gate import console_route
from bot.staff.record import record_view
from bot.staff.rights import Right

HOME = "/console/floor"


def _floor(session: Session, asked: Asked) -> Floor:
    return floor_now(session, asked.member, asked.now)


@shown
def floor(request: Request, asked: Asked) -> Response:
    """The whole page."""
    with reading(asked) as session:
        return show(request, asked, "floor.html", floor=_floor(session, asked))


@shown
def floor_part(request: Request, asked: Asked) -> Response:
    """The part that changes, for the script of the page."""
    with reading(asked) as session:
        return show(request, asked, "floor_now.html", floor=_floor(session, asked))


def _read(request: Request, asked: Asked, template: str) -> Response:
    conversation_id = request.path_params["conversation"]
    with asked.service.ledger.writing() as session:
        conversation = conversation_for(session, asked, conversation_id)
        record_view(session, asked.member.id, conversation_id, conversation.door, asked.now, what="read_along")
    with reading(asked) as session:
        conversation = conversation_for(session, asked, conversation_id)
        here = floor_now(session, asked.member, asked.now)
        holder = next((one for one in here.colleagues if one.id == conversation.holder), None)
        lines = transcript(session, conversation_id)
        return show(request, asked, template, conversation=conversation, holder=holder, lines=lines)


@shown
def read(request: Request, asked: Asked) -> Response:
    """A conversation to read along; each view is on record."""
    return _read(request, asked, "read_along.html")


@shown
def read_part(request: Request, asked: Asked) -> Response:
    """The messages alone, for the script of the page."""
    return _read(request, asked, "read_along_now.html")


@shown
def reassign(request: Request, asked: Asked) -> Response:
    """Who could take a conversation: whether they are on, have room, and speak the language."""
    return _choose(request, asked, None)


def _choose(request: Request, asked: Asked, problem: str | None, by: str | None = None) -> Response:
    with reading(asked) as session:
        conversation = conversation_for(session, asked, request.path_params["conversation"])
        if conversation.owner not in ("waiting", "held"):
            raise HTTPException(404, "Nobody holds this conversation and nobody waits in it (any more).")
        here = _floor(session, asked)
        others = [one for one in here.colleagues if one.id != conversation.holder and one.status != "offline"]
        others.sort(key=lambda one: (conversation.language not in one.languages, one.holding >= one.capacity))
        return show(
            request, asked, "reassign.html", status=409 if problem else 200, problem=problem, by=by,
            conversation=conversation, others=others,
            holder=next((one for one in here.colleagues if one.id == conversation.holder), None),
        )  # fmt: skip


@posted
def give(request: Request, asked: Asked, form: Form) -> Response:
    """Gives it to the colleague who was chosen."""
    conversation = request.path_params["conversation"]
    came = claims.reassign(asked.service, conversation, asked.member, claims.To(staff=form.get("to") or "-"))
    if isinstance(came, claims.Refused):
        return _choose(request, asked, f"floor_refused_{came.reason}", came.by)
    return back(HOME, done="reassigned")


@posted
def join(request: Request, asked: Asked, form: Form) -> Response:
    """Writes beside the holder from now on, at the desk."""
    return _at_desk(request, claims.join(asked.service, request.path_params["conversation"], asked.member))


@posted
def take_over(request: Request, asked: Asked, form: Form) -> Response:
    """Takes it, from whoever holds it or from those who wait."""
    return _at_desk(request, claims.take_over(asked.service, request.path_params["conversation"], asked.member))


def _at_desk(request: Request, came: claims.Done | claims.Refused) -> Response:
    if isinstance(came, claims.Refused):
        return back(HOME, done=f"refused_{came.reason}")
    return back("/console", open=came.conversation)


routes = [
    console_route(HOME, floor, right=Right.FLOOR),
    console_route(f"{HOME}/now", floor_part, right=Right.FLOOR),
    console_route(f"{HOME}/read/{{conversation}}", read, right=Right.READ_ALONG),
    console_route(f"{HOME}/read/{{conversation}}/now", read_part, right=Right.READ_ALONG),
    console_route(f"{HOME}/reassign/{{conversation}}", reassign, right=Right.REASSIGN),
    console_route(f"{HOME}/reassign/{{conversation}}", give, right=Right.REASSIGN, methods=("POST",)),
    console_route(f"{HOME}/join/{{conversation}}", join, right=Right.TAKE_OVER, methods=("POST",)),
    console_route(f"{HOME}/take-over/{{conversation}}", take_over, right=Right.TAKE_OVER, methods=("POST",)),
]
