"""What slows guessing down: an account rests after failures, and an address may try so often."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from limits import RateLimitItem, parse

from bot.guard import wait_after

FREE = 5
"""Failures in a row that cost nothing: a typing mistake is no attack."""
FIRST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(minutes=15)
"""Short enough that nobody can keep a specialist from work for long; long enough for under 100 guesses a day."""
_PER_LOGIN = "10/minute"
_IN_ALL = "600/minute"


def rest_after(failed: int, now: datetime) -> datetime | None:
    """Until when an account takes no sign-in after so many failures in a row; it doubles with each more."""
    if failed < FREE:
        return None
    doubled: int = 2 ** min(failed - FREE, 10)
    return now + min(FIRST_REST * doubled, LONGEST_REST)


class Counter(Protocol):
    """Counts what was asked, with all other requests; false when that is one too many."""

    async def hit(self, item: RateLimitItem, /, *keys: str) -> bool: ...


@dataclass(slots=True)
class Attempts:
    """Sign-ins by address, by login and in all; counted where all other requests are."""

    counter: Counter
    client: RateLimitItem
    login: RateLimitItem
    total: RateLimitItem

    @classmethod
    def allowing(cls, per_client: str, counter: Counter) -> Attempts:
        return cls(counter, parse(per_client), parse(_PER_LOGIN), parse(_IN_ALL))

    async def refuses(self, client: str, login: str) -> int:
        """0, or the seconds to wait. It counts a login that does not exist like one that does."""
        asked = [(self.total, "sign-in"), (self.client, f"sign-in from {client}")]
        if login:
            known_as = hashlib.sha256(login.strip().lower().encode()).hexdigest()
            asked.append((self.login, f"sign-in to {known_as}"))
        for item, key in asked:
            if not await self.counter.hit(item, key):
                return wait_after(item)
        return 0
