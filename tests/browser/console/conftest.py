"""The stand-in for the desk's interface, and desks to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.chat.fake_server import Running
from tests.browser.console.desk_page import Desk
from tests.browser.console.fake_desk import Fake, State


@pytest.fixture(scope="session")
def _site() -> Iterator[tuple[Fake, str]]:
    fake = Fake()
    with Running(fake) as url:  # type: ignore[arg-type]  # anything with an app
        yield fake, url


@pytest.fixture
def fake(_site: tuple[Fake, str]) -> Fake:
    fake, _ = _site
    fake.renew()
    return fake


@pytest.fixture
def open_desk(chromium: Browser, fake: Fake, _site: tuple[Fake, str]) -> Iterator[Callable[..., Desk]]:
    """Opens a desk: open_desk(state={"language": "fr", …}, viewport={…}, color_scheme="dark", …)."""
    contexts: list[BrowserContext] = []

    def opened(*, state: dict[str, Any] | None = None, **options: Any) -> Desk:
        if state is not None:
            fake.renew(**state)
        options.setdefault("viewport", {"width": 1440, "height": 900})
        context = chromium.new_context(**options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        desk = Desk(context.new_page(), _site[1])
        desk.open()
        return desk

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def state(fake: Fake) -> State:
    """The strings of the stand-in, as long as the desk is opened without a state of its own."""
    return fake.state
