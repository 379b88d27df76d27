"""Two lists to work through: people to call back, and texts that did not arrive."""

from __future__ import annotations

from cryptography.fernet import InvalidToken
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.console.api.asked import Asked
from bot.console.floor.shared import Form, back, posted, reading, show, shown
from bot.conversations.carrier_models import Callback
from bot.conversations.models import Conversation
from bot.sms.dead_letters import dead_letters
from bot.staff.gate import console_route
from bot.staff.record import record
from bot.staff.rights import Right
from directory_client.phones import shown as written

CALLBACKS = "/console/callbacks"
LETTERS = "/console/dead-letters"
RESULTS = ("reached", "no_answer", "wrong_number", "not_needed")
DONE_SHOWN = 20


@shown
def callbacks(request: Request, asked: Asked) -> Response:
    """Who is to be called back, the longest waiting first; danger before all."""
    return _callbacks(request, asked, None, None)


def _callbacks(request: Request, asked: Asked, opened: str | None, number: str | None) -> Response:
    with reading(asked) as session:
        rows = session.execute(
            select(Callback, Conversation)
            .join(Conversation, Conversation.id == Callback.conversation_id)
            .where(Callback.state == "open")
            .order_by(Conversation.risk_level.desc(), Callback.created_at)
        ).all()
        mine = [(row, conversation) for row, conversation in rows if asked.member.at(conversation.door)]
        return show(
            request, asked, "callbacks.html", rows=mine, opened=opened, number=number, results=RESULTS, now=asked.now
        )


def _callback(session: Session, request: Request, asked: Asked) -> tuple[Callback, Conversation]:
    found = session.execute(
        select(Callback, Conversation)
        .join(Conversation, Conversation.id == Callback.conversation_id)
        .where(Callback.id == request.path_params["callback"])
    ).one_or_none()
    if found is None or not asked.member.at(found[1].door):
        raise HTTPException(404, "This call back is done or was erased.")
    return found[0], found[1]


@posted
def number(request: Request, asked: Asked, form: Form) -> Response:
    """Shows the number of one of them; on record."""
    with asked.service.ledger.writing() as session:
        row, conversation = _callback(session, request, asked)
        if row.state != "open" or row.number is None:
            return back(CALLBACKS, done="callback_gone")
        try:
            opened = written(asked.service.keys.opened(row.number))
        except InvalidToken:
            return back(CALLBACKS, done="callback_unreadable")
        record(
            session, asked.member.id, "number_shown", conversation=conversation.id, door=conversation.door,
            at=asked.now, callback=row.id,
        )  # fmt: skip
        shown_id = row.id
    return _callbacks(request, asked, shown_id, opened)


@posted
def done(request: Request, asked: Asked, form: Form) -> Response:
    """Takes one off the list, once, with what came of the call. The number is forgotten."""
    result = form.get("result", "")
    if result not in RESULTS:
        return back(CALLBACKS, done="callback_result")
    with asked.service.ledger.writing() as session:
        row, conversation = _callback(session, request, asked)
        changed = session.execute(
            update(Callback)
            .where(Callback.id == row.id, Callback.state == "open")
            .values(state="done", number=None)
            .execution_options(synchronize_session=False)
        )
        if changed.rowcount != 1:  # type: ignore[attr-defined]
            return back(CALLBACKS, done="callback_gone")
        record(
            session, asked.member.id, "callback_done", conversation=conversation.id, door=conversation.door,
            at=asked.now, callback=row.id, result=result,
        )  # fmt: skip
    return back(CALLBACKS, done="callback_done")


@shown
def letters(request: Request, asked: Asked) -> Response:
    """Texts that failed, with why and what can be done, without their words."""
    with reading(asked) as session:
        found = dead_letters(session, 500)
        doors = {
            id_: door
            for id_, door in session.execute(
                select(Conversation.id, Conversation.door).where(
                    Conversation.id.in_({one.conversation_id for one in found})
                )
            )
        }
    mine = [(one, doors[one.conversation_id]) for one in found if asked.member.at(doors.get(one.conversation_id, ""))]
    return show(request, asked, "dead_letters.html", rows=mine)


routes = [
    console_route(CALLBACKS, callbacks, right=Right.DESK),
    console_route(f"{CALLBACKS}/{{callback}}/number", number, right=Right.DESK, methods=("POST",)),
    console_route(f"{CALLBACKS}/{{callback}}/done", done, right=Right.DESK, methods=("POST",)),
    console_route(LETTERS, letters, right=Right.DESK),
]
