"""What the made-up residents of a measurement say, and how one exchange is timed."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

SCRIPTS: tuple[tuple[str, ...], ...] = (
    ("hello", "I need a food bank in Ajax", "more", "who can see this", "thanks"),
    ("bonjour", "je cherche un logement abordable à Ottawa", "plus de choix", "c'est gratuit?", "merci"),
    ("hola", "necesito comida en Hamilton", "más opciones", "eres una persona?", "gracias"),
    ("hi", "help with my hydro bill", "Oshawa", "is any of them open now", "goodbye"),
)
"""Ordinary conversations. None is about danger: crisis replies are measured apart."""
BARE: tuple[str, ...] = ("hello", "great", "are you a bot?", "sad", "bye")
"""What the assistant of `rasa init` knows."""
CRISIS = "I want to die"
LIMIT = 60.0


@dataclass(slots=True)
class Times:
    """Seconds of each exchange, and those that got no answer."""

    seconds: list[float] = field(default_factory=list)
    unanswered: int = 0


class Chat:
    """A resident's page: sends a message and waits for the first answer on the event stream."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self.client = client
        self.headers = {"authorization": f"Bearer {token}"}
        self.answered: asyncio.Queue[int] = asyncio.Queue()

    async def listen(self) -> None:
        async with self.client.stream("GET", "/api/events", headers=self.headers, timeout=None) as stream:
            mine = 0
            async for line in stream.aiter_lines():
                if not line.startswith("data: {") or '"author"' not in line:
                    continue
                message = json.loads(line[6:])
                if message["author"] == "person":
                    mine = message["seq"]
                elif mine and message["seq"] > mine:
                    mine = 0
                    self.answered.put_nowait(message["seq"])

    async def exchange(self, text: str, times: Times) -> None:
        begin = time.perf_counter()
        body = {"id": str(uuid.uuid4()), "text": text}
        response = await self.client.post("/api/messages", json=body, headers=self.headers, timeout=LIMIT)
        if response.status_code != 202:
            times.unanswered += 1
            return
        try:
            await asyncio.wait_for(self.answered.get(), LIMIT)
        except TimeoutError:
            times.unanswered += 1
        else:
            times.seconds.append(time.perf_counter() - begin)


@asynccontextmanager
async def chat(client: httpx.AsyncClient) -> AsyncIterator[Chat]:
    """A new conversation with its stream open; erased at the end."""
    response = await client.post("/api/conversations", json={"door": "211"}, timeout=LIMIT)
    response.raise_for_status()
    resident = Chat(client, response.json()["token"])
    listening = asyncio.create_task(resident.listen())
    try:
        yield resident
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await client.delete("/api/conversation", headers=resident.headers, timeout=LIMIT)


async def porchlight_conversation(client: httpx.AsyncClient, script: Sequence[str], times: Times) -> None:
    """One whole conversation with Porchlight."""
    async with chat(client) as resident:
        for text in script:
            await resident.exchange(text, times)


async def bare_conversation(client: httpx.AsyncClient, count: int, times: Times) -> None:
    """One whole conversation with a bare Rasa server over its REST channel."""
    sender = uuid.uuid4().hex
    for number in range(count):
        begin = time.perf_counter()
        body = {"sender": sender, "message": BARE[number % len(BARE)]}
        response = await client.post("/webhooks/rest/webhook", json=body, timeout=LIMIT)
        if response.status_code == 200 and response.json():
            times.seconds.append(time.perf_counter() - begin)
        else:
            times.unanswered += 1
