"""Work of one process that goes on beside what began it."""

from __future__ import annotations

import asyncio
from typing import Any


async def ended(tasks: set[asyncio.Task[Any]]) -> None:
    """Waits until a set of tasks is empty, also of those that are added meanwhile. How they ended does not matter.

    Not with gather(): among none but finished tasks it comes back at once, so that whatever takes them out of the set
    never gets its turn, nor anything else in the process.
    """
    while tasks:
        finished, _ = await asyncio.wait(tasks)
        tasks -= finished
        for task in finished:
            if not task.cancelled():
                task.exception()  # seen: whatever should be said about it, the task says itself
