"""Ready means that a real message was answered with Rasa taking part."""

from __future__ import annotations

import asyncio
import http.server
import json
import threading
from collections.abc import Iterator

import pytest

from bot.supervisor.probe import answered
from bot.supervisor.problems import Problem
from bot.supervisor.rhythm import Rhythm


class Gateway(http.server.ThreadingHTTPServer):
    """As much of the gateway as the question needs."""

    engine = True
    replies = True
    deleted = 0

    def handle(self, method: str, path: str) -> tuple[int, object]:
        if path == "/health/ready":
            return 200, {"ready": True, "engine": self.engine}
        if (method, path) == ("POST", "/api/conversations"):
            return 201, {"token": "t"}
        if (method, path) == ("POST", "/api/messages"):
            return 202, {}
        if method == "DELETE":
            self.deleted += 1
            return 204, None
        greeting, question = {"seq": 1, "author": "bot"}, {"seq": 2, "author": "person"}
        answer = [{"seq": 3, "author": "bot"}] if self.replies else []
        return 200, {"messages": [greeting, question, *answer]}


class Handler(http.server.BaseHTTPRequestHandler):
    def _any(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        assert isinstance(self.server, Gateway)
        status, body = self.server.handle(self.command, self.path)
        self.send_response(status)
        self.end_headers()
        if body is not None:
            self.wfile.write(json.dumps(body).encode())

    do_GET = do_POST = do_DELETE = _any

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    server = Gateway(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def ask(gateway: Gateway, seconds: float = 0.5) -> None:
    url = f"http://127.0.0.1:{gateway.server_port}"
    asyncio.run(answered(url, Rhythm(ready_limit=seconds, answer_limit=0.3, look_every=0.05)))


def test_an_answered_message_is_enough_and_leaves_no_conversation(gateway: Gateway) -> None:
    ask(gateway)
    assert gateway.deleted == 1


def test_the_gateway_alone_is_not_ready(gateway: Gateway) -> None:
    gateway.engine = False
    with pytest.raises(Problem, match="the gateway does not reach Rasa"):
        ask(gateway)


def test_a_greeting_is_no_answer(gateway: Gateway) -> None:
    gateway.replies = False
    with pytest.raises(Problem, match="a test message gets no answer"):
        ask(gateway)
