"""Runs a translation engine in a process of its own, so that a slow or crashing one costs nobody an answer.

Whoever asks waits two seconds at most; the work goes on for a while and its result is there for the next who
asks. A process that takes too long is ended and started anew. After a miss there is a pause in which nobody waits.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import TimeoutError as TooSlow
from multiprocessing import get_context
from typing import Any

import structlog
from pebble import ProcessExpired, ProcessPool

from bot.language.machine import Machine, Made, Pair

log = structlog.get_logger(__name__)
WAIT = 2.0  # seconds that a conversation waits
LIMIT = 15.0  # seconds that one translation may take; loading a large package takes several
PAUSE = 20.0  # seconds without a try after somebody waited in vain
WAITING = 8  # translations in the queue; more are not taken on

_machine: Machine | None = None


def _start(make: Callable[[], Machine]) -> None:
    global _machine
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the gateway's matter, which ends this process
    os.nice(5)
    _machine = make()


def _work(text: str, pair: Pair) -> Made | None:
    assert _machine is not None
    return _machine.translate(text, pair)


class Workers:
    """A bounded pool around an engine.

    make: builds the engine; called in each worker, so it must be picklable (a class or a partial of one).
    """

    def __init__(self, make: Callable[[], Machine], *, processes: int = 1, wait: float = WAIT) -> None:
        self._make = make
        self._processes = processes
        self._wait = wait
        self._pool: ProcessPool | None = None
        self._queued = 0
        self._rest_until = 0.0

    def translate(
        self,
        text: str,
        pair: Pair,
        *,
        late: Callable[[Made | None], None] | None = None,
        wait: float | None = None,
    ) -> Made | None:
        """The translation, or None when it is not there in time or the engine failed.

        late: called with a result that came after all, from another thread. wait: seconds for somebody who has more
        time than a conversation; None for the usual.
        """
        if time.monotonic() < self._rest_until or self._queued >= WAITING:
            return None
        self._queued += 1
        try:
            future = self._open().schedule(_work, args=(text, pair), timeout=LIMIT)
        except RuntimeError:
            self._queued -= 1
            self.close()
            self._missed(pair, "closed")
            return None
        future.add_done_callback(self._done)
        try:
            made: Made | None = future.result(timeout=self._wait if wait is None else wait)
            return made
        except TooSlow:
            if late is not None and not future.done():
                future.add_done_callback(lambda done: None if done.exception() else late(done.result()))
            self._missed(pair, "slow")
            return None
        except ProcessExpired:
            self._missed(pair, "crashed")
            return None
        except Exception as problem:
            if not self._open().active:
                self.close()  # the pool itself broke; the next translation opens a new one
            self._missed(pair, type(problem).__name__)
            return None

    def close(self) -> None:
        """Ends the processes."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()
            self._pool = None

    def _missed(self, pair: Pair, problem: str) -> None:
        self._rest_until = time.monotonic() + PAUSE
        log.warning("translation missed", pair="-".join(pair), problem=problem)

    def _done(self, future: Any) -> None:
        self._queued -= 1

    def _open(self) -> ProcessPool:
        if self._pool is None:
            self._pool = ProcessPool(
                max_workers=self._processes,
                context=get_context("spawn"),
                initializer=_start,
                initargs=[self._make],
            )
        return self._pool
