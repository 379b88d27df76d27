"""Whatever is sent, somebody is answered, danger is still seen, and it does not take long."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.safety import Level
from bot.understanding import Ears
from tests.bot.conftest import Resident

pytestmark = pytest.mark.anyio

FILE = Path(__file__).resolve().parents[1] / "broken" / "messages.yml"
MESSAGES: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
SECONDS = 5.0  # generous: usual is below a twentieth of one


def text_of(entry: dict[str, Any]) -> str:
    return str(entry["text"]) * int(entry.get("repeat", 1)) + str(entry.get("after", ""))


@pytest.mark.parametrize("name", MESSAGES)
async def test_a_broken_message_is_answered(resident: Resident, name: str) -> None:
    await resident.enter()
    said = await resident.say(text_of(MESSAGES[name]))
    assert said and all(message["text"].strip() for message in said)
    assert any(message["kind"] == "crisis" for message in said) == MESSAGES[name].get("danger", False)


@pytest.mark.parametrize("name", MESSAGES)
def test_a_broken_message_is_read_in_bounded_time(ears: Ears, name: str) -> None:
    begin = time.process_time()
    heard = ears.hear(text_of(MESSAGES[name]), session_language=None)
    assert time.process_time() - begin < SECONDS
    assert "screen:failed" not in heard.risk.reasons
    if MESSAGES[name].get("danger"):
        assert heard.risk.level >= Level.HIGH


async def test_ten_thousand_characters_are_refused_with_a_reason_and_cost_nothing(resident: Resident) -> None:
    await resident.enter()
    body = {"id": "long", "text": "food " * 2_000}
    response = await resident.client.post("/api/messages", json=body, headers=resident.headers)
    assert response.status_code == 413
    assert await resident.say("food bank")


async def test_bytes_that_are_no_text_are_refused_with_a_reason(resident: Resident) -> None:
    await resident.enter()
    response = await resident.client.post(
        "/api/messages", content=b'{"id": "x", "text": "\xff\xfe\xfa"}', headers=resident.headers
    )
    assert response.status_code == 400
    assert await resident.say("food bank")


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_makes_the_ears_raise(ears: Ears, text: str) -> None:
    heard = ears.hear(text, session_language="fr")
    assert heard.text == text


_NOISE = st.text(alphabet="\u200b\u200c\u200d\u2060\u00ad\ufeff\u0301\u0334\u0353", min_size=1, max_size=3)


@given(st.lists(_NOISE, min_size=4, max_size=12))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_invisible_noise_between_letters_hides_nothing(ears: Ears, noise: list[str]) -> None:
    text = "i want to kill myself"
    noisy = "".join(letter + noise[place % len(noise)] for place, letter in enumerate(text))
    assert ears.risk(noisy).level >= Level.HIGH
