"""What a translation engine is: text in, text and confidence out. Which of it may be seen is decided elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

Pair = tuple[str, str]
"""Codes of the languages, from and to."""


@dataclass(frozen=True, slots=True)
class Made:
    """A translation. `score` is the mean log-probability of its tokens in the worst sentence, None where an
    engine has no such figure; `faults` names what the engine itself says is wrong ("unknown_word")."""

    text: str
    score: float | None = None
    faults: tuple[str, ...] = ()


class Machine(Protocol):
    """A translation engine. It may be slow, fail or raise: it runs in a worker process (`workers`)."""

    def pairs(self) -> set[Pair]:
        """What it can translate, without loading anything."""

    def version(self, pair: Pair) -> str:
        """Changes when the translations of a pair may change."""

    def threshold(self, pair: Pair) -> float | None:
        """The score below which a translation of this pair is not to be believed; None where none was fitted."""

    def translate(self, text: str, pair: Pair) -> Made | None:
        """The text in the other language, or None when the pair is not there."""


_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？؟।])\s*|\n+")


def sentences(text: str) -> list[str]:
    """A text cut into sentences. (Argos would fetch a model for this at the first translation.)"""
    return [part.strip() for part in _SENTENCE.split(text) if part and part.strip()]


_FACT = r"(?:https?://\S+|www\.\S+|[\w.+-]+@[\w-]+(?:\.\w+)+|\+?\d[\d ().-]{5,}\d)"
_LAST = re.compile(rf"^(?P<words>.*?[^\W\d].*?)(?P<fact>(?:\s*[:,;–-])?\s+{_FACT}[.!]?)$", re.DOTALL)


def shielded(sentence: str) -> tuple[str, str]:
    """A sentence without the number or address at its end, and that ending, which no engine gets to see.

    Cut off rather than replaced by a placeholder: engines change words that they do not know.
    """
    found = _LAST.match(sentence)
    return (found["words"], found["fact"]) if found else (sentence, "")
