"""Reports: the page with tables, charts and a map, and the same as files to take out."""

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
from bot.console.floor import charts
from bot.console.floor.shared import Times as Written
from bot.console.floor.shared import doors_of, fine_length, reading, show
from bot.console.floor.shared import shown as page_of
from bot.reports import map as chart_map
from bot.reports import rows
from bot.reports.areas import areas, points
from bot.reports.counts import LONGEST, MEASURES, Span, units_of
from bot.reports.files import as_csv, as_json, shown
from bot.reports.labels import Labels
from bot.reports.tables import ALL, Measure, Report, Row, report
from bot.staff.gate import console_route
from bot.staff.record import record
from bot.staff.rights import EVERY_DOOR, Right

HOME = "/console/reports"
BARS = {"contacts": ("language", "channel", "risk", "outcome"), "needs": ("need",), "unmet": ("need", "reason")}
"""Tables that have a chart across beside those by time."""
MOST_BARS = 15


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reader asked for. `problem` is what was wrong with it."""

    span: Span
    unit: str
    door: str | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a measure, with a picture of it where that helps."""

    by: str
    rows: Sequence[tuple[str, Row]]
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A measure with its tables."""

    name: str
    total: int | None
    tables: Sequence[Table]


def wanted(query: QueryParams, today: date, doors: Sequence[str]) -> Wanted:
    """Reads the address; what cannot be used is replaced by the last four weeks."""
    usual = Span(today - timedelta(days=27), today)
    problem = None
    try:
        span = Span(
            date.fromisoformat(query.get("from") or usual.first.isoformat()),
            date.fromisoformat(query.get("to") or usual.last.isoformat()),
        )
        if not 0 < span.length <= LONGEST or span.last.year > today.year + 1 or span.first.year < 2000:
            span, problem = usual, "reports_days_wrong"
    except ValueError:
        span, problem = usual, "reports_days_unread"
    door = query.get("door") or None
    units = units_of(span)
    unit = query.get("unit", "")
    if unit not in units:
        unit = "month" if "week" not in units else "day" if span.length <= 31 else "week"
    return Wanted(span, unit, door if door in doors else None, problem)


def counted(asked: Asked, span: Span, door: str | None) -> Report:
    """The report for this reader: of all doors, or of those that are theirs."""
    everywhere = EVERY_DOOR in asked.member.doors
    doors = sorted(asked.service.doors if everywhere else asked.member.doors)
    area_of = areas(asked.service.turns.ears.gazetteer)
    with reading(asked) as session:
        found = rows.counts(session, span, None if everywhere else doors, area_of, asked.service.doors)
        waited = rows.waits(session, span, None if everywhere else doors)
    return report(found, waited, span, doors, door)


def _chosen(request: Request, asked: Asked) -> Wanted:
    return wanted(request.query_params, asked.now.astimezone(TORONTO).date(), list(doors_of(asked)))


@page_of
def reports(request: Request, asked: Asked) -> Response:
    """The page; on record, because spans that overlap tell more than one alone."""
    chosen = _chosen(request, asked)
    made = counted(asked, chosen.span, chosen.door)
    _note(asked, chosen, "report_viewed")
    labels = Labels(
        asked.labels, asked.interface, asked.language, asked.service.doors, Written(asked.language, asked.now)
    )
    return show(
        request, asked, "reports.html", chosen=chosen, units=units_of(chosen.span), doors=doors_of(asked),
        sections=[_section(one, chosen.unit, labels) for one in made.measures if one.total != 0],
        empty=[one.name for one in made.measures if one.total == 0],
        times=[(_who(one.by, one.key, labels), one) for one in made.times],
        picture=_map(made.measure("unmet"), labels), written=shown, length=fine_length,
        measures=list(MEASURES), export=asked.member.may(Right.EXPORT),
    )  # fmt: skip


@page_of
def export(request: Request, asked: Asked) -> Response:
    """The tables as a file; on record."""
    chosen = _chosen(request, asked)
    kind = "json" if request.url.path.endswith(".json") else "csv"
    made = counted(asked, chosen.span, chosen.door)
    _note(asked, chosen, "exported", what="reports", kind=kind)
    name = f"report-{chosen.span.first.isoformat()}-{chosen.span.last.isoformat()}.{kind}"
    text, media = (as_json(made), "application/json") if kind == "json" else (as_csv(made), "text/csv; charset=utf-8")
    return Response(text, media_type=media, headers={"content-disposition": f'attachment; filename="{name}"'})


def _note(asked: Asked, chosen: Wanted, action: str, **more: str) -> None:
    with asked.service.ledger.writing() as session:
        record(
            session, asked.member.id, action, door=chosen.door, at=asked.now, first=chosen.span.first.isoformat(),
            last=chosen.span.last.isoformat(), **more,
        )  # fmt: skip


def _section(measure: Measure, unit: str, labels: Labels) -> Section:
    tables = []
    for by, found in measure.tables.items():
        if by in ("day", "week", "month") and by != unit:
            continue
        named = [(labels.key(by, row.key), row) for row in found]
        picture = None
        if by == unit or by in BARS.get(measure.name, ()):
            picture = _bars(named, labels, across=by != unit)
        tables.append(Table(by, named, picture))
    return Section(measure.name, measure.total, tables)


def _bars(named: Sequence[tuple[str, Row]], labels: Labels, *, across: bool) -> str | None:
    """A chart of what is shown. Counts that are hidden leave an empty place."""
    if across:
        named = sorted(named, key=lambda one: -(one[1].count or 0))[:MOST_BARS]
    if not named:
        return None
    names = [name for name, _ in named]
    series = [(labels.say("reports_count"), [row.count for _, row in named])]
    return _data(charts.bars(names, series, nothing=labels.say("reports_nothing"), across=across))


def _who(by: str, key: str, labels: Labels) -> str:
    return labels.say("reports_all") if by == ALL else labels.key(by, key)


def _map(unmet: Measure, labels: Labels) -> str | None:
    found = unmet.tables["area"]
    if not any(row.count != 0 and row.key in points() for row in found):
        return None
    return _data(
        chart_map.drawn(found, points(), few=labels.say("reports_few"), title=labels.say("reports_map"))
    )  # fmt: skip


def _data(picture: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(picture).decode()}"


routes = [
    console_route(HOME, reports, right=Right.REPORTS),
    console_route(f"{HOME}/report.csv", export, right=Right.EXPORT),
    console_route(f"{HOME}/report.json", export, right=Right.EXPORT),
]
