"""Calls and conferences in the fake carrier's REST API.

Nobody talks here. A call that the product places waits as "queued" until a `Caller` answers it (tests/peers/caller.py);
what the product changes by the API is taken up by the caller who is in that call.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.peers import magic
from tests.peers.exchange import Exchange
from tests.peers.magic import Refusal
from tests.peers.pages import page
from tests.peers.records import Call, Conference, Participant


class Calls:
    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    def place(self, request: Request, form: dict[str, str]) -> Any:
        placed = self.exchange.place(form)
        if isinstance(placed, Refusal):
            return placed
        self.exchange.reach(placed, "initiated")
        return JSONResponse(placed.shown(self.exchange.account), 201)

    def list(self, request: Request, form: dict[str, str]) -> Any:
        wanted = {"To": "to", "From": "from_", "Status": "status", "ParentCallSid": "parent"}
        found = [
            call.shown(self.exchange.account)
            for call in self.exchange.calls.values()
            if all(form[name] == getattr(call, field) for name, field in wanted.items() if name in form)
        ]
        return page(request, "calls", found[::-1])

    def one(self, request: Request, form: dict[str, str]) -> Any:
        call = self.exchange.calls.get(request.path_params["sid"])
        if call is None:
            return magic.NOT_FOUND
        if request.method == "POST":
            if call.over:
                return Refusal(400, 21220, "Call is not in-progress. Cannot redirect.")
            _change(self.exchange, call, form)
        return call.shown(self.exchange.account)

    def conferences(self, request: Request, form: dict[str, str]) -> Any:
        wanted = {"FriendlyName": "name", "Status": "status"}
        found = [
            conference.shown(self.exchange.account)
            for conference in self.exchange.conferences.values()
            if all(form[name] == getattr(conference, field) for name, field in wanted.items() if name in form)
        ]
        return page(request, "conferences", found[::-1])

    def conference(self, request: Request, form: dict[str, str]) -> Any:
        found = self.exchange.conferences.get(request.path_params["sid"])
        if found is None:
            return magic.NOT_FOUND
        if request.method == "POST" and form.get("Status") == "completed":
            self.exchange.over(found, "conference-ended-via-api")
        return found.shown(self.exchange.account)

    def participants(self, request: Request, form: dict[str, str]) -> Any:
        """A list, or one more: the API accepts a conference's name there as well, and makes the conference."""
        name = request.path_params["sid"]
        conference = self._going_on(name)
        if conference is None and request.method == "POST" and not name.startswith("CF"):
            conference = self.exchange.conference(name)
        if conference is None:
            return magic.NOT_FOUND
        account = self.exchange.account
        if request.method == "GET":
            shown = [conference.shown_participant(account, one) for one in conference.participants.values()]
            return page(request, "participants", shown)
        call = self.exchange.place(form, needs_url=False)
        if isinstance(call, Refusal):
            return call
        one = Participant(
            call.sid,
            label=form.get("Label"),
            muted=_true(form.get("Muted")),
            ends_it=_true(form.get("EndConferenceOnExit")),
            starts_it=form.get("StartConferenceOnEnter") != "false",
            coaching=form.get("CallSidToCoach"),
            status="queued",
        )
        conference.participants[call.sid] = one
        if form.get("ConferenceStatusCallback"):
            conference.callback = form["ConferenceStatusCallback"]
            conference.events = frozenset(form.get("ConferenceStatusCallbackEvent", "start end").split())
        self.exchange.reach(call, "initiated")
        return JSONResponse(conference.shown_participant(account, one), 201)

    def participant(self, request: Request, form: dict[str, str]) -> Any:
        conference = self._going_on(request.path_params["sid"])
        one = conference.participants.get(request.path_params["call"]) if conference else None
        if conference is None or one is None:
            return magic.NOT_FOUND
        if request.method == "DELETE":
            self.exchange.leave(conference, one.call)
            return Response(status_code=204)
        if request.method == "POST":
            one.muted = _true(form.get("Muted"), one.muted)
            one.hold = _true(form.get("Hold"), one.hold)
            one.ends_it = _true(form.get("EndConferenceOnExit"), one.ends_it)
        return conference.shown_participant(self.exchange.account, one)

    def _going_on(self, name: str) -> Conference | None:
        for conference in self.exchange.conferences.values():
            if name == conference.sid or (name == conference.name and conference.status != "completed"):
                return conference
        return None


def _change(exchange: Exchange, call: Call, form: dict[str, str]) -> None:
    """Ends a call, or gives it other TwiML to go on with."""
    if "Status" in form:
        exchange.reach(call, form["Status"])
    elif form.get("Url") or form.get("Twiml"):
        call.url, call.twiml = form.get("Url"), form.get("Twiml")
        call.method, call.changed = form.get("Method", "POST"), True


def _true(value: str | None, otherwise: bool = False) -> bool:
    return otherwise if value is None else value.lower() == "true"
