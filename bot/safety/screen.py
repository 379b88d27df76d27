"""The risk screen: what one text says about somebody's safety, from the text alone.

Patterns of all languages and a small classifier each look at every reading of the text; findings add up and
never cancel one another. It works with everything else dead, and it does not raise.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path

import structlog

from bot.safety.classifier import Classifier, Opinion
from bot.safety.levels import KINDS, NO_RISK, Level, Risk
from bot.safety.normalise import Views, parts, views
from bot.safety.patterns import Hit, Patterns
from bot.safety.spelling import Spelling

log = structlog.get_logger(__name__)
REMEMBERED = 64
"""Findings that are kept in memory: a text is screened when it comes in and again in its turn."""


class Screen:
    """Assesses texts. Safe to share between threads."""

    def __init__(self, patterns: Patterns, classifier: Classifier | None = None) -> None:
        self._patterns = patterns
        self._classifier = classifier
        self._spelling = Spelling(patterns.keywords)
        self._recent: OrderedDict[bytes, Risk] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def load(cls, *, classifier: Path | None = None, cache: Path | None = None) -> Screen:
        """The screen with all pattern files and, where there is one, the trained classifier.

        classifier: an artefact written by `classifier.train`; None looks at the usual place. Without one the
        patterns work alone, which is said once in the log. cache: a folder where what was read of the pattern
        files is kept for the next start. Raises PatternError when a pattern file is wrong.
        """
        return cls(Patterns.load(cache=cache), Classifier.find(classifier, cache))

    def warm(self) -> None:
        """Makes ready what would otherwise be made at first use. For a thread of its own."""
        self._patterns.warm()

    def assess(self, text: str) -> Risk:
        """The risk in this text, in any language or alphabet. Never raises; time grows with length only."""
        key = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()  # and no words
        with self._lock:
            known = self._recent.get(key)
        if known is not None:
            return known
        try:
            found = [self._assess(part) for part in parts(text)]
        except Exception as error:  # a fault here must not silence the turn; the words stay out of the log
            log.error("risk screen failed", error=type(error).__name__, length=len(text))
            return Risk(Level.CONCERN, "other", ("screen:failed",))  # not remembered: it may work the next time
        risk = found[0] if len(found) == 1 else _of_parts(found)
        with self._lock:
            self._recent[key] = risk
            while len(self._recent) > REMEMBERED:
                self._recent.popitem(last=False)
        return risk

    def _assess(self, text: str) -> Risk:
        readings = views(text, unmask=self._spelling.unmask)
        if (corrected := self._spelling.correct(readings.spaced[0])) is not None:
            readings = Views((*readings.spaced, corrected), readings.sounds, readings.pieces)
        hits = [hit for hit in self._patterns.hits(readings) if hit.level > Level.NONE]
        opinion = self._classifier.opinion(readings) if self._classifier else None
        minor = self._patterns.minor(readings)
        if not hits and (opinion is None or opinion.level is Level.NONE):
            return Risk(Level.NONE, None, (), minor=minor) if minor else NO_RISK
        return _united(hits, opinion, minor)


def _united(hits: list[Hit], opinion: Opinion | None, minor: bool) -> Risk:
    """One finding from all of them: the highest level, and the kind that its evidence names."""
    by_patterns = max((hit.level for hit in hits), default=Level.NONE)
    by_classifier = opinion.level if opinion else Level.NONE
    level = max(by_patterns, by_classifier)
    strongest = [hit for hit in hits if hit.level == by_patterns]
    if strongest and by_patterns >= by_classifier:
        kinds = {hit.kind for hit in strongest}
        # Words for a blow fit several kinds; where the classifier prefers one of them, it has read the rest too.
        preferred = opinion.kind if opinion and opinion.kind in kinds else None
        kind: str | None = preferred or min(kinds, key=KINDS.index)
    else:
        kind = opinion.kind if opinion else None
    reasons = dict.fromkeys(hit.reason for hit in sorted(hits, key=lambda hit: -hit.level))
    if opinion and by_classifier > Level.NONE:
        reasons[opinion.reason] = None
    third = bool(strongest) and all(hit.third_person for hit in strongest)
    return Risk(level, kind, tuple(reasons), third, minor)


def _of_parts(found: Iterable[Risk]) -> Risk:
    """The finding on a long text from those on its parts."""
    risks = list(found)
    top = max(risks, key=lambda risk: risk.level)
    same = [risk for risk in risks if risk.level == top.level]
    kinds = [risk.kind for risk in same if risk.kind]
    return Risk(
        level=top.level,
        kind=min(kinds, key=KINDS.index) if kinds else None,
        reasons=tuple(dict.fromkeys(reason for risk in risks for reason in risk.reasons)),
        third_person=all(risk.third_person for risk in same),
        minor=any(risk.minor for risk in risks),
    )


def joined(original: Risk, translated: Risk) -> Risk:
    """The finding on a text together with the one on its translation: the higher level, never less."""
    if translated.level <= original.level:
        return original
    reasons = (*original.reasons, *(f"translated:{reason}" for reason in translated.reasons))
    return Risk(translated.level, translated.kind, reasons, translated.third_person, original.minor or translated.minor)
