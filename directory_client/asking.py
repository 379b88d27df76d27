"""What the words of a query ask for: needs with how sure they are, the words themselves, and others for the same.

A resident writes "they are cutting my lights", a record says "energy assistance": no word is shared. So the words are
also read for needs, twice: by phrases in English and French (`directory_client.classify`), and by ideas, in any core
language (`directory_client.idea_needs`). What was only told from words weighs less than 1, so that a service that is
named comes first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from rapidfuzz import fuzz, process
from sqlalchemy import Connection

from directory_client.classify import expand, needs_of_words
from directory_client.classify.terms import terms as need_terms
from directory_client.idea_needs import needs_of_ideas
from directory_client.stems import LANGUAGES, stem
from directory_client.wanted import MOST_FOUND, SHORTEST_MENDED, SIMILAR, Wanted, terms_of
from directory_client.words import plain_words

FROM_PHRASES = 0.85
FROM_IDEAS = 0.7
"""How much each reading is believed. Of 600 English and 600 French training examples 84 in 100 got their main need
with these, 83 with 1 and 0.7; phrases alone gave 71, ideas alone 70 (2026-11-22)."""
UNKNOWN = 2.5
"""How much more a word that stands in no record counts against a match once the words have told a need: then the
match is no longer all there is, and "kids" of a sentence about something else finds no line for kids."""
FOUND_BESIDE = 600
"""Services that words may bring together beside those that meet a told need: it is names that they are for."""
CLEAR = 0.5
"""A need that is surer than this is not looked for again in mended words."""
LEAST = 0.2
MOST_NEEDS = 2
BESIDE = 0.5
"""How sure a second need must be, as a share of the first: each is one more search."""

Needs = tuple[tuple[str, float], ...]


def wanted(connection: Connection, words: str | None, need: str | None = None) -> Wanted:
    """What a query for words, a need, or both asks of this directory. A need that is given is the only one."""
    if not words:
        return Wanted(needs=((need, 1.0),)) if need else Wanted()
    told = () if need else needs_told(words)
    found = terms_of(connection, words, synonyms(words), FOUND_BESIDE if told else MOST_FOUND)
    if not told:
        return replace(found, needs=((need, 1.0),)) if need else found
    # Other words for the same only order then: what they would find meets the need.
    terms = tuple(replace(term, finds=term.finds and term.weight >= 1.0) for term in found.terms)
    return Wanted(told, terms, found.missing * UNKNOWN)


def needs_told(words: str) -> Needs:
    """Needs that words in any core language speak of, the surest first, with a weight below 1; at most two."""
    told = _told(words)
    if told and told[0][1] >= CLEAR:
        return told
    mended = _mended(words)
    return max(told, _told(mended), key=lambda needs: needs[0][1] if needs else 0.0) if mended != words else told


def synonyms(words: str) -> Iterable[tuple[str, float]]:
    """Stems of other words for the same, each with its weight below 1."""
    found: dict[str, float] = {}
    for word, weight in expand(words).items():
        if weight < 1.0:
            for language in LANGUAGES:
                one = stem(word, language)
                found[one] = max(weight, found.get(one, 0.0))
    return found.items()


def _told(words: str) -> Needs:
    doubts: dict[str, float] = defaultdict(lambda: 1.0)
    for need, score in needs_of_words(words):
        doubts[need] *= 1 - FROM_PHRASES * score
    for need, score in needs_of_ideas(words):
        doubts[need] *= 1 - FROM_IDEAS * score
    order = sorted(((need, round(1 - doubt, 3)) for need, doubt in doubts.items()), key=lambda one: -one[1])
    return tuple(one for one in order[:MOST_NEEDS] if one[1] >= max(LEAST, BESIDE * order[0][1]))


def _mended(words: str) -> str:
    """The text with misspelt words put right, as far as a word that tells a need is near enough."""
    known = _vocabulary()
    found = []
    for word in plain_words(words):
        if len(word) >= SHORTEST_MENDED and word not in known and word.isascii() and not word.isdigit():
            near = _known_from(word[0])
            match = process.extractOne(word, near, scorer=fuzz.ratio, score_cutoff=SIMILAR)
            found.append(match[0] if match else word)
        else:
            found.append(word)
    return " ".join(found)


@cache
def _vocabulary() -> frozenset[str]:
    """The words of the phrases that tell needs, endings and all."""
    return frozenset(word for term in need_terms() for word in plain_words(term.phrase.replace("*", "")))


@cache
def _known_from(letter: str) -> tuple[str, ...]:
    """Those that begin with a letter: people rarely miss the first."""
    return tuple(sorted(word for word in _vocabulary() if word[0] == letter and len(word) >= SHORTEST_MENDED - 1))
