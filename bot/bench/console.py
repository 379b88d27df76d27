"""Speed of the specialists' console: many open conversations, many desks, and how long words take between them.

Residents and desks are what a browser would be: requests and event streams over HTTP on loopback. Accounts and one long
conversation are written into the database of the measured gateway, which has a folder of its own.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations import inbox
from bot.conversations.database import upgrade_engine
from bot.conversations.identity import load_keys, token_hash
from bot.conversations.models import Conversation, Message
from bot.database import open_database
from bot.settings import Settings
from bot.staff import sessions
from bot.staff.accounts import MOST, add_staff
from bot.staff.gate import COOKIE, HEADER

ASKING = "I want to talk to a person"
DANGER = "I want to die"
BARS = {"person_to_console": 500.0, "console_to_person": 500.0, "opening": 300.0}
"""Milliseconds that 95 of 100 may take at most."""
LIMIT = 30.0
STARTERS = 8
"""Conversations begun at once, so that the start is no measurement."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured. Bounded: nobody's machine is to be busy for long."""

    conversations: int = 200
    consoles: int = 30
    seconds: float = 60.0
    person_every: float = 20.0
    console_every: float = 10.0
    long: int = 500
    openings: int = 40
    wait: float = 90.0
    """Seconds before it is measured: a new gateway makes its risk patterns ready in its first minute or two."""

    def __post_init__(self) -> None:
        if not (1 <= self.consoles <= 100 and self.consoles <= self.conversations <= self.consoles * MOST):
            raise ValueError(f"a desk holds 1 to {MOST} conversations, and there are at most 100 desks")
        if not (1 <= self.seconds <= 600 and 0 <= self.long <= 5_000 and 0 <= self.wait <= 600):
            raise ValueError("at most 600 seconds and 5,000 messages")


@dataclass(slots=True)
class Post:
    """Letters under way: when each was sent, and how long those took that arrived."""

    sent: dict[str, float] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)

    def send(self) -> str:
        mark = f"m{uuid.uuid4().hex[:12]}"
        self.sent[mark] = time.perf_counter()
        return mark

    def arrive(self, line: str) -> None:
        for mark in [mark for mark in self.sent if mark in line]:
            self.took.append(time.perf_counter() - self.sent.pop(mark))


@dataclass(slots=True)
class Talk:
    """One conversation: the resident's token and the desk that holds it."""

    token: str
    id: str = ""
    desk: dict[str, str] = field(default_factory=dict)
    open: bool = False
    """Whether the desk has it before it; then what the resident writes is timed."""

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}


class Book:
    """The measured gateway's database."""

    def __init__(self, settings: Settings) -> None:
        self.engine = open_database(settings.database)
        upgrade_engine(self.engine)
        self.keys = load_keys(settings.secret_key.get_secret_value() if settings.secret_key else None, settings.var)

    def desks(self, count: int) -> list[dict[str, str]]:
        """New specialists who have signed in; what their requests carry."""
        now, found = datetime.now(UTC), []
        with Session(self.engine) as session, session.begin():
            for number in range(count):
                one = add_staff(
                    session, self.keys, login=f"bench-{uuid.uuid4().hex[:10]}", name=f"Bench {number}", capacity=MOST,
                    languages=("en", "fr"), now=now,
                )  # fmt: skip
                token, row = sessions.begin(session, one, now, sessions.Length())
                found.append({"cookie": f"{COOKIE}={token}", HEADER: row.csrf})
        return found

    def ids(self, talks: Sequence[Talk]) -> None:
        """Finds the conversations of the tokens."""
        with Session(self.engine) as session:
            for talk in talks:
                wanted = select(Conversation.id).where(Conversation.token_hash == token_hash(talk.token))
                talk.id = session.scalars(wanted).one()

    def lengthen(self, conversation: str, count: int) -> None:
        """Gives a conversation a long past."""
        now = datetime.now(UTC)
        with Session(self.engine) as session, session.begin():
            first = inbox.next_seq(session, conversation, count) if count else 0
            for number in range(count):
                person = number % 2 == 0
                message = Message(
                    conversation_id=conversation, seq=first + number, direction="in" if person else "out",
                    author="person" if person else "bot", channel="web", text=f"This is line {number} of the past.",
                    language="en", payload={}, state="done" if person else "said", created_at=now,
                )  # fmt: skip
                session.add(message)


