"""Training the risk classifier from the committed data, and what it is worth on data it has not seen.

Needs scikit-learn; using the classifier does not. Sources: data/risk/*.yml (level -> kind -> lines) and, as
lines without risk, the requests of data/nlu whose intent is not about violence or a crisis, and data/language.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression

from bot.safety.classifier import BUCKETS, FORM, IDEAS, SCRIPTS, Features, Reader, script, weights
from bot.safety.concepts import FOLDER as CONCEPT_FOLDER
from bot.safety.concepts import Concepts
from bot.safety.levels import Level
from bot.safety.normalise import views
from bot.safety.pattern_files import LOADER

DATA = Path("data")
# Requests of these intents may be a crisis themselves, so they teach nothing as "none".
NOT_PLAIN = ("violence.", "mental.crisis", "report.abuse", "addiction.harm_reduction", "ask_person")
TOLD = "told.yml"
HEADS = (Level.CONCERN, Level.HIGH, Level.EMERGENCY)
# Share of plain requests that the classifier alone may take for that level or worse, on folds not trained on.
FALSE_ALARMS = {Level.CONCERN: 0.02, Level.HIGH: 0.01, Level.EMERGENCY: 0.002}
_ENTITY = re.compile(r"\[([^\]]*)\](?:\{[^}]*\}|\([^)]*\))")
_BLOCK = 6  # neighbouring lines are alike: they go to the same fold


@dataclass(frozen=True, slots=True)
class Line:
    """One line to learn from. `group` is what must not be split over training and judging."""

    text: str
    level: Level
    kind: str | None
    language: str
    group: str
    plain: bool = False  # an ordinary request, neither risk nor a trap written to look like it


def sources(data: Path = DATA) -> list[Path]:
    """The files that the classifier learns from, in a fixed order.

    Without the needs that are told as situations, which some languages have: they are full of hardship, and counted as
    plain requests they raised the bar for danger in those languages alone.
    """
    plain = [path for path in (data / "nlu").rglob("*.yml") if path.name != TOLD]
    found = [*(data / "risk").glob("*.yml"), *plain, *(data / "language").glob("*.txt")]
    return sorted([*found, *CONCEPT_FOLDER.glob("*.yml")])


def fingerprint(files: Iterable[Path]) -> str:
    """A short hash of the contents of these files and of the form of the artefact."""
    digest = hashlib.sha256(f"{FORM}/{BUCKETS}".encode())
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def lines(data: Path = DATA) -> list[Line]:
    """Every line to learn from. Raises ValueError for a file of another shape."""
    found: list[Line] = []
    for path in sources(data):
        if not path.is_relative_to(data):
            continue
        if path.suffix == ".txt":
            found += _everyday_lines(path)
            continue
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)
        if path.parent.name == "risk":
            found += _risk_lines(path, content)
        else:
            found += _plain_lines(path, content, path.relative_to(data / "nlu").parts[0])
    return found


def language_of(path: Path) -> str:
    """The language of a file of lines: "ta" for ta.yml and for ta_more.yml."""
    return path.stem.partition("_")[0]


def _risk_lines(path: Path, content: Any) -> list[Line]:
    found, language = [], language_of(path)
    for label, by_kind in content.items():
        level = Level.named(label)
        if not isinstance(by_kind, dict):
            raise ValueError(f"{path}: {label} must hold kinds with lists of lines")
        for kind, texts in by_kind.items():
            for number, text in enumerate(texts):
                group = f"{path.stem}/{label}/{kind}/{number // _BLOCK}"
                found.append(Line(text, level, kind if level > Level.NONE else None, language, group))
    return found


def _plain_lines(path: Path, content: Any, language: str) -> list[Line]:
    found = []
    for item in (content or {}).get("nlu", ()):
        intent = item.get("intent", "")
        if not intent or any(name in intent for name in NOT_PLAIN):
            continue
        for number, line in enumerate(item["examples"].splitlines()):
            text = _ENTITY.sub(r"\1", line.strip().removeprefix("- ")).strip()
            if text:
                found.append(Line(text, Level.NONE, None, language, f"{language}/{intent}/{number // _BLOCK}", True))
    return found


def _everyday_lines(path: Path) -> list[Line]:
    """Messages of a language that has no others: ordinary requests."""
    texts = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [
        Line(text, Level.NONE, None, path.stem, f"{path.stem}/language/{number // _BLOCK}", True)
        for number, text in enumerate(filter(None, texts))
    ]


def train(out: Path, *, data: Path = DATA) -> Path:
    """Writes the artefact for the data as it is, unless it is there already; returns its path.

    out: a folder; the name of the file is made of the hash of the sources. Takes about a minute on one core.
    """
    path = out / f"risk-{fingerprint(sources(data))}.npz"
    if path.exists():
        return path
    examples = lines(data)
    read = Readings.of(examples)
    worth = _worth(read.features, [line.level >= Level.HIGH for line in examples])
    matrix = _matrix(read.features, worth)
    heads = [_model().fit(matrix, [line.level >= level for line in examples]) for level in HEADS]
    risky = [number for number, line in enumerate(examples) if line.kind]
    names = sorted({str(examples[number].kind) for number in risky})
    kinds = [_model().fit(matrix[risky], [examples[number].kind == name for number in risky]) for name in names]
    thresholds = fitted_thresholds(examples, read, out_of_fold(examples, read))
    settings = {
        "form": FORM,
        "size": BUCKETS + IDEAS,
        "levels": [level.label for level in HEADS],
        "kinds": names,
        "thresholds": {
            name: {level.label: round(value, 4) for level, value in by_level.items()}
            for name, by_level in thresholds.items()
        },
    }
    out.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part.npz")
    np.savez_compressed(
        unfinished,
        worth=worth.astype(np.float16),
        level_weights=np.concatenate([head.coef_ for head in heads]).T.astype(np.float16),
        level_bias=np.concatenate([head.intercept_ for head in heads]).astype(np.float32),
        kind_weights=np.concatenate([kind.coef_ for kind in kinds]).T.astype(np.float16),
        kind_bias=np.concatenate([kind.intercept_ for kind in kinds]).astype(np.float32),
        settings=np.array(json.dumps(settings)),
    )
    unfinished.replace(path)
    return path


@dataclass(frozen=True, slots=True)
class Readings:
    """What the classifier sees of each line."""

    features: list[Features]
    scripts: list[str]

    @classmethod
    def of(cls, examples: Sequence[Line]) -> Readings:
        reader = Reader(Concepts.load())
        found, scripts = [], []
        for line in examples:
            seen = views(line.text)
            found.append(reader.features(seen.spaced[0], seen.sounds[0] if seen.sounds else None))
            scripts.append(script(seen.spaced[0]))
        return cls(found, scripts)


def out_of_fold(examples: Sequence[Line], read: Readings, folds: int = 3) -> NDArray[np.float64]:
    """For every line the probability of each level or worse, from models that saw none of the line's group.

    Result of shape (lines, heads), columns as in HEADS.
    """
    chances = np.zeros((len(examples), len(HEADS)))
    fold_of = np.array([int(hashlib.sha256(line.group.encode()).hexdigest(), 16) % folds for line in examples])
    for fold in range(folds):
        learn = [int(number) for number in np.flatnonzero(fold_of != fold)]
        judge = [int(number) for number in np.flatnonzero(fold_of == fold)]
        worth = _worth(
            [read.features[number] for number in learn], [examples[number].level >= Level.HIGH for number in learn]
        )
        seen = _matrix([read.features[number] for number in learn], worth)
        unseen = _matrix([read.features[number] for number in judge], worth)
        for column, level in enumerate(HEADS):
            model = _model().fit(seen, [examples[number].level >= level for number in learn])
            chances[judge, column] = model.predict_proba(unseen)[:, 1]
    return chances


def fitted_thresholds(
    examples: Sequence[Line], read: Readings, chances: NDArray[np.float64]
) -> dict[str, dict[Level, float]]:
    """By script the lowest thresholds that keep false alarms on plain requests within the limits.

    A script with few lines takes the strictest threshold of the others.
    """
    thresholds: dict[str, dict[Level, float]] = {}
    for name in sorted(set(read.scripts)):
        here = np.array([one == name for one in read.scripts])
        by_level: dict[Level, float] = {}
        for column, level in enumerate(HEADS):
            plain = np.array([line.level < min(level, Level.HIGH) and line.plain for line in examples]) & here
            ranked = np.sort(chances[plain, column])[::-1]
            if len(ranked) >= 400:
                by_level[level] = float(max(ranked[int(FALSE_ALARMS[level] * len(ranked))] + 1e-4, 0.2))
        if len(by_level) == len(HEADS):
            thresholds[name] = by_level
    strictest = {level: max((one[level] for one in thresholds.values()), default=1.0) for level in HEADS}
    return {name: thresholds.get(name, strictest) for name in SCRIPTS}


def _model() -> LogisticRegression:
    # Seeded: the same data make the same model, so what was measured is what others train.
    return LogisticRegression(C=20.0, solver="liblinear", dual=True, max_iter=300, random_state=7)


def _worth(vectors: Sequence[Features], risky: Sequence[bool]) -> NDArray[np.float64]:
    """What each feature counts for: rare ones more (inverse document frequency), and those more whose share
    differs between risky and other lines. The second factor is the log-count ratio of Wang and Manning (2012),
    "Baselines and bigrams: simple, good sentiment and topic classification", as a weight without its sign.
    """
    of_all = np.bincount(np.concatenate(vectors), minlength=BUCKETS + IDEAS)
    chosen = [vector for vector, one in zip(vectors, risky, strict=True) if one]
    of_risky = np.bincount(np.concatenate(chosen), minlength=BUCKETS + IDEAS)
    rarity = np.log((1 + len(vectors)) / (1 + of_all)) + 1.0
    here, elsewhere = of_risky + 0.5, of_all - of_risky + 0.5
    ratio = np.abs(np.log((here / here.sum()) / (elsewhere / elsewhere.sum())))
    return np.asarray(rarity * (np.minimum(ratio, 4.0) + 0.3))


def _matrix(vectors: Sequence[Features], worth: NDArray[np.float64]) -> csr_matrix:
    """One row for each vector, weighed as the classifier weighs them."""
    starts = np.concatenate([[0], np.cumsum([len(vector) for vector in vectors])])
    values = np.concatenate([weights(vector, worth) for vector in vectors])
    shape = (len(vectors), BUCKETS + IDEAS)
    return csr_matrix((values, np.concatenate(vectors), starts), shape=shape)
