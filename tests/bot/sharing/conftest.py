"""The desk's fixtures, and an agreement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.service import Service
from bot.sharing import agreements
from bot.sharing.models import Agreement
from bot.staff.sessions import Member
from tests.bot.conftest import MONDAY
from tests.bot.console.conftest import hire, service, translator
from tests.support.staff import signed_in

LINE = "kids-help-phone"
Agree = Callable[..., Agreement]


@pytest.fixture
def agree(service: Service) -> Agree:
    """Puts an agreement with a line in force."""

    def made(line: str = LINE, *, days: float = 30, since: float = 0, **given: Any) -> Agreement:
        terms: dict[str, Any] = {
            "purpose": "connect", "kind": "health", "fields": ["language", "needs"], "grounds": ["consent"],
            "keep_days": 14, **given,
        }  # fmt: skip
        begins = MONDAY - timedelta(days=since)
        row = Agreement(
            recipient=line, since=begins, until=begins + timedelta(days=days), created_at=begins, reference="", **terms
        )
        with service.ledger.writing() as session:
            agreements.agree(session, row, author="test", now=begins)
            session.expunge(row)
        return row

    return made


class Browser:
    """Somebody at the console's pages, who sends forms."""

    def __init__(self, app: Starlette, **account: Any) -> None:
        self.member: Member
        self.member, headers = signed_in(app, **account)
        self.csrf = headers["x-csrf-token"]
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://test", headers=headers, follow_redirects=False
        )

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path)

    async def send(self, path: str, **fields: Any) -> httpx.Response:
        return await self.client.post(path, data={**fields, "csrf": self.csrf})


@pytest.fixture
def browse(gateway: Starlette, service: Service) -> Callable[..., Browser]:
    return lambda **account: Browser(gateway, **account)


__all__ = ["LINE", "Agree", "Browser", "hire", "service", "translator"]
