"""Who has the web chat open now, over all gateways: streams say so at their start, now and then, and at their end.

Kept in memory alone: it is of use to a specialist at this moment and to nobody later.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.bus.local import Bus
from bot.bus.news import DESK, PEOPLE, News

BEAT = 15.0
"""Seconds between two signs of an open page."""
SILENCE = 2.5 * BEAT
"""Seconds without a sign after which a page counts as closed, though nobody has said so."""


class Online:
    """Which conversations have an open page, as far as the bus tells."""

    def __init__(self, bus: Bus, clock: Callable[[], float] = time.monotonic) -> None:
        self._bus = bus
        self._clock = clock
        self._since = clock()
        self._pages: dict[str, dict[str, float]] = {}
        """When each page of a conversation was last heard of."""

    def of(self, conversation: str) -> bool | None:
        """Whether somebody has the page open. None where that is not known: this process has only begun to listen."""
        if any(self._clock() - at < SILENCE for at in self._pages.get(conversation, {}).values()):
            return True
        return None if self._clock() - self._since < SILENCE else False

    async def run(self) -> None:
        """Listens until it is cancelled; consoles of this process look again when somebody comes or goes."""
        async with self._bus.listening({PEOPLE}) as news:
            while True:
                one = await news.next(BEAT)
                changed = self._forget() if one is None else self.heard(one)
                if changed:
                    self._bus.tell_near(DESK, "people")

    def heard(self, news: News) -> bool:
        """Takes note of one sign; whether somebody has come or gone."""
        if "conversation" not in news.data:
            return False  # some were lost; the pages say so again soon
        conversation, page = str(news.data["conversation"]), str(news.data.get("page"))
        before = self.of(conversation)
        pages = self._pages.setdefault(conversation, {})
        if news.data.get("on") is True:
            pages[page] = self._clock()
        else:
            pages.pop(page, None)
        if not pages:
            del self._pages[conversation]
        return self.of(conversation) is not before

    def _forget(self) -> bool:
        """Lets go of pages that have fallen silent."""
        limit = self._clock() - SILENCE
        silent = [(c, page) for c, pages in self._pages.items() for page, at in pages.items() if at <= limit]
        for conversation, page in silent:
            del self._pages[conversation][page]
            if not self._pages[conversation]:
                del self._pages[conversation]
        return bool(silent)


class Page:
    """One open page, that says so as long as it is."""

    def __init__(self, bus: Bus, conversation: str) -> None:
        self._bus = bus
        self._conversation = conversation
        self._id = uuid.uuid4().hex[:12]
        self._said = float("-inf")

    def beat(self) -> None:
        """Says that the page is open, when it is time."""
        if time.monotonic() - self._said >= BEAT:
            self._said = time.monotonic()
            self._say(on=True)

    def _say(self, *, on: bool) -> None:
        self._bus.ring(PEOPLE, "page", conversation=self._conversation, page=self._id, on=on)

    def close(self) -> None:
        self._say(on=False)


@asynccontextmanager
async def open_page(bus: Bus, conversation: str) -> AsyncIterator[Page]:
    """A page of the web chat from its opening to its end, however that comes."""
    page = Page(bus, conversation)
    page.beat()
    try:
        yield page
    finally:
        page.close()
