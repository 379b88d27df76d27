"""The watch over those who wait: wakes every few seconds and does what is due.

The scheduler only wakes it. What is due stands in the database and is reckoned by the product's clock, so a restart
forgets nothing and a second gateway does nothing twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC
from functools import partial

import structlog
from anyio import to_thread
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.after import due as after
from bot.after.retention import Retention
from bot.carrier.rest import Carrier
from bot.console.interface import Interface
from bot.handoff import due
from bot.handoff.calls import ring_the_holders
from bot.handoff.paging import Paging
from bot.privacy.leftovers import Leftovers
from bot.service import Service
from bot.tables.leaving import names_leave
from bot.voice.placing import Placing
from bot.voice.telephones import Telephones

log = structlog.get_logger(__name__)
EVERY = 5
"""Seconds between two looks. Alarms ring at once by themselves; this repeats them."""


class Watch:
    """One of it serves a process: `start` and `stop` with the gateway, or `tick` by hand."""

    def __init__(self, service: Service, words: Interface, carrier: Carrier | None = None) -> None:
        """
        Args:
            words: of the console, for the on-call phone.
            carrier: sends texts to it; made from the settings when not given.
        """
        self._carrier = carrier or Carrier.from_settings(service.settings)
        telephones = Telephones(service, Placing.from_settings(service.settings))
        self._rounds: dict[str, Callable[[], Awaitable[int]]] = {
            "release": partial(to_thread.run_sync, due.release_the_gone, service),
            "ring": partial(to_thread.run_sync, due.ring, service),
            "escalate": partial(to_thread.run_sync, due.escalate, service),
            "page": Paging(service, self._carrier, words).page,
            "telephones": partial(ring_the_holders, service, telephones),
            "unanswered": partial(to_thread.run_sync, due.end_the_unanswered, service),
            "table_names": partial(to_thread.run_sync, names_leave, service),
            "callbacks": partial(to_thread.run_sync, after.announce_calls, service),
            "follow-ups": partial(to_thread.run_sync, after.ask_due, service),
            "silent follow-ups": partial(to_thread.run_sync, after.end_unanswered, service),
            "retention": Retention(service).look,
            "leftovers": Leftovers(service).look,
        }
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._ticking = asyncio.Lock()

    def start(self) -> None:
        """Begins to look, in the running event loop."""
        self._scheduler.add_job(
            self.tick, "interval", seconds=EVERY, max_instances=1, coalesce=True, misfire_grace_time=None
        )
        self._scheduler.start()

    async def stop(self) -> None:
        """Looks no more, and waits until what was begun is done."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        async with self._ticking:
            if self._carrier is not None:
                await self._carrier.close()

    async def tick(self) -> dict[str, int]:
        """One look. Gives how often each thing was done; what fails is tried again at the next."""
        done: dict[str, int] = {}
        async with self._ticking:
            for name, look in self._rounds.items():
                try:
                    done[name] = await look()
                except Exception as problem:  # the database is away, say; the others must not suffer for it
                    log.error("watch failed", what=name, problem=type(problem).__name__, exc_info=True)
        return done
