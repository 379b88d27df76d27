"""The report on the search: docs/search.md and docs/search.json, and the limits that hold for its figures."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from bot.quality.finding import (
    Ours,
    Plain,
    directory,
    facilities,
    figures,
    health_cases,
    load,
    misses,
    scores,
)
from bot.supervisor.folders import PROJECT
from directory_client.places import Gazetteer

PAGE = PROJECT / "docs" / "search.md"
NUMBERS = PROJECT / "docs" / "search.json"
FLOORS = PROJECT / "tests" / "quality" / "search_floors.json"
TIMES_PLAIN = 1.5
"""How many times better than plain full text the search must be on residents' words (nDCG@10)."""
OURS, DERIVED, PLAIN = "needs as given", "needs told from texts", "plain full text"

HEAD = """# How the search works and how well it finds

Made by `bin/porchlight evaluate --search --write`; do not edit (the text stands in bot/quality/finding_report.py).

## How it works

1. **What is asked.** A query carries a need (a code of the vocabulary), free words, or both, and usually a point. A
   need that is given is sure. Free words are read three times: as words of the index (stemmed in English and French,
   a misspelt one taken for the nearest word that the directory has, "connex ontario" also as one word); for other
   words that mean the same; and for needs, by phrases in English and French and by the ideas in them in any of the 23
   core languages (data/ideas), Latin letters included. What ideas say about needs is counted over the training
   examples of all languages together (`python -m directory_client.learn_ideas` makes the table).
2. **What could answer.** The database hands over the sites that meet the need, nearest first, those that serve the
   area, the province or the country, and those whose words match best. It is FTS5 on SQLite and tsvector on
   PostgreSQL; how well words match is worked out from the same stems on both. Services whose area leaves the point
   out are dropped, as are those that are known not to fit an age, to cost money or to have steps, where that is asked.
3. **In which order.** By distance, softened by what else counts: how well the words match, whether the need is what
   the service is there for, the person's language, how long the door still stays closed, how long ago the record was
   confirmed. Closed until tomorrow morning hardly counts; closed for days does, and most where the need does not
   wait (a shelter, a meal): a bed on Saturday comes after one of tonight that is ten kilometres farther. A told need
   counts less than a name: whoever writes "Daily Bread" gets it first. For needs such as a crisis or violence a line
   that answers now comes before any door.
4. **When nothing fits.** The circle widens (25, 50, 100 km), then a kindred need is tried, then 211 itself is given.

## How it was measured

330 queries (tests/quality/search) put to the lines and the sample directory: each of the 52 needs in five wordings of
a resident (three English, one French, one in one of the other 21 languages), 40 names, organizations and kinds, many
of them misspelt, and 30 with a place. They were written before the word lists for needs had been read, by one writer,
and no native speaker has reviewed them. Weights were chosen on other queries: training examples, and names misspelt
by a program. Judged by rule: 2 points when the main need of the record is that of the
query, 1 when it meets it besides or is there for a kindred need, with a place only within 50 km or when it serves the
place. "Plain" is SQLite's BM25 over names and descriptions, any of the words (place included).

What to know before trusting a figure: the sample directory has one kind of service for each need, described in a
sentence, so real records are harder, as the row on health facilities shows; a third of the English and French lines
are near copies of training examples, because short requests are alike (those of other languages are not), and the
table of ideas counts those examples; the writer saw which kinds of lines failed while the order of names was mended;
and a language has two or three lines, so only all 21 together say something.
"""


