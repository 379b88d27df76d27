"""A browser, a site to look at, and the chat page as an object.

PORCHLIGHT_BROWSER_SITES names the sites that the tests visit: "stand-in" is the canned server beside this
file, "system" the really started system (fixture `base_url`), or one that runs already at PORCHLIGHT_BROWSER_URL.
Tests that pull strings need the stand-in.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.browser.chat.chat_page import Chat
from tests.browser.chat.fake_server import Fake, Running
from tests.browser.chat.flaky_network import FlakyNetwork

_KNOWN = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
CHROMIUM = Path(os.environ.get("PORCHLIGHT_CHROMIUM") or next((one for one in _KNOWN if one.exists()), _KNOWN[-1]))
"""The shell without a window where it is installed: the whole browser starts a window of its own for every test."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SITES = {"stand-in": pytest.param("stand-in"), "system": pytest.param("system", marks=pytest.mark.system)}


@dataclass(frozen=True, slots=True)
class Site:
    """Where the chat is served; `fake` holds the strings of the stand-in, None for the real system."""

    url: str
    fake: Fake | None


@pytest.fixture(scope="session")
def _stand_in() -> Iterator[Site]:
    fake = Fake()
    with Running(fake) as url:
        yield Site(url, fake)


@pytest.fixture(params=[SITES[name] for name in os.environ.get("PORCHLIGHT_BROWSER_SITES", "stand-in").split()])
def site(request: pytest.FixtureRequest) -> Site:
    if request.param == "system":
        running = os.environ.get("PORCHLIGHT_BROWSER_URL")
        return Site(running or request.getfixturevalue("base_url"), None)
    stand_in: Site = request.getfixturevalue("_stand_in")
    assert stand_in.fake is not None
    stand_in.fake.pause = 0
    stand_in.fake.forgetful = False
    for kept in (stand_in.fake.received, stand_in.fake.callbacks, stand_in.fake.typed):
        kept.clear()
    return stand_in


@pytest.fixture
def fake(site: Site) -> Fake:
    """The strings of the stand-in; tests that pull them do not run against the real system."""
    if site.fake is None:
        pytest.skip("pulls strings that only the stand-in has")
    return site.fake


@pytest.fixture
def network(site: Site) -> Iterator[FlakyNetwork]:
    """A way to the site that can be cut."""
    with FlakyNetwork(site.url) as network:
        yield network


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Callable[..., Chat]]:
    """Opens chat pages: visit(language="fr", url=…, viewport={…}, color_scheme="dark", …)."""
    contexts: list[BrowserContext] = []

    def open_chat(
        door: str = "211",
        *,
        language: str | None = "en",
        url: str | None = None,
        ready: bool = True,
        **options: Any,
    ) -> Chat:
        context = chromium.new_context(**options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        chat = Chat(context.new_page(), url or site.url, door)
        if ready:
            chat.open(language)
        return chat

    yield open_chat
    for context in contexts:
        context.close()


@pytest.fixture
def plain_site() -> Callable[[Page, str, str, dict[str, str]], None]:
    """Another web site, answered by the browser itself: plain_site(page, address, html, headers)."""

    def serve(page: Page, address: str, html: str, headers: dict[str, str]) -> None:
        def answer(route: Route) -> None:
            route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)

        page.context.route(f"{address}**", answer)

    return serve
