"""Finds many phrases in a row of words in one pass.

A trie of words and not of letters: nearly every word of a text begins no phrase and costs one look into a
dictionary, and endings are taken off both sides beforehand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from directory_client.classify.tokens import tokens

ANY_ENDING = "*"
_SIGN = "zqx"


type Match[T] = tuple[int, int, list[T]]
"""Which words of the text a phrase covers (from, up to but not including), and what it stands for.

A plain tuple: half the time of reading a directory would go into making anything better.
"""


@dataclass(slots=True)
class _Node[T]:
    next: dict[str, _Node[T]] = field(default_factory=dict)
    values: list[T] = field(default_factory=list)


class Phrases[T]:
    """Phrases and what each stands for; the last letter of a word may be `*`, any ending."""

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        """Raises ValueError for a phrase of which no word is left when the little words are gone."""
        self._root: _Node[T] = _Node()
        self._beginnings: set[str] = set()
        for phrase, value in phrases:
            node = self._root
            for token in _tokens_of(phrase):
                if token.endswith(ANY_ENDING):
                    self._beginnings.add(token)
                node = node.next.setdefault(token, _Node())
            node.values.append(value)
        self._lengths = sorted({len(beginning) - 1 for beginning in self._beginnings})
        self._forms = lru_cache(maxsize=50_000)(self._forms_of)
        self._firsts = lru_cache(maxsize=50_000)(self._firsts_of)

    def find(self, row: Sequence[str]) -> list[Match[T]]:
        """Every phrase in a row of tokens, also those inside others, by where they begin."""
        found: list[Match[T]] = []
        for start, first in enumerate(row):
            nodes = self._firsts(first)
            end = start + 1
            while nodes:
                for node in nodes:
                    if node.values:
                        found.append((start, end, node.values))
                if end == len(row):
                    break
                forms = self._forms(row[end])
                nodes = [after for node in nodes if node.next for form in forms if (after := node.next.get(form))]
                end += 1
        return found

    def _firsts_of(self, token: str) -> list[_Node[T]]:
        """Where phrases that begin with a token go on; empty for nearly every word."""
        return [node for form in self._forms_of(token) if (node := self._root.next.get(form))]

    def _forms_of(self, token: str) -> tuple[str, ...]:
        """A token and the beginnings with any ending that it fits."""
        cut = (token[:length] + ANY_ENDING for length in self._lengths if length <= len(token))
        return (token, *(form for form in cut if form in self._beginnings))


def _tokens_of(phrase: str) -> list[str]:
    # The sign is carried through the folding as letters that end no word.
    row = [token.replace(_SIGN, ANY_ENDING) for token in tokens(phrase.replace(ANY_ENDING, _SIGN))]
    if not row:
        raise ValueError(f"nothing is left of the phrase {phrase!r}: use words that tell something")
    return row
