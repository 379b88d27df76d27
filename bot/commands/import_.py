"""Take services into the directory: HSDS, iCarol, CIOC, open data of Ontario, another directory's API.

Without --replace the records of the file are added and updated, and what it leaves out stays as it is. With it the
file is the whole of its source: what it lacks is closed.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import func, select

from bot.commands.ready import writable_directory
from bot.settings import Settings
from bot.supervisor.problems import Problem
from directory_client.feeds.feed import Feed, FeedError
from directory_client.imports import Report, take_in
from directory_client.imports.report import COUNTS
from directory_client.models import FeedRun

SHOWN = 30
"""Reasons that are printed; the file of the report has more."""

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

Opened = Callable[[str, bool], Feed]


@click.group()
def command() -> None:
    """Take services into the directory: hsds, icarol, cioc, odhf, centres, api, 211."""


def options(function: Any) -> Any:
    """What every format takes."""
    for option in (
        click.option("--source", help="Name of the source in the directory; the same at every import of it."),
        click.option("--replace", is_flag=True, help="The file is complete: what it lacks is closed."),
        click.option("--close-many", is_flag=True, help="With --replace: close even more than half of the source."),
        click.option("--dry-run", is_flag=True, help="Say what would be changed, and change nothing."),
        click.option("--report", type=click.Path(path_type=Path), help="Write every refused row to this file (CSV)."),
    ):
        function = option(function)
    return function


@command.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@options
def hsds(path: Path, **chosen: Any) -> None:
    """HSDS of any version: a folder or zip of CSV files, or a file of JSON (also one record a line)."""
    from directory_client.feeds.hsds_csv import HsdsPackage
    from directory_client.feeds.hsds_json import HsdsJson

    packed = path.is_dir() or path.suffix.lower() == ".zip"
    kind: Any = HsdsPackage if packed else HsdsJson
    run(lambda source, complete: kind(path, source, complete=complete), "hsds", path, **chosen)


@command.command()
@click.argument("path", type=_FILE)
@click.option("--french", type=_FILE, help="The export of the same records in French.")
@options
def icarol(path: Path, french: Path | None, **chosen: Any) -> None:
    """The resource export of iCarol (CSV), in one language or two."""
    from directory_client.feeds.icarol import Icarol

    run(lambda source, complete: Icarol(path, french, source=source, complete=complete), "icarol", path, **chosen)


@command.command()
@click.argument("path", type=_FILE)
@options
def cioc(path: Path, **chosen: Any) -> None:
    """A share file of CIOC (XML)."""
    from directory_client.feeds.cioc import Cioc

    run(lambda source, complete: Cioc(path, source=source, complete=complete), "cioc", path, **chosen)


@command.command()
@click.argument("path", type=_FILE)
@options
def odhf(path: Path, **chosen: Any) -> None:
    """The Open Database of Healthcare Facilities of Statistics Canada (CSV); old, for trying things out."""
    from directory_client.feeds.ontario import Odhf

    run(lambda source, complete: _table(Odhf(path, source=source), complete), "odhf", path, **chosen)


@command.command()
@click.argument("path", type=_FILE)
@options
def centres(path: Path, **chosen: Any) -> None:
    """The table of COVID-19 assessment centres of Ontario (CSV); of 2021, for trying things out."""
    from directory_client.feeds.ontario import AssessmentCentres

    run(
        lambda source, complete: _table(AssessmentCentres(path, source=source), complete),
        "assessment-centres", path, **chosen,
    )  # fmt: skip


def _table(feed: Any, complete: bool) -> Feed:
    feed.complete = complete
    return feed  # type: ignore[no-any-return]


@command.command()
@click.argument("url")
@click.option("--changed-only", is_flag=True, help="Only what changed since the last import of this source.")
@options
def api(url: str, changed_only: bool, **chosen: Any) -> None:
    """Another directory's API at URL: HSDS 3 or Open Referral UK."""
    from directory_client.feeds.hsds_api import HsdsApi
    from directory_client.feeds.kept_answers import KeptAnswers

    if changed_only and chosen["replace"]:
        raise Problem("--changed-only asks for a part, --replace says that it is the whole. Leave one of them out.")
    source = chosen["source"] or "api"
    since = _last_run(source) if changed_only else None
    file = hashlib.sha256(source.encode()).hexdigest()[:16]
    kept = None if since else KeptAnswers(Settings().var / "feeds" / f"{file}.db")
    read = False
    try:
        run(
            lambda source, complete: HsdsApi(
                url, source=source, complete=complete, modified_after=since, cache=kept
            ),
            "api", None, **chosen,
        )  # fmt: skip
        read = True
    finally:
        if kept is not None:
            kept.close(forget=read)


