"""How long the parts of understanding take on one core, message by message."""

from __future__ import annotations

import time
from collections import defaultdict

from bot.parsing import Worker
from bot.understanding import Ears

EVERY = 5
"""One message in so many is timed: it is understood once more for that."""
PARTS = ("language and risk", "place", "needs and acts, asked of Rasa's parser in its own process")


class Pace:
    """Times each part by itself; nothing of it is remembered from one message to the next."""

    def __init__(self, ears: Ears, parser: Worker) -> None:
        self._ears = ears
        self._parser = parser
        self._seconds: defaultdict[str, list[float]] = defaultdict(list)

    def take(self, text: str) -> None:
        """Times one message."""
        moments = [time.perf_counter()]
        self._ears.risk(text)
        self._ears.identifier.identify(text, session_language=None)
        moments.append(time.perf_counter())
        self._ears.gazetteer.find(text)
        moments.append(time.perf_counter())
        heard = self._ears.hear(text, session_language=None).metadata()
        moments.append(time.perf_counter())
        self._parser.parse(text, heard)
        moments.append(time.perf_counter())
        took = (moments[1] - moments[0], moments[2] - moments[1], moments[4] - moments[3])
        for part, seconds in zip(PARTS, took, strict=True):
            self._seconds[part].append(seconds)

    def __str__(self) -> str:
        found = []
        for part in PARTS:
            ordered = sorted(self._seconds[part])
            p50, p95 = (1000 * ordered[int(share * len(ordered))] for share in (0.5, 0.95))
            found.append(f"{part}: p50 {p50:.1f} ms, p95 {p95:.1f} ms")
        return f"{len(self._seconds[PARTS[0]])} messages, one core; {'; '.join(found)}."
