"""Pure work in a second process, while this one reads and writes.

Half of the time that a province takes to come in is spent with words: telling needs, cutting endings, reading
addresses. A database waits for none of it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from math import inf
from types import TracebackType
from typing import Self

AHEAD = 4
"""Pieces that are given out before the first has come back."""


class Beside:
    """A helper process that begins once there is much to do. Use it as a context manager.

    Where none can be had, or the system ends it (for want of memory, most likely), the work is done here: it takes
    longer, and that is all.

    Args:
        after: so many pieces are done here before a process is worth its second of beginning and its memory. On a
            machine with one core all are done here.
    """

    def __init__(self, after: int) -> None:
        self._left = after if _cores() > 1 else inf
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def made[Piece, Result](self, work: Callable[[Piece], Result], pieces: Iterable[Piece]) -> Iterator[Result]:
        """What `work`, a function of a module, makes of each piece, in their order.

        `pieces` is asked for the next one before the last has come back.
        """
        given: deque[tuple[Piece, Future[Result] | None]] = deque()
        for piece in pieces:
            given.append((piece, self._given(work, piece)))
            if given[0][1] is None or len(given) > AHEAD:
                yield self._back(work, *given.popleft())
        while given:
            yield self._back(work, *given.popleft())

    def _given[Piece, Result](self, work: Callable[[Piece], Result], piece: Piece) -> Future[Result] | None:
        """What the helper will make of a piece; None of one that is to be done here."""
        if self._left > 0:
            self._left -= 1
            return None
        try:
            if self._pool is None:
                # Not forked: a copy of a process with threads may hold locks that nobody lets go.
                context = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_begin)
            return self._pool.submit(work, piece)
        except (BrokenProcessPool, OSError):  # ended, or a system that lets us have none
            self._left = inf
            return None

    def _back[Piece, Result](
        self, work: Callable[[Piece], Result], piece: Piece, future: Future[Result] | None
    ) -> Result:
        if future is not None:
            try:
                return future.result()
            except BrokenProcessPool:
                self._left = inf
        return work(piece)


def _cores() -> int:
    """Those that this process may use, where the system says so."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin() -> None:
    """A key that ends the command ends this process through the other; it does not outlive it either."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


__all__ = ["Beside"]