def measured(folder: Path | None = None) -> tuple[list[dict[str, Any]], str, list[Any]]:
    """All figures, a sentence on speed, and the judged queries of the variant that is like an import."""
    places = Gazetteer.load()
    found: list[dict[str, Any]] = []
    for what, derived in ((OURS, False), (DERIVED, True)):
        engine = directory()
        with Session(engine) as session:
            records = load(session, derived=derived)
            session.commit()
            ours = Ours(session, places)
            judged = scores(ours, records, places)
            found += figures(what, judged)
            if derived:
                found += figures(PLAIN, scores(Plain(session), records, places))
        engine.dispose()
    if folder:
        engine = directory()
        records = facilities(engine, folder)
        with Session(engine) as session:
            found += figures(DERIVED, scores(Ours(session, places), records, places, health_cases()))[-1:]
            found += figures(PLAIN, scores(Plain(session), records, places, health_cases()))[-1:]
        engine.dispose()
    times = sorted(ours.times)
    speed = (
        f"A search of this small directory, by words: p50 {1000 * times[len(times) // 2]:.0f} ms, "
        f"p95 {1000 * times[int(0.95 * len(times))]:.0f} ms. `bin/porchlight bench` measures one the size of Ontario's."
    )
    return found, speed, judged


def table(found: Sequence[Mapping[str, Any]]) -> str:
    """nDCG@10, MRR and hit@5 of each variant by group."""
    rows = ["| queries | n | search | nDCG@10 | MRR | hit@5 | without a result |", "|---|---|---|---|---|---|---|"]
    for group in dict.fromkeys(one["group"] for one in found):
        for one in found:
            if one["group"] == group:
                numbers = " | ".join(f"{one[name]:.3f}" for name in ("ndcg", "mrr", "hit"))
                rows.append(f"| {group} | {one['count']} | {one['what']} | {numbers} | {100 * one['empty']:.0f} % |")
    return "\n".join(rows)


SPEED = "## Speed at the size of a province"
"""From here on the page is written by hand: such a run takes half an hour and an empty database."""


def page(found: Sequence[Mapping[str, Any]], speed: str, day: str) -> str:
    named = (
        f'"{OURS.capitalize()}": with the needs that the sample services carry. "{DERIVED.capitalize()}": without '
        "these, the needs read from names and descriptions as at the import of a feed. Health facilities are 24 "
        "queries judged by hand for each type of facility, on the open tables of Ontario (2,695 facilities of 2020, "
        "2,830 assessment centres of 2021), which are not shipped; the row is there when the tables were at hand."
    )
    return "\n".join([HEAD, f"## Figures of {day}", "", table(found), "", named, "", speed, ""])


def below(found: Sequence[Mapping[str, Any]], floors: Mapping[str, float]) -> list[str]:
    """What is worse than was promised, in words; empty when nothing is.

    `floors`: group → least nDCG@10 with the needs told from texts.
    """
    by_key = {(one["what"], one["group"]): one for one in found}
    wrong = [f"{what}, {group}: queries without a result" for (what, group), one in by_key.items()
             if what != PLAIN and one["empty"]]  # fmt: skip
    for what in (OURS, DERIVED):
        ours, plain = by_key[what, "residents"]["ndcg"], by_key[PLAIN, "residents"]["ndcg"]
        if ours < TIMES_PLAIN * plain:
            wrong.append(f"{what}: {ours:.3f} on residents' words, plain full text has {plain:.3f}")
    for group, least in floors.items():
        if (DERIVED, group) in by_key and by_key[DERIVED, group]["ndcg"] < least:
            wrong.append(f"{group}: {by_key[DERIVED, group]['ndcg']:.3f}, the limit is {least}")
    return wrong


def run(*, write: bool, worst: int, check: bool, folder: Path | None, day: str) -> None:
    """Measures, prints, and writes or checks as asked.

    Raises:
        click.ClickException: when a figure is below its limit and `check` is set.
    """
    found, speed, judged = measured(folder)
    click.echo(table(found))
    click.echo(speed)
    if worst:
        click.echo(misses(judged, worst))
    if write:
        by_hand = PAGE.read_text(encoding="utf-8").partition(SPEED)[1:] if PAGE.exists() else ()
        PAGE.write_text("\n".join([page(found, speed, day), "".join(by_hand)]), encoding="utf-8")
        NUMBERS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        click.echo(f"Wrote {PAGE.relative_to(PROJECT)} and {NUMBERS.relative_to(PROJECT)}.", err=True)
    if check and (wrong := below(found, json.loads(FLOORS.read_text(encoding="utf-8")))):
        raise click.ClickException("the search has become worse:\n" + "\n".join(wrong))
