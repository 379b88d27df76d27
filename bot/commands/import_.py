"""Take services into the directory: HSDS, iCarol, CIOC, open data of Ontario, another directory's API.

Without --replace the records of the file are added and updated, and what it leaves out stays as it is. With it the
file is the whole of its source: what it lacks is closed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from bot.commands.ready import writable_directory
from bot.supervisor.problems import Problem
from directory_client.feeds.feed import Feed, FeedError
from directory_client.imports import Report, take_in
from directory_client.imports.report import COUNTS

SHOWN = 30
"""Reasons that are printed; the file of the report has more."""

Opened = Callable[[str, bool], Feed]


@click.group()
def command() -> None:
    """Take services into the directory: hsds, icarol, cioc, odhf, centres, api, 211."""


def options(function: Any) -> Any:
    """What every format takes."""
    for option in (
        click.option("--source", help="Name of the source in the directory; the same at every import of it."),
        click.option("--replace", is_flag=True, help="The file is complete: what it lacks is closed."),
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


def run(
    opened: Opened, name: str, path: Path | None, source: str | None, replace: bool, dry_run: bool, report: Path | None
) -> None:
    """Takes a feed in and prints what came of it.

    Raises:
        Problem: when nothing of it could be used.
    """
    engine = writable_directory()
    feed = opened(source or name, replace)
    begin = time.monotonic()
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Reading", total=None)

        def step(what: str, done: int, total: int | None) -> None:
            bar.update(task, description=what, completed=done, total=total)

        try:
            made = take_in(engine, feed, now=datetime.now(UTC), dry_run=dry_run, step=step)
        except FeedError as problem:
            raise Problem(str(problem)) from None
        finally:
            engine.dispose()
    show(made, time.monotonic() - begin)
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
