"""A small trained model of languages: which of those with training examples the letters and words look like.

Multinomial naive Bayes on words and character n-grams, hashed; Latin letters, Arabic, Cyrillic and Han each
have their own languages to choose from. Romanised languages are languages of their own here ("ur-r"). It knows
nothing of languages without examples: the libraries and word lists do. Made at set-up by `training`, used with
numpy alone; without it identification works on with less.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import structlog
from numpy.typing import NDArray

from directory_client.places.text import tokens

log = structlog.get_logger(__name__)

FORM = 1  # of the artefact; a file of another form is refused
BUCKETS = 1 << 18
FOLDER = Path("var/models")
ROMAN = "-r"
SHARPNESS = 0.75
"""Exponent of the number of features: n-grams of a text overlap, so their evidence must not be added in full."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What the model thinks. label: language, with "-r" when romanised; known: share of words that it has seen in
    that language, 0 to 1; second: the next label."""

    label: str
    probability: float
    known: float
    second: str
    probabilities: Mapping[str, float]


class Trained:
    """Log-likelihoods of hashed features by language."""

    def __init__(self, table: NDArray[np.float16], labels: list[str], groups: Mapping[str, list[str]]) -> None:
        if table.shape != (BUCKETS, len(labels)):
            raise ValueError("the artefact has another form than this program reads")
        self._table = table
        self._labels = labels
        self._columns = {group: np.array([labels.index(name) for name in members]) for group, members in groups.items()}
        self._floor = table.min(axis=0).astype(np.float32)

    @classmethod
    def read(cls, path: Path) -> Trained:
        """Raises OSError, ValueError or KeyError when the artefact cannot be used."""
        with np.load(path, allow_pickle=False) as file:
            settings = json.loads(str(file["settings"]))
            if settings["form"] != FORM:
                raise ValueError("the artefact has another form than this program reads")
            return cls(file["table"], settings["labels"], settings["groups"])

    @classmethod
    def find(cls, path: Path | None = None) -> Trained | None:
        """The model at this path, or the newest in its usual place; None where there is none that can be used."""
        if path is None:
            found = sorted(FOLDER.glob("language-*.npz"), key=lambda one: one.stat().st_mtime)
            if not found:
                log.warning("no trained model of languages; word lists and libraries alone", looked_in=str(FOLDER))
                return None
            path = found[-1]
        try:
            return cls.read(path)
        except (OSError, ValueError, KeyError) as error:
            log.error("model of languages unusable", path=str(path), error=type(error).__name__)
            return None

    def glance(self, group: str, words: Iterable[str]) -> Glance | None:
        """The languages of a script that these words (folded) look like; None without words or such a script."""
        columns = self._columns.get(group)
        folded = [word for word in words if any(letter.isalpha() for letter in word)]
        if columns is None or not folded:
            return None
        rows = self._table[features(folded)][:, columns].astype(np.float32)
        sums = rows.sum(axis=0)
        scores = (sums - sums.max()) * len(rows) ** (SHARPNESS - 1.0)
        chances = np.exp(scores)
        chances /= chances.sum()
        order = np.argsort(-chances)
        best = int(order[0])
        whole = self._table[[_bucket("w" + word) for word in folded]][:, columns[best]].astype(np.float32)
        known = float((whole > self._floor[columns[best]] + 0.5).mean())
        names = [self._labels[int(columns[number])].rpartition("/")[2] for number in order]
        return Glance(
            names[0],
            float(chances[best]),
            known,
            names[1] if len(names) > 1 else "",
            {name: float(chances[number]) for name, number in zip(names, order, strict=True)},
        )


def words_of(text: str) -> list[str]:
    """The folded words of a text (Han characters one by one), as both training and use see them."""
    return [token.folded for token in tokens(text) if any(letter.isalpha() for letter in token.folded)]


def features(words: Iterable[str]) -> NDArray[np.int64]:
    """The buckets of words and of the n-grams in them, each once. Shape (k,), values < BUCKETS."""
    found: set[str] = set()
    for word in words:
        framed = f"^{word}$"
        found.add("w" + word)
        for size in (1, 2, 3, 4):
            found.update(framed[start : start + size] for start in range(len(framed) - size + 1))
    return np.array(sorted({_bucket(one) for one in found}), dtype=np.int64)


def _bucket(feature: str) -> int:
    return zlib.crc32(feature.encode()) % BUCKETS
