"""What the phrases found in one text leave standing when those inside others are taken away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from directory_client.classify.phrases import Match
from directory_client.classify.terms import NOT, WHO, WORD, Sign


def standing(matches: Sequence[Match[Sign]]) -> list[tuple[int, int, Sign]]:
    """Those that say something of the text, of matches by where they begin: from, up to, what it says.

    A phrase inside one of the list `not` of its own need is not there. A phrase inside a longer one that says
    what a service does is part of that ("pet food bank" is no "food bank"); only whom it is for stays true
    ("youth employment centre" is for youth).
    """
    nots: list[tuple[int, int, str]] = []
    spans: list[Match[Sign]] = []
    for match in matches:
        start, end, signs = match
        strong = False
        for need, kind, _phrase in signs:
            if kind == NOT:
                nots.append((start, end, need))
            elif kind != WORD and kind != WHO:
                strong = True
        if strong and end - start > 1:
            spans.append(match)
    left: list[tuple[int, int, Sign]] = []
    reach = begun = -1
    following = 0
    for start, end, signs in matches:
        # The farthest end of any longer phrase that begins up to here, and where the first that reaches it begins.
        while following < len(spans) and spans[following][0] <= start:
            if spans[following][1] > reach:
                begun, reach, _signs = spans[following]
            following += 1
        part = end < reach or (end == reach and begun < start)
        for sign in signs:
            if sign.kind == NOT or (part and (sign.kind != WHO or _in_own(start, end, sign.need, spans))):
                continue
            if nots and any(need == sign.need and first <= start and end <= last for first, last, need in nots):
                continue
            left.append((start, end, sign))
    return left


def _in_own(start: int, end: int, need: str, spans: Sequence[Match[Sign]]) -> bool:
    """Whether a longer phrase of the same need holds these words."""
    return any(
        first <= start and end <= last and last - first > end - start and any(sign.need == need for sign in signs)
        for first, last, signs in spans
    )


def together(weights: Iterable[float]) -> float:
    """One score of several signs: each takes its share of what is left to certainty, so it never passes 1."""
    doubt = 1.0
    for weight in weights:
        doubt *= 1.0 - weight
    return 1.0 - doubt
