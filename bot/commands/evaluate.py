"""Measure how well messages are understood: language, risk, needs, places, by language and slice."""

from __future__ import annotations

import json
import time

import click

from bot.commands.ready import ready_to_understand, say
from bot.commands.understand import understood
from bot.parsing import worker
from bot.quality import gate
from bot.quality.report import confusions, page, tables, worse, worst
from bot.quality.scores import Judged, figures, judge
from bot.quality.sets import KINDS, cases
from bot.supervisor.folders import PROJECT

PAGE = PROJECT / "docs" / "quality.md"
NUMBERS = PROJECT / "docs" / "quality.json"
FLOORS = PROJECT / "tests" / "quality" / "floors.json"


def below(found: dict[str, float], floors: dict[str, float]) -> list[str]:
    """Figures that are worse than their floor; a figure of which fewer is better has a ceiling."""
    wrong = []
    for what, floor in floors.items():
        share = found.get(what)
        if share is None:
            wrong.append(f"{what}: not measured")
        elif "fewer" in what and share > floor:
            wrong.append(f"{what}: {share:.3f} is above {floor}")
        elif "fewer" not in what and share < floor:
            wrong.append(f"{what}: {share:.3f} is below {floor}")
    return wrong


@click.command()
@click.option("--write", is_flag=True, help="Write docs/quality.md and docs/quality.json.")
@click.option("--misses", default=0, help="Print so many cases that went wrong, for each kind.")
@click.option("--only", type=click.Choice(KINDS), multiple=True, help="Only these kinds.")
@click.option("--check", is_flag=True, help="Fail below a floor (floors.json) or 2 points below the report.")
def command(write: bool, misses: int, only: tuple[str, ...], check: bool) -> None:
    """Measure how well messages are understood, on the committed test sets."""
    folders, model, ears = ready_to_understand()
    judged: list[Judged] = []
    heard: list[float] = []
    with worker(folders, model) as parser:
        for kind in only or KINDS:
            mine = []
            for case in cases(kind):
                begin = time.perf_counter()
                ears.hear(case["text"], session_language=None)
                heard.append(time.perf_counter() - begin)
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
    heard.sort()
    speed = f"Language, risk and place of a message: p50 {1000 * heard[len(heard) // 2]:.1f} ms, " + (
        f"p95 {1000 * heard[int(0.95 * len(heard))]:.1f} ms on one core, {len(heard)} messages."
    )
    click.echo(speed)
    committed = json.loads(NUMBERS.read_text(encoding="utf-8")) if NUMBERS.exists() else []
    if write:
        PAGE.write_text(page(found, speed, of_gate), encoding="utf-8")
        NUMBERS.write_text(json.dumps([one.as_json() for one in found], indent=1) + "\n", encoding="utf-8")
        say(f"Wrote {PAGE.relative_to(PROJECT)} and {NUMBERS.relative_to(PROJECT)}.")
    if check:
        overall = {one.what: one.share for one in found if one.language == one.slice == "all"}
        problems = below(overall, json.loads(FLOORS.read_text(encoding="utf-8"))) + worse(found, committed)
        if problems:
            raise click.ClickException("understanding has become worse:\n" + "\n".join(problems))
