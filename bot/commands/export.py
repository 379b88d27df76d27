"""Give the directory and reports out as files.

`export reports` writes counts (bot.commands.report).
`export hsds TARGET` writes a package of the Human Services Data Specification: a folder, or a zip when the name ends
in .zip.
"""

from __future__ import annotations

from pathlib import Path

import click

from bot.commands.ready import ready_directory, say
from bot.commands.report import reports
from bot.supervisor.problems import Problem
from directory_client.hsds.package import NothingToWrite, write_package


@click.group()
def command() -> None:
    """Give the directory, or reports of counts, out as files."""


@command.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--source", help="Only what came from the feed of this name.")
@click.option("--no-sample", is_flag=True, help="Leave the sample records out.")
def hsds(target: Path, source: str | None, no_sample: bool) -> None:
    """Write a package of HSDS 3.1 to TARGET, a folder or a file that ends in .zip, in place of one that is there."""
    engine = ready_directory()
    try:
        counts = write_package(
            engine, target, source=source, sample=not no_sample, step=lambda table, rows: say(f"{rows:>8} {table}")
        )
    except NothingToWrite as problem:
        raise Problem(f"Nothing was written: {problem}") from None
    except FileExistsError as problem:
        raise Problem(f"Nothing was written: {problem}") from None
    say(f"{counts['service']} services in {target}")


command.add_command(reports)
