"""Two gateway processes on one PostgreSQL: a person on one and whoever listens on the other are as near as on one."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socketserver
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import URL, make_url

from bot.conversations.database import upgrade
from bot.engine import Engine
from bot.supervisor.ports import free_port

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(180)]
PROJECT = Path(__file__).resolve().parents[3]
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
AT_ONCE = 1.0
"""Seconds. Without a bus the other gateway would only look every two."""


@dataclass
class Gateway:
    """A gateway process."""

    process: subprocess.Popen[bytes]
    url: str

    @property
    def client(self) -> httpx.AsyncClient:
        """A client for the loop that runs now."""
        return httpx.AsyncClient(base_url=self.url, trust_env=False)

    async def enter(self) -> dict[str, str]:
        begun = await self.client.post("/api/conversations", json={"language": "en"})
        return {"authorization": f"Bearer {begun.json()['token']}"}

    async def say(self, headers: dict[str, str], text: str, message_id: str | None = None) -> None:
        body = {"id": message_id or str(uuid.uuid4()), "text": text}
        response = await self.client.post("/api/messages", json=body, headers=headers)
        assert response.status_code == 202

    async def messages(self, headers: dict[str, str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.client.get("/api/messages", headers=headers)).json()["messages"]
        return found

    @asynccontextmanager
    async def stream(self, headers: dict[str, str]) -> AsyncIterator[asyncio.Queue[dict[str, Any]]]:
        """The messages of the event stream as they come, those of the past left out."""
        heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

        async def listen() -> None:
            async with self.client.stream("GET", "/api/events", headers=headers, timeout=None) as lines:
                async for line in lines.aiter_lines():
                    if line.startswith("data: {") and '"author"' in line:
                        heard.put_nowait(json.loads(line[6:]))

        listening = asyncio.create_task(listen())
        try:
            await heard.get()  # the greeting
            await asyncio.sleep(0.2)
            while not heard.empty():
                heard.get_nowait()
            yield heard
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


class Rasa(socketserver.StreamRequestHandler):
    """Answers nothing that is usable at once, or, when it is asked to be slow, not for a long while."""

    asked = threading.Event()
    ended = threading.Event()

    def handle(self) -> None:
        request = self.request.recv(8_192)
        if b"slowly" in request:
            Rasa.asked.set()
            Rasa.ended.wait(60)


@pytest.fixture(scope="module")
def rasa() -> Iterator[str]:
    Rasa.ended.clear()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Rasa) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        Rasa.ended.set()
        server.shutdown()


@pytest.fixture(scope="module", params=["postgres", "redis"])
def two(request: pytest.FixtureRequest, rasa: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Gateway]]:
    """Two of them, ready, on one database."""
    url = make_url(request.getfixturevalue("postgres_url")).set(database=f"two_{uuid.uuid4().hex}")
    administer(url, f"CREATE DATABASE {url.database}")
    database = url.render_as_string(hide_password=False)
    upgrade(database)
    environment = {
        **os.environ, "PORCHLIGHT_DATABASE_URL": database, "PORCHLIGHT_SECRET_KEY": KEY, "PORCHLIGHT_RASA_URL": rasa,
        "PORCHLIGHT_ENGINE_TIMEOUT": "20", "PORCHLIGHT_BUS": request.param,
    }  # fmt: skip
    if request.param == "redis":
        environment["PORCHLIGHT_REDIS_URL"] = request.getfixturevalue("shared_redis").url
    started = [started_gateway(tmp_path_factory.mktemp("gateway"), environment) for _ in range(2)]
    try:
        for gateway in started:
            ready(gateway)
        time.sleep(0.5)  # both have begun to listen
        yield started
    finally:
        for gateway in started:
            gateway.process.kill()
            gateway.process.wait()
        administer(url, f"DROP DATABASE {url.database} WITH (FORCE)")


def started_gateway(var: Path, environment: dict[str, str]) -> Gateway:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.killed_gateway", str(port), "never"],
        cwd=PROJECT, env={**environment, "PORCHLIGHT_VAR": str(var)},
    )  # fmt: skip
    return Gateway(process, f"http://127.0.0.1:{port}")


def ready(gateway: Gateway) -> None:
    for _ in range(900):
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{gateway.url}/health/live", trust_env=False).status_code == 200:
                return
        assert gateway.process.poll() is None
        time.sleep(0.1)
    raise AssertionError("a gateway did not start")


def administer(url: URL, statement: str) -> None:
    with psycopg.connect(
        host=url.host, port=url.port, user=url.username, dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


async def engines_rested() -> None:
    """Rasa's empty answers in the tests before have made the gateways leave it alone for a while."""
    await asyncio.sleep(Engine.PAUSE)


