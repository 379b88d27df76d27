"""The simplest use of the bus: to wait until there is news of one conversation."""

from __future__ import annotations

from bot.bus.local import Bus


class Bell:
    """Wakes whoever waits for news of a conversation."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def ring(self, conversation: str) -> None:
        self._bus.ring(conversation)

    async def wait(self, conversation: str, seconds: float) -> bool:
        """Waits for news at most `seconds`; true when there was some."""
        async with self._bus.listening({conversation}) as news:
            return await news.next(seconds) is not None
