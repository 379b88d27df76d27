"""The quality report as a page and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from bot.quality.scores import Figure, Judged, misses

HEAD = """# How well messages are understood

Made by `bin/porchlight evaluate --write`; do not edit. The sets are in `tests/quality/`: written apart from the
training data by others than those who wrote that, and not reviewed by native speakers. A share comes with the
middle 95 % of 500 resampled shares. The labels and the translations are ours; treat a language with few lines
as a first look.
"""


def table(found: Sequence[Figure], languages: Sequence[str]) -> str:
    """Figures in rows, languages in columns."""
    by_key = {(one.what, one.language, one.slice): one for one in found}
    rows = ["| what | all | " + " | ".join(languages) + " |", "|---" * (len(languages) + 2) + "|"]
    for what in dict.fromkeys(one.what for one in found):
        cells = []
        for language in ("all", *languages):
            one = by_key.get((what, language, "all"))
            if one is None:
                cells.append("–")
            elif language == "all":
                cells.append(f"**{100 * one.share:.1f} %** ({100 * one.low:.0f}–{100 * one.high:.0f}, n {one.count})")
            else:
                cells.append(f"{100 * one.share:.0f}")
        rows.append(f"| {what} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def slices(found: Sequence[Figure]) -> str:
    rows = ["| what | slice | share | n |", "|---|---|---|---|"]
    for one in found:
        if one.slice != "all":
            rows.append(f"| {one.what} | {one.slice} | {100 * one.share:.1f} % | {one.count} |")
    return "\n".join(rows)


def page(found: Sequence[Figure], languages: Sequence[str], speed: str) -> str:
    return "\n".join(
        [HEAD, table(found, languages), "", "## By slice", "", slices(found), "", "## Time", "", speed, ""]
    )


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
