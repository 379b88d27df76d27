"""A gateway in this process, with an engine that a test controls and the real everything else."""

from __future__ import annotations

import functools
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import httpx
import pytest
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.app import create_app
from bot.console.interface import Interface
from bot.conversations.database import upgrade
from bot.database import open_database
from bot.engine import EngineAnswer, EngineAway, Parse
from bot.language.catalogue import Catalogue
from bot.service import ears_for
from bot.settings import Settings
from bot.understanding import Ears
from directory_client.sample import load_lines, load_sample

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""A working day, ten in the morning in Toronto."""


@dataclass
class FakeEngine:
    """Answers what a test says, or is away."""

    away: bool = True
    pieces: list[dict[str, Any]] = field(default_factory=lambda: [{"say": "greet_again", "facts": {}}])
    parse_as: Parse = field(default_factory=lambda: Parse("greet", 0.9, ()))
    slots: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    before: Callable[[], Any] | None = None

    async def turn(self, **request: Any) -> EngineAnswer:
        self.asked.append(request)
        if self.before:
            await self.before()
        if self.away:
            raise EngineAway("away")
        return EngineAnswer(tuple(self.pieces), self.parse_as, self.slots)

    async def forget(self, conversation: str) -> None: ...

    async def alive(self) -> bool:
        return not self.away

    async def close(self) -> None: ...


@pytest.fixture(scope="session")
def ears() -> Ears:
    return ears_for(Settings())


@dataclass
class Resident:
    """Somebody who chats with a gateway of this process."""

    app: Starlette
    client: httpx.AsyncClient
    token: str = ""
    seen: int = 0
    sent: int = 0

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    async def enter(self, door: str = "211", language: str | None = None) -> list[dict[str, Any]]:
        response = await self.client.post("/api/conversations", json={"door": door, "language": language})
        assert response.status_code == 201, response.text
        self.token = response.json()["token"]
        return await self.news()

    async def say(self, text: str, message_id: str | None = None) -> list[dict[str, Any]]:
        """Sends a message, waits for its turn, and gives what was said back."""
        self.sent += 1
        body = {"id": message_id or f"m{self.sent}", "text": text}
        response = await self.client.post("/api/messages", json=body, headers=self.headers)
        assert response.status_code == 202, response.text
        await self.app.state.service.turns.settle()
        return [message for message in await self.news() if message["author"] != "person"]

    async def news(self) -> list[dict[str, Any]]:
        response = await self.client.get(f"/api/messages?after={self.seen}", headers=self.headers)
        assert response.status_code == 200, response.text
        messages: list[dict[str, Any]] = response.json()["messages"]
        self.seen = max([self.seen, *(message["seq"] for message in messages)])
        return messages

    async def state(self) -> dict[str, Any]:
        response = await self.client.get(f"/api/messages?after={1 << 20}", headers=self.headers)
        state: dict[str, Any] = response.json()
        return state


@pytest.fixture(scope="session", autouse=True)
def _words_once() -> Iterator[None]:
    """Residents' and staff's words are read once for all gateways of a process: that takes longer than the rest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.service.Catalogue", SimpleNamespace(load=functools.cache(Catalogue.load)))
        patch.setattr("bot.app.Interface", SimpleNamespace(load=functools.cache(Interface.load)))
        yield


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with databases that are up to date and hold the lines and the sample services; tests copy it."""
    var = tmp_path_factory.mktemp("stock")
    chosen = Settings(var=var, database_url=None, directory_url=None)
    for url in (chosen.database, chosen.directory):
        upgrade(url)
    shelves = open_database(chosen.directory)
    with Session(shelves) as session:
        load_lines(session)
        load_sample(session)
        session.commit()
    shelves.dispose()  # the last connection writes everything into the one file
    return var


@pytest.fixture
def settings(tmp_path: Path, stock: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for file in stock.glob("*.db"):
        shutil.copy(file, tmp_path)
    for name in (
        "PORCHLIGHT_DATABASE_URL",
        "PORCHLIGHT_DIRECTORY_URL",
        "PORCHLIGHT_REDIS_URL",
        "PORCHLIGHT_TEST_CLOCK",
    ):
        monkeypatch.delenv(name, raising=False)
    return Settings(var=tmp_path, log_level="ERROR")


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def gateway(settings: Settings, engine: FakeEngine, ears: Ears) -> Iterator[Starlette]:
    app = create_app(settings, engine=engine, clock=lambda: MONDAY, ears=ears)  # type: ignore[arg-type]
    yield app
    app.state.service.ledger.engine.dispose()
    app.state.service.directory.engine.dispose()


@pytest.fixture
async def resident(gateway: Starlette) -> AsyncIterator[Resident]:
    transport = httpx.ASGITransport(app=gateway)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Resident(gateway, client)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def words(messages: list[dict[str, Any]]) -> str:
    """All that was said, in one text."""
    return "\n".join(message["text"] for message in messages)


__all__ = ["MONDAY", "FakeEngine", "Resident", "anyio", "words"]
