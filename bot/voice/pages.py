"""Pages for the carrier (TwiML): something is said, and then the caller is heard."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from twilio.twiml.voice_response import Gather, VoiceResponse

from bot.voice.languages import voice_for
from bot.voice.utterance import Utterance

RECORDINGS = "/voice/recordings"
LONGEST = 3_000
"""Characters of one <Say>; the carrier takes 4,096 (https://www.twilio.com/docs/voice/twiml/say)."""
WAIT = 6
"""Seconds until silence counts: people look for words, or for their glasses."""
PAUSE = 2
"""Seconds of silence that end a sentence. An integer: "auto" is refused with some models (error 13327)."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def speak(verb: VoiceResponse | Gather, utterances: Iterable[Utterance], public_url: str) -> None:
    """Appends the utterances to a page or a question, spoken by the voice of their language or played."""
    for one in utterances:
        if one.recording is not None:
            verb.play(f"{public_url}{RECORDINGS}/{quote(one.recording)}")
            continue
        words = _NOT_XML.sub(" ", one.text).strip()
        if words:
            voice = voice_for(one.language) if voice_for(one.language).spoken else voice_for("en")
            verb.say(words[:LONGEST], language=voice.spoken, voice=voice.voice)


def question(
    utterances: Iterable[Utterance],
    *,
    action: str,
    language: str,
    public_url: str,
    digits: int = 1,
    hints: str = "",
) -> VoiceResponse:
    """Says something and listens for a key or for words; both may come while it still speaks.

    Silence is told to `action` as well. One key is enough where one is asked for; star and pound are keys like
    others there. Speech is listened for wherever the carrier understands the language, whatever was asked:
    somebody in danger does not wait for the right question.

    Args:
        action: path of the next step.
        language: of the person.
        digits: how many keys are asked for; with more than one, pound ends.
        hints: words that are likely, for the recognition.
    """
    response = VoiceResponse()
    gather = response.gather(
        **listening(language, hints),
        action=action,
        method="POST",
        timeout=WAIT if digits == 1 else WAIT + 2,
        num_digits=digits,
        finish_on_key="" if digits == 1 else "#",
        action_on_empty_result=True,
    )
    speak(gather, utterances, public_url)
    response.redirect(action, method="POST")
    return response


def listening(language: str, hints: str = "") -> dict[str, Any]:
    """What a <Gather> listens for: keys, and words wherever the carrier understands the language."""
    recognised = voice_for(language).recognised
    if not recognised:
        return {"input": "dtmf"}
    return {
        "input": "dtmf speech",
        "language": recognised,
        "speech_timeout": PAUSE,
        "profanity_filter": False,  # words of danger and of violence are not to be starred out
        "hints": hints or None,
    }


def onward(utterances: Iterable[Utterance], *, path: str, public_url: str) -> VoiceResponse:
    """Says something and asks for another page."""
    response = VoiceResponse()
    speak(response, utterances, public_url)
    response.redirect(path, method="POST")
    return response


def farewell(utterances: Iterable[Utterance], *, public_url: str) -> VoiceResponse:
    """Says something and ends the call."""
    response = VoiceResponse()
    speak(response, utterances, public_url)
    response.hangup()
    return response
