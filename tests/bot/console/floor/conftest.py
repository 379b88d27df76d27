"""A gateway with a floor: a supervisor of all doors, two specialists, and what a test adds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.service import Service
from bot.staff.models import StaffAudit
from bot.staff.sessions import Member
from tests.bot.conftest import MONDAY
from tests.support.staff import signed_in


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def on(self, **length: float) -> None:
        self.now += timedelta(**length)


@dataclass
class Visitor:
    """Somebody who is signed in, and their browser."""

    member: Member
    client: httpx.AsyncClient
    headers: dict[str, str]

    @property
    def id(self) -> str:
        return self.member.id

    async def get(self, path: str, expect: int = 200) -> str:
        answer = await self.client.get(path, headers=self.headers)
        assert answer.status_code == expect, answer.text
        return answer.text

    async def post(self, path: str, expect: int = 303, **fields: str) -> str:
        """Sends a form; gives where it led, or the page."""
        answer = await self.client.post(path, data=fields, headers=self.headers)
        assert answer.status_code == expect, answer.text
        return answer.headers.get("location") or answer.text


@dataclass
class House:
    """The gateway and the ways into it."""

    app: Starlette
    client: httpx.AsyncClient
    clock: Clock

    @property
    def service(self) -> Service:
        service: Service = self.app.state.service
        return service

    def enter(self, role: str = "supervisor", **facts: Any) -> Visitor:
        roles = facts.pop("roles", (role,))
        member, headers = signed_in(self.app, roles, **facts)
        return Visitor(member, self.client, headers)

    def write(self, work: Callable[[Session], Any]) -> Any:
        with self.service.ledger.writing() as session:
            return work(session)

    def read(self, work: Callable[[Session], Any]) -> Any:
        with Session(self.service.ledger.reader) as session:
            return work(session)

    def audit(self, action: str) -> list[StaffAudit]:
        return self.read(lambda s: list(s.scalars(select(StaffAudit).where(StaffAudit.action == action))))


@pytest.fixture
async def house(gateway: Starlette) -> AsyncIterator[House]:
    clock = Clock()
    gateway.state.service.clock = gateway.state.service.turns.clock = clock
    transport = httpx.ASGITransport(app=gateway)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield House(gateway, client, clock)
