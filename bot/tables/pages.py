"""The table's own pages: what is referred, what agencies say, the decision, who has accepted, and the trends."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from anyio import to_thread
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.clock import TORONTO
from bot.console.api.asked import Asked, asked_of
from bot.console.floor.door_settings import setting_in_force
from bot.console.floor.protection import written
from bot.console.floor.shared import back, reading, show, shown
from bot.doors.door import Door
from bot.doors.tables import Labels, Table
from bot.staff.gate import console_route, pairs_of
from bot.staff.rights import Right
from bot.tables import deciding
from bot.tables.deciding import NotNow
from bot.tables.meeting import next_meeting
from bot.tables.models import Situation
from bot.tables.trends import trends
from directory_client.lines import CRISIS, EMERGENCY, lines

HOME = "/console/tables"
Pairs = list[tuple[str, str]]
LINES = {"line_911": EMERGENCY, "line_988": CRISIS}


def words(labels: Labels, code: str | None, language: str) -> str:
    """What staff read for a code of the table's file; the code itself when the file lacks it by now."""
    label = labels.get(code or "")
    return label.get(language, label["en"]) if label else code or "–"


def common(session: Session, asked: Asked, door: Door) -> dict[str, Any]:
    """What every page of a table shows: its name, when it meets next, and what not to wait with."""
    table = table_of(door)
    staff = setting_in_force(session, door.id, table.meeting, asked.now)
    spec = staff["value"] if staff and "value" in staff else door.settings[table.meeting].value
    known = lines()
    return {
        "door": door, "table": table, "meets": next_meeting(spec, asked.now), "name": door.name(asked.language),
        "label": lambda kind, code: words(getattr(table, kind), code, asked.language),
        "threshold": table.threshold.get(asked.language, table.threshold["en"]), "written": written,
        "numbers": {name: known[line].voice or "" for name, line in LINES.items()},
    }  # fmt: skip


def table_of(door: Door) -> Table:
    if door.table is None:
        raise HTTPException(404, "There is no table at this door.")
    return door.table


def door_of(request: Request, asked: Asked) -> Door:
    """The door of the address, when the reader works there and it has a table.

    Raises:
        HTTPException: 404 for every other one.
    """
    found = asked.service.doors.get(request.path_params["door"])
    if found is None or found.table is None or not asked.member.at(found.id):
        raise HTTPException(404, "There is no such table.")
    return found


def posted_pairs(endpoint: Callable[[Request, Asked, Pairs], Response]) -> Callable[[Request], Any]:
    """A form with fields that come several times; runs in a thread."""

    @wraps(endpoint)
    async def answer(request: Request) -> Response:
        pairs = [(name, value.replace("\x00", "")) for name, value in await pairs_of(request)]
        return await to_thread.run_sync(endpoint, request, asked_of(request), pairs)

    return answer


@shown
def tables(request: Request, asked: Asked) -> Response:
    """The tables at which the reader's agency sits, and what is on them. Excluded situations are not there."""
    with reading(asked) as session:
        found = []
        for door in asked.service.doors.values():
            if door.table is None or not asked.member.at(door.id):
                continue
            agency = deciding.agency_of(asked.member, door.table)
            rows = session.scalars(
                select(Situation)
                .where(Situation.door == door.id, Situation.state.in_(("referred", "met")))
                .order_by(Situation.danger_now.desc(), Situation.created_at)
            )
            seen = [
                (row, deciding.voices(session, row.id), deciding.involved(session, row.id))
                for row in rows
                if agency is not None and deciding.seen_by(row, agency)
            ]
            found.append({**common(session, asked, door), "agency": agency, "rows": seen})
        return show(request, asked, "tables.html", tables=found)


@shown
def situation(request: Request, asked: Asked) -> Response:
    """One situation: factors and reason, never who it is."""
    return _situation(request, asked)


def _situation(
    request: Request, asked: Asked, problem: str | None = None, who: dict[str, str] | None = None
) -> Response:
    door = door_of(request, asked)
    with reading(asked) as session:
        row, agency = _found(session, request, asked, door)
        why = asked.service.keys.opened(row.why) if row.why else None
        parts = deciding.involved(session, row.id)
        return show(
            request, asked, "situation.html", status=409 if problem else 200, row=row, agency=agency, why=why,
            voices=deciding.voices(session, row.id), involved=parts, mine=parts.get(agency), who=who, problem=problem,
            **common(session, asked, door),
        )  # fmt: skip


