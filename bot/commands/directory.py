"""Look after the directory: check finds what is stale or broken, status counts, reindex makes the index anew."""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.clock import TORONTO, clock_from
from bot.commands.ready import ready_directory, writable_directory
from bot.settings import Settings
from bot.supervisor.problems import Problem
from directory_client.checks import CHECKS, Finding, findings
from directory_client.checks.status import LINES, Status, sources_of, statuses

SHOWN = 10
"""Findings of one kind that are printed; --limit says otherwise."""
UNKNOWN = "(no source)"


@click.group()
def command() -> None:
    """Look after the directory: check, status, reindex."""


@command.command()
@click.option("--source", help="Only records of this source; directory status lists them.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, the counts in the last.")
@click.option("--limit", type=click.IntRange(min=0), default=SHOWN, show_default=True,
              help="Findings of each kind that are printed; 0: all.")  # fmt: skip
def check(source: str | None, as_json: bool, limit: int) -> None:
    """List what is stale or broken in the records, and what to do about it."""
    engine = ready_directory()
    begin = time.monotonic()
    with engine.connect() as connection:
        wanted = sources_of(connection, source) if source else None
        if wanted is not None and not wanted:
            raise Problem(f"There is no record of the source {source!r}; bin/porchlight directory status lists them.")
        found = findings(connection, _today(), wanted)
        counts = _lines(found, limit) if as_json else _told(found, limit)
    engine.dispose()
    if as_json:
        click.echo(json.dumps({"counts": counts, "total": sum(counts.values())}))
        return
    if not counts:
        click.echo("Nothing was found.")
    click.echo(f"{sum(counts.values()):,} findings, {len(CHECKS)} checks, {time.monotonic() - begin:.1f} s.")


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def status(as_json: bool) -> None:
    """Count the records of every source, and what they lack."""
    engine = ready_directory()
    with engine.connect() as connection:
        found = list(statuses(connection, _today()))
    engine.dispose()
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], default=str, ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("source")
    for name in ("active", "closed", "sites", *_SHARES, "last import", "what it did"):
        table.add_column(name, justify="left" if name in ("last import", "what it did") else "right")
    for one in found:
        shares = (_share(getattr(one, field), one.active) for field in _SHARES.values())
        when = one.last_run.astimezone(TORONTO).strftime("%Y-%m-%d %H:%M") if one.last_run else "–"
        source = "shipped lines" if one.source == LINES else one.source or UNKNOWN
        table.add_row(source, f"{one.active:,}", f"{one.closed:,}", f"{one.sites:,}", *shares, when, _run(one))
    Console(width=None if Console().is_terminal else 200).print(table)


@command.command()
def reindex() -> None:
    """Make the search index anew, of all records and in one transaction."""
    from directory_client.index import reindex as index
    from directory_client.models import Service

    engine = writable_directory()
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    begin = time.monotonic()
    with Session(engine) as session, session.begin():
        total = session.scalar(select(func.count()).select_from(Service)) or 0
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("Indexing", total=total)
            sites = index(session, step=lambda done: bar.update(task, completed=done))
    engine.dispose()
    click.echo(f"{sites:,} sites of {total:,} services were indexed in {time.monotonic() - begin:.1f} s.")


_SHARES = {
    "stale": "stale",
    "no point": "without_point",
    "no need": "without_need",
    "no French": "without_french",
    "no phone": "without_phone",
}


def _told(found: Iterable[Finding], limit: int) -> Counter[str]:
    """Prints the findings by check. No more are kept than are printed, and of each check as many as are asked for."""
    counts: Counter[str] = Counter()
    by_source: defaultdict[str, Counter[str]] = defaultdict(Counter)
    kept: defaultdict[str, list[Finding]] = defaultdict(list)
    for one in found:
        counts[one.check] += 1
        by_source[one.check][one.source or UNKNOWN] += 1
        if not limit or len(kept[one.check]) < limit:
            kept[one.check].append(one)
    for name, check_ in CHECKS.items():
        if not counts[name]:
            continue
        sources = ", ".join(f"{source} {count:,}" for source, count in by_source[name].most_common(4))
        more = len(by_source[name]) - 4
        click.echo(f"{check_.title}: {counts[name]:,} ({sources}{f' and {more} more sources' if more > 0 else ''})")
        click.echo(f"  What to do: {check_.advice}")
        for one in kept[name]:
            click.echo(f"  - {one.table} {one.id} “{one.name[:90]}”, {one.source or UNKNOWN}: {one.field}: {one.value}")
        if counts[name] > len(kept[name]):
            click.echo(f"  … and {counts[name] - len(kept[name]):,} more; --limit 0 shows all.")
        click.echo()
    return +counts


def _lines(found: Iterable[Finding], limit: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    for one in found:
        counts[one.check] += 1
        if not limit or counts[one.check] <= limit:
            click.echo(json.dumps({**asdict(one), "do": CHECKS[one.check].advice}, ensure_ascii=False))
    return counts


def _share(count: int, of: int) -> str:
    return f"{100 * count / of:.0f}%" if of else "–"


def _run(one: Status) -> str:
    totals: Counter[str] = Counter()
    for counter in (one.last_counts or {}).values():
        totals.update(counter)
    return ", ".join(f"{count:,} {what}" for what, count in totals.items() if count)


def _today() -> date:
    now: datetime = clock_from(Settings().test_clock)()
    return (now if now.tzinfo else now.replace(tzinfo=UTC)).astimezone(TORONTO).date()


__all__: list[Any] = ["command"]
