"""Somebody who calls a gateway of this process, through the carrier that never reaches a telephone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from twilio.twiml.voice_response import VoiceResponse

from bot.service import Service
from bot.settings import Settings
from bot.voice.calls import Calling
from bot.voice.languages import Recordings
from bot.voice.routes import routes
from tests.peers.caller import Caller
from tests.peers.carrier import TOKEN, Carrier
from tests.peers.posting import Webhooks
from tests.peers.transcript import Clock

PUBLIC = "https://porchlight.example.org"
LINE = "+14165550150"
YOUTH_LINE = "+14165550151"
PERSON = "+14165550142"
NUMBERS = f"""
- {{number: "{LINE}", door: "211", sms: true, voice: true}}
- {{number: "{YOUTH_LINE}", door: good2talk, sms: false, voice: true}}
"""
SPOKEN_BY_SOMEBODY = ("voice_ask_need", "voice_ask_place", "voice_no_speech", "voice_moment")
Calls = Callable[..., Caller]


@dataclass
class Handed:
    """Stands for the transfers: remembers who was handed on and why, and puts the caller into a queue."""

    reasons: list[str] = field(default_factory=list)
    calls: list[Calling] = field(default_factory=list)
    broken: bool = False
    talks: bool = False
    """The transfer is over at once, with nobody reached."""

    def begin(self, service: Service, calling: Calling, reason: str, response: VoiceResponse) -> None:
        if self.broken:
            raise RuntimeError("no transfers today")
        self.reasons.append(reason)
        self.calls.append(calling)
        if self.talks:
            response.redirect("/voice/back?why=nobody", method="POST")
        else:
            response.enqueue("people")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("PORCHLIGHT_DATABASE_URL", "PORCHLIGHT_DIRECTORY_URL", "PORCHLIGHT_TEST_CLOCK"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "numbers.yml").write_text(NUMBERS, encoding="utf-8")
    return Settings(
        var=tmp_path, log_level="ERROR", public_url=PUBLIC, twilio_account_sid="AC0", twilio_auth_token=SecretStr(TOKEN)
    )


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
def telephone(gateway: Starlette, handed: Handed, recordings: Recordings) -> Starlette:
    """The gateway with its telephone, with transfers that a test can look at."""
    gateway.router.routes[:0] = routes(gateway.state.service, begin=handed.begin, recordings=recordings)
    return gateway


def carrier_of(app: Starlette) -> Carrier:
    """A carrier with our numbers, which asks the application."""
    carrier = Carrier(product=Webhooks(TOKEN, app=app), clock=Clock())
    for number in (LINE, YOUTH_LINE):
        carrier.owns(
            number, voice_url=f"{PUBLIC}/voice/inbound", status_callback=f"{PUBLIC}/voice/status", voice_method="POST"
        )
    return carrier


@pytest.fixture
def carrier(telephone: Starlette) -> Carrier:
    return carrier_of(telephone)


@pytest.fixture
def calls(carrier: Carrier) -> Calls:
    """Makes callers: `calls()`, `calls("anonymous", line=YOUTH_LINE)`."""

    def caller(person: str = PERSON, *, line: str = LINE, **options: Any) -> Caller:
        return Caller(carrier, person, line, **options)

    return caller
