"""A language with a greeting and sentences of danger only: said once, never taken up on one short message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.language.identification import Identified
from bot.language.session import LanguageStep, language_step

AMHARIC = "ለእናቴ ዶክተር እፈልጋለሁ እባክዎ እርዱኝ"


@dataclass(frozen=True)
class Conversation:
    language: str = "en"
    language_from: str = "default"
    memory: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Message:
    text: str
    identified: Identified = field(default_factory=lambda: Identified("am", False, 0.99))
    language_chosen: str | None = None


def step(conversation: Conversation, message: Message) -> LanguageStep:
    return language_step(conversation, message, ["en", "fr"], ["am"])


def test_the_first_message_takes_it_up_and_asks_for_an_interpreter() -> None:
    found = step(Conversation(), Message("እርዱኝ"))
    assert (found.language, found.interpreter) == ("am", True)
    assert [piece["say"] for piece in found.before] == ["interpreter_finding", *["language_not_written"] * 2]


def test_one_short_message_does_not_switch_a_known_language() -> None:
    found = step(Conversation(language_from="identified"), Message("እርዱኝ"))
    assert (found.language, found.interpreter) == ("en", False)


def test_a_long_message_after_a_short_one_still_asks_for_an_interpreter() -> None:
    found = step(Conversation(language_from="identified", memory={"offered": "am"}), Message(AMHARIC))
    assert (found.language, found.interpreter) == ("am", True)


def test_it_is_said_once() -> None:
    found = step(Conversation(memory={"greeted": "am"}), Message(AMHARIC))
    assert (found.language, found.interpreter, found.before) == ("am", False, [])


def test_a_chosen_language_is_not_left() -> None:
    assert step(Conversation(language_from="chosen"), Message(AMHARIC)).language == "en"


def test_a_language_without_any_sentence_is_counted_and_an_interpreter_sought() -> None:
    german = Message("Ich brauche Hilfe mit meiner Wohnung", Identified("de", False, 0.99))
    found = step(Conversation(language_from="identified"), german)
    assert (found.gap, found.wanted, found.interpreter, found.language) == ("de", "de", True, "en")
    assert [(piece["say"], piece["language"]) for piece in found.before] == [
        ("language_not_written", "en"),
        ("language_not_written", "fr"),
    ]
    assert found.before[0]["facts"]["language"] == "Deutsch"


def test_one_foreign_word_is_no_gap() -> None:
    found = step(Conversation(language_from="identified"), Message("danke", Identified("de", False, 0.99)))
    assert (found.gap, found.interpreter) == (None, False)
