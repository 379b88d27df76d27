"""A transfer as it stands, and the page of its present stop.

It is kept as the part "transfer" of the call's state. Nothing in it is a number of a person in clear.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode

from sqlalchemy.orm import Session
from twilio.twiml.voice_response import VoiceResponse

from bot.conversations.identity import Keys
from bot.conversations.models import Audit
from bot.intake.models import DoorEvent
from bot.language.names import english_name
from bot.voice import callbacks, conference, dialling
from bot.voice.calls import Calling
from bot.voice.chain import Chain, Outcome
from bot.voice.hints import hints
from bot.voice.pages import listening
from bot.voice.speaking import Speak
from bot.voice.spoken_keys import NO, YES
from bot.voice.yes_no import words_for

CONFERRING = ("queue", "warm")
"""Kinds of stops at which a caller waits for somebody, and then speaks with them in a conference."""
LINE = "line:"
"""Before the id of a line that the caller chose, in the reason of a transfer."""
Asks = Literal["number", "summary"]
Why = Literal["nobody", "declined", "ended"]
_CONSENT: Mapping[Asks, str] = {"number": "voice_caller_id_ask", "summary": "voice_summary_ask"}
_PLAIN = ("n", "danger", "interpreter", "held", "asks", "show", "shared", "to_callback", "k")


@dataclass(frozen=True, slots=True)
class Transfer:
    """Where a transfer stands. `n` counts the transfers of a call, `k` the answers about a callback.

    `asks` is a consent that is being asked for; `show` (the line sees the caller's number) and `shared` (the
    partner hears a summary) are true only after a yes.
    """

    chain: Chain
    n: int = 1
    danger: bool = False
    interpreter: bool = False
    held: bool = False
    asks: Asks | None = None
    show: bool = False
    shared: bool = False
    to_callback: bool = False
    request: callbacks.Request | None = None
    k: int = 0

    def as_json(self) -> dict[str, Any]:
        plain = {name: getattr(self, name) for name in _PLAIN}
        request = self.request.as_json() if self.request else None
        return {**plain, "chain": self.chain.as_json(), "request": request}

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Transfer | None:
        """The transfer in the state of a call; None when there was none."""
        stored = state.get("transfer")
        if not isinstance(stored, Mapping):
            return None
        request = stored.get("request")
        return cls(
            Chain.from_json(stored.get("chain")),
            **{name: stored[name] for name in _PLAIN if name in stored},
            request=callbacks.Request.from_json(request) if isinstance(request, Mapping) else None,
        )

    def onward(self, leg: int, outcome: Outcome) -> Transfer:
        """After the result of a stop. A yes to telling one partner is none to telling the next, who is asked about."""
        chain = self.chain.after(leg, outcome)
        if chain.at == self.chain.at:
            return replace(self, chain=chain)
        asks: Asks | None = "summary" if chain.stop.kind == "warm" and not self.danger else None
        return replace(self, chain=chain, shared=False, asks=asks)

    def agreed(self, yes: bool) -> Transfer:
        """After the answer about a consent."""
        asked = {"show": yes} if self.asks == "number" else {"shared": yes}
        return replace(self, asks=None, **asked)  # type: ignore[arg-type]


def url(path: str, **query: object) -> str:
    """An address of ours; the carrier takes it relative to that of the page."""
    return f"/voice/{path}?{urlencode({name: str(value) for name, value in query.items()})}"


def to_callback(transfer: Transfer, calling: Calling) -> str:
    """Where an answer about a callback goes."""
    return url("transfer/callback", n=transfer.n, k=transfer.k, s=calling.step + 1)


def back(response: VoiceResponse, why: Why) -> None:
    """The assistant takes the call on."""
    response.redirect(f"/voice/back?why={why}", method="POST")


def put(
    response: VoiceResponse,
    transfer: Transfer,
    calling: Calling,
    speak: Speak,
    keys: Keys,
    *,
    leg: int | None = None,
    caller: str | None = None,
) -> Transfer:
    """Appends the present stop to a page: words, and what starts it.

    Args:
        leg: the stop before; None at the first.
        caller: the number of the person, where this request has it; used only after their consent.

    Returns:
        The transfer with what the page has begun.
    """
    chain, n = transfer.chain, transfer.n
    if chain.ended:
        back(response, "ended")
        return transfer
    if transfer.asks:
        gather = response.gather(
            **listening(calling.language, hints(words_for(calling.language))), num_digits=1,
            action=url("transfer/asked", n=n, s=calling.step + 1), method="POST", timeout=callbacks.WAIT,
            action_on_empty_result=True,
        )  # fmt: skip
        speak(gather, _CONSENT[transfer.asks], yes=YES, no=NO)
        return transfer
    before = dialling.announced(chain, leg)
    if before:
        speak(response, before)
    if chain.stop.kind == "callback":
        request = transfer.request or callbacks.Request(hidden=calling.withheld, danger=transfer.danger)
        if request.stage == "number_right":
            # Pages are stored; this one would hold the person's number, so it is made anew each time.
            response.redirect(url("transfer/ask", n=n), method="POST")
            return transfer
        callbacks.put(response, request, speak, keys, action=to_callback(transfer, calling), language=calling.language)
        return replace(transfer, request=request)
    at = {"n": n, "leg": chain.at}
    line = chain.line
    if chain.stop.kind == "line" and line is not None:
        _announce(response, transfer, calling, speak)
        dialling.dial(
            response, line, our_number=calling.line, action=url("transfer/line", **at), danger=transfer.danger,
            show=caller if transfer.show else None,
        )  # fmt: skip
        return transfer
    speak(response, "voice_connecting_person")
    conference.enqueue(response, action=url("transfer/queue", **at), wait_url=url("transfer/wait", **at))
    return transfer


def _announce(response: VoiceResponse, transfer: Transfer, calling: Calling, speak: Speak) -> None:
    line = transfer.chain.line
    assert line is not None
    if transfer.danger:
        speak(response, "voice_crisis_connecting", name=line.name_in(calling.language))
    elif transfer.interpreter or (line.languages and calling.language not in line.languages):
        speak(response, "voice_connecting_interpreter", language=english_name(calling.language))
    else:
        speak(response, "voice_connecting", name=line.name_in(calling.language))


def record(
    session: Session, calling: Calling, transfer: Transfer, leg: int, outcome: Outcome, seconds: int, now: datetime
) -> None:
    """Writes what became of a stop, once: which line, how it ended, how long it lasted. No number of anybody."""
    if transfer.chain.ended or leg != transfer.chain.at:
        return
    row = str(uuid.uuid5(uuid.NAMESPACE_URL, f"transfer:{calling.sid}:{transfer.n}:{leg}"))
    if session.get(Audit, row) is None:
        stop = transfer.chain.stop
        detail = {"to": stop.line or stop.kind, "stop": leg, "outcome": outcome, "seconds": seconds}
        session.add(
            Audit(
                id=row, conversation_id=calling.conversation_id, actor="system", action="transfer", detail=detail,
                created_at=now,
            )
        )  # fmt: skip
        if stop.line is not None:  # a count that outlives the conversation: connected is said only of what was
            session.add(
                DoorEvent(
                    door=calling.door, event="line", code=outcome, detail=stop.line, language=calling.language,
                    channel="voice", created_at=now,
                )
            )  # fmt: skip
