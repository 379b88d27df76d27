"""Finding quickly which of thousands of phrases a text can contain at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.safety import phrases
from bot.safety.phrases import Needs

_LONGEST = 5


def grams(view: str) -> set[str]:
    """All runs of one to five characters of a view."""
    return {view[i : i + n] for n in range(1, _LONGEST + 1) for i in range(len(view) - n + 1)}


@dataclass(frozen=True, slots=True)
class _Entry[T]:
    item: T
    others: tuple[int, ...]  # groups that must be met besides the one that the entry is found by


class Index[T]:
    """Items by what a text needs to have for them to match; a text meets only those that it may match."""

    def __init__(self) -> None:
        self._entries: list[_Entry[T]] = []
        self._by_gram: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        self._numbers: dict[frozenset[str], int] = {}
        self._groups: list[frozenset[str]] = []

    def add(self, item: T, needs: Needs) -> None:
        """Raises PhraseError when the needs are empty."""
        first = phrases.rarest(needs)
        for literal in first:
            self._by_gram[literal[:_LONGEST]].append((literal, len(self._entries)))
        others = tuple(self._number(group) for group in needs if group != first)
        self._entries.append(_Entry(item, others))

    def _number(self, group: frozenset[str]) -> int:
        if group not in self._numbers:
            self._numbers[group] = len(self._groups)
            self._groups.append(group)
        return self._numbers[group]

    def frozen(self) -> dict[str, Any]:
        """Everything but the items, as plain data; see `thawed`."""
        return {
            "others": [entry.others for entry in self._entries],
            "by_gram": dict(self._by_gram),
            "groups": self._groups,
        }

    @classmethod
    def thawed(cls, items: Sequence[T], data: Mapping[str, Any]) -> Index[T]:
        """The index of these items with the data of `frozen`. Nothing can be added to it."""
        index = cls()
        index._entries = [_Entry(item, others) for item, others in zip(items, data["others"], strict=True)]
        index._by_gram = defaultdict(list, data["by_gram"])
        index._groups = data["groups"]
        return index

    def items(self) -> Iterator[T]:
        """All items, in the order in which they were added."""
        return (entry.item for entry in self._entries)

    def candidates(self, view: str, of_view: set[str]) -> list[T]:
        """Items whose needs the view meets, in the order in which they were added.

        of_view: `grams(view)`, which the caller has for several indexes.
        """
        numbers = {
            number
            for gram in self._by_gram.keys() & of_view
            for literal, number in self._by_gram[gram]
            if literal in view
        }
        met: dict[int, bool] = {}

        def holds(group: int) -> bool:
            if group not in met:
                met[group] = any(literal in view for literal in self._groups[group])
            return met[group]

        entries = [self._entries[number] for number in sorted(numbers)]
        return [entry.item for entry in entries if all(map(holds, entry.others))]
