"""News between the processes of one gateway, through sockets that they inherit.

Each process has a mailbox: a pair of datagram sockets without a name, made before any of them is forked, so nobody
else on the machine can read or write. A process reads its own mailbox and writes into all of them, its own included,
which tells it that it hears. A mailbox outlives the process that reads it: who takes its place reads what was left.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from bot.bus.relay import RelayBus, Send
from bot.bus.wire import LARGEST


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """One mailbox for each process. `reading` and `writing` are the two ends, by the number of the process."""

    reading: tuple[socket.socket, ...]
    writing: tuple[socket.socket, ...]

    @classmethod
    def for_processes(cls, number: int) -> Mailboxes:
        pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(number)]
        for pair in pairs:
            for end in pair:
                end.setblocking(False)
        return cls(tuple(reading for reading, _ in pairs), tuple(writing for _, writing in pairs))

    def close(self) -> None:
        for end in (*self.reading, *self.writing):
            end.close()


class NearBus(RelayBus):
    """News between processes that share mailboxes.

    Args:
        mailboxes: of all of them.
        number: which one is this process's own.
    """

    def __init__(self, mailboxes: Mailboxes, number: int) -> None:
        super().__init__()
        self._own = mailboxes.reading[number]
        self._all = mailboxes.writing

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[Send]:
        yield self._send_to_all

    async def _send_to_all(self, payloads: Sequence[str]) -> None:
        full = False
        for payload in payloads:
            for mailbox in self._all:
                try:
                    mailbox.send(payload.encode())
                except BlockingIOError:
                    full = True
        if full:  # somebody is far behind, or is just being started: they are told to look, as soon as there is room
            await asyncio.sleep(0.05)
            raise ConnectionError("a mailbox is full")

    @asynccontextmanager
    async def hearing(self) -> AsyncIterator[AsyncGenerator[str | bytes]]:
        with suppress(BlockingIOError):
            while True:  # what was meant for whoever read here before; everybody is about to look anyway
                self._own.recv(LARGEST + 1)
        yield self._payloads()

    async def _payloads(self) -> AsyncGenerator[str | bytes]:
        loop = asyncio.get_running_loop()
        while True:
            yield await loop.sock_recv(self._own, LARGEST + 1)
