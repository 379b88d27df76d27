"""The client of the Rasa server against a real server that misbehaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.engine import Engine, EngineAway

pytestmark = pytest.mark.anyio
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
GOOD = {
    "messages": [{"say": "greet_again", "facts": {}}],
    "parse": {"intent": "need", "confidence": 0.8, "needs": ["food.pantry"]},
    "slots": {"need": ["food.pantry"]},
}


@asynccontextmanager
async def rasa(handler: Handler) -> AsyncIterator[Engine]:
    app = web.Application()
    app.router.add_post("/webhooks/gateway/turn", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    engine = Engine(f"http://127.0.0.1:{port}", "secret", 0.3)
    try:
        yield engine
    finally:
        await engine.close()
        await runner.cleanup()


async def ask(engine: Engine, text: str = "hello") -> object:
    return await engine.turn(conversation="c", message="m", text=text, metadata={}, memory={}, fresh=False)


async def test_an_answer_brings_pieces_parse_and_slots() -> None:
    async def answers(request: web.Request) -> web.Response:
        assert request.headers["x-porchlight-secret"] == "secret"
        return web.json_response(GOOD)

    async with rasa(answers) as engine:
        answer = await ask(engine)
    assert answer.pieces[0]["say"] == "greet_again"  # type: ignore[attr-defined]
    assert answer.parse.needs == ("food.pantry",)  # type: ignore[attr-defined]


@pytest.mark.parametrize("content", [{"messages": []}, {"messages": None}, {}])
async def test_an_empty_answer_is_a_failure(content: dict[str, object]) -> None:
    async def empty(request: web.Request) -> web.Response:
        return web.json_response(content)

    async with rasa(empty) as engine:
        with pytest.raises(EngineAway):
            await ask(engine)


@pytest.mark.parametrize("status", [500, 503, 404])
async def test_one_failed_attempt_is_made_good_by_a_second_that_starts_afresh(status: int) -> None:
    seen: list[bool] = []

    async def flaky(request: web.Request) -> web.Response:
        seen.append((await request.json())["fresh"])
        return web.json_response(GOOD) if len(seen) > 1 else web.json_response({}, status=status)

    async with rasa(flaky) as engine:
        assert await ask(engine)
    assert seen == [False, True]


async def test_a_server_that_hangs_costs_no_more_than_two_time_limits() -> None:
    async def hangs(request: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.json_response(GOOD)

    async with rasa(hangs) as engine, asyncio.timeout(2):
        with pytest.raises(EngineAway):
            await ask(engine)


async def test_a_server_that_keeps_hanging_is_left_alone_for_a_while() -> None:
    calls = 0

    async def hangs(request: web.Request) -> web.Response:
        nonlocal calls
        calls += 1
        await asyncio.sleep(5)
        return web.json_response(GOOD)

    async with rasa(hangs) as engine:
        for _ in range(5):
            with pytest.raises(EngineAway):
                await ask(engine)
    assert calls == 2 * Engine.PATIENCE


async def test_nobody_there_is_known_at_once() -> None:
    engine = Engine("http://127.0.0.1:9", "secret", 3.0)
    async with asyncio.timeout(1):
        with pytest.raises(EngineAway):
            await ask(engine)
        assert not await engine.alive()
    await engine.close()


async def test_a_slash_never_reaches_rasa() -> None:
    texts: list[str] = []

    async def listens(request: web.Request) -> web.Response:
        texts.append((await request.json())["text"])
        return web.json_response(GOOD)

    async with rasa(listens) as engine:
        for text in ("/restart", " //need{}", "/", "  "):
            await ask(engine, text)
    assert texts == ["restart", "need{}", ".", "."]
