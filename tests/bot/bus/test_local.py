"""News within one process: to everybody who listens, from any thread, and never in the way of whoever rings."""

from __future__ import annotations

import asyncio
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.bus import LOOK, Bell, Bus, News
from bot.bus.local import MOST

pytestmark = pytest.mark.anyio


async def test_everybody_who_listens_to_a_topic_hears_and_nobody_else(bus: Bus) -> None:
    async with bus.listening({"a"}) as one, bus.listening({"a", "desk"}) as two, bus.listening({"b"}) as other:
        bus.ring("a", "message", id="7")
        assert await one.next(1) == News("a", "message", {"id": "7"})
        assert await two.next(1) == News("a", "message", {"id": "7"})
        assert await other.next(0.01) is None


async def test_news_between_two_looks_are_not_lost(bus: Bus) -> None:
    async with bus.listening({"a"}) as news:
        bus.ring("a")
        await asyncio.sleep(0)
        bus.ring("a", "typing", on=True)
        assert [(await news.next(1)), (await news.next(1))] == [News("a"), News("a", "typing", {"on": True})]


async def test_the_same_change_rung_often_is_heard_once(bus: Bus) -> None:
    async with bus.listening({"a"}) as news:
        for _ in range(1_000):
            bus.ring("a")
        assert await news.next(1) == News("a")
        assert await news.next(0.01) is None


async def test_a_switch_that_goes_on_off_on_ends_on(bus: Bus) -> None:
    async with bus.listening({"a"}) as news:
        for on in (True, False, True):
            bus.ring("a", "typing", on=on)
        heard = [await news.next(1) for _ in range(3)]
    assert [one.data["on"] for one in heard if one] == [True, False, True]


async def test_whoever_is_far_behind_is_told_to_look_instead(bus: Bus) -> None:
    async with bus.listening({"a", "b"}) as news:
        for number in range(MOST + 1):
            bus.ring("a", "message", id=number)
        assert [await news.next(1), await news.next(1)] == [News("a", LOOK), News("b", LOOK)]
        bus.ring("a", "message", id="after")
        assert await news.next(1) == News("a", "message", {"id": "after"})


async def test_any_thread_may_ring(bus: Bus) -> None:
    async with bus.listening({"a"}) as news:
        threads = [threading.Thread(target=bus.ring, args=("a", "n"), kwargs={"id": n}) for n in range(20)]
        for thread in threads:
            thread.start()
        heard = [await news.next(2) for _ in threads]
    assert sorted(one.data["id"] for one in heard if one) == list(range(20))


async def test_a_listener_of_another_loop_hears_too(bus: Bus) -> None:
    ready, heard = threading.Event(), []

    async def elsewhere() -> None:
        async with bus.listening({"a"}) as news:
            ready.set()
            heard.append(await news.next(2))

    thread = threading.Thread(target=lambda: asyncio.run(elsewhere()))
    thread.start()
    await asyncio.to_thread(ready.wait, 2)
    bus.ring("a")
    await asyncio.to_thread(thread.join, 3)
    assert heard == [News("a")]


async def test_ringing_for_somebody_whose_loop_is_gone_fails_nothing(bus: Bus) -> None:
    async def left_open() -> None:
        await bus.listening({"a"}).__aenter__()

    await asyncio.to_thread(lambda: asyncio.run(left_open()))
    async with bus.listening({"a"}) as news:
        bus.ring("a")
        assert await news.next(1) == News("a")


async def test_nothing_is_kept_of_those_who_left(bus: Bus) -> None:
    async with bus.listening({"a"}):
        pass
    bus.ring("a")
    assert bus._listeners == {}


async def test_the_bell_wakes_whoever_waits_for_a_conversation(bus: Bus) -> None:
    waiting = asyncio.create_task(Bell(bus).wait("a", 2))
    await asyncio.sleep(0.01)
    Bell(bus).ring("a")
    assert await waiting
    assert not await Bell(bus).wait("a", 0.01)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rings=st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["look at it", "wait"])), max_size=60))
def test_in_any_order_of_rings_and_looks_the_last_ring_is_heard_after_it(rings: list[tuple[str, str]]) -> None:
    """Whoever looks when told to has seen the newest state at the end."""

    async def play() -> None:
        bus, state, seen = Bus(), {"a": 0, "b": 0}, {"a": 0, "b": 0}
        async with bus.listening({"a", "b"}) as news:
            for topic, then in rings:
                state[topic] += 1
                bus.ring(topic)
                if then == "look at it" and (one := await news.next(0)):
                    seen[one.topic] = state[one.topic]
            while one := await news.next(0):
                seen[one.topic] = state[one.topic]
        assert seen == state

    asyncio.run(play())
