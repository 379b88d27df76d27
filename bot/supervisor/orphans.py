"""Processes that a supervisor left behind when it was killed where no leash exists, found and ended."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path

import psutil


def remember(file: Path, pids: Iterable[int]) -> None:
    """Writes down the running processes, each with the time of its birth: numbers are used again."""
    known = []
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            known.append({"pid": pid, "born": psutil.Process(pid).create_time()})
    with contextlib.suppress(OSError):
        file.write_text(json.dumps(known))


def end_orphans(file: Path) -> int:
    """Ends those written down that still run, with their children; how many they were.

    Only called while the run lock is held, so nobody alive owns them.
    """
    try:
        known = json.loads(file.read_text())
    except (OSError, ValueError):
        return 0
    left = []
    for entry in known:
        with contextlib.suppress(psutil.Error, KeyError, TypeError):
            process = psutil.Process(entry["pid"])
            if abs(process.create_time() - entry["born"]) < 0.1:
                left += [process, *process.children(recursive=True)]
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(left, timeout=5)
    file.unlink(missing_ok=True)
    return len(left)
