"""What is said on the phone, piece by piece, and what the keys mean after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Utterance:
    """A piece of speech in one language: <Say> of the text, or <Play> of the recording when there is one.

    `language` always has a voice, or there is a recording: what cannot be spoken in the person's language is
    said in English.
    """

    text: str
    language: str
    message: str | None = None
    """The id in the catalogue, None for names and other facts."""
    recording: str | None = None
    """File under the folder of recordings: "so/voice_moment.mp3"."""


@dataclass(frozen=True, slots=True)
class Page:
    """What is said before the caller is heard again."""

    utterances: tuple[Utterance, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)
    """Key pressed → what it means: the number of a choice as text for the turn, or the code of a language."""
    rest: tuple[tuple[int, str], ...] = ()
    """Choices that no key of this page is left for; key 8 says them: `Speech.choices(rest, language)`."""
    sendable: bool = False
    """Whether services were named that could be sent as a text."""
