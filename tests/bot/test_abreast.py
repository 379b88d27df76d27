"""Many people at once: some turns at a time, each done once, and danger before all of them."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot import turn
from bot.conversations import lease
from bot.conversations.models import Message
from tests.bot.conftest import MONDAY, FakeEngine, Resident

pytestmark = pytest.mark.anyio
MANY = turn.ABREAST + 8


class Slow:
    """An engine's time: counts how many are asked at once, and answers when it is told to."""

    def __init__(self) -> None:
        self.asked = self.most = 0
        self.go_on = asyncio.Event()

    async def __call__(self) -> None:
        self.asked += 1
        self.most = max(self.most, self.asked)
        try:
            await self.go_on.wait()
        finally:
            self.asked -= 1


async def crowd(gateway: Starlette, client: httpx.AsyncClient, count: int) -> list[Resident]:
    people = [Resident(gateway, client) for _ in range(count)]
    for one in people:
        await one.enter(language="en")
    return people


async def post(one: Resident, text: str, message_id: str = "a") -> None:
    response = await one.client.post("/api/messages", json={"id": message_id, "text": text}, headers=one.headers)
    assert response.status_code == 202


async def full(gateway: Starlette, client: httpx.AsyncClient, engine: FakeEngine) -> tuple[list[Resident], Slow]:
    """A gateway in which as many turns as may are waiting for the engine, and some more for their turn."""
    engine.away, slow = False, Slow()
    engine.before = slow
    people = await crowd(gateway, client, MANY)
    for one in people:
        await post(one, "hello")
    end = time.monotonic() + 10
    while slow.asked < turn.ABREAST and time.monotonic() < end:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    return people, slow


async def test_only_some_turns_are_done_at_once_and_everybody_is_answered_once(
    gateway: Starlette, resident: Resident, engine: FakeEngine
) -> None:
    _, slow = await full(gateway, resident.client, engine)
    assert slow.most == turn.ABREAST
    slow.go_on.set()
    await gateway.state.service.turns.settle()
    assert slow.most == turn.ABREAST
    with Session(gateway.state.service.ledger.reader) as session:
        heard = [one.id for one in session.scalars(select(Message).where(Message.direction == "in"))]
        answered = [one.answers for one in session.scalars(select(Message).where(Message.answers.is_not(None)))]
    assert sorted(heard) == sorted(answered) and len(heard) == MANY


async def test_danger_waits_for_nobody(gateway: Starlette, resident: Resident, engine: FakeEngine) -> None:
    _, slow = await full(gateway, resident.client, engine)
    await resident.enter(language="en")
    await post(resident, "I want to kill myself")
    async with asyncio.timeout(5):
        while not any(one["kind"] == "crisis" for one in await resident.news()):
            await asyncio.sleep(0.02)
    slow.go_on.set()
    await gateway.state.service.turns.settle()


async def test_danger_behind_a_text_that_waits_for_its_turn_waits_neither(
    gateway: Starlette, resident: Resident, engine: FakeEngine
) -> None:
    people, slow = await full(gateway, resident.client, engine)
    assert len(engine.asked) == turn.ABREAST
    last = people[-1]
    await post(last, "he is breaking the door with a knife", "b")
    async with asyncio.timeout(5):
        while not any(one["kind"] == "crisis" for one in await last.news()):
            await asyncio.sleep(0.02)
    assert slow.asked >= turn.ABREAST, "nobody gave up their place"
    slow.go_on.set()
    await gateway.state.service.turns.settle()


async def test_danger_behind_several_texts_that_wait_is_answered_before_them(
    gateway: Starlette, resident: Resident, engine: FakeEngine
) -> None:
    people, slow = await full(gateway, resident.client, engine)
    last = people[-1]
    for name in "bcd":
        await post(last, "and soap for my children", name)
    await post(last, "he is breaking the door with a knife", "e")
    async with asyncio.timeout(5):
        while not any(one["kind"] == "crisis" for one in await last.news()):
            await asyncio.sleep(0.02)
    slow.go_on.set()
    await gateway.state.service.turns.settle()
    with Session(gateway.state.service.ledger.reader) as session:
        conversation = session.scalars(select(Message.conversation_id).order_by(Message.created_at.desc())).first()
        mine = session.scalars(
            select(Message).where(Message.conversation_id == conversation).order_by(Message.seq)
        ).all()
    heard = [one.id for one in mine if one.direction == "in"]
    answered = list(dict.fromkeys(one.answers for one in mine if one.answers))
    *before, danger = heard
    assert sorted(answered) == sorted(heard), "each answered"
    assert [one for one in answered if one != danger] == before, "in order"
    assert answered.index(danger) <= 1, "danger behind no other than the turn that was running"


async def test_a_turn_that_waits_long_is_not_done_a_second_time(
    gateway: Starlette, resident: Resident, engine: FakeEngine
) -> None:
    _, slow = await full(gateway, resident.client, engine)
    turns = gateway.state.service.turns
    now = MONDAY
    turns.clock = lambda: now
    for _ in range(5):
        now += lease.LENGTH * 0.8
        assert await turns.recover() == 0
    slow.go_on.set()
    await turns.settle()
    assert len(engine.asked) == MANY


async def test_a_turn_that_has_gone_wrong_is_taken_up_in_the_end(
    gateway: Starlette, resident: Resident, engine: FakeEngine
) -> None:
    engine.away, slow = False, Slow()
    engine.before = slow
    await resident.enter(language="en")
    await post(resident, "hello")
    turns = gateway.state.service.turns
    await asyncio.sleep(0.3)
    turns.clock = lambda: MONDAY + turn.LONGEST + lease.LENGTH + timedelta(seconds=1)
    assert await turns.recover() == 1
    slow.go_on.set()
    await turns.settle()
    said = [one for one in await resident.news() if one["author"] == "bot"]
    assert len(said) == 1


async def test_while_more_comes_in_than_can_be_stored_only_danger_is_answered(
    gateway: Starlette, resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "WAY_GIVEN", 30.0)
    turns, crowded = gateway.state.service.turns, [True]
    turns.crowded = lambda: crowded[0]
    calm, afraid = await crowd(gateway, resident.client, 2)
    await post(calm, "hello")
    await post(afraid, "I want to die")

    def answered() -> int:
        with Session(gateway.state.service.ledger.reader) as session:
            return len(set(session.scalars(select(Message.answers).where(Message.answers.is_not(None)))))

    end = time.monotonic() + 10
    while answered() < 1 and time.monotonic() < end:
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.3)
    assert answered() == 1
    with Session(gateway.state.service.ledger.reader) as session:
        assert any(one.kind == "crisis" for one in session.scalars(select(Message)))
    crowded[0] = False
    await turns.settle()
    assert answered() == 2
