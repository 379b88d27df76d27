"""The fake carrier's REST API over HTTP: the paths of `/2010-04-01` that the product uses, in Twilio's forms.

In this process: `serving(carrier)`, or `routes(carrier)` behind httpx.ASGITransport. As a process of its own, for
tests that kill others: `python -m tests.peers.rest --port 4011 --product http://127.0.0.1:8000`; then `/fake/state`
tells what it holds.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.peers import magic
from tests.peers.calls import Calls
from tests.peers.carrier import Carrier, Chances
from tests.peers.magic import Refusal
from tests.peers.pages import page, refused
from tests.peers.posting import Webhooks
from tests.peers.records import Message

ACCOUNTS = "/2010-04-01/Accounts/{account}"


def routes(carrier: Carrier, *, alive: bool = False) -> Starlette:
    """The API as an ASGI application; `alive` lets the carrier's time pass while it is served."""
    api = _Api(carrier)
    calls = Calls(carrier)

    def route(path: str, answer: Callable[..., Any], *methods: str) -> Route:
        return Route(path, api.guarded(answer), methods=list(methods))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        running = asyncio.create_task(carrier.run()) if alive else None
        yield
        if running:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
        await carrier.product.close()

    return Starlette(
        lifespan=lifespan,
        routes=[
            route(f"{ACCOUNTS}.json", api.account, "GET"),
            route(f"{ACCOUNTS}/Messages.json", api.messages, "GET"),
            route(f"{ACCOUNTS}/Messages.json", api.send, "POST"),
            route(f"{ACCOUNTS}/Messages/{{sid}}.json", api.message, "GET", "POST", "DELETE"),
            route(f"{ACCOUNTS}/IncomingPhoneNumbers.json", api.numbers, "GET"),
            route(f"{ACCOUNTS}/IncomingPhoneNumbers/{{sid}}.json", api.number, "GET", "POST"),
            route(f"{ACCOUNTS}/OutgoingCallerIds.json", api.caller_ids, "GET"),
            route(f"{ACCOUNTS}/Calls.json", calls.list, "GET"),
            route(f"{ACCOUNTS}/Calls.json", calls.place, "POST"),
            route(f"{ACCOUNTS}/Calls/{{sid}}.json", calls.one, "GET", "POST"),
            route(f"{ACCOUNTS}/Conferences.json", calls.conferences, "GET"),
            route(f"{ACCOUNTS}/Conferences/{{sid}}.json", calls.conference, "GET", "POST"),
            route(f"{ACCOUNTS}/Conferences/{{sid}}/Participants.json", calls.participants, "GET", "POST"),
            route(
                f"{ACCOUNTS}/Conferences/{{sid}}/Participants/{{call}}.json", calls.participant, "GET", "POST", "DELETE"
            ),
            route("/v1/Services", api.services, "GET"),
            Route("/fake/state", api.state),
        ],
    )


