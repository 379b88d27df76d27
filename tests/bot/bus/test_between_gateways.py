"""News between gateways over a real PostgreSQL and a real Redis: heard, in order, and made up for after a loss."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from bot.bus import LOOK, News, relay
from bot.bus.local import Listening
from bot.bus.postgres import CHANNEL
from bot.bus.relay import MOST, RelayBus
from tests.bot.bus.conftest import Between

pytestmark = pytest.mark.anyio


async def until(news: Listening, wanted: News, seconds: float = 10) -> News:
    """Waits for certain news; what comes before is let go."""
    async with asyncio.timeout(seconds):
        async for one in news:
            if one == wanted:
                return one
    raise AssertionError


async def all_told_to_look(news: Listening, seconds: float = 10) -> None:
    """Waits until every topic was told to look, in whichever order."""
    missing = set(news.topics)
    async with asyncio.timeout(seconds):
        while missing:
            if (one := await news.next()) is not None and one.kind == LOOK:
                missing.discard(one.topic)


async def quiet(news: Listening, seconds: float = 0.2) -> None:
    """Waits until nothing more comes: the looks of a start are over."""
    while await news.next(seconds):
        pass


async def test_what_one_gateway_rings_the_other_hears_in_order(between: Between) -> None:
    async with between.buses() as (one, two), two.listening({"a"}) as news:
        await quiet(news)
        for on in (True, False, True):
            one.ring("a", "typing", on=on)
        one.ring("b")
        heard = [await news.next(2) for _ in range(3)]
        assert [n and n.data["on"] for n in heard] == [True, False, True]
        assert await news.next(0.1) is None


async def test_news_are_there_at_once(between: Between) -> None:
    async with between.buses() as (one, two), two.listening({"a"}) as news:
        await quiet(news)
        began = time.monotonic()
        for number in range(20):
            one.ring("a", "n", id=number)
            await until(news, News("a", "n", {"id": number}))
        assert (time.monotonic() - began) / 20 < 0.2


async def test_nobody_hears_their_own_news_twice(between: Between) -> None:
    async with between.buses() as (one, _), one.listening({"a"}) as news:
        await quiet(news)
        one.ring("a", "n", id=1)
        assert await news.next(1) == News("a", "n", {"id": 1})
        assert await news.next(0.3) is None


async def test_any_thread_may_ring_for_another_gateway(between: Between) -> None:
    async with between.buses() as (one, two), two.listening({"a"}) as news:
        await quiet(news)
        await asyncio.to_thread(one.ring, "a", "n", id=1)
        assert await news.next(2) == News("a", "n", {"id": 1})


async def test_what_is_too_large_or_no_json_says_look(between: Between) -> None:
    async with between.buses() as (one, two), two.listening({"a"}) as news:
        await quiet(news)
        one.ring("a", "n", text="x" * 9_000)
        assert await news.next(2) == News("a", LOOK)
        one.ring("a", "n", what=object())
        assert await news.next(2) == News("a", LOOK)


async def test_a_burst_arrives_whole_or_says_look(between: Between) -> None:
    async with between.buses() as (one, two), two.listening({"a"}) as news:
        await quiet(news)
        for number in range(MOST * 2):
            one.ring("a", "n", id=number)
        last = News("a", "n", {"id": MOST * 2 - 1})
        looked = False
        async with asyncio.timeout(20):
            async for heard in news:
                looked = looked or heard.kind == LOOK
                if heard == last or (looked and heard.kind == LOOK):
                    break
        assert looked


async def test_while_the_server_is_away_those_near_hear_and_nobody_waits(between: Between) -> None:
    async with between.buses() as (one, two), one.listening({"a"}) as near, two.listening({"a", "desk"}) as far:
        await quiet(near)
        await quiet(far)
        between.away()
        began = time.monotonic()
        for number in range(500):
            one.ring("a", "n", id=number)
        assert time.monotonic() - began < 0.5
        assert await near.next(1) is not None
        await asyncio.sleep(0.5)
        between.back()
        await all_told_to_look(far)
        await quiet(far, 1)
        one.ring("a", "n", id="after")
        assert await until(far, News("a", "n", {"id": "after"}))


async def test_a_gateway_that_begins_with_the_server_away_catches_up(between: Between) -> None:
    between.away()
    bus = between.make()
    await bus.start()
    try:
        async with bus.listening({"a"}) as news:
            await asyncio.sleep(0.3)
            assert not bus.listens.is_set()
            between.back()
            assert await until(news, News("a", LOOK))
    finally:
        await bus.stop()


async def test_who_starts_tells_the_others_to_look(between: Between) -> None:
    """The one that ran before it may have died between storing something and saying so."""
    async with between.buses(1) as (one,), one.listening({"a"}) as news:
        await quiet(news)
        async with between.buses(1):
            assert await until(news, News("a", LOOK))


async def test_what_was_rung_before_the_end_is_sent(between: Between) -> None:
    async with between.buses(1) as (two,), two.listening({"a"}) as news:
        await quiet(news)
        async with between.buses(1) as (one,):
            one.ring("a", "n", id="last")
        assert await until(news, News("a", "n", {"id": "last"}))


@asynccontextmanager
async def frozen_path(address: tuple[str, int]) -> AsyncIterator[tuple[int, asyncio.Event]]:
    """A way to a server that can fall silent without closing, as behind a router that has lost its memory."""
    flows = asyncio.Event()
    flows.set()
    tasks: set[asyncio.Task[Any]] = set()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stops: bool) -> None:
        while data := await reader.read(65_536):
            if stops:
                await flows.wait()
            writer.write(data)
            await writer.drain()
        writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*address)
        stops = len(tasks) < 4  # the connections that are open when it falls silent; later ones work
        tasks.add(asyncio.create_task(pass_on(reader, back, stops)))
        tasks.add(asyncio.create_task(pass_on(there, writer, stops)))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], flows
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_connection_that_died_in_silence_is_found_out(
    between: Between, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "BEAT", 0.2)
    monkeypatch.setattr(relay, "SILENCE", 0.8)
    monkeypatch.setattr(relay, "PATIENCE", 0.8)
    async with frozen_path(between.address) as (port, flows), between.buses(1) as (near,):
        bus = between.through(port)
        await bus.start()
        try:
            await bus.listens.wait()
            async with bus.listening({"a"}) as news:
                await quiet(news)
                flows.clear()
                near.ring("a", "n", id="lost")
                assert await until(news, News("a", LOOK), 15)
                near.ring("a", "n", id="after")
                assert await until(news, News("a", "n", {"id": "after"}))
        finally:
            await bus.stop()


async def test_strangers_on_the_channel_disturb_nobody(empty_postgres: str) -> None:
    from bot.bus.postgres import PostgresBus

    bus = PostgresBus(empty_postgres)
    await bus.start()
    await bus.listens.wait()
    try:
        async with bus.listening({"a"}) as news:
            await quiet(news)
            engine = create_engine(bus._url)
            with engine.begin() as connection:
                connection.execute(text(f"NOTIFY {CHANNEL}, 'hello'"))
            engine.dispose()
            assert await news.next(0.3) is None
            assert bus.listens.is_set()
    finally:
        await bus.stop()


def test_every_relay_has_its_own_name() -> None:
    class Nowhere(RelayBus):
        def sending(self) -> Any: ...
        def hearing(self) -> Any: ...

    assert len({Nowhere().origin for _ in range(50)}) == 50
