"""People who come to the doors of a gateway of this process: by chat and by text, with Rasa away."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from bot.app import create_app
from bot.doors import loading
from bot.settings import Settings
from bot.understanding import Ears
from tests.bot.conftest import MONDAY, FakeEngine
from tests.bot.sms.conftest import LINE, PUBLIC, TOKEN


@pytest.fixture
def further() -> Path | None:
    """A folder of further doors, where a test has one."""
    return None


@pytest.fixture
def app(
    tmp_path: Path, settings: Settings, engine: FakeEngine, ears: Ears, further: Path | None
) -> Iterator[Starlette]:
    (tmp_path / "numbers.yml").write_text(f'- {{number: "{LINE}", door: "211", voice: true}}\n')
    fields = {"public_url": PUBLIC, "twilio_auth_token": SecretStr(TOKEN), "sms_join": 0.0, "doors": further}
    ticks = itertools.count()
    app = create_app(
        settings.model_copy(update=fields),
        engine=engine,  # type: ignore[arg-type]
        clock=lambda: MONDAY + timedelta(milliseconds=next(ticks)),
        ears=ears,
    )
    yield app
    loading.use(loading.load())
    app.state.service.ledger.engine.dispose()
    app.state.service.directory.engine.dispose()


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
        yield client
