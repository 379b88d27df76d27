"""The small trained classifier that stands beside the patterns: what they cannot list, it may still notice.

Character n-grams of the plain view, hashed, weighted by rarity, and two logistic regressions: one for the
level, one for the kind. Using it needs numpy alone. It may only add to what the patterns find. The artefact
is made at set-up from the committed training data (`training.train`) and is named by the hash of that data.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray

from bot.safety.levels import Level
from bot.safety.normalise import HARD

log = structlog.get_logger(__name__)

FORM = 1  # of the artefact; a file of another form is refused
BUCKETS = 1 << 17
SIZES = (2, 3, 4, 5)
FOLDER = Path("var/safety")

Floats = NDArray[np.float32]
Features = NDArray[np.int64]

_SEED = np.array([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1], dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the classifier thinks of a text. `probability` is that of `level` or worse."""

    level: Level
    kind: str | None
    probability: float

    @property
    def reason(self) -> str:
        return f"classifier:{self.level.label}:{self.probability:.2f}"


def features(view: str) -> Features:
    """The buckets of all character n-grams of a view, each once, ascending. Shape (k,), k <= BUCKETS."""
    codes = np.frombuffer(view.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    found: list[NDArray[np.uint64]] = []
    for size in SIZES:
        count = len(codes) - size + 1
        if count <= 0:
            continue
        grams = np.full(count, size, dtype=np.uint64)
        for place in range(size):
            grams = (grams ^ codes[place : place + count]) * _SEED[place]
            grams ^= grams >> np.uint64(29)
        found.append(grams % np.uint64(BUCKETS))
    if not found:
        return np.empty(0, dtype=np.int64)
    return np.unique(np.concatenate(found)).astype(np.int64)


class Classifier:
    """Trained weights and thresholds."""

    def __init__(self, arrays: dict[str, NDArray[Any]], settings: dict[str, Any]) -> None:
        if settings.get("form") != FORM or settings.get("buckets") != BUCKETS:
            raise ValueError("the artefact has another form than this program reads")
        self._rarity: Floats = arrays["rarity"].astype(np.float32)  # (BUCKETS,)
        self._level: Floats = arrays["level_weights"].astype(np.float32)  # (BUCKETS, levels)
        self._level_bias: Floats = arrays["level_bias"].astype(np.float32)
        self._kind: Floats = arrays["kind_weights"].astype(np.float32)  # (BUCKETS, kinds)
        self._kind_bias: Floats = arrays["kind_bias"].astype(np.float32)
        self._levels = [Level.named(label) for label in settings["levels"]]
        self._kinds: list[str] = settings["kinds"]
        self._thresholds = {Level.named(label): float(p) for label, p in settings["thresholds"].items()}

    @classmethod
    def read(cls, path: Path) -> Classifier:
        """The classifier in an artefact. Raises OSError, ValueError or KeyError when it cannot be used."""
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files if name != "settings"}
            settings = json.loads(str(file["settings"]))
        return cls(arrays, settings)

    @classmethod
    def find(cls, path: Path | None = None) -> Classifier | None:
        """The classifier at this path, or the newest in its usual place; None where there is none."""
        if path is None:
            found = sorted(FOLDER.glob("risk-*.npz"), key=lambda one: one.stat().st_mtime)
            if not found:
                log.warning("no risk classifier; patterns alone", looked_in=str(FOLDER))
                return None
            path = found[-1]
        try:
            return cls.read(path)
        except (OSError, ValueError, KeyError) as error:
            log.error("risk classifier unusable; patterns alone", path=str(path), error=type(error).__name__)
            return None

    def opinion(self, view: str) -> Opinion:
        """The level of the most alarming stretch: the whole text, and each sentence when there are several.

        A sentence counts by itself so that words around it cannot water it down.
        """
        sentences = [one for one in view.split(HARD) if len(one) > 8][:60]
        stretches = [view] if len(sentences) < 2 else [view, *(f" {one.strip()} " for one in sentences)]
        return max((self._opinion(one) for one in stretches), key=lambda one: (one.level, one.probability))

    def _opinion(self, view: str) -> Opinion:
        grams = features(view)
        if not len(grams):
            return Opinion(Level.NONE, None, 0.0)
        worse = self.at_least(grams)
        for level in (Level.EMERGENCY, Level.HIGH, Level.CONCERN):
            if worse[level] >= self._thresholds[level]:
                kinds = self._weights(grams) @ self._kind[grams] + self._kind_bias
                return Opinion(level, self._kinds[int(np.argmax(kinds))], worse[level])
        return Opinion(Level.NONE, None, worse[Level.CONCERN])

    def at_least(self, grams: Features) -> dict[Level, float]:
        """The probability of every level or a worse one, for the features of a text."""
        scores = self._weights(grams) @ self._level[grams] + self._level_bias
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        by_level = dict(zip(self._levels, (float(chance) for chance in chances), strict=True))
        return {level: sum(p for other, p in by_level.items() if other >= level) for level in Level}

    def _weights(self, grams: Features) -> Floats:
        weights = self._rarity[grams]
        return weights / max(float(np.sqrt(weights @ weights)), 1e-9)
