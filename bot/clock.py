"""The product's one clock, so that a tester can see a holiday, a night, or three days later."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

TORONTO = ZoneInfo("America/Toronto")
Clock = Callable[[], datetime]
"""Gives the present time, aware, in UTC."""


def system_clock() -> datetime:
    return datetime.now(UTC)


def clock_from(start: datetime | None) -> Clock:
    """The system's clock, or one that begins at `start` now and runs on at the usual speed.

    A start without a zone is Toronto time.
    """
    if start is None:
        return system_clock
    begin = (start if start.tzinfo else start.replace(tzinfo=TORONTO)).astimezone(UTC)
    origin = time.monotonic()
    return lambda: begin + timedelta(seconds=time.monotonic() - origin)
