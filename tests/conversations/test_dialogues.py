"""Every dialogue file, held over HTTP with the really started system: gateway, Rasa and action server."""

from __future__ import annotations

import re
import time
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from bot.doors.loading import load
from bot.language.catalogue import Catalogue
from bot.language.names import CORE
from tests.support.system import System

FOLDER = Path(__file__).parent
CATALOGUE = Catalogue.load()
LANGUAGES = ("en", "fr", "es", "zh", "pa", "ar")


def dialogues() -> list[Any]:
    found = []
    for path in sorted(FOLDER.glob("*.yml")):
        for dialogue in yaml.safe_load(path.read_text(encoding="utf-8")):
            found.append(pytest.param(dialogue, id=f"{path.stem}: {dialogue['name']}"))
    return found


class Chat:
    """A resident over HTTP."""

    def __init__(self, url: str, door: str, language: str) -> None:
        self.client = httpx.Client(base_url=url, timeout=20, trust_env=False)
        headers = {"accept-language": language}
        started = self.client.post("/api/conversations", json={"door": door}, headers=headers)
        assert started.status_code == 201, started.text
        self.headers = {"authorization": f"Bearer {started.json()['token']}"}
        self.seen = 0
        self.greeting = self.news()[0]

    def news(self) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        answer = self.client.get(f"/api/messages?after={self.seen}", headers=self.headers).json()
        self.seen = max([self.seen, *(message["seq"] for message in answer["messages"])])
        return answer["messages"], answer

    def say(self, text: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        sent = {"id": str(uuid.uuid4()), "text": text}
        assert self.client.post("/api/messages", json=sent, headers=self.headers).status_code == 202
        said: list[dict[str, Any]] = []
        end = time.monotonic() + 20
        while time.monotonic() < end:
            messages, state = self.news()
            said += [message for message in messages if message["author"] != "person"]
            if said and not state["typing"]:
                return said, state
            time.sleep(0.02)
        raise AssertionError("no answer within 20 s")


def plain(text: str) -> str:
    """Without the marks that isolate facts in right-to-left text."""
    return re.sub("[\u2066-\u2069\u200e\u200f]", "", text)


def holds(text: str, message: str, language: str) -> bool:
    """Whether a message of the catalogue stands in the text, whatever its facts are."""
    words = CATALOGUE.sources[message].text if language == "en" else CATALOGUE.translations[language][message].text
    pattern = ".*?".join(re.escape(part) for part in re.split(r"\{\w+\}", plain(words)))
    return re.search(pattern, plain(text), re.DOTALL) is not None


@pytest.mark.parametrize("dialogue", dialogues())
def test_dialogue(system: System, dialogue: dict[str, Any]) -> None:
    chat = Chat(system.url, dialogue.get("door", "211"), dialogue["language"])
    language = dialogue["language"]
    greeting = "\n".join(message["text"] for message in chat.greeting)
    for message in dialogue.get("greeting", []):
        assert holds(greeting, message, language), f"the greeting lacks {message}:\n{greeting}"
    for turn in dialogue["turns"]:
        said, state = chat.say(turn["say"])
        language = turn.get("language", state["language"])
        text = "\n".join(message["text"] for message in said)
        shown = f"\n> {turn['say']}\n{text}"
        assert state["language"] == language, shown
        for message in turn.get("says", []):
            assert holds(text, message, language), f"lacks {message}:{shown}"
        for message in turn.get("never", []):
            assert not holds(text, message, language), f"has {message}:{shown}"
        for words in turn.get("never_text", []):
            assert words not in text, shown
        for line in turn.get("lines", []):
            assert line in plain(text), f"lacks {line}:{shown}"
        if "near" in turn:
            assert turn["near"] in plain(text), shown
        if "cards" in turn:
            assert any(message["cards"] for message in said) == turn["cards"], shown
        if "kind" in turn:
            assert said[0]["kind"] == turn["kind"], shown
        if "owner" in turn:
            assert state["owner"] == turn["owner"], shown


@pytest.mark.parametrize("language", CORE)
def test_every_core_language_is_held_a_dialogue_in_danger_and_out_of_it(language: str) -> None:
    held = yaml.safe_load((FOLDER / f"{language}.yml").read_text(encoding="utf-8"))
    said = [turn for dialogue in held for turn in dialogue["turns"]]
    assert any(turn.get("cards") for turn in said)
    assert any(
        turn.get("kind") == "crisis" or any(message.startswith("crisis_") for message in turn.get("says", ()))
        for turn in said
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_with_whole_dialogues_has_all_of_them(language: str) -> None:
    names = {d["name"] for d in yaml.safe_load((FOLDER / f"{language}.yml").read_text(encoding="utf-8"))}
    english = {d["name"] for d in yaml.safe_load((FOLDER / "en.yml").read_text(encoding="utf-8"))}
    assert names == english


def test_every_door_has_dialogues_in_english_and_french() -> None:
    spoken: dict[str, set[str]] = {}
    for path in (*FOLDER.glob("*.yml"), *FOLDER.glob("doors/*.yml")):
        usual = path.stem if path.parent.name == "doors" else "211"
        for dialogue in yaml.safe_load(path.read_text(encoding="utf-8")):
            spoken.setdefault(dialogue.get("door", usual), set()).add(dialogue["language"])
    for door in load():
        assert {"en", "fr"} <= spoken.get(door, set()), f"the door {door} has no dialogue in en and fr"
