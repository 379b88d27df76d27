"""Reasons not to start, each one sentence that says what to do."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path


class Problem(Exception):
    """Porchlight cannot start or go on. The text is one sentence for the person at the terminal."""


def disk_full(folder: Path) -> Problem:
    return Problem(f"the disk is full: free some space in {folder} and run this again.")


def explained(error: OSError, folder: Path) -> Problem:
    """The sentence for an error of the operating system met while working in folder."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(folder)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Problem(f"{error.filename or folder} cannot be written: give this user the right to write to {folder}.")
    return Problem(f"{error.strerror or error} ({error.filename or folder}).")


def need_space(folder: Path, megabytes: int, what: str) -> None:
    """Raises Problem when the file system of folder has fewer free megabytes than `what` needs."""
    free = shutil.disk_usage(folder).free // 2**20
    if free < megabytes:
        raise Problem(
            f"the disk is too full: {what} needs {megabytes} MB and {free} MB are free; "
            f"free some space in {folder} and run this again."
        )
