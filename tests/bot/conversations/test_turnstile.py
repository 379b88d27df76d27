"""Writers of one SQLite file take turns, and one that dies keeps nobody out."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import signal
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.conversations.turnstile import Turnstile

_SPAWN = multiprocessing.get_context("spawn")


def count_up(database: str, times: int) -> None:
    """Adds one so many times, as somebody would who relies on nobody else writing in between."""
    turnstile = Turnstile(database)
    with sqlite3.connect(database, isolation_level=None, timeout=0) as connection:
        for _ in range(times):
            with turnstile:
                connection.execute("BEGIN IMMEDIATE")  # raises at once when the file is locked
                (count,) = connection.execute("SELECT count FROM counts").fetchone()
                connection.execute("UPDATE counts SET count = ?", (count + 1,))
                connection.execute("COMMIT")


def hold(database: str, holding: object) -> None:
    with Turnstile(database):
        holding.set()  # type: ignore[attr-defined]
        time.sleep(60)


@pytest.fixture
def database(tmp_path: Path) -> str:
    path = str(tmp_path / "counts.db")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE counts (count INTEGER)")
        connection.execute("INSERT INTO counts VALUES (0)")
    connection.close()
    return path


def test_processes_and_threads_never_meet(database: str) -> None:
    processes = [_SPAWN.Process(target=count_up, args=(database, 100)) for _ in range(2)]
    for process in processes:
        process.start()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(count_up, [database] * 4, [50] * 4))
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT count FROM counts").fetchone() == (400,)
    connection.close()


def test_a_process_that_is_killed_in_its_turn_gives_it_up(database: str) -> None:
    holding = _SPAWN.Event()
    process = _SPAWN.Process(target=hold, args=(database, holding))
    process.start()
    assert holding.wait(30) and process.pid
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    began = time.monotonic()
    with Turnstile(database):
        assert time.monotonic() - began < 5


def test_a_fault_in_a_turn_gives_it_up(database: str) -> None:
    turnstile = Turnstile(database)
    with pytest.raises(ZeroDivisionError), turnstile:
        raise ZeroDivisionError
    with turnstile, pytest.raises(BlockingIOError), Path(f"{database}-turn").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.parametrize("database", [None, "", ":memory:"])
def test_a_database_in_memory_needs_no_file(
    database: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with Turnstile(database):
        pass
    assert list(tmp_path.iterdir()) == []
