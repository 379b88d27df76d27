"""A gateway in a process of its own, on a database that stays when the process is killed.

`python -m tests.support.live_gateway PORT` is the process: Rasa is away, and its clock runs ahead by the seconds that
stand in the file `ahead` of its var folder, so that tests need not wait for minutes.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
from sqlalchemy.orm import Session

from bot.clock import system_clock
from bot.conversations.database import upgrade
from bot.conversations.identity import load_keys
from bot.conversations.ledger import Ledger
from bot.database import open_database
from bot.settings import Settings
from bot.staff.sessions import Member
from bot.supervisor.ports import free_port
from directory_client.sample import load_lines, load_sample
from tests.support.killed_gateway import Deaf
from tests.support.staff import signed_in
from tests.support.system import PATIENT

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = PROJECT / "tests" / "fixtures" / "translation"
AHEAD = "ahead"


@dataclass
class Live:
    """The gateway. `start`, `kill` and `start` again find the same conversations."""

    var: Path
    settings: dict[str, str]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    deaf: bool = False
    """Without screen, languages and places, which take seconds to load: "die" in a text is danger, nothing else."""
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger(open_database(self.database))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> str:
        return self.settings.get("PORCHLIGHT_DATABASE_URL") or f"sqlite:///{self.var / 'porchlight.db'}"

    def start(self) -> None:
        """Starts it and waits until it answers."""
        words = ["deaf"] if self.deaf else []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.live_gateway", str(self.port), *words],
            cwd=PROJECT,
            env={**os.environ, **PATIENT, **self.settings, "PORCHLIGHT_VAR": str(self.var)},
        )
        for _ in range(1_200):
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/health/live", trust_env=False).status_code == 200:
                    return
            assert self.process.poll() is None, "the gateway ended at its start"
            time.sleep(0.1)
        raise AssertionError("the gateway did not start")

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """An end as an operator would make it."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(15)
            self.kill()

    def later(self, span: timedelta) -> None:
        """Puts the gateway's clock forward."""
        (self.var / AHEAD).write_text(str(span.total_seconds() + self._ahead()))

    def _ahead(self) -> float:
        return seconds_ahead(self.var / AHEAD)

    def hire(self, **account: Any) -> tuple[Member, dict[str, str]]:
        """A member of staff with a session, and what their requests carry."""
        return signed_in(SimpleNamespace(state=SimpleNamespace(service=self._service())), **account)

    def _service(self) -> Any:
        return SimpleNamespace(
            clock=lambda: system_clock() + timedelta(seconds=self._ahead()),
            ledger=self.ledger, keys=load_keys(self.settings.get("PORCHLIGHT_SECRET_KEY"), self.var),
            settings=Settings(var=self.var),
        )  # fmt: skip

    def read(self, statement: Any) -> list[Any]:
        """What stands in the database now."""
        with Session(self.ledger.reader) as session:
            return list(session.execute(statement).all())


def seconds_ahead(file: Path) -> float:
    try:
        return float(file.read_text() or 0)
    except OSError:
        return 0.0


@contextlib.contextmanager
def living(var: Path, settings: Mapping[str, str] | None = None, *, deaf: bool = False) -> Iterator[Live]:
    """A gateway with the lines and the sample services, started; gone at the end."""
    own = {"PORCHLIGHT_LOG_LEVEL": "ERROR", "PORCHLIGHT_RASA_URL": "http://127.0.0.1:9", **(settings or {})}
    chosen = Settings(var=var, database_url=own.get("PORCHLIGHT_DATABASE_URL"), directory_url=None)
    for url in dict.fromkeys((chosen.database, chosen.directory)):
        upgrade(url)
    shelves = open_database(chosen.directory)
    with Session(shelves) as session:
        load_lines(session)
        load_sample(session)
        session.commit()
    shelves.dispose()
    live = Live(var, own, deaf=deaf)
    live.start()
    try:
        yield live
    finally:
        live.stop()
        live.ledger.engine.dispose()


def packages(folder: Path) -> Path:
    """The fixture's translation packages (English and Spanish), unpacked as the library unpacks them."""
    for package in PACKAGES.glob("*.argosmodel"):
        with zipfile.ZipFile(package) as packed:
            packed.extractall(folder)
    return folder


def main(port: int, *, deaf: bool) -> None:
    import uvicorn

    from bot.app import create_app
    from bot.service import ideas_for
    from bot.understanding import Ears
    from directory_client import idea_needs

    chosen = Settings()
    if not deaf:
        idea_needs.use(partial(ideas_for, chosen))  # before it lets anybody in, as bot.workers does
    file = chosen.var / AHEAD
    other: dict[str, Any] = {"ears": Ears(Deaf(), Deaf(), Deaf())} if deaf else {}  # type: ignore[arg-type]
    app = create_app(chosen, clock=lambda: system_clock() + timedelta(seconds=seconds_ahead(file)), **other)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", timeout_graceful_shutdown=2)


if __name__ == "__main__":
    main(int(sys.argv[1]), deaf="deaf" in sys.argv[2:])
