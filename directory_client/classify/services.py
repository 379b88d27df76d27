"""Which needs a service of another directory meets, from its texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from directory_client.classify.evidence import standing, together
from directory_client.classify.terms import NAME, WHO, in_records
from directory_client.classify.tokens import tokens
from directory_client.needs import NEEDS

MOST_NEEDS = 4
SURE = 0.42
"""Score below which a need is not given: one phrase of a description alone is not enough."""
BESIDE = 0.5
"""Share of the best score that another need must reach to be given beside it."""
OPENING = 40
"""Words of a description in which a service says what it is; what comes later weighs half."""
LONGEST = 600  # words of a text that are read
_ONE_WORD = 0.9
"""Of a name that is a single word, which is less sure than a phrase."""
_FOR_WHOM = 0.6
"""Of what says for whom a service is, where something else says what it does."""

# Weight of a phrase of the lists (names and who, words) by the field in which it stands.
_TERM, _NAME, _ALTERNATE = (0.85, 0.45), (0.8, 0.4), (0.6, 0.25)
_DESCRIPTION, _ORGANIZATION, _ELIGIBILITY = (0.45, 0.16), (0.3, 0.1), (0.08, 0.04)
_ALONE, _ORGANIZATION_ALONE = (0.55, 0.27), (0.4, 0.2)

_Weights = tuple[float, float]
_Signs = dict[tuple[str, str], tuple[float, str]]


@dataclass(frozen=True, slots=True)
class ServiceTexts:
    """What a record says of a service, as the feed has it; empty where it says nothing.

    `alternate_names` also takes the name of the program, `taxonomy_terms` the names of terms, never codes.
    """

    name: str
    name_fr: str = ""
    alternate_names: tuple[str, ...] = ()
    organization: str = ""
    description: str = ""
    description_fr: str = ""
    eligibility: str = ""
    taxonomy_terms: tuple[str, ...] = ()


def needs_of(texts: ServiceTexts) -> tuple[tuple[str, float], ...]:
    """Codes of needs with a score from 0 to 1, best first, at most four; empty when nothing is sure."""
    signs: _Signs = {}
    told = False
    for text, (strong, weak) in _called(texts):
        told |= _read(signs, text, strong, weak)
    for text, (strong, weak) in _described(texts, told):
        _read(signs, text, strong, weak, fading=True)
    return _best(_scores(signs))


def _read(signs: _Signs, text: str, strong: float, weak: float, fading: bool = False) -> bool:
    """Add the signs of one text, the best weight of each; says whether one of them was strong."""
    told = False
    row = tokens(text)[:LONGEST]
    for start, end, sign in standing(in_records().find(row)):
        told |= sign.kind in (NAME, WHO)
        weight = strong if sign.kind in (NAME, WHO) else weak
        weight *= _ONE_WORD if end - start == 1 else 1.0
        if fading and start >= OPENING:
            weight /= 2
        # The same words are one sign, in however many lists and fields they stand.
        key = sign.need, " ".join(row[start:end])
        if key not in signs or signs[key][0] < weight:
            signs[key] = weight, sign.kind
    return told


def _called(texts: ServiceTexts) -> Iterator[tuple[str, _Weights]]:
    """What a service is called, with the weights of each text."""
    fields = (
        *((term, _TERM) for term in texts.taxonomy_terms),
        (texts.name, _NAME),
        (texts.name_fr, _NAME),
        *((name, _ALTERNATE) for name in texts.alternate_names),
    )
    return ((text, weights) for text, weights in fields if text)


def _described(texts: ServiceTexts, told: bool) -> Iterator[tuple[str, _Weights]]:
    """What is said of it. Where the names told nothing ("Harbour House") this is all there is, and counts more."""
    description, organization = (_DESCRIPTION, _ORGANIZATION) if told else (_ALONE, _ORGANIZATION_ALONE)
    fields = (
        (texts.organization, organization),
        (texts.description, description),
        (texts.description_fr, description),
        (texts.eligibility, _ELIGIBILITY),
    )
    return ((text, weights) for text, weights in fields if text)


def _scores(signs: _Signs) -> dict[str, float]:
    """Score by need. "Youth Employment Centre" is an employment centre first, then one for youth."""
    what: dict[str, list[float]] = defaultdict(list)
    whom: dict[str, list[float]] = defaultdict(list)
    for (need, _words), (weight, kind) in signs.items():
        (whom if kind == WHO else what)[need].append(weight)
    sure = {need: score for need, weights in what.items() if (score := together(weights)) >= SURE}
    scores: dict[str, float] = {}
    for need in what.keys() | whom.keys():
        share = _FOR_WHOM if sure.keys() - {need} else 1.0
        scores[need] = together([*what[need], *(weight * share for weight in whom[need])])
    return scores


def _best(scores: dict[str, float]) -> tuple[tuple[str, float], ...]:
    order = sorted(scores.items(), key=lambda item: (-item[1], NEEDS.index(item[0])))
    least = max(SURE, BESIDE * order[0][1]) if order else 1.0
    return tuple((need, round(score, 3)) for need, score in order[:MOST_NEEDS] if score >= least)
