"""One writer at a time into an SQLite file, in turn: threads of a process and processes of a machine.

SQLite has one writer. Whoever finds the file locked sleeps and asks again, ever longer, so between busy processes the
file is free half of the time while all of them sleep. Here they queue: threads at a lock, processes at a file beside
the database, whose lock the system hands on at once and takes from a process that dies.
"""

from __future__ import annotations

import fcntl
import threading
from pathlib import Path
from types import TracebackType
from typing import IO


class Turnstile:
    """A lock around each transaction that writes. Whoever does not know of it is still safe, by SQLite's own lock."""

    def __init__(self, database: str | None) -> None:
        """
        Args:
            database: path of the file; None or ":memory:" where no other process can reach it.
        """
        alone = not database or database == ":memory:"
        self._path = None if alone else Path(f"{database}-turn")
        self._threads = threading.Lock()
        self._file: IO[bytes] | None = None

    def __enter__(self) -> None:
        self._threads.acquire()
        try:
            if self._path is not None:
                if self._file is None:
                    self._file = self._path.open("ab")
                fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:
            self._threads.release()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._file is not None:
                fcntl.flock(self._file, fcntl.LOCK_UN)
        finally:
            self._threads.release()
