"""Browsers of staff: clients of the gateway that keep cookies, and can sign in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.service import Service
from bot.staff.accounts import add_staff
from bot.staff.models import Staff, StaffAudit

PASSWORD = "four quiet grey herons"


@dataclass
class Browser:
    """Somebody at the console. Sends forms as browsers do, with the token of the last page."""

    app: Starlette
    client: httpx.AsyncClient
    csrf: str = ""

    @property
    def service(self) -> Service:
        service: Service = self.app.state.service
        return service

    async def get(self, path: str, **rest: Any) -> httpx.Response:
        response = await self.client.get(path, **rest)
        found = re.search(r'<meta name="csrf" content="([^"]*)"', response.text)
        if found:
            self.csrf = found[1]
        return response

    async def post(self, path: str, **fields: Any) -> httpx.Response:
        return await self.client.post(path, data={"csrf": self.csrf} | fields)

    async def sign_in(self, login: str = "ana", password: str = PASSWORD, **rest: str) -> httpx.Response:
        response = await self.client.post("/console/sign-in", data={"login": login, "password": password} | rest)
        if response.status_code == 303:
            await self.get("/console/account")
        return response

    def account(self, login: str = "ana") -> Staff:
        with Session(self.service.ledger.engine, expire_on_commit=False) as session:
            return session.scalars(select(Staff).where(Staff.login == login)).one()

    def change(self, login: str = "ana", **values: Any) -> None:
        with self.service.ledger.writing() as session:
            one = session.scalars(select(Staff).where(Staff.login == login)).one()
            for name, value in values.items():
                setattr(one, name, value)

    def recorded(self, action: str | None = None) -> list[StaffAudit]:
        with Session(self.service.ledger.engine, expire_on_commit=False) as session:
            statement = select(StaffAudit).order_by(StaffAudit.at)
            return list(session.scalars(statement.where(StaffAudit.action == action) if action else statement))


def add(app: Starlette, login: str = "ana", *, password: str | None = PASSWORD, **rest: Any) -> str:
    """Makes an account and gives its id."""
    service: Service = app.state.service
    given = {"name": "Ana Okafor", "password_given": False, "now": service.clock()} | rest
    with service.ledger.writing() as session:
        return add_staff(session, service.keys, login=login, password=password, **given).id


@pytest.fixture
async def browser(gateway: Starlette) -> AsyncIterator[Browser]:
    transport = httpx.ASGITransport(app=gateway)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield Browser(gateway, client)
