"""One process listens and others work out answers: who does what, and that nothing falls between them."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.app import create_app
from bot.bus import WORK
from bot.bus.near import Mailboxes, NearBus
from bot.language.identification import Identifier
from bot.service import Role, Service
from bot.settings import Settings
from bot.understanding import Ears
from tests.bot.conftest import MONDAY, FakeEngine, Resident, words

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def processes(settings: Settings, engine: FakeEngine, ears: Ears, backs: int = 1) -> AsyncIterator[list[Service]]:
    """The parts of a gateway as its workers have them, here in one process; their databases are the same."""
    mailboxes = Mailboxes.for_processes(1 + backs)
    services = []
    for number in range(1 + backs):
        role = Role.BACK if number else Role.FRONT
        bus = NearBus(mailboxes, number)
        made: Any = {"engine": engine, "clock": lambda: MONDAY, "ears": ears, "bus": bus, "role": role}
        services.append(create_app(settings, **made).state.service)
        await bus.start()
        await bus.listens.wait()
    await asyncio.sleep(0.1)  # the looks of a start are over
    try:
        yield services
    finally:
        for service in services:
            await service.turns.settle()
            await service.bus.stop()
            service.ledger.engine.dispose()
            service.directory.engine.dispose()
        mailboxes.close()


@dataclass
class Taking:
    """Notes what a worker is told to take up."""

    number: int
    taken: list[tuple[int, str]]

    def take_up(self, conversation: str) -> None:
        self.taken.append((self.number, conversation))

    async def recover(self) -> int:
        return 0

    async def settle(self) -> None:
        pass


class Gone(Exception):
    """Nobody is to hand over to."""


@pytest.fixture
def front(settings: Settings, engine: FakeEngine, ears: Ears) -> Starlette:
    chosen: Any = {"engine": engine, "clock": lambda: MONDAY, "ears": ears, "role": Role.FRONT}
    return create_app(settings, **chosen)


@pytest.fixture
async def person(front: Starlette) -> AsyncIterator[Resident]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=front), base_url="http://test") as client:
        yield Resident(front, client)


async def post(one: Resident, text: str, message: str = "a") -> str:
    response = await one.client.post("/api/messages", json={"id": message, "text": text}, headers=one.headers)
    assert response.status_code == 202
    return text


async def answers(one: Resident) -> str:
    """What was said to a person since the greeting."""
    response = await one.client.get(f"/api/messages?after={one.seen}", headers=one.headers)
    return words([message for message in response.json()["messages"] if message["author"] != "person"])


async def test_who_listens_stores_a_plain_message_and_hands_it_over(front: Starlette, person: Resident) -> None:
    handed: list[str] = []
    front.state.service.turns.hand_over = handed.append
    await person.enter(language="en")
    await post(person, "I need food")
    await front.state.service.turns.settle()
    assert len(handed) == 1 and front.state.service.ledger.busy(handed[0])
    assert await answers(person) == ""


async def test_a_message_that_waits_for_a_worker_is_being_answered(front: Starlette, person: Resident) -> None:
    front.state.service.turns.hand_over = lambda conversation: None
    await person.enter(language="en")
    assert not (await person.state())["typing"]
    await post(person, "I need food")
    await front.state.service.turns.settle()
    assert (await person.state())["typing"], "nobody has taken it yet"


async def test_who_listens_answers_danger_itself(front: Starlette, person: Resident) -> None:
    def to_nobody(conversation: str) -> None:
        raise Gone

    front.state.service.turns.hand_over = to_nobody
    await person.enter(language="en")
    await post(person, "I want to die")
    await front.state.service.turns.settle()
    assert "9-8-8" in await answers(person)


async def test_danger_behind_a_turn_of_another_worker_is_told_to_it(front: Starlette, person: Resident) -> None:
    service, alarms = front.state.service, list[str]()
    service.turns.alarm = alarms.append
    service.turns.hand_over = lambda conversation: None
    await person.enter(language="en")
    await post(person, "I need food")
    await service.turns.settle()
    conversation = next(iter(service.ledger.take_abandoned(MONDAY))).conversation.id  # as another worker would
    await post(person, "I want to die", "b")
    await service.turns.settle()
    assert alarms == [conversation]


async def test_what_was_handed_over_is_answered_by_a_worker_and_known_to_who_listens(
    settings: Settings, engine: FakeEngine, ears: Ears
) -> None:
    async with processes(settings, engine, ears) as (front, back):
        working = asyncio.create_task(back.heed_work(0, 1))
        app: Any = create_app(settings, engine=engine, clock=lambda: MONDAY, ears=ears, role=Role.FRONT, bus=front.bus)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
            one = Resident(app, client)
            await one.enter(language="en")
            await post(one, "I need food")
            async with asyncio.timeout(10):
                while not await answers(one):
                    await asyncio.sleep(0.05)
            assert not app.state.service.turns._running
        working.cancel()


async def test_each_conversation_has_one_worker(settings: Settings, engine: FakeEngine, ears: Ears) -> None:
    async with processes(settings, engine, ears, backs=3) as (front, *backs):
        taken: list[tuple[int, str]] = []
        tasks = []
        for number, back in enumerate(backs):
            back.turns = Taking(number, taken)  # type: ignore[assignment]
            tasks.append(asyncio.create_task(back.heed_work(number, len(backs))))
        await asyncio.sleep(0.1)
        ids = [f"conversation-{number}" for number in range(60)]
        for one in ids:
            front.bus.ring(WORK, conversation=one)
        async with asyncio.timeout(5):
            while len(taken) < len(ids):
                await asyncio.sleep(0.01)
        assert sorted(one for _, one in taken) == sorted(ids)
        assert {number for number, _ in taken} == {0, 1, 2}
        for task in tasks:
            task.cancel()


async def test_texts_for_the_carrier_are_told_to_who_delivers(
    settings: Settings, engine: FakeEngine, ears: Ears
) -> None:
    async with processes(settings, engine, ears) as (front, back):
        working = asyncio.create_task(back.heed_work(0, 1))
        await asyncio.sleep(0.1)
        back.to_deliver.clear()
        front.may_deliver()
        async with asyncio.timeout(5):
            await back.to_deliver.wait()
        working.cancel()


@pytest.mark.filterwarnings("ignore:This process")
def test_what_was_loaded_before_a_fork_works_after_it() -> None:
    """Libraries with threads of their own may stand still in a forked process."""
    identifier = Identifier.load()
    child = os.fork()
    if child == 0:
        signal.alarm(30)
        right = [
            identifier.identify(text).language for text in ("je cherche un logement", "busco comida para mis hijos")
        ]
        os._exit(0 if right == ["fr", "es"] else 1)
    assert os.waitpid(child, 0)[1] == 0
