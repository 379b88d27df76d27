"""An eighteenth door by file alone: written into a temporary folder, then talked to in chat and by text."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
import yaml
from starlette.applications import Starlette

from tests.bot.doors.talking import Talk

pytestmark = pytest.mark.anyio
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "adding-a-door.md"
TEXTS = {
    "en": {
        "hello": "Hello, this is the sample door. I am an automated assistant, not a person.",
        "ask_age": "How old are you?",
        "why_age": "There are different services for young people.",
        "too_young": "This is for adults only.",
    },
    "fr": {
        "hello": "Bonjour, ici la porte exemple. Je suis un assistant automatisé, pas une personne.",
        "ask_age": "Quel âge avez-vous?",
        "why_age": "Il y a d'autres services pour les jeunes.",
        "too_young": "C'est pour les adultes seulement.",
    },
}


def examples() -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def further(tmp_path: Path) -> Path:
    """The door of the documentation, with its sentences, in a folder of the operator's own."""
    folder = tmp_path / "own-doors"
    (folder / "texts" / "sample-door").mkdir(parents=True)
    (folder / "sample-door.yml").write_text(examples()[0], encoding="utf-8")
    for language, texts in TEXTS.items():
        path = folder / "texts" / "sample-door" / f"{language}.yml"
        path.write_text(yaml.safe_dump(texts, allow_unicode=True), encoding="utf-8")
    return folder


DIALOGUES = [
    {
        "name": "chat in English",
        "language": "en",
        "greeting": ["hello", "greeting_danger", "ask_age"],
        "turns": [
            {"say": "why?", "says": ["why_age", "ask_age"]},
            {"say": "200", "text": ["between 0 and 120"], "says": ["ask_age"]},
            {"say": "42", "lines": ["1-1"], "verdict": "grown"},
        ],
    },
    {
        "name": "chat in French",
        "language": "fr",
        "greeting": ["hello", "greeting_danger", "ask_age"],
        "turns": [{"say": "12", "says": ["too_young", "common/offer"], "verdict": "young"}],
    },
    {
        "name": "text in English",
        "language": "en",
        "channel": "sms",
        "enter": "sample",
        "greeting": ["hello", "ask_age"],
        "turns": [{"say": "12", "says": ["too_young"], "verdict": "young"}],
    },
    {
        "name": "text in French",
        "language": "fr",
        "channel": "sms",
        "enter": "SAMPLE",
        "turns": [
            {"say": "parlez-vous français? je préfère le français", "says": ["ask_age"]},
            {"say": "pourquoi", "says": ["why_age", "ask_age"]},
            {"say": "18", "verdict": "grown"},
        ],
    },
]


@pytest.mark.parametrize("dialogue", [pytest.param(one, id=str(one["name"])) for one in DIALOGUES])
async def test_a_door_is_added_by_its_files_alone(
    app: Starlette, client: httpx.AsyncClient, dialogue: dict[str, object]
) -> None:
    page = await client.get("/sample-door", headers={"accept-language": str(dialogue["language"])})
    assert page.status_code == 200
    await Talk(app, client, {"door": "sample-door", **dialogue}).hold()


@pytest.mark.parametrize("dialogue", yaml.safe_load(examples()[1]), ids=lambda one: str(one["name"]))
async def test_the_dialogues_of_the_documentation_can_be_held(
    app: Starlette, client: httpx.AsyncClient, dialogue: dict[str, object]
) -> None:
    if dialogue["language"] == "fr":
        dialogue = {
            **dialogue,
            "turns": [{"say": "Je parle français et je veux le français", "says": []}, *dialogue["turns"]],
        }  # type: ignore[misc]
    await Talk(app, client, {"door": "sample-door", **dialogue}).hold()


async def test_a_language_without_the_sentences_is_told_so(app: Starlette, client: httpx.AsyncClient) -> None:
    dialogue = {
        "name": "in Punjabi",
        "language": "pa",
        "door": "sample-door",
        "turns": [],
        "greeting": ["common/english_only"],
    }
    await Talk(app, client, dialogue).hold()
