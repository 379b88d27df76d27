"""Leaving in a hurry: at once, and with nothing left to find in this tab."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chat.chat_page import ASK_LISTING, Chat

pytestmark = pytest.mark.browser
Visit = Callable[..., Chat]
BEFORE = "http://before.test/"


@pytest.fixture
def chat(visit: Visit, plain_site: Any) -> Chat:
    """A chat in full use, reached from another site, with the exit answered by the browser itself."""
    chat = visit(ready=False)
    plain_site(chat.page, BEFORE, "<title>Before</title>", {})
    chat.page.goto(BEFORE)
    chat.open()
    plain_site(chat.page, _exit(chat), "<title>Neutral</title>", {})
    chat.page.locator(".skip").focus()
    chat.page.keyboard.press("Enter")
    chat.ask(ASK_LISTING["en"], "listing")
    chat.choose_language("fr")
    expect(chat.page.locator("html")).to_have_attribute("lang", "fr")
    chat.field.fill("a draft that nobody may find")
    return chat


def _exit(chat: Chat) -> str:
    return str(chat.page.locator("#leave").evaluate("link => link.href"))


def _no_trace(chat: Chat, exit_url: str) -> None:
    chat.page.wait_for_url(f"{exit_url}**")
    assert chat.page.title() == "Neutral"
    chat.page.go_back()
    assert chat.page.url == BEFORE
    chat.page.go_forward()
    assert chat.page.url.startswith(exit_url)
    chat.page.goto(f"{chat.url}/no-such-page")
    assert chat.page.evaluate("sessionStorage.length + localStorage.length") == 0
    chat.open()
    assert chat.said() == []
    expect(chat.field).to_have_value("")


def test_the_button_leaves_at_once_and_the_way_back_does_not_lead_here(chat: Chat) -> None:
    exit_url = _exit(chat)
    chat.page.locator("#leave").click()
    _no_trace(chat, exit_url)


def test_escape_twice_leaves_even_out_of_a_dialog(chat: Chat) -> None:
    exit_url = _exit(chat)
    chat.open_dialog("erase")
    chat.page.keyboard.press("Escape")
    expect(chat.page.locator("#erase-dialog")).not_to_be_visible()
    chat.page.keyboard.press("Escape")
    _no_trace(chat, exit_url)


def test_escape_once_or_slowly_does_not_leave(chat: Chat) -> None:
    chat.page.keyboard.press("Escape")
    chat.page.wait_for_timeout(1700)
    chat.page.keyboard.press("Escape")
    chat.page.wait_for_timeout(300)
    assert chat.page.url.startswith(chat.url)


def test_the_button_works_behind_an_open_dialog(chat: Chat) -> None:
    exit_url = _exit(chat)
    box = chat.page.locator("#leave").bounding_box()
    assert box
    chat.open_dialog("phone")
    chat.page.mouse.click(box["x"] + 5, box["y"] + 5)
    _no_trace(chat, exit_url)


def test_leaving_waits_for_no_server(chat: Chat) -> None:
    exit_url = _exit(chat)
    chat.page.route(f"{chat.url}/**", lambda route: None)  # every request to the chat hangs
    chat.page.locator("#leave").click()
    chat.page.wait_for_url(f"{exit_url}**", timeout=2000)


def test_the_way_out_works_when_the_chat_does_not(visit: Visit, plain_site: Any) -> None:
    chat = visit(ready=False)
    plain_site(chat.page, BEFORE, "<title>Before</title>", {})
    chat.page.goto(BEFORE)
    chat.page.route("**/chat.js", lambda route: route.abort())
    chat.page.goto(chat.address())
    exit_url = _exit(chat)
    plain_site(chat.page, exit_url, "<title>Neutral</title>", {})
    chat.page.keyboard.press("Escape")
    chat.page.keyboard.press("Escape")
    chat.page.wait_for_url(f"{exit_url}**")
    chat.page.go_back()
    assert chat.page.url == BEFORE


def test_pages_are_not_kept_by_the_browser(visit: Visit) -> None:
    chat = visit(ready=False)
    answer = chat.page.goto(chat.address())
    assert answer and "no-store" in (answer.header_value("cache-control") or "")
    assert "script-src 'self'" in (answer.header_value("content-security-policy") or "")
    assert chat.errors == []
