"""Stored replies as they are said on the phone: short, without addresses of pages, with keys instead of numbers.

Pure but for looking whether a recording is there. The words on the phone are those of the message `voice_<id>`
where the catalogue has one: what is written for a screen ("write", "this page") is said for an ear.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.conversations.ledger import Spoken
from bot.language.catalogue import Catalogue
from bot.voice.languages import Recordings


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


MORE_KEY = "8"
AGAIN_KEY = "9"
PERSON_KEY = "0"


class Speech:
    """Makes speech of replies and of the catalogue's own sentences."""

    def __init__(self, catalogue: Catalogue, recordings: Recordings | None = None) -> None:
        self.catalogue = catalogue
        self.recordings = recordings or Recordings()

    def say(self, message: str, language: str, /, **facts: str) -> Utterance:
        """One sentence of the catalogue. Facts are put in and made speakable, phone numbers in groups."""
        raise NotImplementedError

    def replies(self, replies: Sequence[Spoken], language: str) -> Page:
        """The replies of a turn: sentences, at most three services, then their choices by key."""
        raise NotImplementedError

    def choices(self, choices: Sequence[tuple[int, str]], language: str) -> Page:
        """Choices by key, at most seven, with key 8 for the rest."""
        raise NotImplementedError

    def language_menu(self, page: int = 0) -> Page:
        """A page of the language menu, each line in its own language; keys give codes, key 8 the next page."""
        raise NotImplementedError
