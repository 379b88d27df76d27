"""What a machine cannot read is said to be so, and what it could not read in time it is asked again."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.applications import Starlette

from bot.console.api import reading
from bot.service import Service
from tests.bot.conftest import Resident
from tests.bot.console.conftest import FakeTranslator, Hire, held

pytestmark = pytest.mark.anyio
FEAR = "tengo mucho miedo de mi esposo"


async def read(gateway: Starlette, service: Service, resident: Resident, hire: Hire) -> dict[str, Any]:
    one = hire()
    conversation = await held(service, resident, one, language="es")
    await resident.say(FEAR)
    await one.opens(conversation)
    await gateway.state.desk.readings.settle()
    found: dict[str, Any] = (await one.opens(conversation))["messages"][-1]["translation"]
    return found


async def test_a_reading_that_changes_a_number_is_not_shown_and_nobody_waits_for_it(
    gateway: Starlette, service: Service, resident: Resident, hire: Hire, translator: FakeTranslator
) -> None:
    translator.doubted[FEAR] = "number"
    found = await read(gateway, service, resident, hire)
    assert found["how"] == "none" and found["text"] is None and not found["pending"]


async def test_a_machine_that_was_asleep_is_asked_again(
    gateway: Starlette,
    service: Service,
    resident: Resident,
    hire: Hire,
    translator: FakeTranslator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "LATER", (0.01, 0.01))
    translator.doubted[FEAR] = "late"
    attempt, tries = translator.attempt, []

    def wakes(text: str, *pair: str, **wait: Any) -> Any:
        if text == FEAR:
            tries.append(text)
        if len(tries) == 2:
            translator.doubted.clear()
        return attempt(text, *pair, **wait)

    monkeypatch.setattr(translator, "attempt", wakes)
    found = await read(gateway, service, resident, hire)
    assert found["how"] == "machine" and len(tries) == 2
