"""The page that the carrier uses when this server does not answer: the numbers, in English and in French.

It is a file that never changes by itself, made to lie on another host: it asks nothing of us, plays no recording
of ours and dials nobody, since nothing would say what came of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import VoiceResponse

from bot.language.catalogue import Catalogue
from bot.sms.segments import plain
from bot.voice import pages
from bot.voice.languages import Recordings
from bot.voice.speech import Speech
from directory_client.lines import CRISIS, EMERGENCY, HELPLINE, lines

LANGUAGES = ("en", "fr")
ROUNDS = 3
"""How often the caller hears it: somebody in distress does not take down a number at once."""
_DOWN = {"voice": "voice_down", "sms": "sms_down"}
_KNOWN = ("greeting_danger", "concern_lines")
"""What every language has, said in place of a sentence that is not translated yet."""


def page(kind: Literal["voice", "sms"] = "voice", catalogue: Catalogue | None = None) -> str:
    """The page as XML, for calls or for texts (also WhatsApp and Messenger).

    Raises:
        ValueError: when the records lack the number of 9-1-1 or 9-8-8; then there is no page worth having.
    """
    words = catalogue or Catalogue.load()
    facts = _numbers()
    if kind == "sms":
        answer = MessagingResponse()
        sentences = [words.say(message, one, **facts) for one in LANGUAGES for message in said(words, kind, one)]
        answer.message(plain("\n".join(sentences)))
        return str(answer)
    speech = Speech(words, Recordings(Path("/nonexistent")))  # a recording would be fetched from this server
    response = VoiceResponse()
    for number in range(ROUNDS):
        if number:
            response.pause(length=1)
        for language in LANGUAGES:
            spoken = [speech.say(message, language, **facts) for message in said(words, kind, language)]
            pages.speak(response, spoken, "")
    response.hangup()
    return str(response)


def said(catalogue: Catalogue, kind: Literal["voice", "sms"], language: str) -> tuple[str, ...]:
    """Ids of the sentences for a language."""
    return (_DOWN[kind],) if catalogue.has(_DOWN[kind], language) else _KNOWN


def _numbers() -> dict[str, str]:
    known = lines()
    emergency, crisis, home = known[EMERGENCY].voice, known[CRISIS].voice, known[HELPLINE]
    if not emergency or not crisis:
        raise ValueError("directory_client/data/lines.csv has no number for 9-1-1 or 9-8-8: put them back")
    # Ten digits where there are any: whoever hears this came by 2-1-1 already.
    other = home.other_voice[0] if home.other_voice else home.voice
    return {"line_911": emergency, "line_988": crisis, "line_211": other or ""}
