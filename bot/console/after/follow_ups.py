"""The worklist of follow-ups: who is to be called, who was asked, what came of it.

A number is opened only for whoever makes the call, and that is on record.
"""

from __future__ import annotations

from cryptography.fernet import InvalidToken
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.after import store
from bot.after.models import FollowUp
from bot.console.api.asked import Asked
from bot.console.api.outcomes import UNMET
from bot.console.floor.shared import Form, back, doors_of, posted, reading, show, shown
from bot.handoff.callbacks import AGAIN, safe_from
from bot.staff.gate import console_route
from bot.staff.record import record
from bot.staff.rights import Right
from directory_client.phones import shown as written

HOME = "/console/follow-ups"
SHOWN = 200
STATES = ("met", "unmet", "unknown")


@shown
def worklist(request: Request, asked: Asked) -> Response:
    """Calls that are due, then what comes later, then what was asked and what is done."""
    return _worklist(request, asked, None, None)


def _worklist(
    request: Request, asked: Asked, opened: str | None, number: str | None, problem: str | None = None
) -> Response:
    doors = doors_of(asked)
    door = request.query_params.get("door", "")
    wanted = [door] if door in doors else list(doors)
    with reading(asked) as session:
        rows = session.scalars(
            select(FollowUp).where(FollowUp.door.in_(wanted), FollowUp.state.in_(("planned", "asked")))
            .order_by(FollowUp.due_at).limit(SHOWN)
        ).all()  # fmt: skip
        done = session.scalars(
            select(FollowUp).where(FollowUp.door.in_(wanted), FollowUp.state.in_(("done", "cancelled")))
            .order_by(FollowUp.done_at.desc()).limit(SHOWN)
        ).all()  # fmt: skip
        due = [one for one in rows if _to_call(one) and one.due_at is not None and one.due_at <= asked.now]
        return show(
            request, asked, "follow_ups.html", status=422 if problem else 200, due=due,
            later=[one for one in rows if one not in due and one.state == "planned"],
            waiting=[one for one in rows if one.state == "asked"], over=done, doors=doors, door=door,
            opened=opened, number=number, reasons=UNMET, states=STATES, problem=problem,
            many=max(len(rows), len(done)) >= SHOWN, most=SHOWN,
        )  # fmt: skip


def _to_call(row: FollowUp) -> bool:
    return row.channel == "voice" and row.state == "planned"


def _mine(session: Session, request: Request, asked: Asked) -> FollowUp:
    row = session.get(FollowUp, request.path_params["follow_up"], populate_existing=True)
    if row is None or not asked.member.at(row.door):
        raise HTTPException(404, "This follow-up is not there (any more).")
    return row


@posted
def number(request: Request, asked: Asked, form: Form) -> Response:
    """Shows the number of one that is due; on record."""
    with asked.service.ledger.writing() as session:
        row = _mine(session, request, asked)
        if not _to_call(row) or row.number is None or row.due_at is None or row.due_at > asked.now:
            return back(HOME, done="follow_up_gone")
        try:
            opened = written(asked.service.keys.opened(row.number))
        except InvalidToken:
            return back(HOME, done="follow_up_unreadable")
        record(
            session, asked.member.id, "number_shown", conversation=row.conversation_id, door=row.door, at=asked.now,
            follow_up=row.id,
        )  # fmt: skip
        shown_id = row.id
    return _worklist(request, asked, shown_id, opened)


@posted
def done(request: Request, asked: Asked, form: Form) -> Response:
    """What came of a call: every need met, unmet with a reason, or unknown; or nobody answered; or it is not wanted."""
    came = form.get("came", "")
    with asked.service.ledger.writing() as session:
        row = _mine(session, request, asked)
        if not _to_call(row):
            return back(HOME, done="follow_up_gone")
        if came == "reached":
            results: dict[str, dict[str, str | None]] = {}
            for at, need in enumerate(row.needs or [""]):
                state, reason = form.get(f"need{at}", ""), form.get(f"reason{at}", "") or None
                if state not in STATES or (state == "unmet" and reason not in UNMET):
                    return _worklist(request, asked, row.id, None, "follow_up_incomplete")
                results[str(need)] = {"state": state, "reason": reason if state == "unmet" else None}
            changed = store.finish(session, row.id, asked.member.id, asked.now, results)
        elif came == "no_answer":
            changed = _moved(session, row, asked)
        elif came in ("not_wanted", "wrong_number"):
            changed = _ended(session, row, asked, "withdrawn" if came == "not_wanted" else came)
        else:
            return _worklist(request, asked, row.id, None, "follow_up_incomplete")
        if not changed:
            return back(HOME, done="follow_up_gone")
        record(
            session, asked.member.id, "follow_up", conversation=row.conversation_id, door=row.door, at=asked.now,
            follow_up=row.id, came=came,
        )  # fmt: skip
    return back(HOME, done="follow_up_noted")


def _moved(session: Session, row: FollowUp, asked: Asked) -> bool:
    """Nobody answered: due again later, at safe hours. After three tries it ends, and what became of it is unknown."""
    if row.tries >= 2:
        return store.finish(session, row.id, asked.member.id, asked.now)
    hours = None if row.safe_hours == "any" else row.safe_hours
    again = safe_from(hours, asked.now + AGAIN)
    return _change(session, row, tries=FollowUp.tries + 1, due_at=again)


def _ended(session: Session, row: FollowUp, asked: Asked, why: str) -> bool:
    return _change(session, row, state="cancelled", reason=why, number=None, done_at=asked.now, done_by=asked.member.id)


def _change(session: Session, row: FollowUp, **values: object) -> bool:
    changed = session.execute(
        update(FollowUp)
        .where(FollowUp.id == row.id, FollowUp.state == "planned", FollowUp.tries == row.tries)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


routes = [
    console_route(HOME, worklist, right=Right.DESK),
    console_route(f"{HOME}/{{follow_up}}/number", number, right=Right.DESK, methods=("POST",)),
    console_route(f"{HOME}/{{follow_up}}/done", done, right=Right.DESK, methods=("POST",)),
]
