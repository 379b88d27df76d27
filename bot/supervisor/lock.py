"""One Porchlight for each var folder: two would share a database, a log and the same people's messages."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Self

from bot.supervisor.problems import Problem


class RunLock:
    """Held as long as the process lives; the system lets go of it even after kill -9.

    Arguments:
        path: the lock file. While held it says who holds it, for people and for the next bin/up.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def take(self, url: str) -> Self:
        """Takes the lock for the process that will serve url; raises Problem when another one holds it."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(handle, 500).decode(errors="replace").strip() or "another process"
            os.close(handle)
            raise Problem(
                f"it runs in this folder already ({holder}): use that one, or stop it first with Ctrl-C."
            ) from None
        os.truncate(handle, 0)
        os.pwrite(handle, f"process {os.getpid()}, {url}\n".encode(), 0)
        self._file = handle
        return self

    def release(self) -> None:
        """Lets go of the lock. The file stays: to remove it would let two processes lock two files."""
        if self._file is not None:
            os.truncate(self._file, 0)
            os.close(self._file)
            self._file = None