def _found(session: Session, request: Request, asked: Asked, door: Door) -> tuple[Situation, str]:
    """A situation that the reader's agency may know of; one that it may not is not even confirmed to exist."""
    agency = deciding.agency_of(asked.member, table_of(door))
    row = session.get(Situation, request.path_params["situation"], populate_existing=True)
    if row is None or agency is None or row.door != door.id or not deciding.seen_by(row, agency):
        raise HTTPException(404, "There is no such situation.")
    return row, agency


def _doing(what: Callable[[Session, Asked, Door, Situation, Pairs], str]) -> Callable[[Request], Any]:
    """An action on a situation: done in one transaction, or refused with a sentence on its page."""

    @posted_pairs
    @wraps(what)
    def answer(request: Request, asked: Asked, pairs: Pairs) -> Response:
        door = door_of(request, asked)
        try:
            with asked.service.ledger.writing() as session:
                row, _ = _found(session, request, asked, door)
                done = what(session, asked, door, row, pairs)
        except NotNow as problem:
            return _situation(request, asked, f"tables_bad_{problem.code}")
        return back(f"{HOME}/{door.id}/{request.path_params['situation']}", done=done)

    return answer


@_doing
def speak(session: Session, asked: Asked, door: Door, row: Situation, pairs: Pairs) -> str:
    """What the reader's agency says of the threshold."""
    deciding.speak(session, door, row, asked.member, _yes(pairs), asked.now)
    return "table_spoken"


@_doing
def decide(session: Session, asked: Asked, door: Door, row: Situation, pairs: Pairs) -> str:
    """The table's decision."""
    ticked = [value for name, value in pairs if name == "agency"]
    deciding.decide(session, door, row, asked.member, _yes(pairs), ticked, asked.now)
    return "table_decided"


@_doing
def answer(session: Session, asked: Asked, door: Door, row: Situation, pairs: Pairs) -> str:
    """A ticked agency accepts or not."""
    deciding.answer(session, door, row, asked.member, _yes(pairs), asked.now)
    return "table_answered"


@_doing
def connected(session: Session, asked: Asked, door: Door, row: Situation, pairs: Pairs) -> str:
    """The person was met today."""
    deciding.connected(session, door, row, asked.member, asked.now)
    return "table_connected"


@_doing
def close(session: Session, asked: Asked, door: Door, row: Situation, pairs: Pairs) -> str:
    """How it ended."""
    deciding.close(session, door, row, asked.member, dict(pairs).get("outcome", ""), asked.now)
    return "table_closed"


def _yes(pairs: Pairs) -> bool:
    value = dict(pairs).get("met")
    if value not in ("yes", "no"):
        raise NotNow("answer")
    return value == "yes"


@posted_pairs
def identity(request: Request, asked: Asked, pairs: Pairs) -> Response:
    """Shows who it is, to an agency that has accepted. The look is on record before the page is."""
    door = door_of(request, asked)
    try:
        with asked.service.ledger.writing() as session:
            row, _ = _found(session, request, asked, door)
            who = deciding.identity(session, door, row, asked.member, asked.service.keys, asked.now)
    except NotNow as problem:
        return _situation(request, asked, f"tables_bad_{problem.code}")
    return _situation(request, asked, who=who)


@shown
def trend(request: Request, asked: Asked) -> Response:
    """The year's counts."""
    door, this = door_of(request, asked), asked.now.astimezone(TORONTO).year
    asked_for = request.query_params.get("year", "")
    year = int(asked_for) if asked_for.isascii() and asked_for.isdigit() and len(asked_for) == 4 else this
    year = min(max(year, 2000), this)
    with reading(asked) as session:
        return show(
            request, asked, "table_trends.html", year=year, last=this, counts=trends(session, door, year),
            **common(session, asked, door),
        )  # fmt: skip


def _post(path: str, endpoint: Any) -> Any:
    return console_route(path, endpoint, right=Right.TABLE, methods=("POST",))


ONE = f"{HOME}/{{door}}/{{situation}}"
routes = [
    console_route(HOME, tables, right=Right.TABLE),
    console_route(f"{HOME}/{{door}}/trends", trend, right=Right.TABLE),
    console_route("/console/table-trends/{door}", trend, right=Right.REPORTS),
    console_route(ONE, situation, right=Right.TABLE),
    _post(f"{ONE}/voice", speak),
    _post(f"{ONE}/decision", decide),
    _post(f"{ONE}/answer", answer),
    _post(f"{ONE}/identity", identity),
    _post(f"{ONE}/connected", connected),
    _post(f"{ONE}/close", close),
]
