"""Small writes of many requests in one transaction.

A database that forgets nothing makes sure of each commit on the disk, some milliseconds each, one after the other. The
carrier reports on each text several times; while one commit is under way, the reports that come in wait for the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from anyio import to_thread
from sqlalchemy.orm import Session

MOST = 100
"""Pieces of work in one transaction: whoever comes next waits for all of them."""


class Together[Work, Found]:
    """Does work in transactions that it shares. One of it serves a process; it belongs to one event loop."""

    def __init__(
        self,
        writing: Callable[[], AbstractContextManager[Session]],
        do: Callable[[Session, Sequence[Work]], Sequence[Found]],
        most: int = MOST,
        pause: float = 0.0,
    ) -> None:
        """
        Args:
            writing: opens a transaction that may write.
            do: does several pieces of work in a transaction, and gives what came of each.
            most: pieces of work in one transaction, fewer where they are larger.
            pause: seconds to wait for company, for work that nobody waits for.
        """
        self._most = most
        self._pause = pause
        self._writing = writing
        self._do = do
        self._waiting: list[tuple[Work, asyncio.Future[Found]]] = []
        self._running: asyncio.Task[None] | None = None

    async def run(self, work: Work) -> Found:
        """What comes of the work, when it is committed.

        Raises:
            Whatever the work or the commit raises. Work of others is not affected.
        """
        done: asyncio.Future[Found] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, done))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return await done

    async def _run(self) -> None:
        while self._waiting:
            if self._pause:
                await asyncio.sleep(self._pause)
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                found = await to_thread.run_sync(self._all, [work for work, _ in batch])
            except Exception as problem:
                if len(batch) > 1:  # one of them may have spoiled it for the others
                    for one in batch:
                        await self._alone(*one)
                else:
                    _raise(batch[0][1], problem)
                continue
            for (_, done), result in zip(batch, found, strict=True):
                if not done.done():  # whoever asked may have gone
                    done.set_result(result)

    async def _alone(self, work: Work, done: asyncio.Future[Found]) -> None:
        try:
            (result,) = await to_thread.run_sync(self._all, [work])
        except Exception as problem:
            _raise(done, problem)
        else:
            if not done.done():
                done.set_result(result)

    def _all(self, works: Sequence[Work]) -> Sequence[Found]:
        with self._writing() as session:
            found = self._do(session, works)
            session.flush()
            return found


def each(session: Session, works: Sequence[Callable[[Session], Any]]) -> list[Any]:
    """Calls each with the session."""
    found = []
    for work in works:
        found.append(work(session))
        session.flush()
    return found


def _raise(done: asyncio.Future[Any], problem: Exception) -> None:
    if not done.done():
        done.set_exception(problem)
