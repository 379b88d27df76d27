"""Three panes, two with a drawer, or one with tabs; never a page that scrolls sideways."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.console.desk_page import Desk

pytestmark = pytest.mark.browser
Open = Callable[..., Desk]
PANES = ("queue", "talk", "context")


@pytest.mark.parametrize("width", (1440, 1280))
def test_a_wide_window_shows_three_panes(open_desk: Open, width: int) -> None:
    desk = open_desk(viewport={"width": width, "height": 800})
    desk.take()
    for pane in PANES:
        expect(desk.page.locator(f"#{pane}-pane")).to_be_in_viewport()


def test_a_smaller_window_has_the_context_in_a_drawer(open_desk: Open) -> None:
    desk = open_desk(viewport={"width": 1024, "height": 768})
    desk.take()
    context = desk.page.locator("#context-pane")
    expect(context).not_to_be_visible()
    desk.page.locator(".drawer-open").click()
    expect(context).to_be_in_viewport()
    expect(desk.page.locator("#drawer-close")).to_be_focused()
    desk.page.keyboard.press("Escape")
    expect(context).not_to_be_visible()
    expect(desk.page.locator(".drawer-open")).to_be_focused()


def test_a_phone_shows_one_pane_at_a_time(open_desk: Open) -> None:
    desk = open_desk(viewport={"width": 390, "height": 844}, has_touch=True)
    desk.take()
    for wanted in PANES:
        desk.page.locator(f".tabs button[data-pane={wanted}]").click()
        for pane in PANES:
            expect(desk.page.locator(f"#{pane}-pane")).to_be_visible(visible=pane == wanted)


@pytest.mark.parametrize("language", ("en", "fr"))
@pytest.mark.parametrize("width", (1440, 1280, 1024, 768, 390, 320))
def test_nothing_is_wider_than_the_window(open_desk: Open, width: int, language: str) -> None:
    desk = open_desk(state={"language": language}, viewport={"width": width, "height": 800})
    desk.take()
    assert desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
