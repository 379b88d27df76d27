"""The three programs that make up Porchlight: their command lines, ports and environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.supervisor.folders import Folders
from bot.supervisor.keeper import Program
from bot.supervisor.models import language_model, risk_model
from bot.supervisor.options import Options
from bot.supervisor.ports import free_port

# Rasa loads TensorFlow, which would take a thread and a memory arena for each core and say so at length.
_MODEST = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "CUDA_VISIBLE_DEVICES": "-1",
    "MALLOC_ARENA_MAX": "2",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONUNBUFFERED": "1",
    "PYTHONWARNINGS": "ignore",
    "SANIC_HOST": "127.0.0.1",
}


@dataclass(frozen=True, slots=True)
class Inner:
    """The part that only the programs know of one another: ports on loopback and the secret between them."""

    rasa_port: int
    actions_port: int
    secret: str

    @classmethod
    def new(cls) -> Inner:
        rasa_port = free_port()
        return cls(rasa_port, free_port(taken=(rasa_port,)), secrets.token_urlsafe(32))

    @property
    def rasa_url(self) -> str:
        return f"http://127.0.0.1:{self.rasa_port}"

    @property
    def actions_url(self) -> str:
        return f"http://127.0.0.1:{self.actions_port}"


def environment(options: Options, folders: Folders, inner: Inner, base: Mapping[str, str]) -> dict[str, str]:
    """The environment of all three programs: the operator's, then what is fixed here."""
    return {
        "PORCHLIGHT_PUBLIC_URL": options.url,
        **base,
        **folders.environment(),
        **_MODEST,
        "TMPDIR": str(folders.temporary),
        "PYTHONPATH": str(folders.project),
        "PORCHLIGHT_SAMPLE": "true" if options.sample else "false",
        "PORCHLIGHT_HOST": options.host,
        "PORCHLIGHT_RISK_MODEL": str(risk_model(folders.project, folders.pinned)),
        "PORCHLIGHT_LANGUAGE_MODEL": str(language_model(folders.project, folders.pinned)),
        "PORCHLIGHT_RASA_URL": inner.rasa_url,
        "PORCHLIGHT_ACTIONS_URL": inner.actions_url,
        "PORCHLIGHT_ENGINE_SECRET": inner.secret,
    }


def gateway(options: Options, folders: Folders, environment: Mapping[str, str]) -> Program:
    """The only program that others reach."""
    command = (
        str(folders.app_python), "-P", "-m", "bot.workers", "--host", options.host, "--port", str(options.port)
    )  # fmt: skip
    return Program("gateway", command, environment, folders.project, f"{options.url}/health/live")


def actions(folders: Folders, inner: Inner, environment: Mapping[str, str]) -> Program:
    """The custom actions that Rasa calls."""
    command = (str(folders.app_python), "-P", "-m", "bot.supervisor.action_server", str(inner.actions_port))
    return Program("actions", command, environment, folders.project, f"{inner.actions_url}/health")


def rasa(folders: Folders, inner: Inner, environment: Mapping[str, str], model: Path) -> Program:
    """The Rasa server, on loopback. Its home is under var/: it writes settings there.

    It is a little less urgent than the gateway, which has to acknowledge whoever writes while Rasa thinks.
    """
    command = (
        "nice", "-n", "5",
        str(folders.rasa_python), "-m", "rasa", "run",
        "--interface", "127.0.0.1", "--port", str(inner.rasa_port),
        "--model", str(model),
        "--credentials", str(folders.project / "credentials.yml"),
        "--endpoints", str(folders.project / "endpoints.yml"),
    )  # fmt: skip
    own = {"HOME": str(_home(folders))}
    return Program("rasa", command, {**environment, **own}, folders.project, f"{inner.rasa_url}/")


def modest(folders: Folders) -> dict[str, str]:
    """The environment of a Rasa process that works for a command and serves nobody."""
    own = {"HOME": str(_home(folders)), "TMPDIR": str(folders.temporary), "PYTHONPATH": str(folders.project)}
    return {**os.environ, **folders.environment(), **_MODEST, **own}


def _home(folders: Folders) -> Path:
    home = folders.shared / "home"
    home.mkdir(parents=True, exist_ok=True)
    return home


def training(folders: Folders, name: str, data: tuple[str, ...]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Command and environment that train the Rasa model into the file `name` of the models folder."""
    domain = "domain.yml" if (folders.project / "domain.yml").is_file() else "domain"
    command = (
        str(folders.rasa_python), "-m", "rasa", "train",
        "--config", "config.yml", "--domain", domain, "--data", *data,
        "--out", str(folders.models), "--fixed-model-name", name,
    )  # fmt: skip
    # Here several threads are welcome: nobody waits for anything else yet.
    return command, {name: value for name, value in modest(folders).items() if not name.endswith("_THREADS")}
