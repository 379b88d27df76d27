"""Figures of the queue: numbers, charts with the table beside each, and the same as a file."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from bot.clock import TORONTO
from bot.console.api.asked import Asked
from bot.console.floor import charts, rows
from bot.console.floor.figures import WITHIN, Row
from bot.console.floor.protection import written
from bot.console.floor.report import Report, as_csv, report
from bot.console.floor.rows import Span
from bot.console.floor.shared import Times, doors_of, fine_length, reading, show, shown
from bot.staff.gate import console_route
from bot.staff.record import record
from bot.staff.rights import EVERY_DOOR, Right

HOME = "/console/figures"
LONGEST = 366
LIMITS = (30, 60, 120, 300, 600)
"""Seconds to choose from for "answered within"."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader asked for: days, one door or all of theirs, the limit in seconds. `problem` is what was wrong."""

    span: Span
    door: str | None
    within: int
    problem: str | None


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture and the table that says the same. `head` is the name of the first column."""

    id: str
    picture: str
    head: str
    rows: Sequence[tuple[str, Row]]


def wanted(query: QueryParams, today: date, doors: Sequence[str]) -> Wanted:
    """Reads the address; what cannot be used is replaced by the last seven days, all doors, a minute."""
    usual = Span(today - timedelta(days=6), today)
    problem = None
    try:
        first = date.fromisoformat(query.get("from") or usual.first.isoformat())
        last = date.fromisoformat(query.get("to") or usual.last.isoformat())
        span = Span(first, last)
    except ValueError:
        span, problem = usual, "figures_days_unread"
    if not timedelta() <= span.last - span.first < timedelta(days=LONGEST) or span.last.year > today.year + 1:
        span, problem = usual, "figures_days_wrong"
    door = query.get("door") or None
    within = query.get("within", "")
    return Wanted(
        span,
        door if door in doors else None,
        int(within) if within in map(str, LIMITS) else WITHIN,
        problem,
    )


def _report(asked: Asked, chosen: Wanted) -> Report:
    everywhere = EVERY_DOOR in asked.member.doors
    doors = [chosen.door] if chosen.door else None if everywhere else sorted(asked.member.doors)
    with reading(asked) as session:
        return report(
            rows.contacts(session, chosen.span, doors),
            rows.asks(session, chosen.span, doors),
            chosen.span,
            within=chosen.within,
            narrowed=doors is not None,
        )


def _chosen(request: Request, asked: Asked) -> Wanted:
    return wanted(request.query_params, asked.now.astimezone(TORONTO).date(), list(doors_of(asked)))


@shown
def figures(request: Request, asked: Asked) -> Response:
    """The page."""
    chosen = _chosen(request, asked)
    counted = _report(asked, chosen)
    return show(
        request, asked, "figures.html", chosen=chosen, report=counted, charts=_charts(asked, counted),
        doors=doors_of(asked), limits=LIMITS, written=written, length=fine_length,
        export=asked.member.may(Right.EXPORT),
    )  # fmt: skip


@shown
def export(request: Request, asked: Asked) -> Response:
    """The tables as a file; on record."""
    chosen = _chosen(request, asked)
    text = as_csv(_report(asked, chosen))
    with asked.service.ledger.writing() as session:
        record(
            session, asked.member.id, "exported", door=chosen.door, at=asked.now, what="queue_figures",
            first=chosen.span.first.isoformat(), last=chosen.span.last.isoformat(), within=chosen.within,
        )  # fmt: skip
    name = f"queue-{chosen.span.first.isoformat()}-{chosen.span.last.isoformat()}.csv"
    return Response(
        text, media_type="text/csv; charset=utf-8", headers={"content-disposition": f'attachment; filename="{name}"'}
    )


def _charts(asked: Asked, counted: Report) -> list[Chart]:
    labels, times = asked.labels, Times(asked.language, asked.now)

    def say(message: str) -> str:
        return asked.interface.say(message, asked.language)

    nothing = say("figures_nothing")
    ends = [(say(f"figures_{end}"), end) for end in ("answered", "left", "unanswered", "callback")]
    waits = [(say("figures_p50"), "p50"), (say("figures_p90"), "p90")]
    both = [(say("figures_contacts"), "contacts"), (say("figures_asked"), "asked")]
    days = [(times.day(row.key), row) for row in counted.days]
    hours = [(f"{row.key}:00", row) for row in counted.hours]
    made = [
        ("days", days, charts.bars(_names(days), _series(days, ends), nothing=nothing, stacked=True)),
        ("waits", days, charts.lines(_names(days), _series(days, waits), nothing=nothing, number=fine_length)),
        ("hours", hours, charts.bars(_names(hours), _series(hours, ends), nothing=nothing, stacked=True)),
        (
            "hour_waits",
            hours,
            charts.lines(_names(hours), _series(hours, waits), nothing=nothing, number=fine_length),
        ),
    ]
    for id_, table, name in (
        ("languages", counted.languages, labels.language_name),
        ("doors", counted.doors, labels.door),
        ("channels", counted.channels, labels.channel),
    ):
        named = [(name(row.key), row) for row in table]
        made.append((id_, named, charts.bars(_names(named), _series(named, both), nothing=nothing, across=True)))
    return [
        Chart(id_, f"data:image/svg+xml;base64,{base64.b64encode(picture).decode()}", f"figures_by_{id_}", table)
        for id_, table, picture in made
    ]


def _names(table: Sequence[tuple[str, Row]]) -> list[str]:
    return [name for name, _ in table]


def _series(
    table: Sequence[tuple[str, Row]], columns: Sequence[tuple[str, str]]
) -> list[tuple[str, list[float | None]]]:
    return [(name, [getattr(row, column) for _, row in table]) for name, column in columns]


routes = [
    console_route(HOME, figures, right=Right.FIGURES),
    console_route(f"{HOME}/queue.csv", export, right=Right.EXPORT),
]
