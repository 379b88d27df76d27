"""Somebody who calls a gateway of this process, through the carrier that never reaches a telephone."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from twilio.twiml.voice_response import VoiceResponse

from bot.doors.loading import load as load_doors
from bot.logs import set_up_logs
from bot.service import Service, assemble
from bot.settings import Settings
from bot.understanding import Ears
from bot.voice.calls import Calling
from bot.voice.languages import Recordings
from bot.voice.routes import routes
from directory_client.sample import load_lines, load_sample
from tests.bot.conftest import MONDAY, FakeEngine
from tests.peers.caller import Caller
from tests.peers.carrier import TOKEN, Carrier
from tests.peers.posting import Webhooks
from tests.peers.transcript import Clock

PUBLIC = "https://porchlight.example.org"
LINE = "+14165550150"
YOUTH_LINE = "+14165550151"
SENT_OVER_LINE = "+14165550152"
"""The number to which 911 sends callers over."""
DOOR_LINES = {
    "211": LINE, "good2talk": YOUTH_LINE, "calgary-911": SENT_OVER_LINE,
    **{
        door: f"+1416555{number:04}"
        for number, door in enumerate(sorted(load_doors()), 170)
        if door not in ("211", "good2talk", "calgary-911")
    },
}  # fmt: skip
"""A number for each door."""
NUMBERS = "".join(
    f'- {{number: "{line}", door: "{door}", sms: {str(door == "211").lower()}, voice: true}}\n'
    for door, line in DOOR_LINES.items()
)
SPOKEN_BY_SOMEBODY = ("voice_ask_need", "voice_ask_place", "voice_no_speech", "voice_moment")
_EXTENSIONS = itertools.cycle(range(100, 200))
Calls = Callable[..., Caller]


@dataclass
class Handed:
    """Stands for the transfers: remembers who was handed on and why, and puts the caller into a queue."""

    reasons: list[str] = field(default_factory=list)
    calls: list[Calling] = field(default_factory=list)
    broken: bool = False
    talks: bool = False
    """The transfer is over at once, with nobody reached."""

    def begin(self, service: Service, calling: Calling, reason: str, response: VoiceResponse) -> dict[str, Any]:
        if self.broken:
            raise RuntimeError("no transfers today")
        self.reasons.append(reason)
        self.calls.append(calling)
        if self.talks:
            response.redirect("/voice/back?why=nobody", method="POST")
        else:
            response.enqueue("people")
        return {"n": len(self.reasons)}


@pytest.fixture(scope="session")
def helpline(tmp_path_factory: pytest.TempPathFactory, ears: Ears) -> Iterator[Service]:
    """One gateway for all calls of these tests; each caller has a number of their own."""
    var = tmp_path_factory.mktemp("helpline")
    (var / "numbers.yml").write_text(NUMBERS, encoding="utf-8")
    settings = Settings(
        var=var, database_url=None, directory_url=None, test_clock=None, log_level="ERROR", public_url=PUBLIC,
        twilio_account_sid="AC0", specialists_by_phone=True, twilio_auth_token=SecretStr(TOKEN),
    )  # fmt: skip
    service = assemble(settings, engine=FakeEngine(), ears=ears)  # type: ignore[arg-type]
    service.clock = service.turns.clock = lambda: MONDAY
    set_up_logs("ERROR")
    with Session(service.directory.engine) as session:
        load_lines(session)
        load_sample(session)
        session.commit()
    yield service
    service.ledger.engine.dispose()
    service.directory.engine.dispose()


@pytest.fixture
def engine(helpline: Service) -> FakeEngine:
    """Rasa, away until a test says otherwise."""
    fresh = FakeEngine()
    helpline.engine = helpline.turns.engine = fresh  # type: ignore[assignment]
    return fresh


@pytest.fixture
def handed() -> Handed:
    return Handed()


@pytest.fixture
def recordings(tmp_path: Path) -> Recordings:
    """Somali sentences that somebody has spoken; empty files stand for them."""
    folder = tmp_path / "recordings"
    (folder / "so").mkdir(parents=True)
    for message in SPOKEN_BY_SOMEBODY:
        (folder / "so" / f"{message}.mp3").touch()
    return Recordings(folder)


@pytest.fixture
def telephone(helpline: Service, engine: FakeEngine, handed: Handed, recordings: Recordings) -> Starlette:
    """The telephone of the gateway, with transfers that a test can look at."""
    app = Starlette(routes=routes(helpline, begin=handed.begin, recordings=recordings))
    app.state.service = helpline
    return app


def carrier_of(app: Starlette) -> Carrier:
    """A carrier with our numbers, which asks the application."""
    carrier = Carrier(product=Webhooks(TOKEN, app=app), clock=Clock())
    for number in DOOR_LINES.values():
        carrier.owns(
            number, voice_url=f"{PUBLIC}/voice/inbound", status_callback=f"{PUBLIC}/voice/status", voice_method="POST"
        )
    return carrier


@pytest.fixture
def carrier(telephone: Starlette) -> Carrier:
    return carrier_of(telephone)


@pytest.fixture
def person() -> str:
    """The number of somebody who has not called before."""
    return f"+1647555{next(_EXTENSIONS):04}"


@pytest.fixture
def calls(carrier: Carrier, person: str) -> Calls:
    """Makes callers: `calls()`, `calls("anonymous", line=YOUTH_LINE)`."""
    mine = person

    def caller(person: str = mine, *, line: str = LINE, **options: Any) -> Caller:
        return Caller(carrier, person, line, **options)

    return caller
