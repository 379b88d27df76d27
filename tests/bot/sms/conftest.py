"""Somebody who texts a gateway of this process, by webhooks that are signed as the carrier signs."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.app import create_app
from bot.conversations.models import Message, Outbox
from bot.settings import Settings
from bot.understanding import Ears
from tests.bot.conftest import MONDAY, FakeEngine
from tests.peers import signing

TOKEN = "token-of-the-tests"
PUBLIC = "https://helpline.example.org"
LINE, STUDENTS, SILENT = "+15550100000", "+15550100001", "+15550100002"
NUMBERS = f"""
- {{number: "{LINE}", door: "211", voice: true}}
- {{number: "{STUDENTS}", door: good2talk}}
- {{number: "{SILENT}", sms: false, voice: true}}
- {{number: "whatsapp:{LINE}", kind: whatsapp}}
"""
_sids = itertools.count(1)


@pytest.fixture
def settings(tmp_path: Path, settings: Settings) -> Settings:
    (tmp_path / "numbers.yml").write_text(NUMBERS)
    fields = {"public_url": PUBLIC, "twilio_auth_token": SecretStr(TOKEN), "sms_join": 0.3}
    return settings.model_copy(update=fields)


@pytest.fixture
def texting(settings: Settings, engine: FakeEngine, ears: Ears) -> Iterator[Starlette]:
    engine.away = False
    ticks = itertools.count()
    app = create_app(settings, engine=engine, clock=lambda: MONDAY + timedelta(milliseconds=next(ticks)), ears=ears)  # type: ignore[arg-type]
    yield app
    app.state.service.ledger.engine.dispose()
    app.state.service.directory.engine.dispose()


@dataclass
class Texter:
    """A phone. `said` is what our texts to it would be, in order."""

    app: Starlette
    client: httpx.AsyncClient
    number: str = "+14165550123"
    seen: set[str] = field(default_factory=set)

    async def text(self, body: str, to: str = LINE, *, settle: bool = True, **fields: str) -> list[str]:
        """Sends a text, waits for its turn, gives what is put into the outbox for it."""
        response = await self.post(body, to, **fields)
        assert response.status_code == 200, response.text
        if settle:
            await self.app.state.service.turns.settle()
        return self.news()

    async def post(self, body: str, to: str = LINE, **fields: str) -> httpx.Response:
        form = {
            "MessageSid": f"SM{next(_sids):032d}", "From": self.number, "To": to, "Body": body, "NumMedia": "0",
            "FromCity": "", "ApiVersion": "2010-04-01", **fields,
        }  # fmt: skip
        request = signing.form(f"{PUBLIC}/sms/inbound", form, TOKEN)
        return await self.client.post("/sms/inbound", content=request.body, headers=request.headers)

    def news(self) -> list[str]:
        with Session(self.app.state.service.ledger.reader) as session:
            rows = session.execute(
                select(Outbox.id, Message.text)
                .join(Message, Message.id == Outbox.message_id)
                .order_by(Outbox.created_at, Message.conversation_id, Outbox.seq)
            ).all()
        new = [text for id_, text in rows if id_ not in self.seen]
        self.seen.update(id_ for id_, _ in rows)
        return new

    def all(self, table: Any) -> list[Any]:
        with Session(self.app.state.service.ledger.reader) as session:
            return list(session.scalars(select(table)))


@pytest.fixture
async def phone(texting: Starlette) -> AsyncIterator[Texter]:
    transport = httpx.ASGITransport(app=texting)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
        yield Texter(texting, client)
