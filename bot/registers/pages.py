"""/console/registers: the registers of one's doors, counted, and the unclear cases that wait for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.console.api.asked import Asked
from bot.console.api.told import question
from bot.console.floor.shared import Form, back, posted, reading, show, shown
from bot.doors.door import Door
from bot.intake.models import DoorEvent
from bot.registers import book
from bot.registers.models import STATES, Registration
from bot.registers.places import season_of
from bot.staff.gate import console_route
from bot.staff.record import record
from bot.staff.rights import Right

HOME = "/console/registers"
PAGE = 50
_MOVES = {"register": "registered", "wait": "waiting", "withdraw": "withdrawn"}


@dataclass(frozen=True, slots=True)
class Line:
    """A register in a season: counts alone."""

    door: str
    name: str
    season: str
    states: Mapping[str, int]
    places: int
    limit: int
    counts: Mapping[str, Mapping[str, int]]


def _doors(asked: Asked) -> list[Door]:
    return [door for door in asked.service.doors.values() if door.registration and asked.member.at(door.id)]


def counted(session: Session, asked: Asked, door: Door) -> Line:
    """The counts of the season that is now."""
    register = door.registration
    assert register is not None
    season = season_of(book.setting(session, door, register.season, asked.now), asked.now)
    here = (Registration.door == door.id, Registration.season == season)
    rows = session.execute(select(Registration.state, func.count()).where(*here).group_by(Registration.state)).all()
    size = session.scalar(
        select(func.coalesce(func.sum(Registration.size), 0)).where(*here, Registration.state == "registered")
    )
    limit = int(book.setting(session, door, register.capacity, asked.now)) if register.capacity else 0
    sums: dict[str, Counter[str]] = {}
    for counts in session.scalars(select(Registration.counts).where(*here, Registration.state == "registered")):
        for name, value in counts.items():
            of = sums.setdefault(name, Counter())
            for said, times in value.items() if isinstance(value, Mapping) else ():
                of[said] += times
            if isinstance(value, int | float):
                of[""] += int(value)
    states = {state: 0 for state in STATES} | {state: number for state, number in rows}
    return Line(door.id, asked.labels.door(door.id), season, states, int(size or 0), limit, sums)


@shown
def listed(request: Request, asked: Asked) -> Response:
    """Every register of the reader's doors: counts, and how many cases are unclear."""
    with reading(asked) as session:
        lines = [counted(session, asked, door) for door in _doors(asked)]
    return show(request, asked, "registers.html", lines=lines, states=STATES, named=_named(asked))


def _named(asked: Asked) -> Any:
    def name(door_id: str, code: str) -> str:
        door = asked.service.doors[door_id]
        one = door.asked(code) or door.asked(f"{code}_1")
        return question(door, one.id, asked.labels) if one else code

    return name


def _door(request: Request, asked: Asked) -> Door:
    found = next((door for door in _doors(asked) if door.id == request.path_params["door"]), None)
    if found is None:
        raise HTTPException(404, "There is no such register here.")
    return found


@shown
def one(request: Request, asked: Asked) -> Response:
    """The households of one state of a register; "unclear" first, because they wait for a decision."""
    door = _door(request, asked)
    state = request.query_params.get("state", "unclear")
    if state not in STATES:
        raise HTTPException(404, "There is no such list.")
    with asked.service.ledger.writing() as session:
        line = counted(session, asked, door)
        rows = session.scalars(
            select(Registration)
            .where(Registration.door == door.id, Registration.season == line.season, Registration.state == state)
            .order_by(Registration.created_at, Registration.id)
            .limit(PAGE)
        ).all()
        found = [_shown(session, asked, door, row) for row in rows]
        if rows:
            record(session, asked.member.id, "register_read", door=door.id, at=asked.now, state=state, rows=len(rows))
        session.flush()
        session.expunge_all()  # what was read stays readable for the page
    return show(request, asked, "register.html", line=line, rows=found, state=state, states=STATES, most=PAGE)


def _shown(session: Session, asked: Asked, door: Door, row: Registration) -> dict[str, Any]:
    """A household for whoever decides, beside those that it may be the same as."""
    like = book.alike(session, door.id, row.season, book.keys_of(session, row.id), but=row.id)
    return {
        "row": row,
        "answers": _answers(asked, door, row),
        "like": [{"row": other, "answers": _answers(asked, door, other)} for other in like]
        if row.state == "unclear"
        else [],
    }


def _answers(asked: Asked, door: Door, row: Registration) -> list[tuple[str, str]]:
    answers = book.answers_of(row, asked.service.keys)
    found = []
    for name, value in answers.items():
        if isinstance(value, Mapping):
            value = value.get("name")
        found.append((question(door, name, asked.labels), f"{value:g}" if isinstance(value, float) else str(value)))
    return found


@posted
def decide(request: Request, asked: Asked, form: Form) -> Response:
    """A person decides about a household: on the register, on the waiting list, or out of it; on record."""
    door, move = _door(request, asked), _MOVES.get(form.get("move", ""))
    if move is None:
        raise HTTPException(400, "There is no such decision.")
    with asked.service.ledger.writing() as session:
        row = session.get(Registration, form.get("id", ""))
        if row is None or row.door != door.id or row.state == "withdrawn":
            raise HTTPException(404, "This registration is not there (any more).")
        before = row.state
        if move == "withdrawn":
            book.withdrawn(session, row, asked.now)
        else:
            row.state, row.changed_at = move, asked.now
        row.decided_by = asked.member.id
        record(
            session, asked.member.id, "register_decided", door=door.id, at=asked.now, registration=row.id, state=move
        )
        session.add(
            DoorEvent(
                door=door.id, event="register", code=move, detail=f"from_{before}", place=None, language=row.language,
                channel="console", created_at=asked.now,
            )
        )  # fmt: skip
    return back(f"{HOME}/{door.id}", state=before, done="saved")


routes = [
    console_route(HOME, listed, right=Right.REGISTERS),
    console_route(f"{HOME}/{{door}}", one, right=Right.REGISTERS),
    console_route(f"{HOME}/{{door}}", decide, right=Right.REGISTERS, methods=("POST",)),
]
