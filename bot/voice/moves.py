"""What a caller wants at a step: from what was heard and where the call stands. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bot.safety import Level
from bot.voice.heard import Heard
from bot.voice.speech import AGAIN_KEY, MORE_KEY, PERSON_KEY
from bot.voice.spoken_keys import NO, YES
from bot.voice.state import State

STAR = "*"
CODE_LENGTH = 6
What = Literal[
    "turn",  # text: hand it to the dialogue
    "person",
    "again",
    "rest",
    "language",  # text: its code
    "languages",  # the next page of the language menu
    "confirm",  # text: ask whether they said that
    "yes",
    "no",
    "star",
    "code",  # text: a resume code
    "postal",  # text: keys of a postal code
    "silence",
    "wrong_key",  # text: the key
    "unclear",
]


@dataclass(frozen=True, slots=True)
class Move:
    what: What
    text: str = ""


def move(state: State, heard: Heard, risk: Callable[[str], Level], answer: Callable[[str], bool | None]) -> Move:
    """Decides what the caller wants.

    Words about danger are taken at once, whatever was asked and however sure the carrier is of them: of two
    readings the safer one holds.

    Args:
        risk: the risk level of a text.
        answer: whether a text is a plain yes or no.
    """
    if heard.words and risk(heard.words) >= Level.HIGH:
        return Move("turn", heard.words)
    if heard.keys:
        return _keys(state, heard.keys)
    if heard.words:
        return _words(state, heard, answer)
    return Move("silence")


def _keys(state: State, keys: str) -> Move:
    if set(keys) == {PERSON_KEY}:
        return Move("person")
    if set(keys) == {AGAIN_KEY}:
        return Move("again")
    if state.at == "code":
        digits = keys.replace("#", "").replace("*", "")
        return Move("code", digits) if len(digits) == CODE_LENGTH else Move("wrong_key", keys)
    if state.at == "postal" and not state.keys:
        return Move("postal", keys.replace("#", "").replace("*", ""))
    key = keys[0]
    if state.at in ("confirm", "text"):
        return {YES: Move("yes"), NO: Move("no")}.get(key, Move("wrong_key", key))
    if key in state.keys:
        return Move("language" if state.at == "languages" else "turn", state.keys[key])
    if key == MORE_KEY and state.at == "languages":
        return Move("languages")
    if key == MORE_KEY and state.rest:
        return Move("rest")
    if key == STAR and state.star:
        return Move("star")
    return Move("wrong_key", key)


def _words(state: State, heard: Heard, answer: Callable[[str], bool | None]) -> Move:
    if state.at in ("confirm", "text"):
        plain = answer(heard.words)
        if plain is not None:
            return Move("yes" if plain else "no")
        # Not a second question about a question.
        return Move("turn", heard.words) if heard.sure else Move("unclear")
    if heard.sure:
        return Move("turn", heard.words)
    if state.at == "languages":
        return Move("unclear")  # most likely another language than the one that was listened for
    return Move("confirm", heard.words)