async def measured(url: str, book: Book, plan: Plan) -> dict[str, Any]:
    """Sets everything up, lets residents and desks write, and sums up."""
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=LIMIT)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(url, timeout=timeout, connector=connector, trust_env=False) as client:
        talks = await begun(client, plan)
        desks = await asyncio.to_thread(book.desks, plan.consoles)
        await asyncio.to_thread(book.ids, talks)
        await asyncio.to_thread(book.lengthen, talks[0].id, plan.long)
        for desk in desks:
            await posted(client, "/console/api/me/status", {"status": "available"}, desk)
        for number, talk in enumerate(talks):
            talk.desk, talk.open = desks[number % len(desks)], number < len(desks)
            await posted(client, f"/console/api/conversations/{talk.id}/claim", {}, talk.desk)
        to_console, to_person = Post(), Post()
        async with asyncio.TaskGroup() as group:
            streams = [group.create_task(heard(client, "/api/events", talk.headers, to_person)) for talk in talks]
            streams += [
                group.create_task(heard(client, f"/console/api/events?open={talk.id}", talk.desk, to_console))
                for talk in talks[: plan.consoles]
            ]
            await asyncio.sleep(plan.wait)
            end = time.monotonic() + plan.seconds
            await asyncio.gather(
                *(person(client, talk, to_console, end, plan.person_every) for talk in talks),
                *(specialist(client, talk, to_person, end, plan.console_every) for talk in talks[: plan.consoles]),
                return_exceptions=False,
            )
            await asyncio.sleep(2)
            opening = await opened(client, talks[0], plan.openings)
            for stream in streams:
                stream.cancel()
    return report(plan, to_console, to_person, opening)


async def begun(client: aiohttp.ClientSession, plan: Plan) -> list[Talk]:
    """Conversations that wait for a specialist; every tenth because of danger."""
    places = asyncio.Semaphore(STARTERS)

    async def one(number: int) -> Talk:
        async with places:
            made = await posted(client, "/api/conversations", {"door": "211", "language": "en"}, {})
            talk = Talk(made["token"])
            for text in (DANGER,) if number % 10 == 0 else (ASKING, DANGER):
                await posted(client, "/api/messages", {"id": uuid.uuid4().hex, "text": text}, talk.headers)
                if await waits(client, talk):
                    return talk
            raise RuntimeError("a conversation did not come to wait for a specialist")

    return await asyncio.gather(*(one(number) for number in range(plan.conversations)))


