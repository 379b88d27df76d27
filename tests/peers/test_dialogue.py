"""Dialogues as data are held as they are written, and a wish that is not met is told with the transcript."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.peers import dialogue
from tests.peers.caller import Caller
from tests.peers.test_caller import DIAL, OTHER, OURS, PERSON, Script
from tests.peers.test_texter import Line as Texts
from tests.peers.texter import Texter

MENU = '<Gather input="dtmf speech" action="/voice/a"><Say>Bonjour, 1 ou 2</Say></Gather>'


def holds(text: str, message: str, language: str) -> bool:
    return {"greeting": "Bonjour", "results": "Ajax"}[message] in text and language == "fr"


def spoken(*turns: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "one", "channel": "voice", "language": "fr", "turns": list(turns), **more}


def held(given: dict[str, Any]) -> Caller:
    script = Script(voice_inbound=MENU, voice_a=f"<Say>Ajax</Say>{DIAL}", voice_after="<Hangup/>")
    caller = Caller(script.carrier, PERSON, OURS, lines=dialogue.lines(given))
    asyncio.run(dialogue.call(caller, given, holds))
    return caller


def test_a_call_is_held_turn_by_turn() -> None:
    caller = held(
        spoken(
            {"dial": True, "says": ["greeting"], "never": ["results"], "wants": "input"},
            {"say": "à manger", "confidence": 0.5, "dialled": [OTHER], "wants": "over", "never_text": ["https"]},
            lines={OTHER: "busy"},
        )
    )
    assert caller.dialled == [(OTHER, "busy")]


@pytest.mark.parametrize(
    "wish",
    [
        {"says": ["results"]},
        {"never": ["greeting"]},
        {"has": ["Bonsoir"]},
        {"never_text": ["Bonjour"]},
        {"wants": "queue"},
        {"dialled": [OTHER]},
        {"says": ["greeting"], "language": "en"},
    ],
)
def test_a_wish_that_is_not_met_is_told_with_the_transcript(wish: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match="Bonjour"):
        held(spoken({"dial": True, **wish}))


def texted(answer: str, *turns: dict[str, Any]) -> None:
    texter = Texts(f"<Response>{answer}</Response>").texter()
    given = {"name": "one", "channel": "sms", "language": "fr", "turns": list(turns)}
    asyncio.run(dialogue.text(texter, given, holds, quiet=0.05))


def test_texts_are_exchanged_turn_by_turn() -> None:
    say = {"say": "à manger", "says": ["greeting"], "texts": 1, "segments": 1}
    texted("<Message>Bonjour</Message>", say, {"media": ["image/jpeg"], "texts": 1}, {"place": [43.8, -79.0]})
    texted("", {"say": "STOP", "texts": 0})


@pytest.mark.parametrize("wish", [{"texts": 2}, {"texts": 0}, {"segments": 0}, {"says": ["results"]}])
def test_texts_that_are_not_as_wished_are_told(wish: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    hears = Texter.hears
    monkeypatch.setattr(Texter, "hears", lambda self, count=1, timeout=1: hears(self, count, min(timeout, 0.1)))
    with pytest.raises(AssertionError, match="Bonjour"):
        texted("<Message>Bonjour</Message>", {"say": "à manger", **wish})


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (spoken({"press": 1, "sayes": ["greeting"]}), "sayes"),
        (spoken({"says": ["greeting"]}), "does nothing"),
        (spoken({"press": 1}) | {"channel": "fax"}, "voice or sms"),
        (spoken({"press": 1}) | {"lang": "fr"}, "lang is not known"),
        (spoken({"press": 1, "texts": 1}), "texts is not known"),
    ],
)
def test_a_word_that_is_not_known_is_refused(given: dict[str, Any], named: str, tmp_path: Path) -> None:
    path = tmp_path / "fr.yml"
    path.write_text(yaml.safe_dump([given]), encoding="utf-8")
    with pytest.raises(ValueError, match=named):
        dialogue.load(path)


def test_a_good_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "fr.yml"
    path.write_text(yaml.safe_dump([spoken({"press": "1"})]), encoding="utf-8")
    assert [one["name"] for one in dialogue.load(path)] == ["one"]
