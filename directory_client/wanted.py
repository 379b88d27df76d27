"""What a query asks for: needs with how sure they are, and words as the index knows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from math import exp, log
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import Connection, func, literal, select

from directory_client.among import listed
from directory_client.models import SearchWord, ServiceText
from directory_client.stems import asked
from directory_client.words import LONGEST_WORD

SIMILAR = 84.0
"""How alike, in percent, a word of the index must be to stand for one that nobody wrote."""
SHORTEST_MENDED = 5
"""Shorter words are not mended: too many others are near."""
MOST_FOUND = 1_000
"""Services that the words may bring together. The rarest word always finds; commoner ones as long as there is room,
else they only order: in a whole province "community" stands in a fifth of all records."""
MISSING = 0.2
"""What a word that stands in no record takes away, as a share of what the rarest could give."""


@dataclass(frozen=True)
class Term:
    """One word of the query: the stems under which it stands in the index, how rare it is, how much it counts."""

    stems: tuple[str, ...]
    rarity: float
    weight: float = 1.0
    finds: bool = True
    """Whether services are looked up by it, or only ordered."""

    @cached_property
    def needles(self) -> tuple[str, ...]:
        """The stems as they stand in a text of stems."""
        return tuple(f" {stem} " for stem in self.stems)


@dataclass(frozen=True, slots=True)
class Wanted:
    """`needs` with a weight from 0 to 1, the surest first; `best` is what a perfect match of the words would give."""

    needs: tuple[tuple[str, float], ...] = ()
    terms: tuple[Term, ...] = ()
    missing: float = 0.0

    @property
    def best(self) -> float:
        return sum(term.rarity * term.weight for term in self.terms if term.weight >= 1.0) + self.missing


def terms_of(
    connection: Connection, text: str, synonyms: Iterable[tuple[str, float]] = (), most: int = MOST_FOUND
) -> Wanted:
    """The words of a query with their rarity in this directory.

    A word that stands nowhere is taken for the most similar one that does, if one is similar enough; otherwise
    it counts a little against every match. `synonyms` are further stems with their weight below 1. `most`
    is how many services the words may bring together.
    """
    words = asked(text)[:40]
    extra = [(stem, weight) for stem, weight in synonyms if not any(stem in stems for stems in words)][:60]
    if not words and not extra:
        return Wanted()
    runs = _runs(words)
    single = [stem for stems in words for stem in stems]
    known = _services(connection, [*single, *runs, *(stem for stem, _ in extra)])
    total = max(known.pop(_ALL), 1)
    words = _joined(words, [(run, span) for run, span in runs.items() if run in known])
    terms: list[Term] = []
    lost = 0
    for stems in words:
        found = tuple(stem for stem in stems if stem in known)
        if not found and (mended := _mended(connection, stems[0])):
            found = (mended[0],)
            known[mended[0]] = mended[1]
        if found:
            terms.append(_term(found, known, total))
        else:
            lost += 1
    terms += [_term((stem,), known, total, weight) for stem, weight in extra if stem in known]
    return Wanted((), tuple(_finding(terms, total, most)), MISSING * lost * log(1 + total))


def _runs(words: Sequence[tuple[str, ...]]) -> dict[str, tuple[int, int]]:
    """Two or three words side by side written as one, with the places of the first and behind the last."""
    spans = [(at, at + size) for size in (2, 3) for at in range(len(words) - size + 1)]
    return {"".join(stems[0] for stems in words[at:end])[:LONGEST_WORD]: (at, end) for at, end in spans}


def _joined(words: Sequence[tuple[str, ...]], runs: Iterable[tuple[str, tuple[int, int]]]) -> list[tuple[str, ...]]:
    """The words, several also as one where the index has them so: "connex ontario" is ConnexOntario."""
    found = list(words)
    for run, (first, end) in runs:
        found[first:end] = [(*stems, run) for stems in found[first:end]]
    return found


def _term(stems: tuple[str, ...], known: dict[str, int], total: int, weight: float = 1.0) -> Term:
    return Term(stems, log(1 + total / max(known[stem] for stem in stems)), weight)


def _finding(terms: list[Term], total: int, most: int) -> Iterator[Term]:
    """The terms, rarest words first and synonyms last, with the mark of those that look services up."""
    left = float(most)
    for number, term in enumerate(sorted(terms, key=lambda term: (term.weight < 1.0, -term.rarity))):
        services = total / (exp(term.rarity) - 1)
        finds = number == 0 or services <= left
        left -= services if finds else 0
        yield replace(term, finds=finds)


_ALL = ""
"""Stands for the number of all services among those of the words."""


def _services(connection: Connection, stems: list[str]) -> dict[str, int]:
    """How many services have each of these words, as far as any has."""
    return {
        word: services or 0 for word, services in connection.execute(_known(connection.dialect.name), {"stems": stems})
    }


@lru_cache(maxsize=2)
def _known(dialect: str) -> Any:
    known = select(SearchWord.word, SearchWord.services).where(listed(dialect, SearchWord.word, "stems"))
    return known.union_all(select(literal(_ALL), func.max(ServiceText.number)))


def _mended(connection: Connection, stem: str) -> tuple[str, int] | None:
    """The word of the index that a misspelt one most likely is, with the number of its services.

    Only words with the same first letter are compared: people rarely miss that, and it keeps the list short.
    The library does it rather than pg_trgm, so that both databases mend alike and none needs an extension.
    """
    if len(stem) < SHORTEST_MENDED or stem.isdigit():
        return None
    statement = select(SearchWord.word, SearchWord.services).where(
        SearchWord.word >= stem[0],
        SearchWord.word < chr(ord(stem[0]) + 1),
        func.length(SearchWord.word).between(len(stem) - 2, len(stem) + 2),
    )
    near = {word: services for word, services in connection.execute(statement)}
    matches = process.extract(stem, near.keys(), scorer=fuzz.ratio, score_cutoff=SIMILAR, limit=5)
    if not matches:
        return None
    word = max(matches, key=lambda match: (round(match[1], 1), near[match[0]]))[0]
    return word, near[word]
