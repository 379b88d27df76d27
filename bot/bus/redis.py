"""News between gateways over Redis: one pub/sub channel.

A subscriber that is away hears nothing of that time, and one that is too slow is cut off by the server; both connect
again and are then told to look. https://redis.io/docs/latest/develop/pubsub/
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from bot.bus.relay import PATIENCE, RelayBus, Send

CHANNEL = "porchlight:news"


class RedisBus(RelayBus):
    """News over a Redis server.

    Args:
        url: as redis://:password@host:6379/0, or rediss:// for TLS.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def _client(self) -> Redis:
        # No retries of the library's own: a connection that it mended in silence would hide that news were lost.
        return Redis.from_url(
            self._url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=PATIENCE, socket_keepalive=True
        )

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[Send]:
        async with self._client() as client:
            await client.ping()

            async def send(payloads: Sequence[str]) -> None:
                pipe = client.pipeline(transaction=False)
                for payload in payloads:
                    pipe.publish(CHANNEL, payload)
                await pipe.execute()

            yield send

    @asynccontextmanager
    async def hearing(self) -> AsyncIterator[AsyncGenerator[str | bytes]]:
        async with self._client() as client, client.pubsub() as channel:
            await channel.subscribe(CHANNEL)
            await _confirmed(channel)
            yield _payloads(channel)


async def _confirmed(channel: PubSub) -> None:
    """Waits until the server says that it is subscribed."""
    while True:
        message = await channel.get_message(timeout=PATIENCE)
        if message is not None and message["type"] == "subscribe":
            return
        if message is None:
            raise ConnectionError("the server has not confirmed the subscription")


async def _payloads(channel: PubSub) -> AsyncGenerator[str | bytes]:
    while True:
        message = await channel.get_message(timeout=None)
        if message is None:
            continue
        if message["type"] == "subscribe":  # the library has connected anew by itself
            raise ConnectionError("the connection was lost for a moment")
        if message["type"] == "message":
            yield message["data"]
