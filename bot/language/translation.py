"""Machine translation of free text: an engine, a gate, and a memory. What the gate refuses is not shown.

Never for a fixed sentence and never in a crisis reply. Without an engine for a pair the original is shown, with
a line that says so. Nothing is downloaded but by `bin/porchlight languages install`.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
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


FACTS = frozenset({"number", "address", "time", "money"})
"""Reasons for which a translation is not shown to anybody, whatever they would confirm: it changes a fact."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A translation for somebody who can judge it.

    reason: None when the gate lets it pass. Else "no_package", "late" or "long", without a text; or why the gate
    doubts it, with the text unless a fact would be changed.
    """

    text: str | None
    reason: str | None = None


class Translator(Protocol):
    """Translates free text, or gives None when it cannot or the result must not be shown.

    remember: false for what a person wrote; a memory would outlive the deletion of their conversation.
    """

    @property
    def pairs(self) -> frozenset[Pair]:
        """What can be translated at all."""

    def translate(self, text: str, source: str, target: str, *, remember: bool = True) -> str | None: ...

    def attempt(self, text: str, source: str, target: str, *, wait: float | None = None) -> Attempt:
        """A translation with the doubts about it; of a person's words, so never remembered."""

    def close(self) -> None: ...


class NoTranslator:
    """What is used when no engine is there."""

    pairs: frozenset[Pair] = frozenset()

    def translate(self, text: str, source: str, target: str, *, remember: bool = True) -> str | None:
        return None

    def attempt(self, text: str, source: str, target: str, *, wait: float | None = None) -> Attempt:
        return Attempt(None, "no_package")

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

    def attempt(self, text: str, source: str, target: str, *, wait: float | None = None) -> Attempt:
        pair = (source, target)
        if pair not in self.pairs:
            return Attempt(None, "no_package")
        if len(text) > LONGEST:
            return Attempt(None, "long")
        made = self._workers.translate(text, pair, wait=wait)
        if made is None:
            return Attempt(None, "late")
        # Facts first: the engine's own doubts must not hide that a number was changed.
        plain = refused(text, made.text)
        doubts = refused(text, made.text, score=made.score, threshold=self._thresholds[pair], faults=made.faults)
        reason = plain if plain in FACTS or plain == "empty" else doubts
        if reason:
            log.info("translation doubted", pair="-".join(pair), reason=reason)
        return Attempt(None if reason in FACTS or reason == "empty" else made.text, reason)

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
