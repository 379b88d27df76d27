"""A specialist or a partner takes a call at their own telephone, after they were told about it.

The caller waits in a queue of the carrier, which asks us every few seconds whether to go on waiting. Meanwhile the
other's telephone rings: a "leg". Whoever answers hears a short summary, which the caller does not hear, and
presses a key; a machine presses none. Then the leg waits in a conference, and the caller leaves the queue for
it. So nobody is connected to a telephone that nobody has taken, and moving the caller needs no request to the
carrier that could fail.

A conference ends when the caller leaves, and when the one who took the call leaves. While a specialist and a partner
whom they rang are both in it, either may leave without ending it for the other two (`bot.voice.bringing`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from twilio.twiml.voice_response import VoiceResponse

from bot.voice.callbacks import WAIT
from bot.voice.legs import Leg
from bot.voice.speaking import Speak, shown
from bot.voice.spoken_keys import NO, YES
from directory_client.lines import CRISIS, EMERGENCY

QUEUE = "waiting"
"""One queue at the carrier for all: who takes whom is decided here, the queue only holds the line."""
ROUND = 10
"""Seconds of quiet between two questions whether to go on waiting."""
LONGEST_WAIT = 180
"""Seconds after which somebody who waits goes on to the next line or the offer to be called back."""
LONGEST_WAIT_IN_DANGER = 60
CALLBACK_KEY = "1"


@dataclass(frozen=True, slots=True)
class Summary:
    """What whoever takes the call is told first.

    `need` and `place` are worded in the listener's language; they are given only when `shared`: the caller agreed.
    A specialist of ours may always be told: they read the conversation anyway. `language` is None where the caller did
    not agree that it is told to a partner.
    """

    language: str | None
    need: str | None = None
    place: str | None = None
    danger: bool = False
    shared: bool = False


def enqueue(response: VoiceResponse, *, action: str, wait_url: str) -> None:
    """Appends the queue to a page; `action` gets the result, `wait_url` is asked at every round."""
    response.enqueue(QUEUE, action=action, method="POST", wait_url=wait_url, wait_url_method="POST")


def decide(legs: Sequence[Leg], waited: int, *, danger: bool, held: bool = False) -> Literal["wait", "join", "next"]:
    """What the caller does at a round.

    Args:
        legs: all legs of this wait.
        waited: seconds in the queue.
        held: a specialist speaks with the person already: they are given the whole time.
    """
    if any(leg.status == "joined" for leg in legs):
        return "join"
    longest = LONGEST_WAIT_IN_DANGER if danger and not held else LONGEST_WAIT
    return "next" if waited >= longest else "wait"


def wait(speak: Speak, *, danger: bool, key_action: str, first: bool) -> VoiceResponse:
    """A round of waiting. There are words in each: it is never silent for long.

    In danger nobody is offered to be called back while a person may still come.
    """
    response = VoiceResponse()
    gather = response.gather(
        input="dtmf", num_digits=1, action=key_action, method="POST", timeout=ROUND, action_on_empty_result=False
    )
    if danger:
        speak(gather, "voice_queue_danger", line_911=shown(EMERGENCY), line_988=shown(CRISIS))
    elif first:
        speak(gather, "voice_queue", callback=CALLBACK_KEY)
    else:
        speak(gather, "voice_person_still_waiting")
    return response


def leave() -> VoiceResponse:
    """Takes the caller out of the queue; the carrier then asks the queue's `action`."""
    response = VoiceResponse()
    response.leave()
    return response


def room(response: VoiceResponse, name: str, *, action: str, wait_url: str, person: bool, ends: bool = True) -> None:
    """Appends the conference. The caller does not start it, so nobody speaks into an empty room.

    Args:
        name: the id of the caller's call: says nothing of anybody.
        wait_url: what is heard until the other is there.
        person: the caller; else whoever takes the call.
        ends: the conference is over when this one leaves it.
    """
    dialled = response.dial(action=action, method="POST", record="do-not-record")
    dialled.conference(
        name,
        start_conference_on_enter=not person,
        end_conference_on_exit=ends,
        beep="false",
        record="do-not-record",
        wait_url=wait_url,
        wait_method="POST",
        participant_label="caller" if person else "taker",
    )


def whisper(
    speak: Speak, summary: Summary, *, action: str, service: str, languages: Mapping[str, str]
) -> VoiceResponse:
    """What whoever answers hears before they press a key.

    Args:
        service: the name of the door, "211".
        languages: names of languages in the listener's language, by code.
    """
    response = VoiceResponse()
    gather = response.gather(
        input="dtmf", num_digits=1, action=action, method="POST", timeout=WAIT, action_on_empty_result=True
    )
    speak(gather, "voice_whisper_from", service=service)
    if summary.danger:
        speak(gather, "voice_whisper_danger")
    if summary.language:
        speak(gather, "voice_whisper_language", language=languages.get(summary.language, summary.language))
    if not summary.shared:
        speak(gather, "voice_whisper_no_summary")
    elif summary.need:
        speak(gather, "voice_whisper_need", need=summary.need, place=summary.place or "—")
    speak(gather, "voice_whisper_accept", yes=YES, no=NO)
    return response
