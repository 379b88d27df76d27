"""Rate limits of several gateways: counted together in Redis, alone without it, and never in anybody's way."""

from __future__ import annotations

import time

import pytest
import redis
from starlette.datastructures import Headers

from bot.guard import Limits
from bot.settings import Settings
from tests.support.redis import RedisServer

pytestmark = pytest.mark.anyio


def limits_at(server: RedisServer, **rates: str) -> Limits:
    settings = Settings(bus="redis", redis_url=server.url, **rates)  # type: ignore[arg-type]
    return Limits.from_settings(settings, lambda address: f"disguised-{len(address)}")


async def test_two_gateways_count_one_conversation_together(redis_server: RedisServer) -> None:
    one, two = (limits_at(redis_server, rate_messages="4/minute") for _ in range(2))
    waits = [await limits.refuses_message("c") for limits in (one, two, one, two, one, two)]
    assert [wait > 0 for wait in waits] == [False] * 4 + [True] * 2


async def test_the_server_is_told_no_address(redis_server: RedisServer) -> None:
    limits = limits_at(redis_server)
    scope = {"path": "/api/conversations", "method": "POST", "client": ("203.0.113.9", 1)}
    assert await limits.refuses(scope, Headers({})) == 0
    with redis.Redis.from_url(redis_server.url) as client:
        keys = client.keys()
    assert any(b"disguised" in key for key in keys)
    assert not any(b"203" in key for key in keys)


async def test_without_the_server_each_counts_alone_and_nobody_waits(redis_server: RedisServer) -> None:
    limits = limits_at(redis_server, rate_messages="2/minute")
    assert await limits.refuses_message("c") == 0
    redis_server.stop()
    began = time.monotonic()
    waits = [await limits.refuses_message("c") for _ in range(50)]
    assert time.monotonic() - began < 1.5
    assert [wait > 0 for wait in waits] == [False] * 2 + [True] * 48
