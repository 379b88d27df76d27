"""The two trained models: where each is, and whether its sources have changed since it was trained.

A model's name carries a fingerprint of everything that it is made from, so that "is it up to date" is a
question for the file system, and a model for other sources is never taken by mistake.
"""

from __future__ import annotations

import hashlib
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
)
_RASA_CODE = ("understanding", "requirements/rasa.txt")
_RISK_SOURCES = ("bot/safety", "data/risk", "data/nlu")
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
    files = files_of(project, _RASA_SOURCES)
    files += [p for p in files_of(project, _RASA_CODE) if p.suffix in (".py", ".txt")]
    return models / f"rasa-{fingerprint(project, files)}.tar.gz"


def risk_model(project: Path, models: Path) -> Path:
    """Where the risk classifier of the present sources is, or will be."""
    return models / f"risk-{fingerprint(project, files_of(project, _RISK_SOURCES))}.npz"


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
