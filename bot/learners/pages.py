"""Pages of the forms (for partners) and of gaps and overlaps (for planners)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.clock import TORONTO
from bot.console.api.asked import Asked
from bot.console.floor.shared import Form, back, posted, reading, show, shown
from bot.doors.door import Door
from bot.intake.machine import shown as answer_shown
from bot.learners import planning, store
from bot.learners.answering import changed
from bot.learners.models import REASONS, STEPS, LearnerProgram, LearnerReferral
from bot.staff.gate import console_route
from bot.staff.models import Staff
from bot.staff.record import record, record_view
from bot.staff.rights import EVERY_DOOR, Right

HOME = "/console/learners"
PLANNING = "/console/literacy"


@dataclass(frozen=True, slots=True)
class Line:
    """A form in the list: nothing of what stands in it."""

    id: str
    program: str
    language: str
    state: str
    since: datetime
    decided: datetime | None


def _programs(session: Session, asked: Asked) -> frozenset[str] | None:
    """The programs whose forms the member reads; None for those that no account reads, which 211 hands on."""
    return None if Right.DESK in asked.member.rights else store.programs_of(session, asked.member.id)


def _name(asked: Asked, listing: str) -> str:
    found = asked.service.directory.find(asked.now)(listing, None)
    if found is None:
        return listing
    return found.name_fr if asked.language == "fr" and found.name_fr else found.name


@shown
def forms(request: Request, asked: Asked) -> Response:
    """The forms of the member's programs, those without an answer first."""
    with reading(asked) as session:
        programs = _programs(session, asked)
        doors = None if EVERY_DOOR in asked.member.doors or programs is not None else sorted(asked.member.doors)
        rows = store.forms_for(session, programs, doors)
    lines = [
        Line(one.id, _name(asked, one.listing_id), one.language, one.state, one.created_at, one.decided_at)
        for one in rows
    ]
    return show(
        request, asked, "learners.html", lines=lines, own=programs is not None, done_note=_done(request),
        names=sorted(_name(asked, one) for one in programs or ()),
    )  # fmt: skip


def _done(request: Request) -> str | None:
    done = request.query_params.get("done")
    return f"literacy_done_{done}" if done in ("accepted", "not_accepted", "late", "added", "removed") else None


@shown
def one(request: Request, asked: Asked) -> Response:
    """One form. Opening it is its receipt, and the learner is told so."""
    return _one(request, asked, None)


def _one(request: Request, asked: Asked, problem: str | None) -> Response:
    with asked.service.ledger.writing() as session:
        row = _found(session, request, asked)
        if row.state == "given":
            changed(asked.service, session, row.id, "received", asked.member.id, asked.now)
        if row.conversation_id:
            record_view(session, asked.member.id, row.conversation_id, row.door, asked.now, what="learner_form")
        conversation, form, door = row.conversation_id, row.id, asked.service.doors.get(row.door)
    if conversation:
        asked.service.heard_of(conversation)
    with reading(asked) as session:
        row = session.get_one(LearnerReferral, form)
        given = store.answers_of(session, form, asked.service.keys)
    return show(
        request, asked, "learner.html", status=422 if problem else 200, row=row, program=_name(asked, row.listing_id),
        answers=_told(asked, door, given or {}), gone=given is None, reasons=REASONS, steps=STEPS, problem=problem,
        today=asked.now.astimezone(TORONTO).date().isoformat(),
    )  # fmt: skip


