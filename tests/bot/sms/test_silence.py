"""A request that the carrier reads long after we have stopped waiting for it is not followed by a second one."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.carrier.rest import Away, Carrier, Outgoing, Sent
from bot.clock import system_clock
from bot.sms import outcome
from bot.sms.delivery import Delivery
from tests.bot.sms.outbox import KEYS, NUMBERS, Book, book, database

__all__ = ["book", "database"]


class Slow:
    """A carrier that is stuck: its first request is never answered, and read when it answers questions again."""

    def __init__(self, reads_after: float) -> None:
        self.reads_after = reads_after
        self.accepted: list[Outgoing] = []
        self.looks = 0
        self._lying: Outgoing | None = None

    async def send(self, outgoing: Outgoing) -> Sent:
        if not self.accepted and self._lying is None:
            self._lying = outgoing
            raise Away("TimeoutError", perhaps=True, silent=True)
        self.accepted.append(outgoing)
        return Sent(f"SM{len(self.accepted)}", "queued")

    async def recent(self, to: str, from_: str, since: datetime) -> list[Sent]:
        self.looks += 1
        if self.looks == 1:
            raise Away("TimeoutError", perhaps=True, silent=True)
        found = [Sent(f"SM{n}", "queued", None, one.body) for n, one in enumerate(self.accepted, 1)]
        if self.looks == 2 and self._lying is not None:
            asyncio.get_running_loop().call_later(self.reads_after, self.accepted.append, self._lying)
        return found

    async def close(self) -> None:
        return None


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sms.outcome.backoff", lambda attempts, priority: 0.05)
    monkeypatch.setattr("bot.sms.outcome.SECOND_LOOK", timedelta(seconds=0.5))


def delivered(book: Book, carrier: Any) -> None:
    async def run() -> None:
        delivery = Delivery(book.engine, carrier, KEYS, NUMBERS, system_clock, public_url="https://help.example.org")
        running = asyncio.create_task(delivery.run())
        end = time.monotonic() + 15
        while any(row.state != "sent" for row in await asyncio.to_thread(book.rows)):
            assert time.monotonic() < end, "it was never sent"
            await asyncio.sleep(0.02)
        await delivery.close()
        await running

    asyncio.run(run())


def test_a_request_that_is_read_late_is_found_at_the_second_look(book: Book) -> None:
    row = book.said(book.conversation(), "Food bank", system_clock())
    carrier = Slow(reads_after=0.2)
    delivered(book, carrier)
    assert [one.body for one in carrier.accepted] == ["Food bank"]
    assert carrier.looks == 3
    assert book.row(row).sid == "SM1"


def test_a_request_that_was_never_read_is_made_again_after_two_looks(book: Book) -> None:
    book.said(book.conversation(), "Food bank", system_clock())
    carrier = Slow(reads_after=3600)
    delivered(book, carrier)
    assert [one.body for one in carrier.accepted] == ["Food bank"]
    assert carrier.looks == 3


def test_somebody_in_danger_waits_less_for_the_second_look() -> None:
    assert timedelta(0) < outcome.SECOND_LOOK_IN_DANGER <= timedelta(seconds=2)


@pytest.mark.parametrize(
    ("answer", "silent"), [(None, True), (b"HTTP/1.1 503 Away\r\ncontent-length: 0\r\n\r\n", False)]
)
def test_only_a_request_without_any_answer_may_still_be_on_its_way(answer: bytes | None, silent: bool) -> None:
    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answer is None:
            await asyncio.sleep(1)
        else:
            writer.write(answer)
            await writer.drain()
        writer.close()

    async def send() -> None:
        server = await asyncio.start_server(listen, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        carrier = Carrier("AC" + "0" * 32, "token", f"http://127.0.0.1:{port}", 0.3)
        try:
            await carrier.send(Outgoing("+14165550142", "+15550100000", "hello", "https://help.example.org"))
        finally:
            await carrier.close()
            server.close()

    with pytest.raises(Away) as away:
        asyncio.run(send())
    assert (away.value.perhaps, away.value.silent) == (True, silent)
