"""The trained models: where each is, and whether its sources have changed since it was trained.

A model's name carries a fingerprint of everything that it is made from, so that "is it up to date" is a
question for the file system, and a model for other sources is never taken by mistake.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

# What Rasa's model is made from. requirements/rasa.txt belongs to it: pickles do not survive a change of
# the libraries that wrote them.
_RASA_SOURCES = (
    "config.yml",
    "domain.yml",
    "domain",
    "data/nlu",
    "data/rules",
    "data/stories",
    "data/lookups",
    "data/ideas",
    "data/pairs",
)
_RASA_CODE = ("understanding", "requirements/rasa.txt")
_RISK_SOURCES = ("data/risk", "data/nlu", "data/language")
_RISK_CODE = ("bot/safety",)
_LANGUAGE_SOURCES = ("data/risk", "data/nlu", "data/language")
_LANGUAGE_CODE = ("bot/language/trained.py", "bot/language/training.py", "directory_client/places")
TRAINING_DATA = ("data/nlu", "data/rules", "data/stories", "data/lookups")


def files_of(project: Path, sources: Iterable[str]) -> list[Path]:
    """All files of the sources, which are files or folders of the project, in a fixed order."""
    found: list[Path] = []
    for source in sources:
        path = project / source
        found += [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return sorted(p for p in found if "__pycache__" not in p.parts and not p.name.startswith("."))


def fingerprint(project: Path, files: Iterable[Path]) -> str:
    """Twelve hexadecimal digits that change with the name or the content of any of the files."""
    digest = hashlib.sha256()
    for path in files:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(project).as_posix()}\0{content}\0".encode())
    return digest.hexdigest()[:12]


def rasa_model(project: Path, models: Path) -> Path:
    """Where the Rasa model of the present sources is, or will be when it has been trained."""
    return models / f"rasa-{_fingerprint_of(project, _RASA_SOURCES, _RASA_CODE)}.tar.gz"


def risk_model(project: Path, models: Path) -> Path:
    """Where the risk classifier of the present sources is, or will be."""
    return models / f"risk-{_fingerprint_of(project, _RISK_SOURCES, _RISK_CODE)}.npz"


def language_model(project: Path, models: Path) -> Path:
    """Where the model of languages of the present sources is, or will be."""
    return models / f"language-{_fingerprint_of(project, _LANGUAGE_SOURCES, _LANGUAGE_CODE)}.npz"


def _fingerprint_of(project: Path, sources: Iterable[str], code: Iterable[str]) -> str:
    files = files_of(project, sources)
    return fingerprint(project, files + [p for p in files_of(project, code) if p.suffix in (".py", ".txt")])


def pinned(model: Path, folder: Path) -> Path:
    """The model under the same name in a folder of the one who uses it, where nobody tidies it away."""
    folder.mkdir(parents=True, exist_ok=True)
    own = folder / model.name
    if not own.exists():
        try:
            os.link(model, own)
        except OSError:  # another file system, or one without links
            shutil.copy2(model, own)
    return own


def forget_old(current: Path, keep: int = 2) -> None:
    """Deletes all but the newest `keep` models of the kind of `current`, which always stays."""
    kind = current.name.split("-")[0]
    others = sorted(
        (p for p in current.parent.glob(f"{kind}-*") if p != current),
        key=lambda p: p.stat().st_mtime,
        reverse=True,
    )
    for path in others[keep - 1 :]:
        path.unlink(missing_ok=True)
