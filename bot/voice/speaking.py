"""How the pages of transfers and callbacks speak: a sentence of the catalogue, by voice or by recording."""

from __future__ import annotations

from typing import Protocol

from twilio.twiml.voice_response import Gather, VoiceResponse

from bot.service import Service
from bot.voice import pages as speech_pages
from bot.voice.speech import Speech
from directory_client.lines import lines


class Speak(Protocol):
    """Puts a sentence under a page or under a question, in the language of whoever listens."""

    def __call__(self, parent: VoiceResponse | Gather, message: str, /, **facts: str) -> None: ...


def speaker(speech: Speech, language: str, public_url: str) -> Speak:
    """Speaks the sentences of the catalogue in a language."""

    def speak(parent: VoiceResponse | Gather, message: str, /, **facts: str) -> None:
        speech_pages.speak(parent, [speech.say(message, language, **facts)], public_url)

    return speak


def speaker_for(service: Service, language: str) -> Speak:
    """The same, of a running gateway."""
    return speaker(Speech(service.catalogue), language, service.settings.public_url)


def shown(line: str) -> str:
    """The number of a line as people know it, for a sentence; empty when nobody could confirm it."""
    return lines()[line].voice or ""
