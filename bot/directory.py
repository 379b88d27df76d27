"""The gateway's view of the services directory: searches and single listings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.database import for_reading
from directory_client.listings import Listing
from directory_client.places import Gazetteer, Place
from directory_client.search import Query, Results, listing, search
from directory_client.whereabouts import whereabouts

LISTINGS_KEPT = 500
"""Listings in memory. A minute in the key ends their truth: opening hours change with it."""
AT_ONCE = 2
"""Searches that run side by side. Their threads share one interpreter: one alone leaves it idle while the database
works, more than two gain nothing (docs/search.md has the figures)."""


class Directory:
    """Reads the directory. All methods block; the gateway calls them in threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = for_reading(engine)
        self.writer = engine
        """For the one thing that the gateway writes there: a correction that was signed."""
        self._searchers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="search")
        self._listing = lru_cache(maxsize=LISTINGS_KEPT)(self._read)

    def look(self, now: datetime) -> Callable[[Query], Results]:
        """A search at the time `now`."""

        return lambda query: self._searchers.submit(self._search, query, now).result()

    def where(self, text: str) -> Place | None:
        """The place that somebody typed: a town, a postal code, or an address or corner near one that is on record."""
        return self._searchers.submit(self._where, text).result()

    def find(self, now: datetime) -> Callable[[str, Mapping[str, Any] | None], Listing | None]:
        """A reader of single listings at the time `now`; what was read within the same minute is kept."""
        minute = now.replace(second=0, microsecond=0)

        def one(listing_id: str, near: Mapping[str, Any] | None) -> Listing | None:
            lat, lon = (near["lat"], near["lon"]) if near else (None, None)
            return self._listing(listing_id, minute, lat, lon)

        return one

    def renewed(self) -> None:
        """A record has changed: what is in memory is read again. Other processes do so within the minute."""
        self._listing.cache_clear()

    def _search(self, query: Query, now: datetime) -> Results:
        with Session(self.engine) as session:
            return search(session, query, now=now)

    def _where(self, text: str) -> Place | None:
        with Session(self.engine) as session:
            return whereabouts(text, Gazetteer.load(), session)

    def _read(self, listing_id: str, now: datetime, lat: float | None, lon: float | None) -> Listing | None:
        with Session(self.engine) as session:
            return listing(session, listing_id, now=now, lat=lat, lon=lon)
