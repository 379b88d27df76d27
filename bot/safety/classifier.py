"""The small trained classifier that stands beside the patterns: what they cannot list, it may still notice.

It weighs character n-grams of the text and the ideas in it with their order (`concepts`), both hashed, by
logistic regressions: one for each level ("this bad or worse") and one for the kind. Using it needs numpy
alone. It may only add to what the patterns find. The artefact is made at set-up from the committed training
data (`training.train`) and is named by the hash of that data.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray

from bot.safety.concepts import Concepts, Mention
from bot.safety.levels import Level
from bot.safety.normalise import HARD, Views, sound

log = structlog.get_logger(__name__)

FORM = 5  # of the artefact; a file of another form is refused
BUCKETS = 1 << 19  # of character n-grams; the ideas have their own after these
IDEAS = 1 << 19
SIZES = (2, 3, 4, 5)
NEAR = 40  # letters within which two ideas belong together
FOLDER = Path("var/safety")

Floats = NDArray[np.float32]
Halves = NDArray[np.float16]
Features = NDArray[np.int64]

_SEED = np.array([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1], dtype=np.uint64)
# Thresholds differ by script: there are more words, and more ways to be wrong, in one than in another.
_SCRIPTS = (
    ("latin", "a", "z"),
    ("han", "\u3400", "\u9fff"),
    ("arabic", "\u0600", "\u06ff"),
    ("gurmukhi", "\u0a00", "\u0a7f"),
    ("devanagari", "\u0900", "\u097f"),
    ("bengali", "\u0980", "\u09ff"),
    ("gujarati", "\u0a80", "\u0aff"),
    ("tamil", "\u0b80", "\u0bff"),
    ("hangul", "\uac00", "\ud7a3"),
    ("cyrillic", "\u0400", "\u04ff"),
)
SCRIPTS = (*(name for name, _, _ in _SCRIPTS), "other")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the classifier thinks of a text. `probability` is that of `level` or worse."""

    level: Level
    kind: str | None
    probability: float

    @property
    def reason(self) -> str:
        return f"classifier:{self.level.label}:{self.probability:.2f}"


def script(view: str) -> str:
    """The script that most letters of a view belong to, of those that thresholds are known for, or "other"."""
    counts = {name: sum(first <= char <= last for char in view) for name, first, last in _SCRIPTS}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] * 2 >= sum(char.isalpha() for char in view) and counts[best] else "other"


def n_grams(view: str) -> Features:
    """The buckets of all character n-grams of a view, each once, ascending. Shape (k,), values < BUCKETS."""
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


def ideas(mentions: Iterable[Mention]) -> Features:
    """The buckets of ideas, of pairs near each other, and of two or three neighbours with the words between.

    Values from BUCKETS up, ascending.
    """
    row = list(mentions)
    names: set[str] = set()
    known = [one for one in row if one.idea]
    for number, first in enumerate(known):
        names.add(first.name)
        for second in known[number + 1 : number + 6]:
            if second.place - first.place < NEAR:
                names.add(f"{first.name}>{second.name}")
        three = known[number : number + 3]
        if len(three) == 3 and three[2].place - first.place < NEAR:
            names.add(">".join(one.name for one in three))
    for number in range(len(row) - 1):
        names.add("|".join(one.name for one in row[number : number + 2]))
        names.add("|".join(one.name for one in row[number : number + 3]))
    return np.array(sorted({BUCKETS + zlib.crc32(name.encode()) % IDEAS for name in names}), dtype=np.int64)


class Reader:
    """Turns views into features."""

    def __init__(self, concepts: Concepts) -> None:
        self._concepts = concepts

    def features(self, view: str, heard: str | None) -> Features:
        """All features of a view, ascending. `heard`: the view as `normalise.sound` gives it, or None."""
        return np.concatenate([n_grams(view), ideas(self._concepts.mentions(view, heard))])


