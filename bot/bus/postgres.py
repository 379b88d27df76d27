"""News between gateways over PostgreSQL: LISTEN and NOTIFY on one channel of the product's database.

Every gateway hears all news and passes on what somebody near listens to; they are small and few. The connections are
the bus's own. A pooler that gives out connections by transaction (PgBouncer's "transaction" mode) cannot LISTEN.
https://www.postgresql.org/docs/current/sql-notify.html
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection
from sqlalchemy.engine import make_url

from bot.bus.relay import RelayBus, Send

CHANNEL = "porchlight_news"
ALIVE = {"keepalives": 1, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "connect_timeout": 5}


class PostgresBus(RelayBus):
    """News over the database that the gateways share.

    Args:
        url: SQLAlchemy URL of the database.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = make_url(url).set(drivername="postgresql+psycopg")

    async def _connection(self) -> AsyncConnection[Any]:
        arguments, options = self._url.get_dialect()().create_connect_args(self._url)
        return await AsyncConnection.connect(*arguments, **{**ALIVE, **options}, autocommit=True)

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[Send]:
        async with await self._connection() as connection:

            async def send(payloads: Sequence[str]) -> None:
                await connection.execute(
                    "SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) WITH ORDINALITY AS news (payload, place) "
                    "ORDER BY place",
                    (CHANNEL, list(payloads)),
                )

            yield send

    @asynccontextmanager
    async def hearing(self) -> AsyncIterator[AsyncGenerator[str | bytes]]:
        async with await self._connection() as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            yield _payloads(connection)


async def _payloads(connection: AsyncConnection[Any]) -> AsyncGenerator[str | bytes]:
    async for notice in connection.notifies():
        yield notice.payload
