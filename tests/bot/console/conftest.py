"""A desk in this process: staff who ask over HTTP, a resident who writes, a translator that a test controls."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.conversations import ownership
from bot.conversations.identity import token_hash
from bot.conversations.models import Conversation
from bot.language.machine import Pair
from bot.language.translation import Attempt
from bot.service import Service
from bot.staff.sessions import Member
from tests.bot.conftest import MONDAY, Resident
from tests.support.staff import signed_in


@dataclass
class FakeTranslator:
    """Translates what a test has told it to, and says why not."""

    pairs: frozenset[Pair] = frozenset({("en", "es"), ("es", "en"), ("fr", "es")})
    known: dict[tuple[str, str, str], str] = field(default_factory=dict)
    doubted: dict[str, str] = field(default_factory=dict)
    """Text → why the gate doubts its translation."""
    slow: str = ""
    """This text takes a while."""
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def translate(self, text: str, source: str, target: str, *, remember: bool = True) -> str | None:
        made = self.attempt(text, source, target)
        return made.text if made.reason is None else None

    def attempt(self, text: str, source: str, target: str, *, wait: float | None = None) -> Attempt:
        self.asked.append((text, source, target))
        if text == self.slow:
            time.sleep(0.3)
        if (source, target) not in self.pairs:
            return Attempt(None, "no_package")
        reason = self.doubted.get(text)
        if reason in ("number", "time", "late"):
            return Attempt(None, reason)
        return Attempt(self.known.get((text, source, target), f"[{target}] {text}"), reason)

    def close(self) -> None: ...


@dataclass
class Colleague:
    """A member of staff at the desk's interface."""

    member: Member
    client: httpx.AsyncClient

    async def get(self, path: str, **fields: Any) -> httpx.Response:
        return await self.client.get(f"/console/api/{path}", params=fields)

    async def post(self, path: str, /, **body: Any) -> httpx.Response:
        return await self.client.post(f"/console/api/{path}", json=body)

    async def to(self, conversation: str, what: str, /, **body: Any) -> httpx.Response:
        return await self.post(f"conversations/{conversation}/{what}", **body)

    async def opens(self, conversation: str, **fields: Any) -> dict[str, Any]:
        response = await self.get(f"conversations/{conversation}", **fields)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found


Hire = Callable[..., Colleague]


@pytest.fixture
def translator() -> FakeTranslator:
    return FakeTranslator()


@pytest.fixture
def service(gateway: Starlette, translator: FakeTranslator) -> Service:
    found: Service = gateway.state.service
    found.translator = translator
    return found


@pytest.fixture
def hire(gateway: Starlette, service: Service) -> Iterator[Hire]:
    """Makes members of staff; English alone unless a test says more."""

    def one(languages: tuple[str, ...] = ("en",), **account: Any) -> Colleague:
        member, headers = signed_in(gateway, languages=languages, **account)
        transport = httpx.ASGITransport(app=gateway)
        return Colleague(member, httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers))

    yield one


def conversation_of(service: Service, resident: Resident) -> str:
    with Session(service.ledger.engine) as session:
        mine = select(Conversation.id).where(Conversation.token_hash == token_hash(resident.token))
        return session.scalars(mine).one()


def waits(service: Service, conversation: str, *, reason: str = "asked", priority: int = 0) -> None:
    with service.ledger.writing() as session:
        ownership.ask_for_person(session, conversation, reason=reason, priority=priority, now=MONDAY)


async def waiting(service: Service, resident: Resident, *said: str, language: str = "en", door: str = "211") -> str:
    """A resident who has written and waits for a person."""
    await resident.enter(door, language)
    for text in said:
        await resident.say(text)
    conversation = conversation_of(service, resident)
    waits(service, conversation)
    return conversation


async def held(service: Service, resident: Resident, colleague: Colleague, *said: str, **where: Any) -> str:
    """The same, held by a colleague."""
    conversation = await waiting(service, resident, *said, **where)
    response = await colleague.to(conversation, "claim")
    assert response.status_code == 200, response.text
    return conversation
