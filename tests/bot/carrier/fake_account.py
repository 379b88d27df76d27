"""An account at the carrier behind HTTP on loopback: the resources that are read, page by page, as the carrier does."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SID = "AC" + "0" * 32
TOKEN = "0123456789abcdef0123456789abcdef"
PUBLIC = "https://chat.example.org"
ELSEWHERE = "https://fallback.example.org/crisis.xml"


def number(address: str, **changed: Any) -> dict[str, Any]:
    """A number that is set up as it should be, but for what is changed."""
    return {
        "sid": "PN" + address[-4:].rjust(32, "0"),
        "phone_number": address,
        "capabilities": {"sms": True, "voice": True, "mms": True},
        "sms_url": f"{PUBLIC}/sms/inbound",
        "sms_method": "POST",
        "sms_fallback_url": ELSEWHERE,
        "voice_url": f"{PUBLIC}/voice/inbound",
        "voice_method": "POST",
        "voice_fallback_url": ELSEWHERE,
        "status_callback": f"{PUBLIC}/voice/status",
        "status_callback_method": "POST",
        "voice_receive_mode": "voice",
        "voice_caller_id_lookup": False,
    } | changed


@dataclass
class FakeAccount:
    """What the account holds. `broken` has the beginnings of paths that are answered with an error."""

    numbers: list[dict[str, Any]] = field(default_factory=list)
    short_codes: list[dict[str, Any]] = field(default_factory=list)
    caller_ids: list[str] = field(default_factory=list)
    services: list[dict[str, Any]] = field(default_factory=list)
    senders: dict[str, list[str]] = field(default_factory=dict)
    """Numbers of each messaging service, by its id."""
    whatsapp: list[dict[str, Any]] = field(default_factory=list)
    applications: dict[str, dict[str, Any]] = field(default_factory=dict)
    verifications: list[dict[str, Any]] = field(default_factory=list)
    state: str = "active"
    type: str = "Full"
    page: int = 2
    broken: dict[str, tuple[int, str]] = field(default_factory=dict)
    url: str = ""
    asked: list[str] = field(default_factory=list)

    def answer(self, target: str, authorised: bool) -> tuple[int, str]:
        """The status and the body for a path with its query."""
        url = urlsplit(target)
        self.asked.append(url.path)
        for beginning, answer in self.broken.items():
            if url.path.startswith(beginning):
                return answer
        if not authorised:
            return 401, json.dumps({"code": 20003, "message": "Authenticate", "status": 401})
        content = self._content(url.path, int(parse_qs(url.query).get("Page", ["0"])[0]))
        if content is None:
            return 404, json.dumps({"code": 20404, "message": "not found", "status": 404})
        return 200, json.dumps(content)

    def _content(self, path: str, page: int) -> dict[str, Any] | None:
        base = f"/2010-04-01/Accounts/{SID}"
        match path.removeprefix(base).removesuffix(".json").split("/")[1:]:
            case [] if path.startswith(base):
                return {"sid": SID, "friendly_name": "A helpline", "status": self.state, "type": self.type}
            case ["IncomingPhoneNumbers"]:
                return self._classic("incoming_phone_numbers", self.numbers, path, page)
            case ["SMS", "ShortCodes"]:
                return self._classic("short_codes", self.short_codes, path, page)
            case ["OutgoingCallerIds"]:
                return self._classic("outgoing_caller_ids", [{"phone_number": n} for n in self.caller_ids], path, page)
            case ["Applications", sid]:
                return self.applications.get(sid)
            case ["v1", "Services"]:
                return _listed("services", self.services)
            case ["v1", "Services", sid, "PhoneNumbers"]:
                return _listed("phone_numbers", [{"phone_number": one} for one in self.senders.get(sid, [])])
            case ["v1", "Services", sid, "ShortCodes"]:
                return _listed("short_codes", [])
            case ["v1", "Services", sid, "ChannelSenders"]:
                return _listed("senders", [])
            case ["v1", "Tollfree", "Verifications"]:
                return _listed("verifications", self.verifications)
            case ["v2", "Channels", "Senders"]:
                return _listed("senders", self.whatsapp)
        return None

    def _classic(self, key: str, rows: list[dict[str, Any]], path: str, page: int) -> dict[str, Any]:
        """A page of a list in the form of the API of 2010: the way to the next one stands beside the rows."""
        start = page * self.page
        more = len(rows) > start + self.page
        return {key: rows[start : start + self.page], "next_page_uri": f"{path}?Page={page + 1}" if more else None}


def _listed(key: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A list in the form of the newer APIs."""
    return {"meta": {"key": key, "next_page_url": None}, key: rows}


@contextmanager
def served(account: FakeAccount) -> Iterator[FakeAccount]:
    """The account on a port of loopback; `account.url` says which."""
    expected = "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = account.answer(self.path, self.headers.get("Authorization") == expected)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    account.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield account
    finally:
        server.shutdown()
        server.server_close()
