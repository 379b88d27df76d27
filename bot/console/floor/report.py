"""The figures of one span of days, as tables: the page, its charts and the file to take away all show these."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.console.floor import figures
from bot.console.floor.figures import Ask, Contact, Row
from bot.console.floor.protection import written
from bot.console.floor.rows import Span


@dataclass(frozen=True, slots=True)
class Report:
    """All tables of a span. `total` is one row with the key "all"."""

    span: Span
    within: int
    total: Row
    days: Sequence[Row]
    hours: Sequence[Row]
    languages: Sequence[Row]
    doors: Sequence[Row]
    channels: Sequence[Row]

    def tables(self) -> Iterator[tuple[str, Sequence[Row]]]:
        yield "total", (self.total,)
        yield "day", self.days
        yield "hour", self.hours
        yield "language", self.languages
        yield "door", self.doors
        yield "channel", self.channels


def report(contacts: Sequence[Contact], asks: Sequence[Ask], span: Span, *, within: int, narrowed: bool) -> Report:
    """Counts all tables.

    Args:
        within: limit in seconds of "answered within".
        narrowed: the rows are those of some doors only, so that every cell is a cell of a door and protected like one.
    """

    def by(of_contact: Callable[[Contact], str], of_ask: Callable[[Ask], str], keys: Sequence[str] | None) -> list[Row]:
        # languages, doors and channels (without keys) are always protected
        protect = narrowed or keys is None
        return figures.table(
            contacts, asks, contact_key=of_contact, ask_key=of_ask, keys=keys, within=within, protect=protect
        )

    days = figures.days_between(span.first, span.last)
    return Report(
        span,
        within,
        total=by(lambda one: "all", lambda one: "all", ["all"])[0],
        days=by(lambda one: figures.day_of(one.began), lambda one: figures.day_of(one.asked_at), days),
        hours=by(lambda one: figures.hour_of(one.began), lambda one: figures.hour_of(one.asked_at), figures.HOURS),
        languages=by(lambda one: one.language, lambda one: one.language, None),
        doors=by(lambda one: one.door, lambda one: one.door, None),
        channels=by(lambda one: one.channel, lambda one: one.channel, None),
    )


COUNTS = ("contacts", "asked", "answered", "left", "unanswered", "callback", "open")
COLUMNS = (*COUNTS, "within_share", "p50", "p90")


def as_csv(report: Report) -> str:
    """The tables as one file: a line for each row, hidden counts as "<5", empty where there is nothing to say."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["from", "to", "within_seconds", "by", "key", *COLUMNS])
    head = [report.span.first.isoformat(), report.span.last.isoformat(), report.within]
    for name, rows in report.tables():
        for row in rows:
            shares = [
                "" if row.within_share is None else f"{row.within_share:.3f}",
                "" if row.p50 is None else f"{row.p50:.0f}",
                "" if row.p90 is None else f"{row.p90:.0f}",
            ]
            writer.writerow([*head, name, row.key, *(written(getattr(row, count)) for count in COUNTS), *shares])
    return out.getvalue()
