"""Where Porchlight keeps what it makes: everything under var/, nothing outside the project folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of one installation.

    Arguments:
        project: the folder with bin/, config.yml and the packages.
        var: database, logs and run files; PORCHLIGHT_VAR, or var/ of the project.
        shared: what several var folders may share because it depends on the sources alone: models,
            language packages, caches. Always var/ of the project.
    """

    project: Path
    var: Path
    shared: Path

    @classmethod
    def of(cls, environment: Mapping[str, str], project: Path = PROJECT) -> Folders:
        var = environment.get("PORCHLIGHT_VAR")
        shared = project / "var"
        return cls(project=project, var=Path(var).resolve() if var else shared, shared=shared)

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def run(self) -> Path:
        return self.var / "run"

    @property
    def temporary(self) -> Path:
        return self.run / "tmp"

    @property
    def models(self) -> Path:
        return self.shared / "models"

    @property
    def pinned(self) -> Path:
        """The models in use: a run goes on with those that it began with."""
        return self.run / "models"

    @property
    def app_python(self) -> Path:
        return self.project / ".venv" / "bin" / "python"

    @property
    def rasa_python(self) -> Path:
        return self.project / ".venv-rasa" / "bin" / "python"

    def make(self) -> None:
        """Makes the folders, readable by this user alone: they hold people's conversations."""
        for folder in (self.var, self.logs, self.run, self.temporary, self.models):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def environment(self) -> dict[str, str]:
        """Variables that keep libraries from writing to the home folder of whoever runs Porchlight."""
        home = self.shared / "home"
        return {
            "PORCHLIGHT_VAR": str(self.var),
            "PORCHLIGHT_MODELS": str(self.models),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_DATA_HOME": str(home / "share"),
            "MPLCONFIGDIR": str(home / "config" / "matplotlib"),
            "RASA_CACHE_DIRECTORY": str(home / "cache" / "rasa"),
            "RASA_MAX_CACHE_SIZE": "0",  # the whole of the training is one step
            "RASA_TELEMETRY_ENABLED": "false",
        }


def settle(environment: dict[str, str] | None = None) -> Folders:
    """Sets, for this process and its children, what `Folders.environment` says.

    Every command that is not started by the supervisor calls this before it imports the product.
    """
    target = os.environ if environment is None else environment
    folders = Folders.of(target)
    for name, value in folders.environment().items():
        target[name] = value
    return folders