async def waits(client: aiohttp.ClientSession, talk: Talk) -> bool:
    """Whether the conversation waits for a specialist once its message is answered."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        async with client.get("/api/messages?after=99999", headers=talk.headers) as response:
            state = await response.json()
        if state["owner"] == "waiting":
            return True
        if not state["typing"]:
            await asyncio.sleep(0.2)
            async with client.get("/api/messages?after=99999", headers=talk.headers) as response:
                return bool((await response.json())["owner"] == "waiting")
        await asyncio.sleep(0.1)
    return False


async def heard(client: aiohttp.ClientSession, path: str, headers: dict[str, str], post: Post) -> None:
    """An event stream, until it is cancelled."""
    async with client.get(path, headers=headers) as response:
        response.raise_for_status()
        event = ""
        async for line in lines(response):
            if line.startswith("event: "):
                event = line[7:]
            elif line.startswith("data: ") and event == "message":
                post.arrive(line)


async def lines(response: aiohttp.ClientResponse) -> AsyncIterator[str]:
    """Lines of any length: a desk with many conversations is one long line."""
    rest = b""
    async for chunk in response.content.iter_any():
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.rstrip(b"\r").decode()


async def person(client: aiohttp.ClientSession, talk: Talk, post: Post, end: float, every: float) -> None:
    """A resident who writes now and then. What stands open at a desk is timed."""
    async for _ in now_and_then(end, every):
        mark = post.send() if talk.open else "m"
        body = {"id": uuid.uuid4().hex, "text": f"Thank you, I will write that down {mark}"}
        await posted(client, "/api/messages", body, talk.headers)


async def specialist(client: aiohttp.ClientSession, talk: Talk, post: Post, end: float, every: float) -> None:
    """A desk that answers now and then."""
    async for _ in now_and_then(end, every):
        body = {"id": uuid.uuid4().hex, "text": f"I am still here with you {post.send()}", "confirmed": True}
        await posted(client, f"/console/api/conversations/{talk.id}/messages", body, talk.desk)


async def now_and_then(end: float, every: float) -> AsyncIterator[None]:
    await asyncio.sleep(random.uniform(0, min(every, max(0.0, end - time.monotonic()))))
    while time.monotonic() < end:
        yield
        await asyncio.sleep(random.uniform(0.5, 1.5) * every)


async def opened(client: aiohttp.ClientSession, talk: Talk, times: int) -> list[float]:
    """Seconds that the long conversation took to open as the page asks for it, each time."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        async with client.get(f"/console/api/conversations/{talk.id}", headers=talk.desk) as response:
            response.raise_for_status()
            await response.read()
        took.append(time.perf_counter() - began)
    return took


async def posted(
    client: aiohttp.ClientSession, path: str, body: dict[str, Any], headers: dict[str, str]
) -> dict[str, Any]:
    async with asyncio.timeout(LIMIT), client.post(path, json=body, headers=headers) as response:
        text = await response.text()
        if response.status >= 400:
            raise RuntimeError(f"{response.status} for a request of the measurement: {text[:200]}")
        found: dict[str, Any] = json.loads(text) if text else {}
        return found


def report(plan: Plan, to_console: Post, to_person: Post, opening: list[float]) -> dict[str, Any]:
    """Numbers of all three, with what was lost and the bar that each is held against."""
    measures = {
        "person_to_console": (to_console.took, len(to_console.sent)),
        "console_to_person": (to_person.took, len(to_person.sent)),
        "opening": (opening, 0),
    }
    return {
        "conversations": plan.conversations, "consoles": plan.consoles, "seconds": plan.seconds, "long": plan.long,
        **{name: {**summed(took), "lost": lost, "bar_ms": BARS[name]} for name, (took, lost) in measures.items()},
    }  # fmt: skip


def summed(took: Sequence[float]) -> dict[str, float]:
    ordered = sorted(took) or [0.0]
    return {
        "count": len(took),
        "p50_ms": round(1000 * statistics.median(ordered), 1),
        "p95_ms": round(1000 * ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 1),
    }


def table(found: dict[str, Any]) -> str:
    """The report for a person at a terminal."""
    rows = [f"{found['conversations']} open conversations, {found['consoles']} consoles, {found['seconds']:.0f} s"]
    rows.append(f"{'':30}{'count':>8}{'p50 ms':>10}{'p95 ms':>10}{'bar ms':>10}{'lost':>8}")
    names = {
        "person_to_console": "person → console", "console_to_person": "console → person",
        "opening": f"opening {found['long']} messages",
    }  # fmt: skip
    for key, name in names.items():
        one = found[key]
        rows.append(
            f"{name:30}{one['count']:>8}{one['p50_ms']:>10}{one['p95_ms']:>10}{one['bar_ms']:>10.0f}{one['lost']:>8}"
        )
    return "\n".join(rows)
