"""The two servers of a measurement: Porchlight as bin/up starts it, and a bare `rasa run`."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from bot.supervisor.folders import Folders
from bot.supervisor.ports import free_port
from bot.supervisor.problems import Problem
from bot.supervisor.programs import modest

Say = Callable[[str], None]
FREE = {
    "PORCHLIGHT_RATE_MESSAGES": "1000000/minute",
    "PORCHLIGHT_RATE_CLIENT": "1000000/minute",
    "PORCHLIGHT_RATE_CONVERSATIONS": "1000000/minute",
    "PORCHLIGHT_RATE_TOTAL": "1000000/minute",
}


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. `kill_engine` ends its Rasa process, which comes back after a while."""

    url: str
    process: psutil.Process
    kill_engine: Callable[[], None] = lambda: None

    def memory_mb(self) -> float:
        """Memory of the process and its children in MB: proportional share where the system tells it, else resident."""
        total = 0
        for one in [self.process, *self.process.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                total += getattr(one.memory_full_info(), "pss", 0) or one.memory_info().rss
        return total / 1e6


@contextmanager
def porchlight(folders: Folders, var: Path) -> Iterator[Server]:
    """bin/up with sample data in a folder of its own, without rate limits."""
    environment = {**os.environ, **FREE, "PORCHLIGHT_VAR": str(var)}
    environment.pop("PORCHLIGHT_DATABASE_URL", None)
    process = subprocess.Popen(
        [str(folders.project / "bin" / "up"), "--port", "0", "--sample"],
        env=environment, stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if "http" not in line:
            raise Problem("Porchlight did not start for the measurement; bin/up says why.")
        ours = psutil.Process(process.pid)

        def kill_engine() -> None:
            for child in ours.children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    if "rasa" in child.cmdline()[:4] and child.parent() == ours:
                        child.kill()

        yield Server(line.split(": ", 1)[1].strip(), ours, kill_engine)
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def bare_rasa(folders: Folders, say: Say) -> Iterator[Server]:
    """`rasa run` with the project of `rasa init`, trained with its default configuration (once; kept in var/)."""
    project = folders.shared / "bench" / "bare"
    environment = {k: v for k, v in modest(folders).items() if not k.endswith("_THREADS")}
    if not list(project.glob("models/*.tar.gz")):
        say("Training the bare assistant of `rasa init` (once) …")
        shutil.rmtree(project, ignore_errors=True)
        project.mkdir(parents=True)
        _rasa(folders, environment, project, "init", "--no-prompt", "--init-dir", str(project))
    port = free_port()
    log = (project / "server.log").open("wb")
    process = subprocess.Popen(
        [str(folders.rasa_python), "-m", "rasa", "run", "--interface", "127.0.0.1", "--port", str(port)],
        cwd=project, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(360):
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{url}/webhooks/rest/", trust_env=False).status_code == 200 and _answers(url):
                    break
            time.sleep(0.5)
        else:
            raise Problem("the bare Rasa server did not start; var/bench/bare/server.log says why.")
        yield Server(url, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(30)


def _answers(url: str) -> bool:
    body = {"sender": "start", "message": "hello"}
    response = httpx.post(f"{url}/webhooks/rest/webhook", json=body, timeout=30, trust_env=False)
    return response.status_code == 200 and bool(response.json())


def _rasa(folders: Folders, environment: dict[str, str], project: Path, *arguments: str) -> None:
    log = project.parent / "init.log"
    with log.open("wb") as file:
        done = subprocess.run(
            [str(folders.rasa_python), "-m", "rasa", *arguments],
            cwd=project, env=environment, stdout=file, stderr=file, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    if done.returncode:
        raise Problem(f"`rasa {arguments[0]}` failed; {log} says why.")
