"""One person with many barriers: an owner and the next date, and the list of what is due. No words."""

from __future__ import annotations

from datetime import date, datetime, time

from anyio import to_thread
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.clock import TORONTO
from bot.console.api import context
from bot.console.api.access import readable
from bot.console.api.asked import Asked, Problem, answered, body_of
from bot.console.floor.shared import Form, back, posted, reading, show, shown
from bot.conversations.models import Conversation, new_id
from bot.staff.gate import console_route
from bot.staff.models import Staff
from bot.staff.record import record
from bot.staff.rights import EVERY_DOOR, Right, rights_of
from bot.tables.models import Plan

HOME = "/console/plans"
NINE = time(9)


@answered
async def plan(request: Request, asked: Asked) -> Response:
    """{"owner": id of a colleague or "me", "next_at": "2026-12-01"}: sets both, anew if they were set before."""
    body = await body_of(request)
    made = await to_thread.run_sync(
        _planned, asked, request.path_params["id"], body.get("owner"), _day(body.get("next_at"), asked.now)
    )
    return JSONResponse(made, status_code=201)


def _day(value: object, now: datetime) -> datetime:
    """Nine in the morning of a day from today on."""
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        raise Problem(422, "request") from None
    if not 0 <= (day - now.astimezone(TORONTO).date()).days <= 366:
        raise Problem(422, "request")
    return datetime.combine(day, NINE, TORONTO)


def _planned(asked: Asked, conversation_id: str, owner: object, next_at: datetime) -> dict[str, str]:
    now = asked.now
    with asked.service.ledger.writing() as session:
        conversation = readable(session, asked.member, conversation_id)
        colleague = session.get(Staff, asked.member.id if owner == "me" else str(owner))
        if colleague is None or not _can_own(colleague, conversation.door):
            raise Problem(422, "request")
        row = session.scalars(select(Plan).where(Plan.conversation_id == conversation_id)).one_or_none()
        if row is None:
            row = Plan(
                id=new_id(), conversation_id=conversation_id, door=conversation.door, created_by=asked.member.id,
                created_at=now,
            )  # fmt: skip
            session.add(row)
        row.owner, row.next_at, row.state, row.changed_at = colleague.id, next_at, "open", now
        record(
            session, asked.member.id, "planned", conversation=conversation_id, door=conversation.door, at=now,
            owner=colleague.id, next_at=next_at.date().isoformat(),
        )  # fmt: skip
        session.flush()
        return {"plan": row.id, "owner": colleague.id, "next_at": next_at.isoformat()}


def _can_own(one: Staff, door: str) -> bool:
    at = EVERY_DOOR in one.doors or door in one.doors
    return one.state == "active" and at and Right.CASES in rights_of(one.roles)


@shown
def plans(request: Request, asked: Asked) -> Response:
    """What is planned at the reader's doors, one's own first, then by date: needs, never words."""
    return _plans(request, asked, None)


def _plans(request: Request, asked: Asked, problem: str | None) -> Response:
    with reading(asked) as session:
        found = session.execute(
            select(Plan, Conversation, Staff.name)
            .join(Conversation, Conversation.id == Plan.conversation_id)
            .outerjoin(Staff, Staff.id == Plan.owner)
            .where(Plan.state == "open")
            .order_by((Plan.owner == asked.member.id).desc(), Plan.next_at)
        ).all()
        rows = [
            (one, conversation, name, [asked.labels.need(code) for code, _ in context.needs(session, conversation.id)])
            for one, conversation, name in found
            if asked.member.at(one.door)
        ]
        return show(
            request, asked, "plans.html", status=422 if problem else 200, rows=rows, now=asked.now, problem=problem,
            today=asked.now.astimezone(TORONTO).date().isoformat(),
        )  # fmt: skip


@posted
def change(request: Request, asked: Asked, form: Form) -> Response:
    """Moves the date, or takes it off the list. Only the owner does."""
    done = form.get("state") == "done"
    try:
        values: dict[str, object] = {"state": "done"} if done else {"next_at": _day(form.get("next_at"), asked.now)}
    except Problem:
        return _plans(request, asked, "tables_bad_day")
    with asked.service.ledger.writing() as session:
        changed = _changed(session, asked, request.path_params["plan"], values)
    return back(HOME, done="plan_changed") if changed else _plans(request, asked, "tables_bad_plan")


def _changed(session: Session, asked: Asked, plan_id: str, values: dict[str, object]) -> bool:
    done = session.execute(
        update(Plan)
        .where(Plan.id == plan_id, Plan.owner == asked.member.id, Plan.state == "open")
        .values(changed_at=asked.now, **values)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        return False
    record(session, asked.member.id, "plan_changed", at=asked.now, plan=plan_id, done="state" in values)
    return True


routes = [
    console_route("/console/api/conversations/{id}/plan", plan, right=Right.CASES, methods=("POST",)),
    console_route(HOME, plans, right=Right.CASES),
    console_route(f"{HOME}/{{plan}}", change, right=Right.CASES, methods=("POST",)),
]
