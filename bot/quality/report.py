"""The quality report as a page and as JSON."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from bot.language.names import CORE, english_name
from bot.quality.scores import Figure, Judged, misses

HEAD = """# How well messages are understood

Made by `bin/porchlight evaluate --write`; do not edit. The sets are in `tests/quality/`: written apart from the
training data by others than those who wrote that, and not reviewed by native speakers. The row "all" has the
middle 95 % of 500 resampled shares and the number of lines; a language has 40 lines or a few more for most
columns, so one line is worth two points. Columns with ↓: fewer is better.
"""
GATE = """## The gate of machine translation

Refused outputs against outputs that are bad: real ones of the fixture package and of Apertium, and good sentences
that were broken on purpose (tests/quality/gate.jsonl). The threshold of probability is fitted on every second
output of the fixture and judged on the others. Apertium gives no probabilities: wrong words in a fluent sentence
pass, which is why it is off unless an operator asks for it.
"""
_FEWER = " (fewer is better)"


def tables(found: Sequence[Figure]) -> str:
    """One table for each kind of figure: languages in rows, figures in columns."""
    by_kind: defaultdict[str, list[str]] = defaultdict(list)
    for what in dict.fromkeys(one.what for one in found):
        by_kind[what.split(":")[0]].append(what)
    return "\n\n".join(_table(found, names) for names in by_kind.values())


def _table(found: Sequence[Figure], names: Sequence[str]) -> str:
    by_key = {(one.what, one.language): one for one in found if one.slice == "all"}
    languages = [code for code in CORE if any((what, code) in by_key for what in names)]
    heads = [what.replace(_FEWER, " ↓") for what in names]
    rows = ["| | " + " | ".join(heads) + " |", "|---" * (len(names) + 1) + "|"]
    whole = [by_key[what, "all"] for what in names]
    rows.append("| **all** | " + " | ".join(_whole(one) for one in whole) + " |")
    for code in languages:
        cells = [by_key.get((what, code)) for what in names]
        shown = [f"{100 * one.share:.0f}" if one else "–" for one in cells]
        rows.append(f"| {english_name(code)} ({code}) | " + " | ".join(shown) + " |")
    return "\n".join(rows)


def _whole(one: Figure) -> str:
    return f"**{100 * one.share:.1f} %** ({100 * one.low:.0f}–{100 * one.high:.0f}, n {one.count})"


def slices(found: Sequence[Figure]) -> str:
    rows = ["| what | slice | share | n |", "|---|---|---|---|"]
    for one in found:
        if one.slice != "all":
            rows.append(f"| {one.what} | {one.slice} | {100 * one.share:.1f} % | {one.count} |")
    return "\n".join(rows)


def page(found: Sequence[Figure], speed: str, gate: str) -> str:
    parts = [HEAD, tables(found), "", "## By slice", "", slices(found), "", GATE, gate, "", "## Time", "", speed, ""]
    return "\n".join(parts)


def confusions(judged: Sequence[Judged], most: int) -> str:
    """Which needs and acts are taken for which, most frequent first, each with an example."""
    pairs: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}
    for one in judged:
        if "intent" not in one.case:
            continue
        wanted = (one.case.get("needs") or [one.case["intent"]])[0]
        got = (one.answer["needs"] or [one.answer["intent"]])[0]
        if wanted != got:
            pairs[wanted, got] += 1
            examples.setdefault((wanted, got), one.case["text"])
    return "\n".join(f"{n:4} {a} taken for {b}: {examples[a, b]}" for (a, b), n in pairs.most_common(most))


def worst(judged: Sequence[Judged], most: int) -> str:
    """Cases that went wrong, for a developer's eyes; the sets hold no words of real people."""
    lines = []
    for one in misses(judged)[:most]:
        got = {k: one.answer[k] for k in ("language", "intent", "needs", "place")} | {
            "risk": one.answer["risk"]["level"]
        }
        wanted = {k: v for k, v in one.case.items() if k not in ("text", "file", "slice")}
        lines.append(
            f"{one.case['file']} {one.case['slice']}: {one.case['text']}\n    wanted {wanted}\n    got    {got}"
        )
    return "\n".join(lines)


def worse(found: Sequence[Figure], committed: Sequence[Mapping[str, object]], points: float = 0.02) -> list[str]:
    """Figures over all languages that are worse than in the committed report by more than `points`."""
    before = {
        str(one["what"]): float(str(one["share"])) for one in committed if one["language"] == one["slice"] == "all"
    }
    wrong = []
    for one in found:
        if one.language != "all" or one.slice != "all" or one.what not in before:
            continue
        lost = one.share - before[one.what] if _FEWER in one.what else before[one.what] - one.share
        if lost > points:
            wrong.append(f"{one.what}: {one.share:.3f}, {before[one.what]:.3f} in the committed report")
    return wrong
