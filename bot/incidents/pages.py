"""The pages: a form for reports in person, one report, and the counts with their definitions."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.clock import TORONTO
from bot.console.api.asked import Asked
from bot.console.floor.protection import written as shown_count
from bot.console.floor.shared import Form, back, posted, reading, show, shown
from bot.doors.door import Door
from bot.doors.routing import Route, Rule
from bot.doors.world import situation, world_of
from bot.incidents import counts, form, wording
from bot.incidents.counts import Counts
from bot.incidents.form import Unread
from bot.intake.ending import facts_of
from bot.intake.models import Report
from bot.staff.gate import console_route
from bot.staff.record import record
from bot.staff.rights import Right

IN_PERSON = "/console/reports-in-person"
COUNTS = "/console/incidents"
_COLUMNS = ("door", "year", "part", "code", "label", "reports", "definition")


def _doors(asked: Asked) -> dict[str, Door]:
    """The doors of the reader that take anonymous reports."""
    return {id_: one for id_, one in asked.service.doors.items() if one.report is not None and asked.member.at(id_)}


def _door(asked: Asked, wanted: str | None) -> Door | None:
    doors = _doors(asked)
    if wanted:
        if wanted not in doors:
            raise HTTPException(404, "There is no such door here.")
        return doors[wanted]
    return next(iter(doors.values())) if len(doors) == 1 else None


# -- reports in person


@shown
def blank(request: Request, asked: Asked) -> Response:
    """The form, at the only door that takes reports, or the choice of the door."""
    door = _door(asked, request.query_params.get("door"))
    return _form(request, asked, door, {})


def _form(
    request: Request, asked: Asked, door: Door | None, given: Mapping[str, str], problem: str | None = None
) -> Response:
    return show(
        request, asked, "incidents_form.html", status=422 if problem else 200, door=door, doors=_doors(asked),
        questions=form.questions(door) if door else (), given=given, problem=problem, sources=form.SOURCES,
        words=wording.sentences(asked), report=given.get("report") or str(uuid.uuid4()),
    )  # fmt: skip


@posted
def write(request: Request, asked: Asked, sent: Form) -> Response:
    """Stores a report once, however often the form is sent."""
    door = _door(asked, sent.get("door") or "-")
    assert door is not None
    try:
        report_id = str(uuid.UUID(sent.get("report", "")))
    except ValueError:
        raise HTTPException(400, "The form is not complete; open it again.") from None
    with reading(asked) as session:
        around = situation(session, door, asked.now, language=asked.language, channel=form.COUNTER, memory={})
    try:
        told = form.written(door, sent, world_of(door, around, asked.now))
    except Unread as problem:
        return _form(request, asked, door, sent, problem.field)
    if told.fields is None:
        with asked.service.ledger.writing() as session:
            record(session, asked.member.id, "report_not_kept", door=door.id, at=asked.now)
        return show(request, asked, "incidents_told.html", door=door, told=_told(asked, door, told.rule, told.route),
                    offers=_offers(asked, told.rule))  # fmt: skip
    with asked.service.ledger.writing() as session:
        if session.get(Report, report_id) is None:
            kept = told.fields
            kind = kept["kind"]
            session.add(
                Report(
                    id=report_id, door=door.id, kind=",".join(kind) if isinstance(kind, list) else kind,
                    place=kept["place"], happened=kept["time"], frequency=kept["frequency"], source=kept["source"],
                    more=dict(kept["more"]), day=asked.now.astimezone(TORONTO).date(),
                )
            )  # fmt: skip
            record(session, asked.member.id, "report_written", door=door.id, at=asked.now, source=kept["source"])
    rule = told.rule.id if told.rule else ""
    return back(f"{IN_PERSON}/{report_id}", rule=rule)


@shown
def one(request: Request, asked: Asked) -> Response:
    """One report: its answers, and what to tell the person. On record."""
    with reading(asked) as session:
        report = session.get(Report, request.path_params["report"])
        door = _doors(asked).get(report.door) if report else None
        if report is None or door is None:
            raise HTTPException(404, "There is no such report here.")
        lines = _lines(asked, door, report)
        day = report.day
    with asked.service.ledger.writing() as session:
        record(session, asked.member.id, "report_viewed", door=door.id, at=asked.now)
    rule = next((one for one in door.rules if one.id == request.query_params.get("rule")), None)
    route = door.route(rule.to) if rule else None
    return show(
        request, asked, "incidents_told.html", door=door, lines=lines, day=day,
        told=_told(asked, door, rule, route), offers=_offers(asked, rule),
    )  # fmt: skip


def _lines(asked: Asked, door: Door, report: Report) -> list[tuple[str, str]]:
    """The answers of a report, named as the door names them."""
    words, kept = wording.sentences(asked), door.report
    assert kept is not None
    values = [(kept.type, report.kind), (kept.place, report.place), (kept.time, report.happened),
              (kept.frequency, report.frequency), *((name, report.more.get(name)) for name in kept.more)]  # fmt: skip
    found = []
    for name, value in values:
        question = door.asked(name)
        if question is not None and value is not None:
            labels = [words(option.label) for code in str(value).split(",") if (option := question.option(code))]
            found.append((words(question.short or question.ask), ", ".join(labels) or str(value)))
    return [*found, (asked.interface.say("incidents_source", asked.language), wording.source(asked, report.source))]


def _told(asked: Asked, door: Door, rule: Rule | None, route: Route | None) -> list[str]:
    """What the person is told, in the words that the chat would use."""
    said = [*(rule.say if rule else ()), *(route.say if route else ())]
    world = world_of(
        door, situation(None, door, asked.now, language=asked.language, channel="web", memory={}), asked.now
    )
    pieces = [door.say(message, **facts_of(door, world)) for message in said]
    replies = asked.service.words.replies(pieces, asked.language, lambda listing, shown: None, asked.now)
    return [reply.text for reply in replies]


def _offers(asked: Asked, rule: Rule | None) -> list[str]:
    return [asked.labels.need(code) for code in rule.offer] if rule else []


# -- counts


def _counts(request: Request, asked: Asked, session: Session) -> tuple[Door | None, Counts | None, list[int]]:
    door = _door(asked, request.query_params.get("door"))
    if door is None:
        return None, None, []
    this = asked.now.astimezone(TORONTO).year
    known = counts.years(session, door.id, this)
    wanted = request.query_params.get("year", "")
    year = int(wanted) if wanted in map(str, known) else this
    return door, counts.counted(session, door, year), known


@shown
def figures(request: Request, asked: Asked) -> Response:
    """The counts of a year, with their definitions."""
    with reading(asked) as session:
        door, found, known = _counts(request, asked, session)
    return show(
        request, asked, "incidents_counts.html", door=door, doors=_doors(asked), counts=found, years=known,
        label=wording.values(asked), part=wording.parts(asked), define=wording.definitions(asked), written=shown_count,
        export=asked.member.may(Right.EXPORT),
    )  # fmt: skip


@shown
def export(request: Request, asked: Asked) -> Response:
    """The same as a file; on record."""
    if not asked.member.may(Right.INCIDENT_COUNTS):
        raise HTTPException(403, "Your account has no right to these counts.")
    with reading(asked) as session:
        door, found, _ = _counts(request, asked, session)
    if door is None or found is None:
        raise HTTPException(404, "Choose a door.")
    head = [asked.interface.say(f"incidents_column_{name}", asked.language) for name in _COLUMNS]
    text = counts.as_csv(found, wording.values(asked), wording.definitions(asked), head)
    with asked.service.ledger.writing() as session:
        record(session, asked.member.id, "exported", door=door.id, at=asked.now, what="reports", year=found.year)
    name = f"{door.id}-{found.year}.csv"
    return Response(
        text, media_type="text/csv; charset=utf-8", headers={"content-disposition": f'attachment; filename="{name}"'}
    )


routes = [
    console_route(IN_PERSON, blank, right=Right.INCIDENTS),
    console_route(IN_PERSON, write, right=Right.INCIDENTS, methods=("POST",)),
    console_route(f"{IN_PERSON}/{{report}}", one, right=Right.INCIDENTS),
    console_route(COUNTS, figures, right=Right.INCIDENT_COUNTS),
    console_route(f"{COUNTS}/counts.csv", export, right=Right.EXPORT),
]
