"""Names of Ontario written wrongly, found without turning ordinary words into places."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from rapidfuzz.distance import OSA

from directory_client.places.names import Entry

_WORDS = Path(__file__).parent / "data" / "not_misspellings.txt"


def allowed(length: int) -> int:
    """How many slips of the finger a name of so many letters may carry."""
    if length < 6:
        return 0
    if length < 9:
        return 1
    return 2


class Misspellings:
    """Looks a written word or pair of words up among the names it may have been meant for.

    Names are kept by what remains when one letter is left out: a word with one slip shares such a remainder
    with its name. For long names two slips are tried among those that begin and end alike.
    """

    def __init__(self, names: dict[str, Entry]) -> None:
        self._names = names
        self._remainders: dict[str, set[str]] = defaultdict(set)
        self._framed: dict[tuple[str, int], list[str]] = defaultdict(list)
        self._words = frozenset(_WORDS.read_text(encoding="utf-8").split())
        for name in names:
            if allowed(len(name)):
                for remainder in _remainders(name):
                    self._remainders[remainder].add(name)
            if allowed(len(name)) == 2:
                self._framed[name[0], len(name)].append(name)

    def find(self, written: str) -> tuple[Entry, float] | None:
        """The place meant and how sure, 0 to 1; None when nothing is close enough."""
        if not 5 <= len(written) <= 30 or not written.isascii() or written in self._words:
            return None
        candidates: set[str] = set(self._remainders.get(written, ()))
        for remainder in _remainders(written):
            candidates |= self._remainders.get(remainder, set())
        if not candidates and len(written) >= 8:
            for length in range(len(written) - 2, len(written) + 3):
                candidates.update(self._framed.get((written[0], length), ()))
        best, best_slips = None, 99
        for name in candidates:
            slips = OSA.distance(written, name, score_cutoff=2)
            if slips > allowed(len(name)) or slips > best_slips or not _word_by_word(written, name):
                continue
            larger = best is None or self._names[name].population > self._names[best].population
            if slips < best_slips or larger:
                best, best_slips = name, slips
        if best is None or best_slips == 0:
            return None
        return self._names[best], 1 - best_slips / len(best)


def _remainders(word: str) -> set[str]:
    return {word} | {word[:index] + word[index + 1 :] for index in range(len(word))}


def _word_by_word(written: str, name: str) -> bool:
    """ "north for" is not North York: no single word of a name may be quite another."""
    pairs = list(zip(written.split(), name.split(), strict=False))
    if len(pairs) < 2 or written.count(" ") != name.count(" "):
        return True
    return all(OSA.distance(one, other) <= (len(other) >= 4) + (len(other) >= 9) for one, other in pairs)
