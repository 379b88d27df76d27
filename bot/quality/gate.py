"""What the translation gate is worth: good, broken and made-up outputs, and which of them it refuses.

The rows of tests/quality/gate.jsonl: original, translation, verdict (good, rough, broken, hallucinated), kind,
score (mean log-probability, None without), faults, engine. What a model wrote was kept with its score, so the
measurement needs no model. Thresholds are fitted on every second row of a model and judged on the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.language.calibration import threshold
from bot.language.gate import refused
from bot.quality.sets import FOLDER

Row = dict[str, Any]
FILE = FOLDER / "gate.jsonl"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One output and what the gate said of it: the reason, or None when it passed."""

    row: Row
    reason: str | None

    @property
    def bad(self) -> bool:
        return bool(self.row["verdict"] != "good")


def rows(path: Path = FILE) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def judgements(found: Sequence[Row]) -> list[Judgement]:
    """The gate's word on every row that no threshold was fitted on."""
    scored = [row for row in found if row["score"] is not None]
    fit = [(float(row["score"]), row["verdict"] == "good") for row in scored[::2]]
    least = threshold(fit) if fit else None
    judged = [row for row in found if row["score"] is None] + scored[1::2]
    return [
        Judgement(
            row,
            refused(row["original"], row["translation"], score=row["score"], threshold=least, faults=row["faults"]),
        )
        for row in judged
    ]


def shares(found: Iterable[Judgement]) -> tuple[int, float, float, float]:
    """How many, precision and recall of "refused" as a finding of bad output, and the share of good that passed."""
    all_of_them = list(found)
    stopped = [one for one in all_of_them if one.reason]
    bad = [one for one in all_of_them if one.bad]
    good = [one for one in all_of_them if not one.bad]
    precision = sum(one.bad for one in stopped) / len(stopped) if stopped else 1.0
    recall = sum(one.reason is not None for one in bad) / len(bad) if bad else 1.0
    passed = sum(one.reason is None for one in good) / len(good) if good else 1.0
    return len(all_of_them), precision, recall, passed


def table(found: Sequence[Judgement]) -> str:
    """Figures by engine: who made the outputs, how many, precision, recall, good ones let through."""
    lines = ["| outputs of | n | precision | recall | good ones let through |", "|---|---|---|---|---|"]
    for engine in ("all", *dict.fromkeys(one.row["engine"] for one in found)):
        count, precision, recall, passed = shares(one for one in found if engine in ("all", one.row["engine"]))
        lines.append(f"| {engine} | {count} | {precision:.3f} | {recall:.3f} | {passed:.3f} |")
    return "\n".join(lines)
