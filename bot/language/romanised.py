"""How words of a language look, for words that no list holds: trigrams of letters, weighed for each language.

Romanised languages have no spelling: the same Arabic or Punjabi word is written in ten ways. The look of a word
("byshouf", "karvauna") still tells. Small and cheap; the lists of the lexicon are its only training.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_SMOOTHING = 0.15
_LEAST_WORDS = 60  # a language with fewer known words has no look of its own
_PEAK = 0.34  # a look shared by many languages says nothing


@dataclass(frozen=True, slots=True)
class Looks:
    languages: tuple[str, ...]
    rows: Mapping[str, int]
    table: NDArray[np.float32]  # [trigram, language] natural logarithms of likelihood
    unseen: NDArray[np.float32]

    @classmethod
    def learn(cls, words: Mapping[str, Iterable[str]]) -> Looks:
        """words: language to its words, folded."""
        counts: dict[str, Counter[str]] = {}
        for language, members in sorted(words.items()):
            members = set(members)
            if len(members) >= _LEAST_WORDS:
                counts[language] = Counter(trigram for word in members for trigram in _trigrams(word))
        languages = tuple(counts)
        rows = {trigram: row for row, trigram in enumerate(sorted({one for count in counts.values() for one in count}))}
        table = np.zeros((len(rows), len(languages)), dtype=np.float32)
        for column, language in enumerate(languages):
            for trigram, count in counts[language].items():
                table[rows[trigram], column] = count
        totals = table.sum(axis=0) + _SMOOTHING * len(rows)
        return cls(languages, rows, np.log((table + _SMOOTHING) / totals), np.log(_SMOOTHING / totals))

    def likely(self, word: str) -> dict[str, float]:
        """The languages a word looks like, with parts of one; empty when it could be of many."""
        score = np.zeros(len(self.languages), dtype=np.float32)
        for trigram in _trigrams(word):
            row = self.rows.get(trigram)
            score += self.unseen if row is None else self.table[row]
        parts = np.exp(score - score.max())
        parts /= parts.sum()
        if float(parts.max()) < _PEAK:
            return {}
        return {language: float(part) for language, part in zip(self.languages, parts, strict=True) if part >= 0.15}


def _trigrams(word: str) -> list[str]:
    framed = f"^{word}$"
    return [framed[index : index + 3] for index in range(len(framed) - 2)]
