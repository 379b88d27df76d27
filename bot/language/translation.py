"""Machine translation of free text: an engine, a gate, and a memory. What the gate refuses is not shown.

Never for a fixed sentence and never in a crisis reply. Without an engine for a pair the original is shown, with
a line that says so. Nothing is downloaded but by `bin/porchlight languages install`.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Protocol

import structlog

from bot.language.apertium import Apertium
from bot.language.argos import Argos
from bot.language.gate import refused
from bot.language.machine import Machine, Made, Pair
from bot.language.workers import Workers

log = structlog.get_logger(__name__)
CACHED = 2_000
LONGEST = 2_000  # characters; no description of a service is longer, and nobody waits for more
ENGINES: dict[str, Callable[[], Machine]] = {"argos": Argos, "apertium": Apertium}


class Translator(Protocol):
    """Translates free text, or gives None when it cannot or the result must not be shown.

    remember: false for what a person wrote; a memory would outlive the deletion of their conversation.
    """

    def translate(self, text: str, source: str, target: str, *, remember: bool = True) -> str | None: ...

    def close(self) -> None: ...


class NoTranslator:
    """What is used when no engine is there."""

    def translate(self, text: str, source: str, target: str, *, remember: bool = True) -> str | None:
        return None

    def close(self) -> None:
        return None


class GatedTranslator:
    """An engine in worker processes behind the gate, with a memory of what it made.

    pairs: what may be translated; versions and thresholds are read once, when this is built.
    """

    def __init__(self, machine: Machine, workers: Workers, pairs: Iterable[Pair]) -> None:
        self.pairs = frozenset(pairs)
        self._workers = workers
        self._versions = {pair: machine.version(pair) for pair in self.pairs}
        self._thresholds = {pair: machine.threshold(pair) for pair in self.pairs}
        self._memory: OrderedDict[tuple[str, str], str | None] = OrderedDict()
        self._lock = threading.Lock()

    def translate(self, text: str, source: str, target: str, *, remember: bool = True) -> str | None:
        pair = (source, target)
        if pair not in self.pairs or not text.strip() or len(text) > LONGEST:
            return None
        key = (self._versions[pair], text)
        with self._lock:
            if key in self._memory:
                self._memory.move_to_end(key)
                return self._memory[key]

        def keep(late: Made | None) -> None:
            self._keep(key, pair, late)

        made = self._workers.translate(text, pair, late=keep if remember else None)
        # Nothing in time is not remembered: the next time it may be there.
        if made is None:
            return None
        return self._keep(key, pair, made) if remember else self._passed(text, pair, made)

    def close(self) -> None:
        self._workers.close()

    def _keep(self, key: tuple[str, str], pair: Pair, made: Made | None) -> str | None:
        if made is None:
            return None
        shown = self._passed(key[1], pair, made)
        with self._lock:
            self._memory[key] = shown
            while len(self._memory) > CACHED:
                self._memory.popitem(last=False)
        return shown

    def _passed(self, text: str, pair: Pair, made: Made) -> str | None:
        """What the gate lets through of a translation."""
        reason = refused(text, made.text, score=made.score, threshold=self._thresholds[pair], faults=made.faults)
        if reason:
            log.info("translation refused", pair="-".join(pair), reason=reason)
        return None if reason else made.text


def translator_for(engine: str, languages_off: str = "") -> Translator:
    """The translator that the settings ask for; nothing of an engine is loaded before something is translated.

    engine: "argos", "apertium" or "off". languages_off: codes that are not machine-translated, with spaces.
    """
    if engine == "off":
        return NoTranslator()
    make = ENGINES[engine]
    machine = make()
    off = set(languages_off.split())
    pairs = {pair for pair in machine.pairs() if not off & set(pair)}
    return GatedTranslator(machine, Workers(make), pairs) if pairs else NoTranslator()
