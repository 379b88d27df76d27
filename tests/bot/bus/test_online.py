"""Who has the web chat open: as many pages as they like, on whichever gateway, until the last says nothing any more."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from bot.bus import DESK, LOOK, Bus, News
from bot.bus.news import PEOPLE
from bot.bus.online import SILENCE, Online, open_page

pytestmark = pytest.mark.anyio


@dataclass
class Watch:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def online(watch: Watch) -> Online:
    found = Online(Bus(), watch)
    watch.now += SILENCE
    return found


def page(conversation: str, page: str, on: bool) -> News:
    return News(PEOPLE, "page", {"conversation": conversation, "page": page, "on": on})


def test_somebody_of_whom_nothing_was_heard_is_away(online: Online) -> None:
    assert online.of("c1") is False


def test_a_process_that_has_only_begun_to_listen_does_not_know() -> None:
    assert Online(Bus()).of("c1") is None


def test_closing_one_of_two_pages_is_not_leaving(online: Online) -> None:
    assert online.heard(page("c1", "a", True)) and not online.heard(page("c1", "b", True))
    assert not online.heard(page("c1", "a", False)) and online.of("c1")
    assert online.heard(page("c1", "b", False)) and online.of("c1") is False


def test_a_page_that_falls_silent_counts_as_closed(online: Online, watch: Watch) -> None:
    online.heard(page("c1", "a", True))
    watch.now += SILENCE
    assert online.of("c1") is False


@pytest.mark.parametrize("data", [{}, {"page": "x"}])
def test_news_that_were_lost_change_nothing(online: Online, data: dict[str, Any]) -> None:
    online.heard(page("c1", "a", True))
    assert not online.heard(News(PEOPLE, LOOK, data)) and online.of("c1")


async def test_a_page_says_when_it_opens_and_however_it_ends() -> None:
    bus = Bus()
    async with bus.listening({PEOPLE}) as news:
        with pytest.raises(ValueError, match="gone"):
            async with open_page(bus, "c1") as one:
                one.beat()
                raise ValueError("gone")
        said = [await news.next(0), await news.next(0), await news.next(0)]
    assert [one and one.data["on"] for one in said] == [True, False, None]


async def test_consoles_look_again_when_somebody_comes() -> None:
    bus = Bus()
    online = Online(bus)
    listening = asyncio.create_task(online.run())
    async with bus.listening({DESK}) as desk:
        await asyncio.sleep(0)
        bus.ring(PEOPLE, "page", conversation="c1", page="a", on=True)
        news = await desk.next(2)
    listening.cancel()
    assert news == News(DESK, "people") and online.of("c1")
