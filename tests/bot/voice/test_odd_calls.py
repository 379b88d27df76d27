"""Calls that nobody planned: whatever is pressed, said or sent, each page is valid and the caller can go on."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.applications import Starlette

from tests.bot.conftest import FakeEngine
from tests.bot.voice.conftest import LINE, PUBLIC, Calls, Handed
from tests.peers.carrier import TOKEN
from tests.peers.posting import Webhooks
from tests.peers.records import new_sid
from tests.peers.twiml import VOICE, valid

pytestmark = pytest.mark.anyio
FORMS = Path(__file__).resolve().parents[2] / "broken" / "voice" / "forms.yml"
SAID = ("food in Ajax", "yes", "no", "no puedo", "français svp", "again", "Toronto", "K1A 0B1", "more", "text it to me")
PIECES: tuple[list[dict[str, Any]], ...] = (
    [{"say": "greet_again", "facts": {}}],
    [{"say": "fallback_first", "facts": {}}],
    [{"say": "ask_place", "facts": {}}],
    [{"say": "send_to_phone", "facts": {}}],
    [{"listings": ["211-ontario"], "near": None, "need": "food.pantry", "detail": True}],
    [],
)


@pytest.mark.parametrize("form", yaml.safe_load(FORMS.read_text(encoding="utf-8")))
async def test_a_form_that_should_not_be_is_answered_with_a_page(
    telephone: Starlette, person: str, form: dict[str, str]
) -> None:
    webhooks = Webhooks(TOKEN, app=telephone)
    sent = {"CallSid": new_sid("CA"), "From": person, "To": LINE, **form}
    for path in ("inbound", "step?n=1", "step?n=2", "wait?n=2&t=1", "back?why=odd", "step?n=3", "status"):
        answer = await webhooks.post(f"{PUBLIC}/voice/{path}", sent)
        assert answer.status_code == 200 and valid(answer.text, VOICE) == [], path
        assert "Something went wrong" not in answer.text, path
        assert "<Dial>" not in answer.text


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_is_pressed_or_said_there_is_a_way_on(
    calls: Calls, engine: FakeEngine, handed: Handed, seed: int
) -> None:
    chance = random.Random(seed)
    handed.talks = True
    caller = calls(chance.choice(["anonymous", "+14165550142"]))
    await caller.dial()
    for _ in range(25):
        if caller.over:
            break
        engine.away, engine.pieces = chance.random() < 0.3, list(chance.choice(PIECES))
        if chance.random() < 0.5:
            await caller.press(chance.choice("0123456789*#" if 'numDigits="1"' in caller.pages[-1] else "123"))
        elif chance.random() < 0.8:
            await caller.say(chance.choice(SAID), chance.choice([0.2, 0.9]))
        else:
            await caller.wait()
        assert caller.words.strip(), f"silence:\n{caller.transcript}"
        assert "Something went wrong" not in caller.words, str(caller.transcript)
    assert caller.over or caller.wants == "input"
