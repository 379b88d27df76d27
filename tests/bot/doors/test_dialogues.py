"""Every dialogue of tests/conversations/doors/, held over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.doors.loading import load
from tests.bot.doors.talking import Talk, dialogues

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("dialogue", [pytest.param(one, id=f"{one['door']}: {one['name']}") for one in dialogues()])
async def test_dialogue(app: Starlette, client: httpx.AsyncClient, dialogue: dict[str, Any]) -> None:
    await Talk(app, client, dialogue).hold()


def test_every_door_with_sentences_of_its_own_has_dialogues_in_english_and_french() -> None:
    spoken: dict[str, set[str]] = {}
    for dialogue in dialogues():
        spoken.setdefault(dialogue["door"], set()).add(dialogue["language"])
    for door in load().values():
        if door.texts:
            assert {"en", "fr"} <= spoken.get(door.id, set()), f"the door {door.id} has no dialogue in en and fr"
