"""Measure speed side by side with a bare Rasa server, in one run.

Conversations go through the real HTTP interface (a post, and the event stream for the answer); the same number
of messages goes to `rasa run` with the project and the default configuration of `rasa init`.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import click
import httpx

from bot.bench.conversation import CRISIS, SCRIPTS, Times, bare_conversation, chat, porchlight_conversation
from bot.bench.servers import Server, bare_rasa, porchlight
from bot.commands.ready import say
from bot.supervisor.folders import settle

One = Callable[[httpx.AsyncClient, int, Times], Awaitable[None]]


def client_for(url: str) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
    return httpx.AsyncClient(base_url=url, limits=limits, trust_env=False)


async def measured(url: str, conversations: int, concurrent: int, one: One) -> dict[str, Any]:
    """Runs conversations, so many at a time, and sums up: messages a second, p50 and p95 in milliseconds."""
    times = Times()
    places = asyncio.Semaphore(concurrent)
    async with client_for(url) as client:
        await one(client, 0, Times())  # warm
        begin = time.perf_counter()

        async def run(number: int) -> None:
            async with places:
                await one(client, number, times)

        await asyncio.gather(*(run(number) for number in range(conversations)))
        took = time.perf_counter() - begin
    return summed(times, took)


def summed(times: Times, took: float) -> dict[str, Any]:
    ordered = sorted(times.seconds) or [0.0]
    return {
        "messages": len(times.seconds),
        "unanswered": times.unanswered,
        "per_second": round(len(times.seconds) / took, 1),
        "p50_ms": round(1000 * statistics.median(ordered), 1),
        "p95_ms": round(1000 * ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 1),
    }


async def crisis(url: str, count: int) -> dict[str, Any]:
    """Crisis messages one after the other, each in a conversation of its own."""
    times = Times()
    async with client_for(url) as client:
        begin = time.perf_counter()
        for _ in range(count):
            async with chat(client) as resident:
                await resident.exchange(CRISIS, times)
        return summed(times, time.perf_counter() - begin)


def of_porchlight(server: Server, conversations: int, concurrent: int) -> dict[str, Any]:
    async def one(client: httpx.AsyncClient, number: int, times: Times) -> None:
        await porchlight_conversation(client, SCRIPTS[number % len(SCRIPTS)], times)

    return asyncio.run(measured(server.url, conversations, concurrent, one))


def of_bare(server: Server, conversations: int, concurrent: int) -> dict[str, Any]:
    async def one(client: httpx.AsyncClient, number: int, times: Times) -> None:
        await bare_conversation(client, len(SCRIPTS[number % len(SCRIPTS)]), times)

    return asyncio.run(measured(server.url, conversations, concurrent, one))


@click.group(invoke_without_command=True)
@click.pass_context
@click.option("--conversations", default=128, show_default=True, help="Conversations of five messages each.")
@click.option("--concurrent", default=32, show_default=True, help="How many of them at a time.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def command(context: click.Context, conversations: int, concurrent: int, as_json: bool) -> None:
    """Measure speed: of conversations beside a bare Rasa server, or of `search` beside plain full text."""
    if context.invoked_subcommand is None:
        conversation(conversations, concurrent, as_json)


def conversation(conversations: int, concurrent: int, as_json: bool) -> None:
    """Both servers one after the other, in one run."""
    folders = settle()
    folders.make()
    with tempfile.TemporaryDirectory(dir=folders.shared) as var:
        say("Starting Porchlight …")
        with porchlight(folders, Path(var)) as server:
            say("Measuring Porchlight …")
            ours = of_porchlight(server, conversations, concurrent)
            ours["memory_mb"] = round(server.memory_mb())
            say("Measuring crisis replies with Rasa stopped …")
            server.kill_engine()
            alone = asyncio.run(crisis(server.url, 40))
    with bare_rasa(folders, say) as server:
        say("Measuring the bare Rasa server …")
        bare = of_bare(server, conversations, concurrent)
        bare["memory_mb"] = round(server.memory_mb())
    ratio = round(ours["per_second"] / bare["per_second"], 2) if bare["per_second"] else None
    report = {
        "concurrent": concurrent,
        "porchlight": ours,
        "bare_rasa": bare,
        "throughput_ratio": ratio,
        "crisis_with_rasa_stopped": alone,
    }
    if as_json:
        click.echo(json.dumps(report))
        return
    click.echo(f"{'':28}{'messages/s':>12}{'p50 ms':>10}{'p95 ms':>10}{'MB':>8}{'no answer':>11}")
    rows = (("Porchlight", ours), ("bare rasa run", bare), ("crisis, Rasa stopped", alone))
    for name, row in rows:
        memory = row.get("memory_mb", "")
        click.echo(
            f"{name:28}{row['per_second']:>12}{row['p50_ms']:>10}{row['p95_ms']:>10}{memory:>8}{row['unanswered']:>11}"
        )
    click.echo(f"throughput, Porchlight : bare = {ratio} at {concurrent} concurrent conversations")


@command.command()
@click.option("--services", default=60_000, show_default=True, help="Services of the made-up province.")
@click.option("--queries", default=60, show_default=True, help="Searches of each kind.")
@click.option("--database", help="SQLAlchemy URL of an empty database, such as PostgreSQL's; else a SQLite file.")
@click.option("--keep", type=click.Path(path_type=Path), help="Keep the package and the SQLite file in this folder.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def search(services: int, queries: int, database: str | None, keep: Path | None, as_json: bool) -> None:
    """Import a made-up province and search it, beside the database's plain full text over the same words."""
    from bot.bench.searching import measured_search, table

    with tempfile.TemporaryDirectory() as scratch:
        report = measured_search(keep or Path(scratch), services, queries, database, say)
    click.echo(json.dumps(report, indent=1) if as_json else table(report))


@command.command()
@click.option("--conversations", default=200, show_default=True, help="Open conversations, all held by specialists.")
@click.option("--consoles", default=30, show_default=True, help="Desks with their streams open.")
@click.option("--seconds", default=60.0, show_default=True, help="How long both sides write; at most 600.")
@click.option("--wait", default=90.0, show_default=True, help="How long nobody writes first, while the gateway warms.")
@click.option("--out", type=click.Path(path_type=Path), help="Where to write the report; else docs/console-bench.json.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def console(conversations: int, consoles: int, seconds: float, wait: float, out: Path | None, as_json: bool) -> None:
    """Measure the specialists' console: from person to desk and back, and opening a long conversation."""
    from bot.bench.console import Book, Plan, measured, table
    from bot.settings import Settings

    try:
        plan = Plan(conversations, consoles, seconds, wait=wait)
    except ValueError as problem:
        raise click.UsageError(str(problem)) from problem
    folders = settle()
    folders.make()
    with tempfile.TemporaryDirectory(dir=folders.shared) as var:
        say("Starting Porchlight …")
        with porchlight(folders, Path(var)) as server:
            say("Beginning conversations, and measuring …")
            book = Book(Settings(var=Path(var), database_url=None, directory_url=None))
            report = asyncio.run(measured(server.url, book, plan))
            report["memory_mb"] = round(server.memory_mb())
    path = out or folders.project / "docs" / "console-bench.json"
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    click.echo(json.dumps(report) if as_json else table(report))
