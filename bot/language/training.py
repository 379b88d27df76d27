"""Training the model of languages from the committed examples. Takes half a minute, most of it reading.

Sources: data/nlu, data/risk, and data/language/<code>.txt for languages that have nothing else.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from bot.language.scripts import counted
from bot.language.trained import BUCKETS, FORM, ROMAN, features, words_of
from directory_client.places import Gazetteer

DATA = Path(__file__).resolve().parents[2] / "data"
GROUPS = ("latin", "arabic", "cyrillic", "han", "devanagari")
SMOOTHING = 0.02
LEAST_LINES = 30  # a label with fewer lines (Spanish in Han characters) would only disturb
_ROMANISED = frozenset({"ur", "hi", "pa", "fa", "ar", "bn", "gu", "ta", "ru"})
_OWN_SCRIPT = _ROMANISED | {"uk", "zh", "yue", "ko"}  # these last are hardly ever romanised by people who text
_ENTITY = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")


OF_SOME = ("acts_borders", "out_of_scope_near")
"""Files that some languages have: more lines of one of two near languages (Hindi and Urdu in Latin letters) would draw
the other's to it."""


def examples(data: Path = DATA) -> Iterator[tuple[str, str]]:
    """Every example with the language of its folder or file.

    Without the lines that were written for the risk screen alone, later: of them some languages have twice as many in
    Latin letters as others, and the model, which counts, took romanised Urdu for Hindi.
    """
    for path in sorted((data / "nlu").rglob("*.yml")):
        if path.stem in OF_SOME:
            continue
        yield from ((path.relative_to(data / "nlu").parts[0], line) for line in _lines(path))
    for path in sorted((data / "risk").glob("*.yml")):
        if "_hinted" in path.stem or "_further" in path.stem:
            continue
        yield from ((path.stem.partition("_")[0], line) for line in _lines(path))
    for path in sorted((data / "language").glob("*.txt")):
        lines = path.read_text(encoding="utf-8").splitlines()
        yield from ((path.stem, line) for line in lines if line.strip() and not line.startswith("#"))


def labelled(lines: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """(group, label, text) of the lines that teach something: the script decides which languages compete."""
    for language, line in lines:
        letters = counted(line)
        if not letters:
            continue
        group = letters.most_common(1)[0][0]
        if group not in GROUPS:
            continue
        if group != "latin" or language not in _OWN_SCRIPT:
            yield group, language, line
        elif language in _ROMANISED:
            yield group, language + ROMAN, line


def train(target: Path, data: Path = DATA) -> Path:
    """Writes the artefact; returns its path. Names of places teach nothing and are left out."""
    gazetteer = Gazetteer.load()
    counts: dict[tuple[str, str], np.ndarray] = defaultdict(lambda: np.zeros(BUCKETS, dtype=np.float32))
    lines: defaultdict[tuple[str, str], int] = defaultdict(int)
    for group, label, text in labelled(examples(data)):
        for mention in reversed(gazetteer.mentions(text)):
            text = text[: mention.start] + " " + text[mention.end :]
        words = words_of(text)
        if words:
            counts[group, label][features(words)] += 1
            lines[group, label] += 1
    kept = sorted(key for key in counts if lines[key] >= LEAST_LINES)
    table = np.stack([_likelihoods(counts[key]) for key in kept], axis=1).astype(np.float16)
    # A language of two scripts has a column in each group.
    settings = {
        "form": FORM,
        "labels": [f"{group}/{label}" for group, label in kept],
        "groups": {
            group: [f"{group}/{label}" for other, label in kept if other == group]
            for group in dict.fromkeys(group for group, _ in kept)
        },
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + ".part.npz")
    np.savez_compressed(unfinished, table=table, settings=np.array(json.dumps(settings)))
    unfinished.replace(target)
    return target


def _likelihoods(counts: np.ndarray) -> np.ndarray:
    smoothed = counts + SMOOTHING
    return np.asarray(np.log(smoothed / smoothed.sum()))


def _lines(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        bare = line.strip()
        if bare.startswith("- ") and not bare.startswith("- intent:"):
            yield _ENTITY.sub(r"\1", bare[2:]).strip("\"'")