def _last_run(source: str) -> datetime:
    """When the last import of a source began.

    Raises:
        Problem: when there was none.
    """
    engine = writable_directory()
    with engine.connect() as connection:
        last = connection.scalar(select(func.max(FeedRun.started_at)).where(FeedRun.source == source))
    engine.dispose()
    if last is None:
        raise Problem(f"Nothing was imported from the source {source!r} yet: leave out --changed-only the first time.")
    return last if last.tzinfo else last.replace(tzinfo=UTC)


@command.command("211")
@click.argument("term", default="*")
@click.option("--dataset", default="on", show_default=True, help="Data set of the API.")
@click.option("--near", help="Postal code or place to search around.")
@click.option("--distance", default=25.0, show_default=True, help="Kilometres around that place.")
@click.option("--community", multiple=True, help="Instead of --near: whatever serves this community.")
@click.option("--taxonomy", multiple=True, help="Instead of TERM: a code of the 211 taxonomy.")
@click.option("--most", default=1_000, show_default=True, help="Records to take at most.")
@options
def search_211(
    term: str,
    dataset: str,
    near: str | None,
    distance: float,
    community: tuple[str, ...],
    taxonomy: tuple[str, ...],
    most: int,
    **chosen: Any,
) -> None:
    """The 211 Canada API: what it finds for TERM. The key is PORCHLIGHT_SEARCH211_KEY."""
    from directory_client.feeds.api211 import Api211
    from directory_client.feeds.search211 import Question, Search211
    from directory_client.places import Gazetteer

    key = Settings().search211_key
    if key is None or not key.get_secret_value():
        raise Problem("The 211 API wants a key: set PORCHLIGHT_SEARCH211_KEY.")
    if chosen["replace"]:
        raise Problem("A search is never the whole of 211: leave out --replace.")
    if bool(near) == bool(community):
        raise Problem("Say where to search: --near K1N 5T5, or --community Toronto once or more often.")
    place = Gazetteer.load().lookup(near) if near else None
    if near and (place is None or not place.in_ontario):
        raise Problem(f"{near!r} is not a place in Ontario that is known here.")
    question = Question(
        term=term, taxonomy=taxonomy, communities=community, distance_km=distance, most=most,
        latitude=place.lat if place else None, longitude=place.lon if place else None,
    )  # fmt: skip
    with Api211(key.get_secret_value(), dataset) as client:
        run(lambda source, complete: Search211(client, question, source=source), "211", None, **chosen)


def run(
    opened: Opened,
    name: str,
    path: Path | None,
    source: str | None,
    replace: bool,
    dry_run: bool,
    close_many: bool,
    report: Path | None,
) -> None:
    """Takes a feed in and prints what came of it.

    Raises:
        Problem: when nothing of it could be used.
    """
    try:
        feed = opened(source or name, replace)
    except FeedError as problem:
        raise Problem(str(problem)) from None
    engine = writable_directory()
    begin = time.monotonic()
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Reading", total=None)

        def step(what: str, done: int, total: int | None) -> None:
            bar.update(task, description=what, completed=done, total=total)

        try:
            made = take_in(engine, feed, now=datetime.now(UTC), dry_run=dry_run, close_many=close_many, step=step)
        except FeedError as problem:
            raise Problem(str(problem)) from None
        finally:
            engine.dispose()
    show(made, time.monotonic() - begin)
    for note in getattr(feed, "notes", ()):
        click.echo(f"  Note: {note}")
    if report:
        _write(made, report)


def show(made: Report, seconds: float) -> None:
    """The report for the terminal."""
    table = Table(box=None, pad_edge=False)
    table.add_column("table")
    for what in COUNTS:
        table.add_column(what, justify="right")
    for name, counter in sorted(made.as_json().items()):
        table.add_row(name, *(str(counter.get(what, "")) for what in COUNTS))
    Console().print(table)
    for refusal in made.refusals[:SHOWN]:
        where = ", ".join(part for part in (refusal.file, f"line {refusal.line}" if refusal.line else "") if part)
        field = f"{refusal.field}: " if refusal.field else ""
        click.echo(f"  {where}: {refusal.table or ''} {refusal.id or ''} {field}{refusal.reason}")
    if made.refused > SHOWN:
        click.echo(f"  … and {made.refused - SHOWN:,} more; --report FILE writes them down.")
    outcome = "Nothing was changed: this was a trial run." if not made.written else "Written."
    click.echo(f"{outcome} Source {made.source}, {seconds:.1f} s, {made.refused:,} rows or fields refused.")


def _write(made: Report, path: Path) -> None:
    import csv

    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(("file", "line", "table", "id", "field", "reason"))
        out.writerows((one.file, one.line, one.table, one.id, one.field, one.reason) for one in made.refusals)
