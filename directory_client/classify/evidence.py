"""What the phrases found in one text leave standing when those inside others are taken away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from directory_client.classify.phrases import Match
from directory_client.classify.terms import ASK, NAME, NOT, WHO, Sign


def standing(matches: Sequence[Match[Sign]]) -> list[Match[Sign]]:
    """Those that say something of the text, of matches by where they begin.

    A phrase inside one of the list `not` of its own need is not there. A phrase inside a longer one that says
    what a service does is part of that ("pet food bank" is no "food bank"); only whom it is for stays true
    ("youth employment centre" is for youth).
    """
    nots: dict[str, list[Match[Sign]]] = {}
    for match in matches:
        if match.value.kind == NOT:
            nots.setdefault(match.value.need, []).append(match)
    # The farthest end of any longer phrase that began so far, and where the first that reaches it began.
    end = begun = -1
    left: list[Match[Sign]] = []
    at = 0
    while at < len(matches):
        here = matches[at].start
        same = at
        while same < len(matches) and matches[same].start == here:
            other = matches[same]
            if other.end > end and other.end - here > 1 and other.value.kind in (NAME, ASK):
                end, begun = other.end, here
            same += 1
        for match in matches[at:same]:
            need, kind, _phrase = match.value
            part = match.end < end or (match.end == end and begun < here)
            if kind == NOT or (part and (kind != WHO or _in_own(match, matches))):
                continue
            if need not in nots or not any(not_.start <= here and match.end <= not_.end for not_ in nots[need]):
                left.append(match)
        at = same
    return left


def _in_own(match: Match[Sign], matches: Sequence[Match[Sign]]) -> bool:
    """Whether a longer phrase of the same need holds it."""
    return any(
        other.start <= match.start and match.end <= other.end and other.end - other.start > match.end - match.start
        for other in matches
        if other.value.need == match.value.need and other.value.kind in (NAME, ASK)
    )


def together(weights: Iterable[float]) -> float:
    """One score of several signs: each takes its share of what is left to certainty, so it never passes 1."""
    doubt = 1.0
    for weight in weights:
        doubt *= 1.0 - weight
    return 1.0 - doubt