async def answered(heard: asyncio.Queue[dict[str, Any]], seconds: float = 15) -> dict[str, Any]:
    """The first message that is not the person's own; the rest of the answer is let go."""
    async with asyncio.timeout(seconds):
        while (message := await heard.get())["author"] == "person":
            pass
    with contextlib.suppress(TimeoutError):
        while True:
            await asyncio.wait_for(heard.get(), 0.3)
    return message


async def test_an_answer_made_by_one_is_seen_on_the_other_at_once(two: list[Gateway]) -> None:
    one, other = two
    headers = await one.enter()
    took = []
    async with other.stream(headers) as heard:
        for number in range(5):
            await one.say(headers, f"hello {number}")
            began = time.monotonic()
            async with asyncio.timeout(15):
                while (await heard.get())["author"] == "person":
                    pass
            took.append(time.monotonic() - began)
            with contextlib.suppress(TimeoutError):
                while True:
                    await asyncio.wait_for(heard.get(), 0.3)
    assert sorted(took)[2] < AT_ONCE


async def test_the_same_message_sent_to_both_is_answered_once(two: list[Gateway]) -> None:
    one, other = two
    headers = await one.enter()
    for number in range(5):
        sent = [gateway.say(headers, f"food {number}", f"m{number}") for gateway in (one, other, one, other)]
        await asyncio.gather(*sent)
    async with asyncio.timeout(30):
        while True:
            state = (await other.client.get("/api/messages?after=9999", headers=headers)).json()
            messages = await other.messages(headers)
            mine = [message for message in messages if message["author"] == "person"]
            if len(mine) == 5 and not state["typing"]:
                break
            await asyncio.sleep(0.1)
    await asyncio.sleep(0.5)
    assert sorted(message["text"] for message in mine) == [f"food {number}" for number in range(5)]
    assert await one.messages(headers) == await other.messages(headers) == messages


async def test_danger_told_to_one_ends_the_wait_for_an_engine_that_the_other_asked(two: list[Gateway]) -> None:
    one, other = two
    headers = await one.enter()
    await engines_rested()
    Rasa.asked.clear()
    async with one.stream(headers) as heard:
        await one.say(headers, "food please, slowly")
        assert await asyncio.to_thread(Rasa.asked.wait, 15)
        began = time.monotonic()
        await other.say(headers, "I want to die")
        async with asyncio.timeout(15):
            while (await heard.get())["kind"] != "crisis":
                pass
        assert time.monotonic() - began < 4


async def test_what_one_leaves_when_it_is_killed_the_other_answers(two: list[Gateway]) -> None:
    """The last: one of the two is dead after it."""
    one, other = two
    headers = await one.enter()
    await engines_rested()
    Rasa.asked.clear()
    async with other.stream(headers) as heard:
        await one.say(headers, "food please, slowly")
        assert await asyncio.to_thread(Rasa.asked.wait, 15)
        Rasa.ended.set()  # whoever asks now is answered with nothing at once
        one.process.kill()
        one.process.wait()
        assert (await answered(heard, 20))["author"] == "bot"
