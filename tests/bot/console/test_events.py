"""The live desk: what changed reaches a console at once, and only what its member may see."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette

from bot.console.api.asked import Asked
from bot.console.api.events import Stream
from bot.service import Service
from bot.staff.sessions import Member
from tests.bot.conftest import Resident
from tests.bot.console.conftest import Hire, held, waiting, waits

pytestmark = pytest.mark.anyio


class Ear:
    """Hears a stream in the background."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self._news = asyncio.Event()

    async def hear(self, stream: Stream) -> None:
        async for event in stream.run(_alive):
            self.heard.append((str(event.event), json.loads(str(event.data))))
            self._news.set()

    async def until(self, kind: str, **facts: Any) -> dict[str, Any]:
        """The first event of a kind with these facts."""
        async with asyncio.timeout(5):
            while True:
                for name, data in self.heard:
                    if name == kind and all(data.get(key) == value for key, value in facts.items()):
                        return data
                self._news.clear()
                await self._news.wait()


async def _alive() -> bool:
    return True


@asynccontextmanager
async def listening(app: Starlette, member: Member, opened: str | None = None) -> AsyncIterator[Ear]:
    parts, service = app.state.desk, app.state.service
    stream = Stream(Asked(service, member, app.state.console_pages.interface), parts.desk, parts.readings, opened)
    ear = Ear()
    task = asyncio.create_task(ear.hear(stream))
    try:
        await ear.until("desk")
        yield ear
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_whoever_begins_to_wait_appears_at_once(
    gateway: Starlette, service: Service, resident: Resident, hire: Hire
) -> None:
    one = hire()
    async with listening(gateway, one.member) as ear:
        assert ear.heard[0][1]["queue"] == [] and ear.heard[0][1]["me"]["status"] == "available"
        conversation = await waiting(service, resident, "I need food")
        service.heard_of(conversation)
        for _ in range(50):
            queue = [data["queue"] for name, data in ear.heard if name == "desk"][-1]
            if queue:
                break
            await asyncio.sleep(0.05)
        assert [row["conversation"] for row in queue] == [conversation]
        assert queue[0]["last_words"] == "I need food" and queue[0]["why_label"] == "Asked for a person"


async def test_danger_rings_until_somebody_claims(
    gateway: Starlette, service: Service, resident: Resident, hire: Hire
) -> None:
    one, other = hire(), hire()
    async with listening(gateway, one.member) as ear:
        await resident.enter()
        await resident.say("I took all my pills")
        await ear.until("desk", sound="ring")
        row = [data for name, data in ear.heard if name == "desk"][-1]["queue"][0]
        assert row["risk"]["level"] == 3 and row["risk"]["reasons"]
        ear.heard.clear()
        assert (await other.to(row["conversation"], "claim")).status_code == 200
        quiet = await ear.until("desk", sound=None)
        assert quiet["queue"] == []


async def test_another_door_is_never_seen(gateway: Starlette, service: Service, resident: Resident, hire: Hire) -> None:
    student = hire(doors=("good2talk",))
    async with listening(gateway, student.member) as ear:
        conversation = await waiting(service, resident, "I need food")
        service.heard_of(conversation)
        await asyncio.sleep(0.7)
        assert "I need food" not in json.dumps(ear.heard)
    response = await student.get("events", open=conversation)
    assert response.status_code == 403


async def test_what_the_person_writes_arrives_while_it_is_held(
    gateway: Starlette, service: Service, resident: Resident, hire: Hire
) -> None:
    one = hire()
    conversation = await held(service, resident, one)
    async with listening(gateway, one.member, conversation) as ear:
        await resident.say("are you there?")
        while True:
            found = await ear.until("message", conversation=conversation)
            if found["message"]["text"] == "are you there?":
                break
            ear.heard.remove(("message", found))
        assert found["message"]["author"] == "person"
        service.bus.ring(conversation, "typing", by="person", on=True)
        assert (await ear.until("typing"))["who"] == "person"
        await one.to(conversation, "notes", id="n1", text="calm")
        assert (await ear.until("note"))["note"]["text"] == "calm"


async def test_whoever_loses_it_is_told_to_whom(
    gateway: Starlette, service: Service, resident: Resident, hire: Hire
) -> None:
    one, supervisor = hire(), hire(roles=("supervisor",), name="Sue Sample")
    conversation = await held(service, resident, one)
    async with listening(gateway, one.member, conversation) as ear:
        await supervisor.to(conversation, "takeover")
        gone = await ear.until("gone", conversation=conversation)
        assert gone["by"] == "Sue Sample" and gone["how"] == "takeover"
        ear.heard.clear()
        await resident.say("a secret")
        await asyncio.sleep(0.5)
        assert "a secret" not in json.dumps(ear.heard)


async def test_many_changes_at_once_are_few_looks(
    gateway: Starlette, service: Service, resident: Resident, hire: Hire, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = gateway.state.desk.desk
    looks = 0
    look = desk._look

    def counted() -> Any:
        nonlocal looks
        looks += 1
        return look()

    members = [hire().member for _ in range(5)]
    async with listening(gateway, members[0]), listening(gateway, members[1]), listening(gateway, members[2]):
        await asyncio.sleep(0.6)
        monkeypatch.setattr(type(desk), "_look", lambda self: counted())
        for _ in range(40):
            service.bus.ring("desk")
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.6)
    assert 1 <= looks <= 8


async def test_the_desk_shows_what_one_holds_and_what_is_unanswered(
    service: Service, resident: Resident, hire: Hire
) -> None:
    one = hire()
    conversation = await held(service, resident, one, "hello")
    await resident.say("and more")
    desk = (await one.get("desk")).json()
    assert desk["mine"][0]["conversation"] == conversation and desk["mine"][0]["unread"] == 2
    await one.to(conversation, "messages", id="m1", text="I am here.")
    await asyncio.sleep(0.3)
    assert (await one.get("desk")).json()["mine"][0]["unread"] == 0
    waits(service, conversation)


async def test_a_look_at_the_desk_reads_only_conversations_with_something_new(
    gateway: Starlette, service: Service, resident: Resident, hire: Hire, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = hire()
    conversation = await held(service, resident, one)
    read: list[str] = []
    original = Stream._read

    def counted(stream: Stream, conversation_id: str, only: str | None) -> Any:
        read.append(conversation_id)
        return original(stream, conversation_id, only)

    monkeypatch.setattr(Stream, "_read", counted)
    async with listening(gateway, one.member, conversation) as ear:
        await asyncio.sleep(0.4)
        read.clear()
        for _ in range(3):
            service.bus.ring("desk")
            await asyncio.sleep(0.3)
        assert read == []
        await resident.say("are you there?")
        await ear.until("message", conversation=conversation)
        assert set(read) == {conversation}
