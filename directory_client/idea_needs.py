"""Which needs a text in any core language speaks of, by the ideas in it and what those mean in examples.

The ideas ("rent", "cut off", "mother") are found by the word lists of data/ideas, in 23 languages and several
scripts; `understanding.ideas` reads them for the classifier of messages too and needs nothing but YAML. What they say
about needs stands in data/idea_needs.tsv, made by `directory_client.learn_ideas`: it is the same for every language,
so no language is better off for having more examples.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cache
from math import exp, log
from pathlib import Path
from threading import Lock

from directory_client.needs import NEEDS
from understanding.ideas import Ideas
from understanding.text import normalised

FILE = Path(__file__).parent / "data" / "idea_needs.tsv"
SMOOTHING = 0.1
MOST_IDEAS = 30
"""A long text has many ideas that have nothing to do with what is asked; those of its beginning count."""
LEAST = 0.15
MOST_NEEDS = 3

Counts = dict[str, Counter[str]]
"""Need → idea → in how many examples of the need the idea stands."""


def needs_of_ideas(text: str) -> tuple[tuple[str, float], ...]:
    """Codes of needs with their probability from 0 to 1, best first, at most three; none when no idea is found."""
    names = list(dict.fromkeys(ideas_of(text)))[:MOST_IDEAS]
    weights = _weights()
    known = [weights[name] for name in names if name in weights]
    if not known:
        return ()
    scores = {need: sum(by_need[need] for by_need in known) for need in NEEDS}
    best = max(scores.values())
    shares = {need: exp(score - best) for need, score in scores.items()}
    total = sum(shares.values())
    order = sorted(shares, key=lambda need: (-shares[need], NEEDS.index(need)))[:MOST_NEEDS]
    return tuple((need, round(shares[need] / total, 3)) for need in order if shares[need] / total >= LEAST)


def ideas_of(text: str) -> list[str]:
    """Names of the ideas in a text, in order, each as often as it is there."""
    return _ideas().of(normalised(text))


def read(path: Path = FILE) -> Counts:
    """The table. Raises ValueError for a line that is none."""
    counts: Counts = defaultdict(Counter)
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#"):
            continue
        try:
            idea, need, count = line.split("\t")
            counts[need][idea] = int(count)
        except ValueError:
            raise ValueError(f"{path.name}:{number}: a line is an idea, a need and a count") from None
    return counts


_given: list[Ideas] = []
_reading = Lock()


def use(read: Callable[[], Ideas]) -> None:
    """Takes the lists from elsewhere, as from what an earlier start has kept; once.

    A search that comes while they are read waits for them: to read them itself beside it would take both longer.
    """
    if not _given:
        with _reading:
            if not _given:
                _given.append(read())


def _ideas() -> Ideas:
    use(Ideas.load)
    return _given[0]


@cache
def _weights() -> dict[str, dict[str, float]]:
    """Idea → need → log of the share of the idea among those of the need."""
    counts = read()
    ideas = {idea for of_need in counts.values() for idea in of_need}
    totals = {need: sum(counts[need].values()) + SMOOTHING * len(ideas) for need in NEEDS}
    return {idea: {need: log((counts[need][idea] + SMOOTHING) / totals[need]) for need in NEEDS} for idea in ideas}
