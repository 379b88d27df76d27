"""Which needs a resident's words speak of, and which words find services for a need."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from directory_client.classify.evidence import standing, together
from directory_client.classify.terms import ASK, NAME, NOT, WHO, WORD, in_questions, terms
from directory_client.classify.tokens import tokens
from directory_client.needs import NEEDS
from directory_client.words import words

LEAST = 0.3
MOST_NEEDS = 4
LONGEST = 300  # words of a question that are read
_WEIGHTS = {ASK: 0.75, NAME: 0.7, WHO: 0.45, WORD: 0.35}
_ONE_WORD = 0.8
_SHARES = {NAME: 1.0, WHO: 0.6, WORD: 0.4}


def needs_of_words(text: str) -> tuple[tuple[str, float], ...]:
    """Codes of needs that English or French words ask for, with a score from 0 to 1, best first, at most four."""
    weights: dict[str, dict[str, float]] = defaultdict(dict)
    row = tokens(text)[:LONGEST]
    for start, end, sign in standing(in_questions().find(row)):
        weight = _WEIGHTS[sign.kind] * (_ONE_WORD if end - start == 1 else 1.0)
        said = " ".join(row[start:end])
        weights[sign.need][said] = max(weights[sign.need].get(said, 0.0), weight)
    scores = {need: together(list(by_phrase.values())) for need, by_phrase in weights.items()}
    order = sorted(scores.items(), key=lambda item: (-item[1], NEEDS.index(item[0])))
    return tuple((need, round(score, 3)) for need, score in order[:MOST_NEEDS] if score >= LEAST)


@cache
def words_of(need: str) -> dict[str, float]:
    """Words of the search index, with a weight from 0 to 1, that stand in records of services for a need.

    A word that many needs use weighs little. Raises KeyError for a code that is not in the vocabulary.
    """
    return _words_by_need()[need]


@cache
def _words_by_need() -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {need: {} for need in NEEDS}
    needs: dict[str, set[str]] = defaultdict(set)
    for term in terms():
        if term.kind in (ASK, NOT) or "*" in term.phrase:
            continue
        row = words(term.phrase)
        for word in row:
            share = _SHARES[term.kind] / len(row) ** 0.5
            found[term.need][word] = max(found[term.need].get(word, 0.0), share)
            needs[word].add(term.need)
    return {
        need: {word: round(share / len(needs[word]) ** 0.5, 3) for word, share in shares.items()}
        for need, shares in found.items()
    }
