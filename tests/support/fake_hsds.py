"""A server with the manners of HSDS APIs, good and bad ones, on a port of this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.fake_211 import Manner, send, status


@dataclass
class FakeHsds:
    """What the server knows and was asked. `manners` are used up one a request before it answers properly."""

    services: list[Any] = field(default_factory=list)
    terms: list[Any] | None = None
    """None: the server has no such lists."""
    minimal: bool = False
    """Lists hold names alone."""
    lies: dict[str, Any] = field(default_factory=dict)
    """Parts of the envelope that are not true."""
    manners: list[Manner] = field(default_factory=list)
    behind: Manner | None = None
    """What is answered for a page behind the last."""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    unchanged: int = 0
    """How often 304 was said."""
    url: str = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        address = urlsplit(handler.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        path = unquote(address.path.removeprefix("/hsds/"))
        self.asked.append((path, query))
        if self.manners:
            self.manners.pop(0)(handler)
        elif path.startswith("services/"):
            self._one(handler, path.removeprefix("services/"))
        elif path == "services":
            found = self.services if not self.minimal else [_named(one) for one in self.services]
            self._page(handler, found, query)
        elif path in ("taxonomies", "taxonomy_terms") and self.terms is not None:
            self._page(handler, self.terms if path == "taxonomy_terms" else [], query)
        else:
            status(404)(handler)

    def _one(self, handler: BaseHTTPRequestHandler, id_: str) -> None:
        found = [one for one in self.services if isinstance(one, dict) and str(one.get("id")) == id_]
        self._json(handler, found[0]) if found else status(404)(handler)

    def _page(self, handler: BaseHTTPRequestHandler, found: list[Any], query: dict[str, str]) -> None:
        number, size = int(query.get("page", 1)), int(query.get("per_page", 50))
        contents = found[(number - 1) * size : number * size]
        if not contents and number > 1 and self.behind:
            self.behind(handler)
            return
        pages = -(-len(found) // size)
        self._json(
            handler,
            {
                "total_items": len(found), "total_pages": pages, "page_number": number, "size": len(contents),
                "first_page": number == 1, "last_page": number >= pages, "empty": not contents, "contents": contents,
                **self.lies,
            },
        )  # fmt: skip

    def _json(self, handler: BaseHTTPRequestHandler, record: Any) -> None:
        data = json.dumps(record).encode()
        tag = f'"{blake2b(data, digest_size=8).hexdigest()}"'
        if handler.headers.get("If-None-Match") == tag:
            self.unchanged += 1
            handler.send_response(304)
            handler.end_headers()
        else:
            send(handler, data, {"ETag": tag})


def _named(record: Any) -> Any:
    return {"id": record["id"], "name": record["name"], "status": "active"}


@contextmanager
def fake_hsds() -> Iterator[FakeHsds]:
    fake = FakeHsds()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                fake.answer(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    fake.url = f"http://127.0.0.1:{server.server_address[1]}/hsds"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
