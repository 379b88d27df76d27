"""Streams of news that outlive nothing: when the database is away they end, and the page asks again."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

import structlog
from sqlalchemy.exc import DBAPIError
from sse_starlette import ServerSentEvent

log = structlog.get_logger(__name__)


async def while_stored(events: AsyncGenerator[ServerSentEvent]) -> AsyncIterator[ServerSentEvent]:
    """The events, until the database cannot be asked. Then the stream ends quietly: pages connect again by themselves
    and get what they missed, and the log gets a line instead of the statement that failed."""
    try:
        async with aclosing(events):
            async for event in events:
                yield event
    except DBAPIError as problem:
        log.warning("stream ended: the database is away", problem=type(problem.orig).__name__)