def weights(features: Features, worth: NDArray[Any]) -> NDArray[Any]:
    """How much each feature counts: by its worth, n-grams and ideas each with length one. Same shape."""
    found = worth[features].astype(np.promote_types(worth.dtype, np.float32))
    split = int(np.searchsorted(features, BUCKETS))
    for block in (found[:split], found[split:]):
        if len(block):
            block /= max(float(np.sqrt(block @ block)), 1e-9)
    return found


class Classifier:
    """Trained weights and thresholds."""

    def __init__(self, arrays: dict[str, NDArray[Any]], settings: dict[str, Any], cache: Path | None = None) -> None:
        if settings.get("form") != FORM or settings.get("size") != BUCKETS + IDEAS:
            raise ValueError("the artefact has another form than this program reads")
        # Half floats, as they are kept: a text needs a few hundred rows of a million, and those are widened.
        self._worth: Halves = arrays["worth"]  # (size,)
        self._level: Halves = arrays["level_weights"]  # (size, levels)
        self._level_bias: Floats = arrays["level_bias"].astype(np.float32)
        self._kind: Halves = arrays["kind_weights"]  # (size, kinds)
        self._kind_bias: Floats = arrays["kind_bias"].astype(np.float32)
        self._levels = [Level.named(label) for label in settings["levels"]]
        self._kinds: list[str] = settings["kinds"]
        self._thresholds: dict[str, dict[Level, float]] = {
            name: {Level.named(label): float(p) for label, p in by_level.items()}
            for name, by_level in settings["thresholds"].items()
        }
        self._reader = Reader(Concepts.load(cache=cache))

    @classmethod
    def read(cls, path: Path, cache: Path | None = None) -> Classifier:
        """The classifier in an artefact. Raises OSError, ValueError or KeyError when it cannot be used."""
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files if name != "settings"}
            settings = json.loads(str(file["settings"]))
        return cls(arrays, settings, cache)

    @classmethod
    def find(cls, path: Path | None = None, cache: Path | None = None) -> Classifier | None:
        """The classifier at this path, or the newest in its usual place; None where there is none.

        cache: a folder where the lists of ideas are kept as they were read.
        """
        if path is None:
            found = sorted(FOLDER.glob("risk-*.npz"), key=lambda one: one.stat().st_mtime)
            if not found:
                log.warning("no risk classifier; patterns alone", looked_in=str(FOLDER))
                return None
            path = found[-1]
        try:
            return cls.read(path, cache)
        except (OSError, ValueError, KeyError) as error:
            log.error("risk classifier unusable; patterns alone", path=str(path), error=type(error).__name__)
            return None

    def opinion(self, views: Views) -> Opinion:
        """The level of the most alarming stretch: the whole text, and each sentence when there are several.

        A sentence counts by itself so that words around it cannot water it down.
        """
        view = views.spaced[0]
        sentences = [one for one in view.split(HARD) if len(one) > 8][:60]
        stretches = [view] if len(sentences) < 2 else [view, *(f" {one.strip()} " for one in sentences)]
        opinions = [self._opinion(one, bool(views.sounds)) for one in stretches]
        return max(opinions, key=lambda one: (one.level, one.probability))

    def _opinion(self, view: str, latin: bool) -> Opinion:
        found = self._reader.features(view, sound(view) if latin else None)
        if not len(found):
            return Opinion(Level.NONE, None, 0.0)
        counts = weights(found, self._worth)
        scores = counts @ self._level[found].astype(np.float32) + self._level_bias
        chances = 1 / (1 + np.exp(-scores))
        thresholds = self._thresholds[script(view)]
        worst = Level.NONE
        for level, chance in zip(self._levels, chances, strict=True):
            if level > worst and chance >= thresholds[level]:
                worst = level
        if worst is Level.NONE:
            return Opinion(worst, None, float(chances[0]))
        kinds = counts @ self._kind[found].astype(np.float32) + self._kind_bias
        return Opinion(worst, self._kinds[int(np.argmax(kinds))], float(chances[self._levels.index(worst)]))
