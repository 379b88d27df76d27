"""Write a report of counts to a file or to standard output: what /console/reports shows, and nothing more."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import click
from sqlalchemy.orm import Session

from bot.clock import TORONTO, clock_from
from bot.conversations.database import upgrade_engine
from bot.database import open_database
from bot.doors.loading import BrokenDoor
from bot.doors.loading import load as load_doors
from bot.reports import rows
from bot.reports.areas import areas
from bot.reports.counts import LONGEST, Span
from bot.reports.files import as_csv, as_json
from bot.reports.tables import report
from bot.settings import Settings
from bot.staff.record import record
from bot.supervisor.problems import Problem
from directory_client.places import Gazetteer

_day = click.DateTime(formats=["%Y-%m-%d"])


@click.command("reports")
@click.option("--from", "first", type=_day, help="First day, as 2026-11-01. Four weeks before the last when left out.")
@click.option("--to", "last", type=_day, help="Last day. Today when left out.")
@click.option("--door", help="One door alone, such as 211.")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File; standard output else.")
def reports(first: datetime | None, last: datetime | None, door: str | None, form: str, output: Path | None) -> None:
    """Write counts of contacts, needs, waits and outcomes; counts below 5 and what would tell them are left out."""
    settings = Settings()
    now = clock_from(settings.test_clock)()
    ends = last.date() if last else now.astimezone(TORONTO).date()
    span = Span(first.date() if first else ends - timedelta(days=27), ends)
    if not 0 < span.length <= LONGEST:
        raise Problem(f"--from must not be after --to, and a report covers at most {LONGEST} days.")
    try:
        doors = load_doors(further=settings.doors)
    except BrokenDoor as problem:
        raise Problem(str(problem)) from None
    if door is not None and door not in doors:
        raise Problem(f"there is no door {door!r}; there are: {', '.join(sorted(doors))}.")
    engine = open_database(settings.database)
    try:
        upgrade_engine(engine)
        with Session(engine) as session, session.begin():
            found = rows.counts(session, span, None, areas(Gazetteer.load()), doors)
            made = report(found, rows.waits(session, span, None), span, sorted(doors), door)
            record(
                session, "command", "exported", door=door, at=now, what="reports", kind=form,
                first=span.first.isoformat(), last=span.last.isoformat(),
            )  # fmt: skip
    finally:
        engine.dispose()
    text = as_json(made) if form == "json" else as_csv(made)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8", newline="")
        click.echo(f"{output}: {span.first} to {span.last}", err=True)
