"""News between several gateways, over a server that both PostgreSQL and Redis can be.

What is near is told at once. What is far goes through two connections of the bus's own, one that sends and one that
listens, so nothing of it happens inside the product's transactions. Nothing is promised for each single news; what is
promised is that whoever listens is told to look again whenever some may have been lost:

- a gateway that has begun to listen, or begins again after its connection was gone, tells its own listeners to look;
- one that starts, or could not send, tells all the others to look, as soon as it can.

A connection can be dead without saying so. Therefore each gateway sends a sign of life now and then, and one that
does not even hear its own takes its connection for lost.
"""

from __future__ import annotations

import asyncio
import itertools
import uuid
from abc import abstractmethod
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, suppress
from typing import Any

import structlog

from bot.bus import wire
from bot.bus.local import Bus
from bot.bus.news import CHANGED, News

log = structlog.get_logger(__name__)

BEAT = 5.0
"""Seconds between two signs of life."""
SILENCE = 3 * BEAT
"""Seconds without any sign, even one's own, after which a connection counts as lost."""
PATIENCE = 5.0
"""Seconds that connecting or sending may take."""
MOST = 5_000
"""News that wait to be sent. Beyond, the others are told to look at everything instead."""
TOGETHER = 200
"""News sent at once."""
FIRST_WAIT, LONGEST_WAIT = 0.1, 5.0
"""Seconds before another attempt to connect."""

Send = Callable[[Sequence[str]], Awaitable[None]]


class RelayBus(Bus):
    """A bus whose news go over a server. What is lost while it is away is made up for by looking."""

    def __init__(self) -> None:
        super().__init__()
        self.origin = uuid.uuid4().hex[:16]
        self.listens = asyncio.Event()
        """Set while news of other gateways are heard."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._outgoing: deque[str] = deque(maxlen=MOST)
        self._some = asyncio.Event()
        self._numbers = itertools.count(1)
        self._lost = True
        """News were not sent. So it is at the start: whoever ran before may have died with some."""
        self._under_way = False
        self._tasks: list[asyncio.Task[None]] = []

    @abstractmethod
    def sending(self) -> AbstractAsyncContextManager[Send]:
        """A connection that sends payloads, in order."""

    @abstractmethod
    def hearing(self) -> AbstractAsyncContextManager[AsyncGenerator[str | bytes]]:
        """A connection that hears payloads. Entered when everything that is sent from now on will be heard."""

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._tasks = [
            asyncio.create_task(self._again_and_again("listening", self._listen)),
            asyncio.create_task(self._again_and_again("sending", self._send)),
        ]

    async def stop(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                while self._outgoing or self._under_way:
                    await asyncio.sleep(0.01)
        self._loop = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def ring(self, topic: str, kind: str = CHANGED, **data: Any) -> None:
        super().ring(topic, kind, **data)
        loop = self._loop
        if loop is None:
            return  # not started: there is nobody far away
        if len(self._outgoing) >= MOST:
            self._lost = True
        self._outgoing.append(wire.packed(self.origin, next(self._numbers), News(topic, kind, data)))
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(self._some.set)

    async def _again_and_again(self, what: str, work: Callable[[Callable[[], None]], Awaitable[None]]) -> None:
        """Does work that ends only by a fault, and begins it anew."""
        wait = FIRST_WAIT

        def works() -> None:
            nonlocal wait
            if wait > FIRST_WAIT:
                log.info("bus is back", what=what)
            wait = FIRST_WAIT

        while True:
            try:
                await work(works)
            except Exception as problem:  # whatever a driver raises: the news must go on
                log.warning("bus is away", what=what, problem=type(problem).__name__)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def _listen(self, works: Callable[[], None]) -> None:
        try:
            async with asyncio.timeout(PATIENCE) as patience, self.hearing() as payloads, aclosing(payloads):
                patience.reschedule(None)
                works()
                self.listens.set()
                self._tell_all_to_look()
                while True:
                    async with asyncio.timeout(SILENCE):
                        self._heard(await anext(payloads))
        finally:
            self.listens.clear()

    def _heard(self, payload: str | bytes) -> None:
        said = wire.unpacked(payload)
        if said is None:
            log.warning("bus heard what it does not know")
        elif said.origin == self.origin:
            return  # told near at once
        elif said.everything:
            self._tell_all_to_look()
        elif said.news is not None:
            self._tell(said.news)

    async def _send(self, works: Callable[[], None]) -> None:
        async with asyncio.timeout(PATIENCE) as patience, self.sending() as send:
            patience.reschedule(None)
            works()
            while True:
                await self._send_some(send)

    async def _send_some(self, send: Send) -> None:
        """Sends what waits; a sign of life when nothing does."""
        if not self._outgoing and not self._lost:
            self._some.clear()
            if not self._outgoing:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._some.wait(), BEAT)
        lost, self._lost = self._lost, False
        batch = [self._outgoing.popleft() for _ in range(min(TOGETHER, len(self._outgoing)))]
        if lost:
            batch.append(wire.look_all(self.origin, next(self._numbers)))
        elif not batch:
            batch.append(wire.sign_of_life(self.origin, next(self._numbers)))
        self._under_way = True
        try:
            async with asyncio.timeout(PATIENCE):
                await send(batch)
        except BaseException:
            self._lost = True
            raise
        finally:
            self._under_way = False
