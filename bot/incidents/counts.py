"""Counts of anonymous reports: by type, place, time, frequency and source, of one calendar year, small ones hidden.

Years do not overlap, and nothing else can be asked for: two counts of nearly the same days would tell the difference.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.console.floor.protection import hidden, protected, written
from bot.doors.door import Door
from bot.doors.questions import Question
from bot.intake.models import Report

SOURCES = ("web", "sms", "voice", "counter")
NOT_SAID = "not_said"
PARTS = ("type", "place", "time", "frequency", "source")


@dataclass(frozen=True, slots=True)
class Line:
    """One value of a table. `count` is None where it is too small to be shown."""

    code: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Table:
    """The reports of a year by one thing that was asked. `part` is type, place, …, or the id of a further question."""

    part: str
    question: Question | None
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Counts:
    """All tables of a door and a year."""

    door: str
    year: int
    total: int | None
    tables: Sequence[Table]


def counted(session: Session, door: Door, year: int) -> Counts:
    """The reports of a calendar year at a door."""
    rows = session.execute(
        select(Report.kind, Report.place, Report.happened, Report.frequency, Report.source, Report.more).where(
            Report.door == door.id, Report.day >= date(year, 1, 1), Report.day < date(year + 1, 1, 1)
        )
    ).all()
    report = door.report
    assert report is not None
    named = [("type", report.type), ("place", report.place), ("time", report.time), ("frequency", report.frequency)]
    tables = [
        _table(part, door.asked(question), [row[at] for row in rows])
        for at, (part, question) in enumerate(named)
        if question
    ]
    tables.append(_table("source", None, [row[4] for row in rows]))
    tables += [_table(name, door.asked(name), [row[5].get(name) for row in rows]) for name in report.more]
    return Counts(door.id, year, None if hidden(len(rows)) else len(rows), tables)


def years(session: Session, door: str, this: int) -> list[int]:
    """The years that have reports, and the present one; the latest first."""
    first, last = session.execute(select(func.min(Report.day), func.max(Report.day)).where(Report.door == door)).one()
    return list(range(max(this, last.year if last else this), (first.year if first else this) - 1, -1))


def _table(part: str, question: Question | None, values: Iterable[Any]) -> Table:
    several = bool(question and question.several)
    found: Counter[str] = Counter()
    for value in values:
        codes = str(value).split(",") if several and value else [NOT_SAID if value is None else _code(value)]
        found.update(codes)
    known = [one.id for one in question.choices] if question else list(SOURCES) if part == "source" else []
    codes = [*known, *sorted(found.keys() - set(known))]
    counts = [found[code] for code in codes]
    # Several answers of one report do not add up to a total that would tell a hidden one.
    shown = [None if hidden(count) else count for count in counts] if several else protected(counts)
    return Table(part, question, [Line(code, count) for code, count in zip(codes, shown, strict=True)])


def _code(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def as_csv(
    counts: Counts, label: Callable[[Table, str], str], define: Callable[[str], str], head: Sequence[str]
) -> str:
    """The tables as a file, each line with what is counted in it.

    Args:
        label: words for a value of a table; for "total" those of the whole.
        define: the definition of a part.
        head: names of the columns: door, year, part, code, label, reports, definition.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    whole = Table("total", None, [Line("total", counts.total)])
    for table in (whole, *counts.tables):
        for line in table.lines:
            row = (counts.door, counts.year, table.part, line.code, label(table, line.code), written(line.count))
            writer.writerow([*map(_plain, row), _plain(define(table.part))])
    return out.getvalue()


def _plain(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
