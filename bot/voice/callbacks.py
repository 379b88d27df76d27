"""When nobody is there: a message after the tone, or a request to be called back, with what is safe.

The questions are a small machine without side effects: `put` asks the one of the present stage, `answered`
reads the keys. Silence is never taken for a yes: without a key there is no call back, no recording and no
message left on a machine. What was agreed to so far is kept when the caller hangs up in the middle.
"""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal, get_args

from cryptography.fernet import InvalidToken
from sqlalchemy.orm import Session
from twilio.twiml.voice_response import VoiceResponse

from bot.conversations import ownership
from bot.conversations.carrier_models import Callback
from bot.conversations.identity import Keys
from bot.conversations.models import Audit
from bot.voice.callers import typed_number, withheld
from bot.voice.heard import Heard
from bot.voice.hints import hints
from bot.voice.pages import listening
from bot.voice.speaking import Speak, shown
from bot.voice.spoken_keys import NO, YES, keys_of
from bot.voice.yes_no import words_for
from directory_client.lines import CRISIS, EMERGENCY
from directory_client.phones import shown as written

Stage = Literal["offer", "this_number", "number", "number_right", "when", "message", "record", "done", "back",
                "nothing", "person"]  # fmt: skip
ASKING: frozenset[Stage] = frozenset(("offer", "this_number", "number", "number_right", "when", "message", "record"))
"""Stages that wait for the caller; the others are over."""
_EITHER: frozenset[Stage] = frozenset(("this_number", "number_right", "message"))
OFFERED = {"callback": "1", "message": "2", "back": "3"}
HOURS = {"any": "1", "morning": "2", "afternoon": "3", "evening": "4"}
PERSON, AGAIN = "0", "9"
TRIES = 2
"""How often a question is left without an answer that fits before the caller is let go on without it."""
LONGEST = 120
"""Seconds of a message. Long enough to say what it is about; nobody transcribes it."""
WAIT = 8
_RECORDING = re.compile(r"RE[0-9a-fA-F]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked and answered so far. The number stands in it encrypted (base64), so that it may be stored.

    `safe_hours` and `may_leave` are None as long as the caller has not said; staff then take neither for granted.
    """

    stage: Stage = "offer"
    kind: Literal["callback", "voicemail"] = "callback"
    hidden: bool = False
    danger: bool = False
    tries: int = 0
    number: str | None = None
    number_sure: bool = False
    safe_hours: str | None = None
    may_leave: bool | None = None
    recording: str | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Any) -> Request:
        """The request as stored; a fresh one when it cannot be read."""
        try:
            found = cls(**stored)
        except TypeError:
            return cls()
        return found if found.stage in get_args(Stage) and isinstance(found.tries, int) else cls()

    @property
    def agreed(self) -> bool:
        """There is something to keep: a number that the caller wants to be called at, or a message."""
        return self.recording is not None or (self.number is not None and self.number_sure)


def ask(*, caller: str | None, danger: bool) -> Request:
    """The first question, to a caller whose number is `caller`; nobody is asked about a hidden number."""
    return Request(hidden=withheld(caller) or typed_number((caller or "").removeprefix("+")) is None, danger=danger)


def answered(
    request: Request, form: Mapping[str, str], *, caller: str | None, keys: Keys, language: str = "en"
) -> Request:
    """The request after the keys, the words or the recording that the carrier sent. Never raises, whatever was sent."""
    if request.stage not in ASKING:
        return request
    if request.stage == "record":
        return _recorded(request, form)
    digits = keys_of(Heard.read(form), language, either=request.stage in _EITHER)
    if digits == PERSON:
        return replace(request, stage="person", tries=0)
    if digits == AGAIN:
        return request
    if request.stage == "number":
        return _typed(request, digits, keys)
    return _chosen(request, digits, caller, keys) or _failed(request)


def _chosen(request: Request, digits: str, caller: str | None, keys: Keys) -> Request | None:
    """The request after one key; None when the key means nothing here."""
    go_on = replace(request, tries=0)
    match request.stage, digits:
        case "offer", "1":
            return replace(go_on, kind="callback", stage=_ask_number(request))
        case "offer", "2":
            return replace(go_on, kind="voicemail", stage="record")
        case "offer", "3":
            return replace(go_on, stage="back")
        case "this_number", "1":
            number = typed_number((caller or "").removeprefix("+"))
            if number is None:  # the carrier named no number this time
                return replace(go_on, stage="number")
            return replace(go_on, number=_sealed(number, keys), number_sure=True, stage="when")
        case "this_number", "2":
            return replace(go_on, stage="number")
        case "number_right", "1":
            return replace(go_on, number_sure=True, stage="when")
        case "number_right", "2":
            return replace(go_on, number=None, number_sure=False, stage="number")
        case "when", _ if digits in HOURS.values():
            chosen = next(name for name, key in HOURS.items() if key == digits)
            return replace(go_on, safe_hours=chosen, stage="message")
        case "message", "1" | "2":
            return replace(go_on, may_leave=digits == YES, stage="done")
    return None


def _failed(request: Request) -> Request:
    """Nothing, or a key that means nothing: asked again, then without an answer."""
    if request.tries + 1 < TRIES:
        return replace(request, tries=request.tries + 1)
    after: Mapping[Stage, Stage] = {"when": "message", "message": "done"}
    without: Stage = "done" if request.recording else "nothing"
    following = after.get(request.stage, without)
    sure = request.number_sure
    return replace(request, tries=0, stage=following, number=request.number if sure else None)


def _typed(request: Request, digits: str, keys: Keys) -> Request:
    number = typed_number(digits)
    if number is None:
        return _failed(request)
    return replace(request, number=_sealed(number, keys), number_sure=False, stage="number_right", tries=0)


def _recorded(request: Request, form: Mapping[str, str]) -> Request:
    sid, seconds = form.get("RecordingSid", ""), form.get("RecordingDuration", "0")
    if not _RECORDING.fullmatch(sid) or seconds == "0":
        failed = _failed(request)
        return failed if failed.stage == "record" else replace(failed, stage="nothing")
    return replace(request, recording=sid, tries=0, stage=_ask_number(request))


def _ask_number(request: Request) -> Stage:
    return "number" if request.hidden else "this_number"


def _sealed(number: str, keys: Keys) -> str:
    return base64.b64encode(keys.sealed(number)).decode()


def put(
    response: VoiceResponse, request: Request, speak: Speak, keys: Keys, *, action: str, language: str = "en"
) -> None:
    """Appends the question of the present stage, or the last words of "done".

    Args:
        action: gets the answer.
        language: of the person, who may say it where the carrier understands that.
    """
    if request.stage == "done":
        speak(response, "voice_callback_done" if request.number else "voice_goodbye", line_911=shown(EMERGENCY))
        return
    if request.stage == "record":
        if request.tries:
            speak(response, "voice_voicemail_empty")
        speak(response, "voice_voicemail")
        response.record(
            action=action, method="POST", max_length=LONGEST, timeout=5, finish_on_key="#", play_beep=True,
            transcribe=False,
        )  # fmt: skip
        # The carrier goes on here when it recorded nothing at all.
        response.redirect(action, method="POST")
        return
    several = {} if request.stage == "number" else {"num_digits": 1}
    gather = response.gather(
        **listening(language, hints(words_for(language)) if request.stage in _EITHER else ""),
        action=action, method="POST", timeout=WAIT, finish_on_key="#", action_on_empty_result=True, **several,
    )  # fmt: skip
    _question(request, speak, gather, keys)


def _question(request: Request, speak: Speak, gather: Any, keys: Keys) -> None:
    yes_no = {"yes": YES, "no": NO}
    if request.tries:
        speak(gather, "voice_number_wrong" if request.stage == "number" else "voice_not_heard")
    match request.stage:
        case "offer":
            if request.danger and not request.tries:
                speak(gather, "voice_queue_danger", line_911=shown(EMERGENCY), line_988=shown(CRISIS))
            speak(gather, "voice_nobody_free", **OFFERED)
        case "this_number":
            if request.recording and not request.tries:
                speak(gather, "voice_voicemail_done")
            speak(gather, "voice_callback_this", **yes_no)
        case "number":
            if request.recording and not request.tries:
                speak(gather, "voice_voicemail_done")
            speak(gather, "voice_callback_number")
        case "number_right":
            speak(gather, "voice_number_confirm", number=written(_opened(request, keys)), **yes_no)
        case "when":
            speak(gather, "voice_callback_when", **HOURS)
        case "message":
            speak(gather, "voice_callback_message", **yes_no)


def _opened(request: Request, keys: Keys) -> str:
    try:
        return keys.opened(base64.b64decode(request.number or ""))
    except (InvalidToken, binascii.Error, ValueError):
        return ""


def keep(
    session: Session, request: Request, *, conversation_id: str, call_sid: str, language: str, now: datetime
) -> None:
    """Writes what was agreed to so far; the same call writes the same row again, never a second one.

    The conversation waits for a person from then on, so that staff see the request.
    """
    if not request.agreed:
        return
    row_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"callback:{call_sid}"))
    row = session.get(Callback, row_id)
    new = row is None
    if row is None:
        row = Callback(id=row_id, conversation_id=conversation_id, state="open", created_at=now)
    row.kind, row.language, row.recording = request.kind, language, request.recording
    row.number = base64.b64decode(request.number) if request.number and request.number_sure else None
    row.safe_hours, row.may_leave_message = request.safe_hours, request.may_leave
    session.add(row)
    if new:
        # A message is recorded only after the caller has pressed the key for it.
        detail = {"kind": request.kind, "recorded": request.recording is not None}
        session.add(
            Audit(conversation_id=conversation_id, actor="person", action="callback", detail=detail, created_at=now)
        )
    session.flush()
    if new:
        ownership.ask_for_person(session, conversation_id, reason=request.kind, priority=0, now=now)
