"""A report as a file: the same tables as on the page, and nothing that the page does not show."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from bot.console.floor.protection import LEAST
from bot.reports.tables import ALL, Report

HIDDEN = "x"
"""In place of a count that is not shown."""


def shown(count: int | None) -> str:
    """A count as pages and CSV write it."""
    return HIDDEN if count is None else str(count)


def as_csv(report: Report) -> str:
    """A line for each count; one that is not shown is "x"."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["from", "to", "door", "measure", "by", "key", "count"])
    head = [report.span.first.isoformat(), report.span.last.isoformat(), report.door or ALL]
    for measure in report.measures:
        writer.writerow([*head, measure.name, "total", ALL, shown(measure.total)])
        for by, rows in measure.tables.items():
            writer.writerows([*head, measure.name, by, _plain(row.key), shown(row.count)] for row in rows)
    for one in report.times:
        for name, seconds in _seconds(one).items():
            value = "" if seconds is None else f"{seconds:.0f}"
            writer.writerow([*head, name, one.by if one.by != ALL else "total", _plain(one.key), value])
    return out.getvalue()


def as_json(report: Report) -> str:
    """The same as an object; a count that is not shown is null."""
    content: dict[str, Any] = {
        "from": report.span.first.isoformat(),
        "to": report.span.last.isoformat(),
        "door": report.door,
        "smallest_count_shown": LEAST,
        "measures": {
            measure.name: {
                "total": measure.total,
                "by": {by: {row.key: row.count for row in rows} for by, rows in measure.tables.items()},
            }
            for measure in report.measures
        },
        "times": [{"by": one.by if one.by != ALL else "total", "key": one.key} | _seconds(one) for one in report.times],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _seconds(one: Any) -> dict[str, float | None]:
    return {
        "wait_median_seconds": one.median,
        "wait_ninetieth_seconds": one.ninetieth,
        "first_words_median_seconds": one.first_words,
    }


def _plain(key: str) -> str:
    """A key that no spreadsheet takes for a formula: mark and code names come from files that others may write."""
    return f"'{key}" if key[:1] in "=+-@\t\r" else key
