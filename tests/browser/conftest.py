"""The browser, once for all tests of a process: its driver's loop of events bears no second one beside it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.chat.conftest import CHROMIUM, FLAGS
from tests.support.machine import lacking


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        lacking(f"no Chromium at {CHROMIUM} (Debian: apt-get install chromium-headless-shell)")
    # A machine that does something else for a while is no fault of a page; a page that is at fault stays at fault.
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
