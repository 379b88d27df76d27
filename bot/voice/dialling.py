"""What the carrier says about a call that it placed, and the page that lets it place one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from twilio.twiml.voice_response import VoiceResponse

from bot.voice.callers import safe_to_dial, withheld
from bot.voice.chain import Chain, Outcome
from directory_client.lines import Line

LONG_ENOUGH = 10
"""Seconds. Shorter ones were an announcement or a mistake, not a talk."""
PATIENCE = 25
"""Seconds that a line may ring; the carrier's voicemail of a closed office takes over later than that."""
PATIENCE_IN_DANGER = 20
_OVER = frozenset(("completed", "canceled", "busy", "no-answer", "failed"))
"""CallStatus of a caller who is not there any more."""
_OUTCOMES: Mapping[str, Outcome] = {"busy": "busy", "no-answer": "no_answer", "failed": "failed", "canceled": "left"}
_QUEUE_GONE = frozenset(("hangup",))


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of one call to a line; `seconds` that it lasted, 0 when nobody said."""

    outcome: Outcome
    seconds: int = 0


def heard(form: Mapping[str, str]) -> Heard:
    """Reads a result of <Dial>. Whatever is unknown counts as failed, so that the chain goes on.

    Source: Twilio's documentation of <Dial>, DialCallStatus and DialCallDuration.
    """
    status = form.get("DialCallStatus", "")
    lasted = seconds(form.get("DialCallDuration", ""))
    gone = form.get("CallStatus", "") in _OVER
    if status in ("completed", "answered"):
        if lasted >= LONG_ENOUGH and form.get("DialBridged", "true") != "false":
            return Heard("connected", lasted)
        return Heard("left" if gone else "short", lasted)
    return Heard("left" if gone else _OUTCOMES.get(status, "failed"), lasted)


def queue_heard(form: Mapping[str, str]) -> Outcome:
    """Reads a result of <Enqueue>: nobody came, or the caller hung up.

    A queue never says "connected": callers are taken out of it for a conference, which says how long it lasted.
    """
    result = form.get("QueueResult", "")
    if result in _QUEUE_GONE or form.get("CallStatus", "") in _OVER:
        return "left"
    return "no_answer" if result == "leave" else "failed"


def seconds(text: str) -> int:
    """A duration as the carrier writes it; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def dial(
    response: VoiceResponse, line: Line, *, our_number: str, action: str, danger: bool = False, show: str | None = None
) -> None:
    """Appends the call to a line.

    Args:
        our_number: the number of ours that was called; the line sees it. Without a caller id of our own the
            carrier would show the caller's.
        action: where the result is sent.
        show: the caller's own number, when they agreed that the line sees it.

    Raises:
        ValueError: for a number that may not be dialled; `Chain` holds no such line.
    """
    number = line.dial
    if number is None or not safe_to_dial(number):
        raise ValueError(f"the line {line.id} may not be dialled")
    dialled = response.dial(
        action=action,
        method="POST",
        timeout=PATIENCE_IN_DANGER if danger else PATIENCE,
        caller_id=show if show and not withheld(show) else our_number,
        answer_on_bridge=True,
        record="do-not-record",
    )
    extension = line.extension if line.extension and line.extension.isascii() and line.extension.isdigit() else None
    # Two seconds of silence before the extension: a switchboard needs to pick up first.
    dialled.number(number, **({"send_digits": f"wwww{extension}"} if extension else {}))


def announced(chain: Chain, leg: int | None) -> str | None:
    """The sentence before a stop that is not the first: the line before it did not answer."""
    if leg is None or leg >= chain.at or chain.stop.kind == "callback":
        return None
    return "voice_next_line" if chain.stops[leg].kind in ("line", "warm") else "voice_nobody_reached"
