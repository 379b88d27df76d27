"""News between the processes of one gateway: over sockets that they inherit, also when one of them is replaced."""

from __future__ import annotations

import asyncio
import os
import socket

import pytest

from bot.bus import LOOK, News
from bot.bus.near import Mailboxes, NearBus
from bot.bus.relay import MOST
from tests.bot.bus.conftest import of_one_machine
from tests.bot.bus.test_between_gateways import quiet, until

pytestmark = pytest.mark.anyio


async def test_what_one_process_rings_each_other_hears_in_order() -> None:
    async with of_one_machine(3) as (one, two, three):
        for other in (two, three):
            async with other.listening({"a"}) as news:
                await quiet(news)
                for on in (True, False, True):
                    one.ring("a", "typing", on=on)
                one.ring("b")
                heard = [await news.next(2) for _ in range(3)]
                assert [one_heard and one_heard.data["on"] for one_heard in heard] == [True, False, True]
                assert await news.next(0.1) is None


async def test_nobody_hears_their_own_news_twice() -> None:
    async with of_one_machine() as (one, _), one.listening({"a"}) as news:
        await quiet(news)
        one.ring("a", "typing", on=True)
        assert await news.next(1) == News("a", "typing", {"on": True})
        assert await news.next(0.2) is None


async def test_a_burst_arrives_whole_or_says_look() -> None:
    async with of_one_machine() as (one, two), two.listening({"a"}) as news:
        await quiet(news)
        for number in range(MOST // 4):
            one.ring("a", "n", id=number)
        last = News("a", "n", {"id": MOST // 4 - 1})
        async with asyncio.timeout(10):
            async for heard in news:
                if heard == last or heard.kind == LOOK:
                    return


async def test_who_is_replaced_hears_again_and_looks() -> None:
    mailboxes = Mailboxes.for_processes(2)
    one, gone = NearBus(mailboxes, 0), NearBus(mailboxes, 1)
    await one.start()
    for number in range(2_000):  # nobody reads the other mailbox: its process was killed
        one.ring("a", "n", id=number)
    await asyncio.sleep(0.2)
    del gone
    fresh = NearBus(mailboxes, 1)
    async with fresh.listening({"a"}) as news:
        await fresh.start()
        await until(news, News("a", LOOK))
        await quiet(news)
        one.ring("a", "after")
        await until(news, News("a", "after"))
    await fresh.stop()
    await one.stop()
    mailboxes.close()


@pytest.mark.filterwarnings("ignore:This process")
async def test_a_forked_process_hears_over_what_it_inherited() -> None:
    mailboxes = Mailboxes.for_processes(2)
    child = os.fork()
    if child == 0:  # no more than this: a forked test must not go on as a second one
        mailboxes.writing[0].send(b"hello")
        os._exit(0)
    os.waitpid(child, 0)
    assert mailboxes.reading[0].recv(100) == b"hello"
    mailboxes.close()


def test_nobody_else_can_reach_a_mailbox() -> None:
    mailboxes = Mailboxes.for_processes(1)
    assert not mailboxes.reading[0].getsockname() and not mailboxes.writing[0].getsockname()
    assert mailboxes.reading[0].family == socket.AF_UNIX
    mailboxes.close()
