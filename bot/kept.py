"""Data that is worked out from source files once and kept under var/ for the next start.

A gateway that was killed is to be back soon, and reading what people have written (patterns of danger) takes seconds.
What is kept belongs to the exact content of its sources: files, the code that reads them, and Python itself. Anything
else about it, such as a torn file, a foreign owner or a full disk, only means that it is worked out again.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)
GENERATIONS = 3
"""Kept files of a name; older ones belong to earlier versions of the sources."""
_DIGEST = hashlib.sha256().digest_size


def kept[T](
    folder: Path | None, name: str, sources: Iterable[Path], make: Callable[[], object], use: Callable[..., T]
) -> T:
    """What `use` makes of the data that `make` works out, or of the same data kept earlier.

    Args:
        folder: where it is kept; None keeps nothing.
        name: tells kinds of data apart.
        sources: all files that the data depend on, data and code.
        make: gives data of plain values only: text, numbers, None, tuples, lists, dicts, frozensets.
        use: takes the data; when it cannot use what was kept, that is made anew.
    """
    if folder is None:
        return use(make())
    key = fingerprint(sources)
    path = _path(folder, name, key)
    if (found := _used(path, key, use)) is not None:
        return found
    data = make()
    _write(path, key, data, name)
    return use(data)


def again[T](folder: Path | None, name: str, sources: Iterable[Path], use: Callable[..., T]) -> T | None:
    """What `use` makes of data that were kept earlier; None when there are none, or it cannot use them.

    Args: as those of `kept`.
    """
    if folder is None:
        return None
    key = fingerprint(sources)
    return _used(_path(folder, name, key), key, use)


def _path(folder: Path, name: str, key: bytes) -> Path:
    return folder / f"{name}-{key.hex()[:24]}.kept"


def _used[T](path: Path, key: bytes, use: Callable[..., T]) -> T | None:
    with suppress(Exception):  # whatever is wrong with it: it can be made again
        if (content := _read(path, key)) is not None:
            return use(marshal.loads(content))
    return None


def fingerprint(sources: Iterable[Path]) -> bytes:
    """The same for the same contents of the same files under the same Python."""
    seen = hashlib.sha256(f"{sys.version}\0{marshal.version}".encode())
    for source in sorted(sources):
        content = source.read_bytes()
        seen.update(f"\0{source.name}\0{len(content)}\0".encode())
        seen.update(content)
    return seen.digest()


def _read(path: Path, key: bytes) -> bytes | None:
    """The content of a file that this user wrote and nobody else could change, whole; else None."""
    with path.open("rb") as file:
        state = os.fstat(file.fileno())
        if state.st_uid != os.geteuid() or state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            return None
        digest, content = file.read(_DIGEST), file.read()
    return content if digest == _checked(key, content) else None


def _checked(key: bytes, content: bytes) -> bytes:
    return hashlib.sha256(key + content).digest()


def _write(path: Path, key: bytes, data: object, name: str) -> None:
    try:
        content = marshal.dumps(data)  # type: ignore[arg-type]  # refuses what it cannot keep
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{name}-")  # readable by this user alone
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(_checked(key, content) + content)
            os.replace(fresh, path)
        except BaseException:
            os.unlink(fresh)
            raise
        older = sorted(path.parent.glob(f"{name}-*.kept"), key=lambda one: one.stat().st_mtime, reverse=True)
        for one in older[GENERATIONS:]:
            one.unlink(missing_ok=True)
    except (OSError, ValueError) as problem:  # no room or no right to write: the next start takes longer, no more
        log.info("not kept for the next start", what=name, problem=type(problem).__name__)
