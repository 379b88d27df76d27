"""What came of an import, for the person who runs it and for the record."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from directory_client.feeds.feed import Refusal

MOST_KEPT = 2_000
"""Refusals that are kept word by word; further ones are only counted."""
COUNTS = ("added", "changed", "unchanged", "closed", "removed", "refused")


@dataclass(slots=True)
class Report:
    """Counts by table and what was refused. `written` is False for a trial run."""

    source: str
    written: bool = True
    counts: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    refusals: list[Refusal] = field(default_factory=list)
    refused: int = 0

    def count(self, table: str, what: str, number: int = 1) -> None:
        if number:
            self.counts[table][what] += number

    def refuse(self, refusal: Refusal) -> None:
        """Notes a row, or with a field named only that field, that was not taken."""
        self.refused += 1
        if refusal.table and refusal.field is None:
            self.count(refusal.table, "refused")
        if len(self.refusals) < MOST_KEPT:
            self.refusals.append(refusal)

    def total(self, what: str) -> int:
        return sum(counter[what] for counter in self.counts.values())

    def as_json(self) -> dict[str, Any]:
        return {table: {what: counter[what] for what in COUNTS if counter[what]} for table, counter in self._filled()}

    def _filled(self) -> list[tuple[str, Counter[str]]]:
        return [(table, counter) for table, counter in self.counts.items() if any(counter.values())]
