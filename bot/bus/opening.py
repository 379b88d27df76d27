"""Which bus a gateway uses."""

from __future__ import annotations

from bot.bus.local import Bus
from bot.settings import Settings


class BusNotPossible(Exception):
    """The settings name a bus that the other settings do not allow. The message says what to set."""


def bus_for(settings: Settings) -> Bus:
    """The bus of the settings, not yet started.

    Raises:
        BusNotPossible: when what it needs is not set.
    """
    if settings.bus == "postgres":
        if not settings.database.startswith("postgresql"):
            raise BusNotPossible(
                "PORCHLIGHT_BUS=postgres needs a PostgreSQL database: set PORCHLIGHT_DATABASE_URL, or leave "
                "PORCHLIGHT_BUS out for a single gateway."
            )
        from bot.bus.postgres import PostgresBus

        return PostgresBus(settings.database)
    if settings.bus == "redis":
        if not settings.redis_url:
            raise BusNotPossible("PORCHLIGHT_BUS=redis needs PORCHLIGHT_REDIS_URL, as redis://127.0.0.1:6379/0.")
        from bot.bus.redis import RedisBus

        return RedisBus(settings.redis_url)
    return Bus()
