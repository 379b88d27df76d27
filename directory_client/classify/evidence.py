"""What the phrases found in one text leave standing when those inside others are taken away."""

from __future__ import annotations

from collections.abc import Sequence

from directory_client.classify.phrases import Match
from directory_client.classify.terms import ASK, NAME, NOT, WHO, Sign

_SAYS_WHAT = (NAME, ASK)


def standing(matches: Sequence[Match[Sign]]) -> list[Match[Sign]]:
    """Those that say something of the text.

    A phrase inside one of the list `not` of its own need is not there. A phrase inside a longer one that says
    what a service does is part of that ("pet food bank" is no "food bank"); only whom it is for stays true
    ("youth employment centre" is for youth).
    """
    nots = [match for match in matches if match.value.kind == NOT]
    longer = [match for match in matches if match.end - match.start > 1 and match.value.kind in _SAYS_WHAT]
    return [
        match
        for match in matches
        if match.value.kind != NOT
        and not any(match.value.need == other.value.need and _inside(match, other) for other in nots)
        and not any(_within(match, other) and _counts(match, other) for other in longer)
    ]


def _inside(match: Match[Sign], other: Match[Sign]) -> bool:
    return other.start <= match.start and match.end <= other.end


def _within(match: Match[Sign], other: Match[Sign]) -> bool:
    return _inside(match, other) and match.end - match.start < other.end - other.start


def _counts(match: Match[Sign], other: Match[Sign]) -> bool:
    return match.value.kind != WHO or match.value.need == other.value.need


def together(weights: Sequence[float]) -> float:
    """One score of several signs: each takes its share of what is left to certainty, so it never passes 1."""
    doubt = 1.0
    for weight in weights:
        doubt *= 1.0 - weight
    return 1.0 - doubt
