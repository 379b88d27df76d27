"""What the desk and the residents' chat see of a handoff, over HTTP with the real turn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.conversations import ownership
from bot.conversations.carrier_models import Call
from bot.conversations.identity import token_hash
from bot.conversations.models import Conversation
from bot.service import Service
from bot.staff.sessions import Member
from tests.bot.conftest import MONDAY, FakeEngine, Resident, words
from tests.support.staff import signed_in

pytestmark = pytest.mark.anyio


class At:
    """A member of staff at the desk's interface."""

    def __init__(self, gateway: Starlette, role: str, name: str) -> None:
        self.member: Member
        self.member, headers = signed_in(gateway, roles=(role,), name=name)
        transport = httpx.ASGITransport(app=gateway)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers)

    async def desk(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.client.get("/console/api/desk")).json()
        return found

    async def act(self, conversation: str, what: str) -> httpx.Response:
        return await self.client.post(f"/console/api/conversations/{conversation}/{what}", json={})


@pytest.fixture
def service(gateway: Starlette) -> Iterator[Service]:
    yield gateway.state.service


async def waiting(service: Service, resident: Resident) -> str:
    await resident.enter()
    with service.ledger.writing() as session:
        conversation = session.query(Conversation).filter_by(token_hash=token_hash(resident.token)).one().id
        ownership.ask_for_person(session, conversation, reason="asked", priority=0, now=MONDAY)
    return conversation


async def test_danger_that_rises_rings_at_the_holder_and_the_supervisor_and_not_at_a_colleague(
    gateway: Starlette, service: Service, resident: Resident
) -> None:
    conversation = await waiting(service, resident)
    holder, colleague = At(gateway, "specialist", "Ana"), At(gateway, "specialist", "Ben")
    supervisor = At(gateway, "supervisor", "Cleo")
    assert (await holder.act(conversation, "claim")).status_code == 200
    said = await resident.say("I want to kill myself")
    assert [message["author"] for message in said] == ["system"]  # that Ana is here, and nothing of the bot
    desks = [await one.desk() for one in (holder, supervisor, colleague)]
    assert [one["sound"] for one in desks] == ["ring", "ring", None]
    assert [[row["holder"] for row in one["watched"]] for one in desks] == [[], ["Ana"], []]


async def test_a_claim_during_a_slow_turn_silences_it(
    gateway: Starlette, service: Service, resident: Resident, engine: FakeEngine
) -> None:
    conversation = await waiting(service, resident)
    holder = At(gateway, "specialist", "Ana")
    engine.away = False

    async def claimed() -> None:
        assert (await holder.act(conversation, "claim")).status_code == 200

    engine.before = claimed
    said = await resident.say("I need food")
    assert [message["author"] for message in said] == ["system"]
    assert "Ana is here now" in words(said)
    engine.before = None
    assert await resident.say("are you there?") == []
    assert (await holder.act(conversation, "return")).status_code == 200
    assert "bot" in [message["author"] for message in await resident.say("I need food")]


async def test_a_caller_is_not_held_by_somebody_without_a_telephone(
    gateway: Starlette, service: Service, resident: Resident
) -> None:
    conversation = await waiting(service, resident)
    with service.ledger.writing() as session:
        session.execute(update(Conversation).values(channel="voice"))
        session.add(Call(sid="CA1", conversation_id=conversation, line="+14165550100", state={}, created_at=MONDAY))
    refused = await At(gateway, "specialist", "Ana").act(conversation, "claim")
    assert (refused.status_code, refused.json()["code"]) == (409, "no_phone")
    assert "your phone could not be rung" in refused.json()["error"]
    with Session(service.ledger.reader) as session:
        assert session.get_one(Conversation, conversation).owner == "waiting"
