"""Measure how well messages are understood, by language and slice; --search: how well services are found."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click

from bot.clock import TORONTO
from bot.commands.ready import ready_to_understand, say
from bot.commands.understand import understood
from bot.language.names import CORE
from bot.parsing import worker
from bot.quality import gate
from bot.quality.pace import EVERY, Pace
from bot.quality.report import confusions, page, tables, worse, worst
from bot.quality.scores import Figure, Judged, figures, judge
from bot.quality.sets import KINDS, cases
from bot.supervisor.folders import PROJECT

PAGE = PROJECT / "docs" / "quality.md"
NUMBERS = PROJECT / "docs" / "quality.json"
FLOORS = PROJECT / "tests" / "quality" / "floors.json"


def below(found: Sequence[Figure], floors: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Figures that are worse than their floor: "all" over all languages, "each" for every core language.

    A figure of which fewer is better has ceilings instead.
    """
    wrong = []
    for what, limits in floors.items():
        mine = [one for one in found if one.what == what and one.slice == "all"]
        if not any(one.language == "all" for one in mine):
            wrong.append(f"{what}: not measured")
        for one in mine:
            limit = limits.get("all" if one.language == "all" else "each")
            if limit is None or (one.language != "all" and one.language not in CORE):
                continue
            if ("fewer" in what and one.share > limit) or ("fewer" not in what and one.share < limit):
                wrong.append(f"{what}, {one.language}: {one.share:.3f}, the limit is {limit}")
    return wrong


@click.command()
@click.option("--write", is_flag=True, help="Write docs/quality.md and docs/quality.json.")
@click.option("--misses", default=0, help="Print so many cases that went wrong, for each kind.")
@click.option("--only", type=click.Choice(KINDS), multiple=True, help="Only these kinds.")
@click.option("--check", is_flag=True, help="Fail below a floor (floors.json) or 2 points below the report.")
@click.option("--search", "finding", is_flag=True, help="Measure the search instead, for docs/search.md.")
@click.option(
    "--facilities",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="With --search: folder with the open tables of Ontario's health facilities.",
)
def command(
    write: bool, misses: int, only: tuple[str, ...], check: bool, finding: bool, facilities: Path | None
) -> None:
    """Measure how well messages are understood, or services found, on the committed test sets."""
    if finding:
        from bot.quality import finding_report

        today = datetime.now(TORONTO).date().isoformat()
        return finding_report.run(write=write, worst=misses, check=check, folder=facilities, day=today)
    folders, model, ears = ready_to_understand()
    judged: list[Judged] = []
    with worker(folders, model) as parser:
        pace = Pace(ears, parser)
        for kind in only or KINDS:
            mine = []
            for number, case in enumerate(cases(kind)):
                if number % EVERY == 0:
                    pace.take(case["text"])
                mine.append(judge(kind, case, understood(ears, parser, {"text": case["text"]})))
            judged += mine
            if misses:
                click.echo(f"== {kind}\n{worst(mine, misses)}\n")
            say(f"{kind}: {len(mine)} cases")
    found = figures(judged)
    click.echo(tables(found))
    if misses:
        click.echo(f"== taken for another\n{confusions(judged, misses)}\n")
    of_gate = gate.table(gate.judgements(gate.rows()))
    click.echo(of_gate)
    speed = str(pace)
    click.echo(speed)
    committed = json.loads(NUMBERS.read_text(encoding="utf-8")) if NUMBERS.exists() else []
    if write:
        PAGE.write_text(page(found, speed, of_gate), encoding="utf-8")
        NUMBERS.write_text(json.dumps([one.as_json() for one in found], indent=1) + "\n", encoding="utf-8")
        say(f"Wrote {PAGE.relative_to(PROJECT)} and {NUMBERS.relative_to(PROJECT)}.")
    if check:
        problems = below(found, json.loads(FLOORS.read_text(encoding="utf-8"))) + worse(found, committed)
        if problems:
            raise click.ClickException("understanding has become worse:\n" + "\n".join(problems))
