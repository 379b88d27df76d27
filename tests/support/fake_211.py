"""A server with the manners of the 211 API, good and bad ones, on a port of this machine."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "sample-key-of-tests"
Manner = Callable[["BaseHTTPRequestHandler"], None]


@dataclass
class Fake211:
    """What the server knows and was asked. `manners` are used up one a request before it answers properly."""

    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    manners: list[Manner] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    url: str = ""

    def answer(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        address = urlsplit(handler.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        self.asked.append({"path": address.path, **query, **body})
        if self.manners:
            self.manners.pop(0)(handler)
        elif query.get("key") != KEY:
            status(401)(handler)
        elif address.path == "/api/v2/search":
            found = self.records.get(body["Lang"], [])
            first = body["PageIndex"] * body["PageSize"]
            # The count is a text in some answers and a number in others.
            page = {"RecordCount": str(len(found)), "Records": found[first : first + body["PageSize"]]}
            send(handler, json.dumps(page).encode(), self.headers)
        else:
            found = [one for one in self.records.get(query["lang"], []) if str(one["id"]) == query["id"]]
            send(handler, json.dumps(found[0]).encode()) if found else status(404)(handler)


def send(handler: BaseHTTPRequestHandler, data: bytes, headers: dict[str, str] | None = None, code: int = 200) -> None:
    handler.send_response(code)
    for name, value in {
        "Content-Type": "application/json",
        "Content-Length": str(len(data)),
        **(headers or {}),
    }.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(data)


def status(code: int, **headers: str) -> Manner:
    return lambda handler: send(handler, b"{}", {name.replace("_", "-"): text for name, text in headers.items()}, code)


def says(data: bytes) -> Manner:
    return lambda handler: send(handler, data)


def sleeps(seconds: float) -> Manner:
    def wait(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        send(handler, b"{}")

    return wait


def drips(handler: BaseHTTPRequestHandler) -> None:
    """One byte at a time, never too slow for a time limit of single reads."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


def half(handler: BaseHTTPRequestHandler) -> None:
    """Announces more than it sends, then hangs up."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"RecordCount": 1, "Records": [{"id": 1')
    handler.wfile.flush()
    handler.close_connection = True


@contextmanager
def fake_211() -> Iterator[Fake211]:
    fake = Fake211()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._do(json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0)))))

        def do_GET(self) -> None:
            self._do({})

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def _do(self, body: dict[str, Any]) -> None:
            try:
                fake.answer(self, body)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
