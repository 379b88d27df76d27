"""How sure a translation package must be of itself before it is believed, fitted on pairs that it never saw."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rapidfuzz import fuzz

from bot.language.argos import FITTED, Argos, installed
from bot.language.gate import UNFITTED
from bot.language.machine import Pair
from bot.supervisor.problems import Problem

GOOD = 60.0
"""A translation this like the reference (rapidfuzz ratio, 0-100) is taken as good for the fit."""
FEWEST = 20


def threshold(judged: Sequence[tuple[float, bool]]) -> float:
    """The score that best parts good translations from bad ones (highest F1 of what is let through).

    judged: (mean log-probability, good) of each translation. Where all are good, a little below the least sure.
    """
    if all(good for _, good in judged):
        return min(score for score, _ in judged) - 0.05
    goods = sum(good for _, good in judged)
    best, found = -1.0, UNFITTED
    for least in sorted({score for score, _ in judged}):
        passed = [good for score, good in judged if score >= least]
        f1 = 2 * sum(passed) / (len(passed) + goods) if goods else 0.0
        if f1 > best:
            best, found = f1, least
    return found


def fitted(pair: Pair, references: Sequence[tuple[str, str]], folder: Path | None = None) -> str:
    """Fits and stores the threshold of an installed package; gives a sentence about it.

    Raises:
        Problem: when the package is not installed or there are too few pairs.
    """
    package = installed(folder).get(pair)
    if package is None:
        raise Problem(f"no package {pair[0]} → {pair[1]} is installed: bin/porchlight languages install.")
    if len(references) < FEWEST:
        raise Problem(f"{len(references)} pairs are too few; a fit needs {FEWEST} at least.")
    engine = Argos(folder)
    judged = []
    for text, reference in references:
        made = engine.translate(text, pair)
        if made is not None and made.score is not None:
            judged.append((made.score, fuzz.ratio(made.text, reference) >= GOOD))
    least = round(threshold(judged), 3)
    good = sum(one for _, one in judged)
    (package / FITTED).write_text(json.dumps({"threshold": least, "pairs": len(judged)}) + "\n", encoding="utf-8")
    return f"{pair[0]} → {pair[1]}: {good} of {len(judged)} translations are near the reference; threshold {least}."
