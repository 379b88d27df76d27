"""The really started system: bin/up in a var folder of its own, once for all tests that ask for it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

PROJECT = Path(__file__).resolve().parents[2]

# The tests of one machine talk more than any person; the limits themselves have tests of their own.
PATIENT = {
    "PORCHLIGHT_RATE_MESSAGES": "100000/minute",
    "PORCHLIGHT_RATE_CLIENT": "100000/minute",
    "PORCHLIGHT_RATE_CONVERSATIONS": "100000/minute",
    "PORCHLIGHT_RATE_TOTAL": "1000000/minute",
}


@dataclass
class System:
    """A started Porchlight.

    Arguments:
        url: base URL of the gateway, such as http://127.0.0.1:20001.
        var: its var folder, with database and logs.
        process: bin/up.
        started_in: seconds from the command to the ready line.
        said: the lines that it printed for the person at the terminal, so far.
    """

    url: str
    var: Path
    process: subprocess.Popen[str]
    started_in: float
    said: list[str] = field(default_factory=list)

    def programs(self) -> dict[str, psutil.Process]:
        """The three programs by name: gateway, rasa, actions."""
        marks = {"bot.workers": "gateway", "rasa": "rasa", "bot.supervisor.action_server": "actions"}
        found = {}
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.Error):
                words = child.cmdline()
                found.update({name: child for mark, name in marks.items() if mark in words})
        return found

    def workers(self) -> list[psutil.Process]:
        """The gateway's workers: the one that listens first, then those that work out answers."""
        return sorted(self.programs()["gateway"].children(), key=lambda one: not _listens(one))

    def kill(self, name: str) -> None:
        """kill -9 for one of the programs."""
        self.programs()[name].kill()


def _listens(process: psutil.Process) -> bool:
    return any(one.status == psutil.CONN_LISTEN for one in process.net_connections("tcp"))


@contextmanager
def started(var: Path, *arguments: str, **settings: str) -> Iterator[System]:
    """Runs bin/up with these arguments and settings (environment variables) from ready line to clean end."""
    environment = {**os.environ, **PATIENT, "PORCHLIGHT_VAR": str(var), **settings}
    environment.pop("PORCHLIGHT_DATABASE_URL", None) if "PORCHLIGHT_DATABASE_URL" not in settings else None
    begin = time.monotonic()
    process = subprocess.Popen(
        [PROJECT / "bin" / "up", "--port", "0", *arguments],
        cwd=var,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said: list[str] = []
    assert process.stdout is not None and process.stderr is not None
    listener = threading.Thread(target=_collect, args=(process.stderr, said), daemon=True)
    listener.start()
    try:
        line = process.stdout.readline()
        if not line.startswith("Porchlight is ready: "):
            process.wait(60)
            listener.join(5)
            pytest.fail(f"bin/up ended with {process.returncode}:\n" + "\n".join(said[-40:]))
        url = line.removeprefix("Porchlight is ready: ").strip()
        yield System(url, var, process, time.monotonic() - begin, said)
    finally:
        stop(process)


def _collect(stream: Iterator[str], lines: list[str]) -> None:
    lines.extend(line.rstrip() for line in stream)


def stop(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Ends bin/up as an operator would, insists after a while; what was left running afterwards."""
    family = [] if process.poll() is not None else psutil.Process(process.pid).children(recursive=True)
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    _, left = psutil.wait_procs(family, timeout=3)
    for orphan in left:
        with contextlib.suppress(psutil.Error):
            orphan.kill()
    return left


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The started system that the system and browser tests share."""
    with started(tmp_path_factory.mktemp("system")) as running:
        yield running


@pytest.fixture(scope="session")
def base_url(system: System) -> str:
    """Its address, without a slash at the end."""
    return system.url
