"""A real PostgreSQL for the tests: started in a temporary folder on loopback, gone afterwards."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.machine import lacking

VARIABLE = "PORCHLIGHT_TEST_POSTGRES_URL"
"""Names a server to use instead (SQLAlchemy URL; its user may create databases); set while ours runs."""


def server_folder() -> Path | None:
    """The folder with initdb and postgres: of PATH, or of Debian's newest package; None without either."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: p.parent.name.zfill(4), reverse=True)
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


def _unprivileged() -> dict[str, object]:
    """Arguments for subprocess that leave root behind: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    lacking("PostgreSQL refuses to run as root and there is no user postgres or nobody")


def _ends_with_the_tests() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT, 0, 0, 0)  # PR_SET_PDEATHSIG: a fast shutdown


@dataclass
class Server:
    """A PostgreSQL of ours, which a test may stop and start again on the same data."""

    binaries: Path
    folder: Path
    port: int
    user: dict[str, object]
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.folder / "data", "-h", "127.0.0.1", "-p", str(self.port),
                 "-k", self.folder, "-c", "fsync=off", "-c", "max_connections=100"],
                stdout=log, stderr=log, cwd=self.folder, start_new_session=True, preexec_fn=_ends_with_the_tests,
                **self.user,  # type: ignore[call-overload]
            )  # fmt: skip
        assert self.process is not None
        _await(self.port, self.process, self.folder / "log")

    def stop(self) -> None:
        """A fast shutdown: connections are ended, whatever they do."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


@contextmanager
def own_server() -> Iterator[Server]:
    """A server that a test may stop and start."""
    binaries = server_folder()
    if binaries is None:
        lacking("PostgreSQL's server is not installed (Debian, Ubuntu: apt-get install postgresql)")
    other: dict[str, object] = _unprivileged()
    # Not in pytest's own folder, which another user may not enter.
    folder = Path(tempfile.mkdtemp(prefix="porchlight-postgres-", dir="/tmp" if other else None))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Server(binaries, folder, port, other)
    try:
        if other:
            shutil.chown(folder, other["user"], other["group"])  # type: ignore[call-overload]
        with (folder / "log").open("wb") as log:
            subprocess.run(
                [binaries / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8",
                 "--locale=C.UTF-8", "--no-sync"],
                check=True, stdout=log, stderr=log, cwd=folder, **other,  # type: ignore[call-overload]
            )  # fmt: skip
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server() -> Iterator[str]:
    """Runs a server and gives the SQLAlchemy URL of its database `postgres`."""
    with own_server() as made:
        yield made.url


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    import psycopg

    for _ in range(200):
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="postgres", dbname="postgres").close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')[-2000:]}")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a running server; PORCHLIGHT_TEST_POSTGRES_URL is set as long as it runs."""
    if given := os.environ.get(VARIABLE):
        yield given
        return
    with server() as url:
        os.environ[VARIABLE] = url
        try:
            yield url
        finally:
            del os.environ[VARIABLE]


@pytest.fixture
def empty_postgres(postgres_url: str) -> Iterator[str]:
    """The URL of a database of its own for one test, without tables, dropped afterwards."""
    from sqlalchemy import create_engine, make_url, text

    name = f"test_{uuid.uuid4().hex}"
    engine = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()