def _told(asked: Asked, door: Door | None, given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Questions and answers in the language of the reader."""
    if door is None:
        return [(name, str(value)) for name, value in given.items()]
    words, find, told = asked.service.words, asked.service.directory.find(asked.now), []
    for name, value in given.items():
        question = door.asked(name)
        if question is None:
            continue
        label = asked.service.catalogue.say(question.short or question.ask, asked.language)
        told.append((label, words.fact(answer_shown(question, value), asked.language, find)))
    return told


@posted
def answer(request: Request, asked: Asked, form: Form) -> Response:
    """Yes with the next step, or no with a reason."""
    state, step, reason = request.path_params["state"], form.get("step"), form.get("reason")
    day: date | None = None
    if state == "accepted":
        if step not in STEPS:
            return _one(request, asked, "literacy_step_missing")
        if step == "class":
            try:
                day = date.fromisoformat(form.get("day", ""))
            except ValueError:
                return _one(request, asked, "literacy_day_missing")
            if day < asked.now.astimezone(TORONTO).date():
                return _one(request, asked, "literacy_day_past")
        reason = None
    elif state == "not_accepted":
        if reason not in REASONS:
            return _one(request, asked, "literacy_reason_missing")
        step = None
    else:
        raise HTTPException(404, "There is no such answer.")
    with asked.service.ledger.writing() as session:
        row = _found(session, request, asked)
        conversation, door = row.conversation_id, row.door
        done = changed(
            asked.service, session, row.id, state, asked.member.id, asked.now, reason=reason, step=step, step_day=day
        )
        if done is not None:
            record(
                session, asked.member.id, "learner_form", conversation=conversation, door=door, at=asked.now,
                state=state, listing=done.listing_id,
            )  # fmt: skip
    if conversation:
        asked.service.heard_of(conversation)
    return back(HOME, done=state if done is not None else "late")


def _found(session: Session, request: Request, asked: Asked) -> LearnerReferral:
    """A form that the member may read. Another program's is not even confirmed to exist."""
    row = session.get(LearnerReferral, request.path_params["id"])
    programs = _programs(session, asked)
    if row is not None:
        mine = (
            row.listing_id in programs if programs is not None else row.listing_id not in store.programs_read(session)
        )
        if mine and (programs is not None or asked.member.at(row.door)):
            return row
    raise HTTPException(404, "This form is not there (any more).")


# -- who reads which program


@shown
def programs(request: Request, asked: Asked) -> Response:
    """Which partner's account reads the forms of which program."""
    with reading(asked) as session:
        partners = [one for one in session.scalars(select(Staff).order_by(Staff.name)) if "partner" in one.roles]
        names = {one.id: one.name for one in partners}
        rows = list(session.scalars(select(LearnerProgram).order_by(LearnerProgram.created_at)))
        lines = [(one.id, names.get(one.staff_id, one.staff_id), _name(asked, one.listing_id)) for one in rows]
    return show(
        request, asked, "learner_programs.html", lines=lines, partners=[(one.id, one.name) for one in partners],
        problem=request.query_params.get("problem") == "listing", done_note=_done(request),
    )  # fmt: skip


@posted
def add_program(request: Request, asked: Asked, form: Form) -> Response:
    listing, staff = form.get("listing", "").strip()[:200], form.get("staff", "")
    known = asked.service.directory.find(asked.now)(listing, None) if listing else None
    if known is None:
        return back(f"{HOME}/programs", problem="listing")
    with asked.service.ledger.writing() as session:
        account = session.get(Staff, staff)
        if account is None or "partner" not in account.roles:
            raise HTTPException(404, "There is no such partner's account.")
        twice = select(LearnerProgram.id).where(LearnerProgram.staff_id == staff, LearnerProgram.listing_id == known.id)
        if session.scalar(twice) is None:
            session.add(
                LearnerProgram(staff_id=staff, listing_id=known.id, added_by=asked.member.id, created_at=asked.now)
            )
            record(session, asked.member.id, "program_added", at=asked.now, listing=known.id, staff=staff)
    return back(f"{HOME}/programs", done="added")


@posted
def remove_program(request: Request, asked: Asked, form: Form) -> Response:
    with asked.service.ledger.writing() as session:
        row = session.get(LearnerProgram, request.path_params["id"])
        if row is not None:
            record(
                session, asked.member.id, "program_removed", at=asked.now, listing=row.listing_id, staff=row.staff_id
            )
            session.delete(row)
    return back(f"{HOME}/programs", done="removed")


# -- for planners


@shown
def plan(request: Request, asked: Asked) -> Response:
    """Gaps and overlaps by year and region: counts and listings, no persons."""
    year = _year(request, asked)
    with reading(asked) as session:
        gaps, years = planning.gaps(session, year), planning.years(session, year)
    overlaps = planning.overlaps(asked.service.directory, asked.now)
    return show(
        request, asked, "literacy.html", year=year, years=years, gaps=gaps, overlaps=overlaps, least=planning.LEAST
    )


@shown
def export(request: Request, asked: Asked) -> Response:
    """The same as a file: gaps or overlaps."""
    year, what = _year(request, asked), request.path_params["what"]
    if what not in ("gaps", "overlaps"):
        raise HTTPException(404, "There is no such file.")
    out = io.StringIO()
    table = csv.writer(out)
    if what == "gaps":
        with reading(asked) as session:
            rows = planning.gaps(session, year)
        table.writerow(["year", "region", "kind", "stream", "searches", "nothing_near"])
        table.writerows(
            [year, _cell(one.region), one.need, one.stream, planning.written(one.searches), planning.written(one.gaps)]
            for one in rows
        )
    else:
        table.writerow(["year", "region", "kind", "stream", "programs", "names"])
        table.writerows(
            [asked.now.astimezone(TORONTO).year, _cell(one.region), one.need, one.stream, len(one.programs),
             _cell("; ".join(one.programs))]
            for one in planning.overlaps(asked.service.directory, asked.now)
        )  # fmt: skip
    with asked.service.ledger.writing() as session:
        record(session, asked.member.id, "export", at=asked.now, what=f"literacy_{what}", year=year)
    name = f"literacy-{what}-{year}.csv"
    return Response(
        out.getvalue(), media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


def _cell(text: str | None) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text and text[0] in "=+-@\t\r" else text or ""


def _year(request: Request, asked: Asked) -> int:
    value = request.query_params.get("year", "")
    now = asked.now.astimezone(TORONTO).year
    return int(value) if value.isascii() and value.isdigit() and len(value) == 4 else now


routes = [
    console_route(HOME, forms, right=Right.LEARNERS),
    console_route(f"{HOME}/programs", programs, right=Right.AGREEMENTS),
    console_route(f"{HOME}/programs", add_program, right=Right.AGREEMENTS, methods=("POST",)),
    console_route(f"{HOME}/programs/{{id}}/remove", remove_program, right=Right.AGREEMENTS, methods=("POST",)),
    console_route(f"{HOME}/{{id}}", one, right=Right.LEARNERS),
    console_route(f"{HOME}/{{id}}/{{state}}", answer, right=Right.LEARNERS, methods=("POST",)),
    console_route(PLANNING, plan, right=Right.PLANNING),
    console_route(f"{PLANNING}/{{what}}.csv", export, right=Right.PLANNING),
]
