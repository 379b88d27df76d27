"""The client of the carrier's REST interface against the fake one."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from bot.carrier.rest import Away, Carrier, Outgoing, Refused, seconds
from bot.settings import Settings
from tests.peers import carrier as peers
from tests.peers import magic
from tests.peers.rest import serving

LINE, PERSON = "+14165550100", "+14165550142"


def outgoing(to: str = PERSON, body: str = "Food bank: open until 5") -> Outgoing:
    return Outgoing(to, LINE, body, "https://help.example.org/sms/status?out=one")


def asked[T](url: str, ask: Callable[[Carrier], Coroutine[Any, Any, T]], timeout: float = 6.0) -> T:
    async def run() -> T:
        carrier = Carrier(peers.ACCOUNT, peers.TOKEN, url, timeout)
        try:
            return await ask(carrier)
        finally:
            await carrier.close()

    return asyncio.run(run())


def test_a_text_is_taken_with_its_words_and_callback() -> None:
    fake = peers.Carrier(pace=60)
    with serving(fake) as url:
        sent = asked(url, lambda carrier: carrier.send(outgoing(body="Café ouvert · 开门 5")))
    (message,) = fake.to(PERSON)
    assert (sent.sid, sent.status) == (message.sid, "queued")
    assert (message.from_, message.body) == (LINE, "Café ouvert · 开门 5")
    assert message.callback == "https://help.example.org/sms/status?out=one"


@pytest.mark.parametrize(
    ("to", "status", "code"), [("+15005550001", 400, 21211), ("+15005550004", 400, 21610), ("+14165550129", 429, 20429)]
)
def test_a_refusal_says_which(to: str, status: int, code: int) -> None:
    with serving(peers.Carrier()) as url, pytest.raises(Refused) as refused:
        asked(url, lambda carrier: carrier.send(outgoing(to)))
    assert (refused.value.status, refused.value.code) == (status, code)


def test_the_carriers_wish_to_wait_is_passed_on() -> None:
    fake = peers.Carrier()
    fake.refuse_next(magic.Refusal(429, 20429, "Too Many Requests", retry_after=7))
    with serving(fake) as url, pytest.raises(Refused) as refused:
        asked(url, lambda carrier: carrier.send(outgoing()))
    assert refused.value.retry_after == 7.0


def test_a_wrong_token_is_a_refusal() -> None:
    async def ask(url: str) -> None:
        carrier = Carrier(peers.ACCOUNT, "another", url)
        try:
            await carrier.send(outgoing())
        finally:
            await carrier.close()

    with serving(peers.Carrier()) as url, pytest.raises(Refused) as refused:
        asyncio.run(ask(url))
    assert (refused.value.status, refused.value.code) == (401, 20003)


def test_a_fault_of_the_carrier_may_hide_a_text_that_was_taken_and_the_list_shows_it() -> None:
    fake = peers.Carrier(pace=60)
    fake.lose_next()
    with serving(fake) as url:
        with pytest.raises(Away) as away:
            asked(url, lambda carrier: carrier.send(outgoing()))
        assert away.value.perhaps
        since = datetime.now(UTC) - timedelta(minutes=1)
        (found,) = asked(url, lambda carrier: carrier.recent(PERSON, LINE, since))
        assert (found.sid, found.body) == (fake.to(PERSON)[0].sid, outgoing().body)
        assert asked(url, lambda carrier: carrier.recent("+14165550143", LINE, since)) == []
        assert asked(url, lambda carrier: carrier.recent(PERSON, LINE, since + timedelta(hours=1))) == []


def test_where_nobody_listens_nothing_was_taken() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(Away) as away:
            asked(url, lambda carrier: carrier.send(outgoing()))
    assert not away.value.perhaps


@contextmanager
def answering(answer: bytes | None) -> Iterator[str]:
    """A server that gives every request the same bytes, or none and stays silent."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        silent: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                connection.recv(65536)
                if answer is not None:
                    connection.sendall(answer)
                    connection.close()
                else:
                    silent.append(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
        for connection in silent:
            connection.close()
        thread.join(5)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"",
        b"HTTP/1.1 201 Created\r\ncontent-length: 50\r\n\r\n{",
        b"HTTP/1.1 201 Created\r\ncontent-length: 9\r\n\r\n<html></>",
        b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n[]",
        b'HTTP/1.1 201 Created\r\ncontent-length: 12\r\n\r\n{"sid":null}',
        b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 2\r\n\r\nno",
        b"not http at all\r\n\r\n",
    ],
)
def test_an_answer_that_says_nothing_leaves_open_whether_the_text_was_taken(answer: bytes | None) -> None:
    with answering(answer) as url, pytest.raises(Away) as away:
        asked(url, lambda carrier: carrier.send(outgoing()), timeout=0.5)
    assert away.value.perhaps


def test_a_refusal_without_a_code_is_still_a_refusal() -> None:
    answer = b"HTTP/1.1 403 Forbidden\r\ncontent-length: 4\r\n\r\nno!!"
    with answering(answer) as url, pytest.raises(Refused) as refused:
        asked(url, lambda carrier: carrier.send(outgoing()))
    assert (refused.value.status, refused.value.code) == (403, None)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        (None, None), ("", None), ("soon", None), ("-1", None), ("nan", None), ("12", 12.0), ("99999999", 3600.0),
        ("Mon, 23 Nov 2026 15:00:30 GMT", 30.0), ("Mon, 23 Nov 2026 14:00:00 GMT", 0.0),
    ],
)  # fmt: skip
def test_retry_after_is_read_as_the_standard_has_it(header: str | None, wait: float | None) -> None:
    assert seconds(header, datetime(2026, 11, 23, 15, 0, tzinfo=UTC)) == wait


def test_nothing_of_a_request_is_logged(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(peers.Carrier()) as url:
        asked(url, lambda carrier: carrier.send(outgoing(body="my secret words")))
    written = caplog.text + "".join(capsys.readouterr())
    assert "secret" not in written and PERSON[1:] not in written.replace("%2B", "")


def test_without_an_account_there_is_no_carrier() -> None:
    assert Carrier.from_settings(Settings(twilio_account_sid=None)) is None
    assert Carrier.from_settings(Settings(twilio_account_sid="AC1", twilio_auth_token=None)) is None
    assert Carrier.from_settings(Settings(twilio_account_sid="AC1", twilio_auth_token=SecretStr("t"))) is not None
