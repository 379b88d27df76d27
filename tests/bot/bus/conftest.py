"""Buses of several gateways over real servers that a test can take away and give back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psycopg
import pytest
from sqlalchemy import make_url

from bot.bus.local import Bus
from bot.bus.near import Mailboxes, NearBus
from bot.bus.postgres import PostgresBus
from bot.bus.redis import RedisBus
from bot.bus.relay import RelayBus
from tests.support.redis import RedisServer


@dataclass
class Between:
    """A server between gateways: a bus for each of them, and a switch."""

    make: Callable[[], RelayBus]
    away: Callable[[], None]
    back: Callable[[], None]
    address: tuple[str, int]
    through: Callable[[int], RelayBus]
    """A bus that reaches the server by another port of this machine."""

    @asynccontextmanager
    async def buses(self, number: int = 2) -> AsyncIterator[list[RelayBus]]:
        """Buses that hear each other."""
        made = [self.make() for _ in range(number)]
        for bus in made:
            await bus.start()
        try:
            for bus in made:
                await bus.listens.wait()
            yield made
        finally:
            for bus in made:
                await bus.stop()


def _postgres(url: str) -> Between:
    server = make_url(url)
    assert server.host and server.port and server.database
    name = server.database

    def administer(*statements: str) -> None:
        with psycopg.connect(host=server.host, port=server.port, user=server.username, dbname="postgres") as connection:
            connection.autocommit = True
            for statement in statements:
                connection.execute(statement)  # type: ignore[call-overload]

    def away() -> None:
        administer(
            f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        )

    return Between(
        lambda: PostgresBus(url),
        away,
        lambda: administer(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"),
        (server.host, server.port),
        lambda port: PostgresBus(server.set(port=port).render_as_string(hide_password=False)),
    )


def _redis(server: RedisServer) -> Between:
    return Between(
        lambda: RedisBus(server.url),
        server.stop,
        server.start,
        ("127.0.0.1", server.port),
        lambda port: RedisBus(f"redis://127.0.0.1:{port}/0"),
    )


@pytest.fixture(params=[pytest.param("postgres", marks=pytest.mark.postgres), "redis"])
def between(request: pytest.FixtureRequest) -> Between:
    """What gateways talk through."""
    if request.param == "postgres":
        return _postgres(request.getfixturevalue("empty_postgres"))
    return _redis(request.getfixturevalue("redis_server"))


@asynccontextmanager
async def of_one_machine(number: int = 2) -> AsyncIterator[list[NearBus]]:
    """Buses of processes that share mailboxes."""
    mailboxes = Mailboxes.for_processes(number)
    made = [NearBus(mailboxes, at) for at in range(number)]
    for bus in made:
        await bus.start()
    try:
        for bus in made:
            await bus.listens.wait()
        yield made
    finally:
        for bus in made:
            await bus.stop()
        mailboxes.close()


@pytest.fixture
def bus() -> Bus:
    return Bus()
