"""Which bus a gateway gets, and what is said when the settings do not fit."""

from __future__ import annotations

import pytest

from bot.bus import Bus, BusNotPossible, bus_for
from bot.bus.postgres import PostgresBus
from bot.bus.redis import RedisBus
from bot.settings import Settings


def settings(**given: str | None) -> Settings:
    return Settings(**{"database_url": None, "redis_url": None, **given})  # type: ignore[arg-type]


def test_one_gateway_needs_nothing() -> None:
    assert type(bus_for(settings())) is Bus


def test_several_talk_over_what_is_set() -> None:
    assert isinstance(bus_for(settings(bus="postgres", database_url="postgresql://h/porchlight")), PostgresBus)
    assert isinstance(bus_for(settings(bus="redis", redis_url="redis://127.0.0.1:6379/0")), RedisBus)


def test_a_bus_without_its_server_is_refused_with_what_to_set() -> None:
    with pytest.raises(BusNotPossible, match="PORCHLIGHT_DATABASE_URL"):
        bus_for(settings(bus="postgres"))
    with pytest.raises(BusNotPossible, match="PORCHLIGHT_REDIS_URL"):
        bus_for(settings(bus="redis", database_url="postgresql://h/porchlight"))