class _Api:
    def __init__(self, carrier: Carrier) -> None:
        self.carrier = carrier

    def guarded(self, answer: Callable[..., Any]) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            given = (await request.form() if request.method == "POST" else request.query_params).multi_items()
            parameters: dict[str, str] = {}
            for name, value in given:
                # What comes several times is a list, as in the attributes of TwiML.
                parameters[name] = f"{parameters[name]} {value}" if name in parameters else str(value)
            self.carrier.requests.append((request.method, request.url.path, parameters))
            asked = request.path_params.get("account", self.carrier.account)
            if not self._authorised(request) or asked != self.carrier.account:
                return refused(magic.UNAUTHORISED)
            found = answer(request, parameters)
            if isinstance(found, Refusal):
                return refused(found)
            return found if isinstance(found, Response) else JSONResponse(found)

        return endpoint

    def _authorised(self, request: Request) -> bool:
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        wanted = base64.b64encode(f"{self.carrier.account}:{self.carrier.token}".encode()).decode()
        return kind.lower() == "basic" and given == wanted

    def account(self, request: Request, form: dict[str, str]) -> Any:
        here, now = self.carrier, "Wed, 01 Jan 2025 00:00:00 +0000"
        uri = f"/2010-04-01/Accounts/{here.account}"
        return {
            "auth_token": here.token,
            "date_created": now,
            "date_updated": now,
            "friendly_name": "Tests",
            "owner_account_sid": here.account,
            "sid": here.account,
            "status": "active",
            "subresource_uris": {"messages": f"{uri}/Messages.json"},
            "type": "Full",
            "uri": f"{uri}.json",
        }

    def send(self, request: Request, form: dict[str, str]) -> Any:
        accepted = self.carrier.accept(form)
        if isinstance(accepted, Refusal):
            return accepted
        return JSONResponse(accepted.shown(self.carrier.account), 201)

    def messages(self, request: Request, form: dict[str, str]) -> Any:
        """Newest first, as the real list. A message that was not sent yet has no DateSent and matches no date."""
        found = [m for m in self.carrier.messages.values() if _matches(m, form)]
        return page(request, "messages", [m.shown(self.carrier.account) for m in reversed(found)])

    def message(self, request: Request, form: dict[str, str]) -> Any:
        found = self.carrier.messages.get(request.path_params["sid"])
        if found is None:
            return magic.NOT_FOUND
        if request.method == "DELETE":
            del self.carrier.messages[found.sid]
            return Response(status_code=204)
        if form.get("Status") == "canceled" and request.method == "POST":
            if found.status not in ("queued", "accepted", "scheduled"):
                return Refusal(400, 30409, "Message cannot be canceled any more")
            found.status = "canceled"
        if request.method == "POST" and form.get("Body") == "":
            found.body = ""
        return found.shown(self.carrier.account)

    def numbers(self, request: Request, form: dict[str, str]) -> Any:
        wanted = form.get("PhoneNumber", "")
        found = [self._number(fields) for number, fields in self.carrier.own.items() if wanted in number]
        return page(request, "incoming_phone_numbers", found)

    def number(self, request: Request, form: dict[str, str]) -> Any:
        for fields in self.carrier.own.values():
            if fields["sid"] == request.path_params["sid"]:
                if request.method == "POST":
                    fields |= {_snake(name): value for name, value in form.items()}
                return self._number(fields)
        return magic.NOT_FOUND

    def _number(self, fields: dict[str, Any]) -> dict[str, Any]:
        return {
            "account_sid": self.carrier.account,
            "address_requirements": "none",
            "address_sid": None,
            "api_version": "2010-04-01",
            "beta": False,
            "bundle_sid": None,
            "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False},
            "date_created": "Wed, 01 Jan 2025 00:00:00 +0000",
            "date_updated": "Wed, 01 Jan 2025 00:00:00 +0000",
            "emergency_status": "Inactive",
            "emergency_address_sid": None,
            "emergency_address_status": "unregistered",
            "friendly_name": fields["phone_number"],
            "identity_sid": None,
            "origin": "twilio",
            "sms_application_sid": None,
            "sms_fallback_method": "POST",
            "sms_fallback_url": None,
            "sms_method": "POST",
            "sms_url": None,
            "status": "in-use",
            "status_callback": None,
            "status_callback_method": "POST",
            "trunk_sid": None,
            "uri": f"/2010-04-01/Accounts/{self.carrier.account}/IncomingPhoneNumbers/{fields['sid']}.json",
            "voice_application_sid": None,
            "voice_caller_id_lookup": False,
            "voice_fallback_method": "POST",
            "voice_fallback_url": None,
            "voice_method": "POST",
            "voice_receive_mode": "voice",
            "voice_url": None,
            **fields,
        }

    def caller_ids(self, request: Request, form: dict[str, str]) -> Any:
        account = self.carrier.account
        shown = []
        for position, number in enumerate(self.carrier.caller_ids):
            sid = f"PN{position:032x}"
            shown.append(
                {
                    "account_sid": account,
                    "date_created": "Wed, 01 Jan 2025 00:00:00 +0000",
                    "date_updated": "Wed, 01 Jan 2025 00:00:00 +0000",
                    "friendly_name": number,
                    "phone_number": number,
                    "sid": sid,
                    "uri": f"/2010-04-01/Accounts/{account}/OutgoingCallerIds/{sid}.json",
                }
            )
        return page(request, "outgoing_caller_ids", shown)

    def services(self, request: Request, form: dict[str, str]) -> Any:
        meta = {"key": "services", "page": 0, "page_size": 50, "next_page_url": None, "previous_page_url": None}
        here = str(request.url)
        return {"services": self.carrier.services, "meta": {**meta, "url": here, "first_page_url": here}}

    async def state(self, request: Request) -> Response:
        here = self.carrier
        messages = [
            {
                "sid": m.sid,
                "from": m.from_,
                "to": m.to,
                "body": m.body,
                "status": m.status,
                "created": m.created,
                "direction": m.direction,
                "callback": m.callback,
            }
            for m in here.messages.values()
        ]
        callbacks = [[form.get("MessageSid"), form.get("MessageStatus"), answer] for _, form, answer in here.callbacks]
        return JSONResponse({"messages": messages, "callbacks": callbacks, "requests": len(here.requests)})


def _matches(message: Message, form: dict[str, str]) -> bool:
    if form.get("To", message.to) != message.to or form.get("From", message.from_) != message.from_:
        return False
    for name in ("DateSent>", "DateSent<", "DateSent"):
        if name in form:
            at = int(datetime.fromisoformat(form[name] + ("" if "T" in form[name] else "T00:00:00Z")).timestamp())
            # The API counts in whole seconds.
            sent = None if message.sent is None else int(message.sent)
            if sent is None or (sent < at and name == "DateSent>") or (sent > at and name == "DateSent<"):
                return False
            if name == "DateSent" and not at <= sent < at + 86_400:
                return False
    return True


def _snake(name: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_")


@contextmanager
def serving(carrier: Carrier, port: int = 0) -> Iterator[str]:
    """Serves the API on loopback in a thread, where time passes; gives its base URL."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", port))
        config = uvicorn.Config(routes(carrier, alive=True), log_config=None, timeout_graceful_shutdown=2)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the fake carrier did not start")
            time.sleep(0.005)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, default=4011)
    options.add_argument("--product", default=None, help="where the product listens, when its public URL is another")
    options.add_argument("--account", default=None)
    options.add_argument("--token", default=None)
    options.add_argument("--pace", type=float, default=0.05)
    options.add_argument("--rate", type=float, default=None)
    options.add_argument("--seed", type=int, default=1)
    for name in ("refused", "lost", "duplicates", "reordered"):
        options.add_argument(f"--{name}", type=float, default=0.0, metavar="CHANCE")
    given = options.parse_args()
    known = {name: value for name in ("account", "token") if (value := getattr(given, name))}
    carrier = Carrier(
        chances=Chances(given.refused, given.lost, given.duplicates, given.reordered),
        pace=given.pace,
        rate=given.rate,
        seed=given.seed,
        **known,
    )
    carrier.product = Webhooks(carrier.token, send_to=given.product)
    uvicorn.run(routes(carrier, alive=True), host="127.0.0.1", port=given.port, log_config=None)


if __name__ == "__main__":
    main()
