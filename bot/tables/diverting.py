"""People whom another service has sent over: accepted with where their need belongs, or returned warm with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from anyio import to_thread
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.clock import TORONTO
from bot.console.api.asked import Asked, Problem, answered, body_of
from bot.console.api.moves import raised
from bot.console.floor.protection import written
from bot.console.floor.shared import Form, back, posted, reading, show, shown
from bot.conversations.models import Conversation, new_id
from bot.doors.door import Door
from bot.doors.tables import Diversion
from bot.handoff import claims
from bot.handoff.claims import Refused
from bot.intake.models import DoorEvent
from bot.staff.gate import console_route
from bot.staff.record import record
from bot.staff.rights import Right
from bot.tables.models import Diverted
from bot.tables.pages import words
from bot.tables.trends import diversions
from directory_client.lines import lines

HOME = "/console/diversions"


@answered
async def divert(request: Request, asked: Asked) -> Response:
    """{"decision": "accepted", "destination": …} or {"decision": "returned", "reason": …, "destination"?: …}."""
    body = await body_of(request)
    row = await to_thread.run_sync(decided, asked, request.path_params["id"], body)
    return JSONResponse(row, status_code=201)


def decided(asked: Asked, conversation_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Writes the decision down, once; somebody accepted may still be returned. Blocks.

    A return names the line of the service to the person, who stays with the specialist until it has them. The
    product calls nobody.

    Raises:
        Problem: for what the door's file does not list, and when the conversation is not the member's.
    """
    service, now = asked.service, asked.now
    decision, reason, destination = body.get("decision"), body.get("reason") or None, body.get("destination") or None
    with Session(service.ledger.reader) as session:
        conversation = session.get(Conversation, conversation_id)
        if conversation is None or not asked.member.at(conversation.door):
            raise Problem(404, "gone")
        if conversation.owner != "held" or conversation.holder != asked.member.id:
            raise Problem(403, "not_yours")
        door = service.doors[conversation.door]
        known = diversion_of(door)
    fits = {
        "accepted": destination in known.destinations and reason is None,
        "returned": reason in known.reasons and (destination is None or destination in known.destinations),
    }
    if not fits.get(str(decision)):
        raise Problem(422, "request")

    def write(session: Session) -> None:
        _write(session, asked, conversation_id, str(decision), reason, destination, now)

    if decision == "returned":
        done = claims.partner(service, conversation_id, asked.member, known.back, also=write)
        if isinstance(done, Refused):
            raise raised(done)
    else:
        with service.ledger.writing() as session:
            if claims.writer(session, conversation_id, asked.member.id) is None:
                raise Problem(409, "not_yours")
            write(session)
    return {"conversation": conversation_id, "decision": decision, "line": _line(known, asked.language, str(decision))}


def diversion_of(door: Door) -> Diversion:
    if door.diversion is None:
        raise Problem(422, "request")
    return door.diversion


def _line(known: Diversion, language: str, decision: str) -> dict[str, str] | None:
    """Whom the specialist calls to return somebody warm."""
    line = lines()[known.back]
    return (
        {"id": line.id, "name": line.name_in(language), "phone": line.voice or ""} if decision == "returned" else None
    )


def _write(
    session: Session, asked: Asked, conversation_id: str, decision: str, reason: str | None, destination: str | None,
    now: datetime,
) -> None:  # fmt: skip
    conversation = session.get_one(Conversation, conversation_id)
    row = session.scalars(select(Diverted).where(Diverted.conversation_id == conversation_id)).one_or_none()
    if row is not None and (row.decision == "returned" or decision == "accepted"):
        raise Problem(409, "request")
    if row is None:
        row = Diverted(
            id=new_id(), conversation_id=conversation_id, door=conversation.door, channel=conversation.channel,
            language=conversation.language, staff_id=asked.member.id, created_at=now,
        )  # fmt: skip
        session.add(row)
    row.decision, row.reason, row.destination = decision, reason, destination or row.destination
    session.add(
        DoorEvent(
            door=conversation.door, event="outcome", code=decision, detail=reason or destination,
            language=conversation.language, channel=conversation.channel, created_at=now,
        )
    )  # fmt: skip
    record(
        session, asked.member.id, "diverted", conversation=conversation_id, door=conversation.door, at=now,
        decision=decision, reason=reason, destination=destination,
    )  # fmt: skip
    session.flush()


@shown
def held(request: Request, asked: Asked) -> Response:
    """Those whom the reader holds at a door with diversion, and what is to be decided."""
    return _held(request, asked, None)


def _held(request: Request, asked: Asked, problem: str | None) -> Response:
    doors = {one.id: one for one in asked.service.doors.values() if one.diversion and asked.member.at(one.id)}
    with reading(asked) as session:
        rows = session.scalars(
            select(Conversation)
            .where(
                Conversation.door.in_(sorted(doors)), Conversation.owner == "held",
                Conversation.holder == asked.member.id,
            )
            .order_by(Conversation.created_at)
        ).all()  # fmt: skip
        made = {
            row.conversation_id: row
            for row in session.scalars(select(Diverted).where(Diverted.conversation_id.in_([one.id for one in rows])))
        }
        known = lines()
        return show(
            request, asked, "diversions.html", status=422 if problem else 200, rows=rows, made=made, doors=doors,
            problem=problem, label=lambda labels, code: words(labels, code, asked.language),
            number=lambda door: known[door.diversion.back].voice,
        )  # fmt: skip


@posted
def keep(request: Request, asked: Asked, form: Form) -> Response:
    """The same by a form."""
    try:
        decided(asked, request.path_params["conversation"], dict(form))
    except Problem:
        return _held(request, asked, "tables_bad_diversion")
    return back(HOME, done="diverted")


@shown
def counts(request: Request, asked: Asked) -> Response:
    """The year's counts, by decision, reason and destination."""
    door = asked.service.doors.get(request.path_params["door"])
    if door is None or door.diversion is None or not asked.member.at(door.id):
        raise HTTPException(404, "There is no such door.")
    this = asked.now.astimezone(TORONTO).year
    with reading(asked) as session:
        return show(
            request, asked, "diversion_counts.html", year=this, door=door, name=door.name(asked.language),
            counts=diversions(session, door, this), written=written,
            label=lambda labels, code: words(labels, code, asked.language),
        )  # fmt: skip


routes = [
    console_route("/console/api/conversations/{id}/diversion", divert, right=Right.DESK, methods=("POST",)),
    console_route(HOME, held, right=Right.DESK),
    console_route("/console/diversion-counts/{door}", counts, right=Right.REPORTS),
    console_route(f"{HOME}/{{conversation}}", keep, right=Right.DESK, methods=("POST",)),
]
