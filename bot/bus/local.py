"""News within one process. The other buses build on it: what is near is told at once, whatever the network does."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from bot.bus.news import CHANGED, LOOK, News

MOST = 256
"""News that one listener may be behind. One that is further behind is told to look instead."""


class Listening:
    """The news of some topics, from the moment that it was opened. Use it with `async with` or `async for`."""

    def __init__(self, bus: Bus, topics: Iterable[str]) -> None:
        self._bus = bus
        self.topics = frozenset(topics)
        self._loop = asyncio.get_running_loop()
        self._heard: deque[News] = deque()
        self._some = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._bus.enter(self)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._bus.leave(self)

    def __aiter__(self) -> AsyncIterator[News]:
        return self._all()

    async def _all(self) -> AsyncIterator[News]:
        while True:
            news = await self.next()
            if news is not None:
                yield news

    async def next(self, timeout: float | None = None) -> News | None:
        """The next news; None when there were none for `timeout` seconds."""
        if not self._heard:
            self._some.clear()
            try:
                await asyncio.wait_for(self._some.wait(), timeout)
            except TimeoutError:
                return None
        return self._heard.popleft()

    def tell(self, news: News) -> None:
        """Hands over news, from any thread."""
        try:
            here = asyncio.get_running_loop()
        except RuntimeError:
            here = None
        if here is self._loop:
            self._put(news)
        else:
            self._loop.call_soon_threadsafe(self._put, news)

    def _put(self, news: News) -> None:
        if not news.data and news in self._heard:
            return  # whoever looks later sees both changes
        if len(self._heard) >= MOST:
            self._heard.clear()
            self._heard.extend(News(topic, LOOK) for topic in sorted(self.topics))
        else:
            self._heard.append(news)
        self._some.set()


class Bus:
    """News in the memory of one process; enough where there is one gateway."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listening]] = {}
        self._changing = threading.Lock()

    async def start(self) -> None:
        """Begins to exchange news with other processes, if the bus can; with the gateway's start."""

    async def stop(self) -> None:
        """Ends that; with the gateway."""

    def ring(self, topic: str, kind: str = CHANGED, **data: Any) -> None:
        """Tells everybody who listens to a topic. Call it when what happened is stored: they look at once.

        From any thread; never waits and never fails.
        """
        self._tell(News(topic, kind, data))

    def tell_near(self, topic: str, kind: str = CHANGED) -> None:
        """Tells those of this process alone: what every process finds out for itself."""
        self._tell(News(topic, kind))

    def listening(self, topics: Iterable[str]) -> Listening:
        """Listens to topics: `async with bus.listening({conversation, "desk"}) as news: await news.next(15)`."""
        return Listening(self, topics)

    def enter(self, listener: Listening) -> None:
        with self._changing:
            for topic in listener.topics:
                self._listeners.setdefault(topic, set()).add(listener)

    def leave(self, listener: Listening) -> None:
        with self._changing:
            for topic in listener.topics:
                listeners = self._listeners.get(topic, set())
                listeners.discard(listener)
                if not listeners:
                    self._listeners.pop(topic, None)

    def _tell(self, news: News) -> None:
        with self._changing:
            listeners = list(self._listeners.get(news.topic, ()))
        for listener in listeners:
            _told(listener, news)

    def _tell_all_to_look(self) -> None:
        with self._changing:
            everybody = [(listener, topic) for topic, them in self._listeners.items() for listener in them]
        for listener, topic in everybody:
            _told(listener, News(topic, LOOK))


def _told(listener: Listening, news: News) -> None:
    """Somebody whose event loop has ended listens no more; that is no reason to fail."""
    with suppress(RuntimeError):
        listener.tell(news)
