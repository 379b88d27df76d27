"""The case-workers' pages: a queue for each state, and one case with the answers that may be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.cases import store
from bot.cases.telling import reachable, told
from bot.clock import TORONTO
from bot.console.api.asked import Asked
from bot.console.floor.shared import Form, posted, reading, show, shown
from bot.console.floor.shared import back as to_page
from bot.doors.door import Door
from bot.handoff.people import first_name
from bot.intake.models import CaseFile
from bot.intake.store import case_answers
from bot.staff.gate import console_route
from bot.staff.record import record_view
from bot.staff.rights import EVERY_DOOR, Right

HOME = "/console/cases"
FARTHEST = timedelta(days=731)


@dataclass(frozen=True, slots=True)
class Line:
    """A case in the queue: nothing of what was answered."""

    id: str
    door: str
    language: str
    channel: str
    since: datetime
    booked_for: datetime | None
    reason: str | None
    worker: str


@shown
def queue(request: Request, asked: Asked) -> Response:
    """The cases of the member's doors in one state."""
    state = request.query_params.get("state", "offered")
    if state not in store.STATES:
        state = "offered"
    doors = None if EVERY_DOOR in asked.member.doors else asked.member.doors
    with reading(asked) as session:
        lines = [_line(session, one) for one in store.cases(session, doors, state)]
    return _show(request, asked, "cases.html", state=state, states=store.STATES, lines=lines)


@shown
def one(request: Request, asked: Asked) -> Response:
    """A case with its answers; on record."""
    return _page(request, asked, None)


def _page(request: Request, asked: Asked, problem: str | None) -> Response:
    with asked.service.ledger.writing() as session:
        found = _case(session, request, asked)
        given, readable = _given(asked, found)
        record_view(session, asked.member.id, found.id, found.door, asked.now, what="case_viewed")
        facts = {
            "case": _line(session, found),
            "state": found.state,
            "answers": given,
            "readable": readable,
            "reachable": reachable(session, found),
            "moves": [to for to, before in store.MOVES.items() if found.state in before],
            "reasons": store.REASONS,
            "today": asked.now.astimezone(TORONTO).date(),
            "problem": problem,
        }
    return _show(request, asked, "case.html", status=422 if problem else 200, **facts)


@posted
def move(request: Request, asked: Asked, form: Form) -> Response:
    """Accepts, books or returns a case; the person is told."""
    to = request.path_params["to"]
    if to not in store.MOVES:
        raise HTTPException(404, "A case can be accepted, booked or returned.")
    reason = form.get("reason") or None
    booked_for = None
    if to == "returned" and reason not in store.REASONS:
        return _page(request, asked, "cases_problem_reason")
    if to == "booked":
        booked_for = moment_of(form.get("day", ""), form.get("time", ""))
        if booked_for is None or not asked.now < booked_for < asked.now + FARTHEST:
            return _page(request, asked, "cases_problem_time")
    with asked.service.ledger.writing() as session:
        found = _case(session, request, asked)
        conversation = found.conversation_id
        if not store.moved(
            session, found, to, asked.member.id, asked.now, reason=reason if to == "returned" else None,
            booked_for=booked_for,
        ):  # fmt: skip
            return to_page(f"{HOME}/{found.id}", done="moved_already")
        knows = told(
            asked.service, session, found, to, asked.now, reason=reason if to == "returned" else None,
            booked_for=booked_for,
        )  # fmt: skip
        path = f"{HOME}/{found.id}"
    if knows and conversation:
        asked.service.heard_of(conversation)
    return to_page(path, done=f"{to}_told" if knows else f"{to}_untold")


def moment_of(day: str, time: str) -> datetime | None:
    """A day and a time of it in Toronto; None for what is none."""
    try:
        return datetime.strptime(f"{day} {time}", "%Y-%m-%d %H:%M").replace(tzinfo=TORONTO)
    except ValueError:
        return None


def worded(door: Door | None, given: Mapping[str, Any], say: Any, language: str) -> list[tuple[str, str]]:
    """Questions and answers as a case-worker reads them.

    Args:
        door: of the case; None when it is gone, and codes are shown.
        given: question → answer.
        say: the catalogue's `say`.
    """
    return [(_question(door, name, say, language), _answer(door, name, given[name], say, language)) for name in given]


def _question(door: Door | None, name: str, say: Any, language: str) -> str:
    question = door.asked(name) if door else None
    if door is None or question is None:
        return name.replace("_", " ")
    return str(say(_named(door, question.short or question.ask), language))


def _answer(door: Door | None, name: str, value: Any, say: Any, language: str) -> str:
    if isinstance(value, Mapping):
        return str(value.get("name") or "")
    if isinstance(value, bool):
        return str(say("common/choice_yes" if value else "common/choice_no", language))
    if isinstance(value, list | tuple):
        return ", ".join(_answer(door, name, part, say, language) for part in value)
    if value is None:
        return "–"
    question = door.asked(name) if door else None
    label = next((one.label for one in question.choices if one.id == value), None) if question else None
    return str(say(_named(door, label), language)) if door and label else str(value)


def _named(door: Door, message: str) -> str:
    """The id in the catalogue of a sentence that a door file names."""
    return message if "/" in message or message not in door.texts.get("en", {}) else f"{door.id}/{message}"


def _given(asked: Asked, found: CaseFile) -> tuple[list[tuple[str, str]], bool]:
    """The answers, and whether they could be read: another secret key has sealed them for good."""
    try:
        given = case_answers(found, asked.service.keys)
    except (InvalidToken, ValueError):
        return [], False
    door = asked.service.doors.get(found.door)
    return worded(door, given, asked.service.catalogue.say, asked.language), True


def _case(session: Session, request: Request, asked: Asked) -> CaseFile:
    found = store.case(session, request.path_params["case"])
    if found is None or not asked.member.at(found.door):
        raise HTTPException(404, "This case is not there (any more).")
    return found


def _line(session: Session, found: CaseFile) -> Line:
    return Line(
        found.id, found.door, found.language, found.channel, found.created_at, found.booked_for, found.reason,
        first_name(session, found.worker),
    )  # fmt: skip


def _show(request: Request, asked: Asked, template: str, *, status: int = 200, **facts: Any) -> Response:
    """A page of cases; `done` in the address names what was just done."""
    done = request.query_params.get("done", "")
    message = f"cases_done_{done}"
    said = message if done and asked.interface.has(message) else None
    return show(request, asked, template, status=status, case_done=said, **facts)


routes = [
    console_route(HOME, queue, right=Right.CASE_FILES),
    console_route(f"{HOME}/{{case}}", one, right=Right.CASE_FILES),
    console_route(f"{HOME}/{{case}}/{{to}}", move, right=Right.CASE_FILES, methods=("POST",)),
]
