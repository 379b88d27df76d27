"""The fake carrier's calls and conferences: who is in which, and what the product is told of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.peers.magic import Refusal
from tests.peers.records import VERSION, Call, Conference, Participant, new_sid

REFUSED = {
    "+15005550001": Refusal(400, 21217, "Phone number does not appear to be valid"),
    "+15005550002": Refusal(400, 21214, "'To' phone number cannot be reached"),
    "+15005550003": Refusal(400, 21215, "Account not authorized to call this region"),
    "+15005550004": Refusal(400, 21216, "Account not allowed to call this number"),
}
"""Twilio's own test numbers for calls."""


class Exchange:
    account: str
    clock: Callable[[], float]
    strict: bool
    own: dict[str, dict[str, Any]]
    caller_ids: list[str]
    call_back: Callable[..., None]

    def __init__(self) -> None:
        self.calls: dict[str, Call] = {}
        self.conferences: dict[str, Conference] = {}

    def place(self, form: dict[str, str], *, needs_url: bool = True) -> Call | Refusal:
        """A call that the product asks for: queued, until a `Caller` answers it; or why not."""
        to, from_ = form.get("To", ""), form.get("From", "")
        if not to:
            return Refusal(400, 21201, "No 'To' number is specified")
        if not from_:
            return Refusal(400, 21213, "'From' phone number is required")
        if to in REFUSED:
            return REFUSED[to]
        if self.strict and from_ not in self.own and from_ not in self.caller_ids:
            return Refusal(400, 21210, "'From' phone number not verified")
        if needs_url and not (form.get("Url") or form.get("Twiml") or form.get("ApplicationSid")):
            return Refusal(400, 21205, "Url parameter is required")
        call = Call(
            new_sid("CA"),
            from_,
            to,
            self.clock(),
            url=form.get("Url"),
            twiml=form.get("Twiml"),
            method=form.get("Method", "POST"),
            callback=form.get("StatusCallback"),
            events=tuple(form.get("StatusCallbackEvent", "completed").split()),
            timeout=int(form.get("Timeout", 60)),
        )
        self.calls[call.sid] = call
        return call

    def reach(self, call: Call, status: str) -> None:
        """A call comes into a state: initiated, ringing, in-progress, completed, busy, no-answer, failed, canceled."""
        if call.over:
            return
        call.status = "queued" if status == "initiated" else status
        if status == "in-progress":
            call.started = self.clock()
        if call.over:
            call.ended = self.clock()
            for conference in list(self.conferences.values()):
                self.leave(conference, call.sid)
        # Twilio: "in-progress" is the event "answered", every end is "completed".
        event = "answered" if status == "in-progress" else "completed" if call.over else status
        if call.callback and event in call.events:
            form = call.form(self.account) | {"Timestamp": "", "CallbackSource": "call-progress-events"}
            if call.over:
                form["CallDuration"] = str(round(call.ended - call.started) if call.ended and call.started else 0)
            self.call_back(call.callback, form)

    def conference(self, name: str) -> Conference:
        """The conference of a name that is going on; a new one when there is none."""
        for one in self.conferences.values():
            if one.name == name and one.status != "completed":
                return one
        made = Conference(new_sid("CF"), name, self.clock())
        self.conferences[made.sid] = made
        return made

    def join(self, name: str, one: Participant, *, callback: str | None = None, events: str = "") -> Conference:
        """A call comes into a conference, which starts when somebody is there who starts it and somebody else."""
        conference = self.conference(name)
        if callback:
            conference.callback, conference.events = callback, frozenset(events.split())
        conference.participants[one.call] = one
        one.status = "connected"
        self._tell(conference, "participant-join", "join", one)
        there = [someone for someone in conference.participants.values() if someone.status == "connected"]
        if conference.status == "init" and len(there) > 1 and any(someone.starts_it for someone in there):
            conference.status = "in-progress"
            self._tell(conference, "conference-start", "start", one)
        return conference

    def leave(self, conference: Conference, call_sid: str) -> None:
        one = conference.participants.pop(call_sid, None)
        if one is None or conference.status == "completed":
            return
        self._tell(conference, "participant-leave", "leave", one)
        if one.ends_it:
            self.over(conference, "participant-with-end-conference-on-exit-left")
        elif not conference.participants:
            self.over(conference, "last-participant-left")

    def over(self, conference: Conference, because: str) -> None:
        if conference.status != "completed":
            conference.status, conference.ended_because = "completed", because
            conference.participants.clear()
            self._tell(conference, "conference-end", "end", None)

    def _tell(self, conference: Conference, event: str, wanted: str, one: Participant | None) -> None:
        """The conference's own callback, with the parameters of the page "TwiML: <Conference>"."""
        if conference.callback is None or wanted not in conference.events:
            return
        conference.told += 1
        form = {
            "AccountSid": self.account,
            "ApiVersion": VERSION,
            "ConferenceSid": conference.sid,
            "FriendlyName": conference.name,
            "StatusCallbackEvent": event,
            "SequenceNumber": str(conference.told),
        }
        if one is not None:
            flags = {"Muted": one.muted, "Hold": one.hold, "EndConferenceOnExit": one.ends_it}
            flags["StartConferenceOnEnter"] = one.starts_it
            form |= {"CallSid": one.call} | {name: str(value).lower() for name, value in flags.items()}
            if one.label:
                form["ParticipantLabel"] = one.label
        if conference.ended_because:
            form["ReasonConferenceEnded"] = conference.ended_because
        self.call_back(conference.callback, form)
