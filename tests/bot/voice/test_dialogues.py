"""Every call of tests/conversations/voice, held as a person would hold it, with the real transfers.

Rasa is away in these: the keys and the place have to be enough for an answer.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from bot.doors.door import Door
from bot.doors.loading import load
from bot.language.catalogue import placeholders
from bot.service import Service
from bot.voice.languages import Recordings
from bot.voice.routes import routes
from bot.voice.speech import Speech
from tests.bot.conftest import FakeEngine
from tests.bot.voice.conftest import DOOR_LINES, carrier_of
from tests.peers import dialogue
from tests.peers.caller import Caller

FOLDER = Path(__file__).resolve().parents[2] / "conversations" / "voice"
_FACT = "Qqxz"


class Listener(Caller):
    """A caller whose wishes are held against all that they heard since they last did something, transfers included."""

    @property
    def words(self) -> str:
        entries = list(self.transcript)
        last = max((at for at, entry in enumerate(entries) if entry.who == "person"), default=0)
        return "\n".join(self.transcript.said(last))


def dialogues() -> list[Any]:
    return [
        pytest.param(one, id=f"{path.stem}: {one['name']}")
        for path in sorted(FOLDER.rglob("*.yml"))
        for one in dialogue.load(path)
    ]


def at_door(given: dict[str, Any]) -> str:
    return str(given.get("door", "211"))


def holds_in(speech: Speech, door: Door) -> dialogue.Holds:
    """Whether a sentence of the door or the catalogue was heard, whatever its facts were; a recording of it counts."""

    def holds(text: str, message: str, language: str) -> bool:
        # A sentence may have a form of its own for the phone.
        names = (message, f"voice_{message}", f"{door.id}/{message}", f"voice_{door.id}/{message}")
        known = [name for name in names if name in speech.catalogue.sources]
        assert known, f"neither the catalogue nor the door has {message}"
        return any(_heard(speech, name, text, language) for name in known)

    return holds


def _heard(speech: Speech, message: str, text: str, language: str) -> bool:
    facts = dict.fromkeys(speech.catalogue.sources[message].facts, _FACT)
    facts |= dict.fromkeys(placeholders(speech.catalogue.sources[message].text), _FACT)
    said = speech.say(message, language, **facts)
    recorded = f"/{language}/{message}." in text
    pattern = ".*?".join(re.escape(part) for part in said.text.split(_FACT))
    return recorded or re.search(pattern, text, re.DOTALL) is not None


@pytest.mark.anyio
@pytest.mark.parametrize("given", dialogues())
async def test_dialogue(
    given: dict[str, Any], helpline: Service, engine: FakeEngine, recordings: Recordings, person: str
) -> None:
    app = Starlette(routes=routes(helpline, recordings=recordings))
    who, door = given.get("number", person), load()[at_door(given)]
    caller = Listener(carrier_of(app), who, DOOR_LINES[door.id], lines=dialogue.lines(given))
    try:
        await dialogue.call(caller, given, holds_in(Speech(helpline.catalogue, recordings), door))
    finally:
        if folder := os.environ.get("PORCHLIGHT_TRANSCRIPTS"):
            name = re.sub(r"\W+", "-", f"{given['language']} {given['name']}").strip("-")
            Path(folder).mkdir(parents=True, exist_ok=True)
            (Path(folder) / f"{name}.txt").write_text(str(caller.transcript), encoding="utf-8")
    await caller.hang_up()


def test_every_language_of_the_public_promise_has_the_same_call() -> None:
    languages = {one.values[0]["language"] for one in dialogues() if "Jane and Finch" in one.values[0]["name"]}
    assert languages >= {"en", "fr", "es", "pa", "zh", "so"}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("door", sorted(load()))
def test_every_door_has_a_call(door: str, language: str) -> None:
    assert any(at_door(one.values[0]) == door and one.values[0]["language"] == language for one in dialogues())
