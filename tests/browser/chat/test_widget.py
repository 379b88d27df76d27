"""The chat on other people's pages."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chat.chat_page import Chat
from tests.browser.chat.conftest import Site

pytestmark = pytest.mark.browser
Visit = Callable[..., Chat]


@pytest.fixture
def host(visit: Visit, site: Site) -> Iterator[Callable[..., Chat]]:
    """A page of another site that forbids everything but the widget and its frame."""

    def open_host(**data: str) -> Chat:
        chat = visit(ready=False)
        attributes = " ".join(f'data-{name}="{value}"' for name, value in data.items())
        html = (
            "<!doctype html><html lang=en><title>Host</title><main><h1>Host</h1><a href=#x>link</a></main>"
            f'<script src="{site.url}/widget.js" {attributes} async></script>'
        )
        policy = (
            f"default-src 'none'; script-src {site.url}/widget.js; frame-src {site.url}; style-src 'none'; "
            "require-trusted-types-for 'script'"
        )
        headers = {"Content-Type": "text/html", "Content-Security-Policy": policy}
        page[:] = [(html.encode(), headers)]
        chat.page.goto(address)
        return chat

    page: list[tuple[bytes, dict[str, str]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, headers = page[0]
            self.send_response(200)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    # A real server, under a name that makes it another site: browsers guard loopback against invented hosts.
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://localhost:{server.server_port}/"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield open_host
    server.shutdown()


def _open(page: Page) -> None:
    page.locator("a").focus()
    page.keyboard.press("Tab")
    expect(page.locator("button.open")).to_be_focused()
    page.keyboard.press("Enter")
    _wait_for_frame(page)


def _wait_for_frame(page: Page) -> None:
    for _ in range(100):
        if len(page.frames) == 2 and page.frames[1].url.startswith("http"):
            page.frames[1].locator("#messages [data-seq]").first.wait_for()
            return
        page.wait_for_timeout(50)
    raise AssertionError("the frame never came")


def test_the_button_opens_the_chat_on_a_page_with_a_strict_policy(host: Callable[..., Chat]) -> None:
    chat = host(door="good2talk", lang="fr")
    assert len(chat.page.frames) == 1  # nothing is loaded before it is asked for
    _open(chat.page)
    frame = chat.page.frames[1]
    assert frame.url == f"{chat.url}/good2talk?embed=1&lang=fr"
    expect(frame.locator("html")).to_have_attribute("lang", "fr")
    expect(frame.locator("#text")).to_be_focused()
    frame.locator("#text").fill("Bonjour")
    frame.locator("#text").press("Enter")
    expect(frame.locator("#messages > .person[data-seq]")).to_have_count(1)
    assert chat.errors == []


def test_the_button_is_drawn_although_the_page_forbids_styles(host: Callable[..., Chat]) -> None:
    button = host().page.locator("button.open")
    style = button.evaluate(
        "e => (({ position, backgroundColor }) => [position, backgroundColor])(getComputedStyle(e))"
    )
    assert style == ["fixed", "rgb(107, 52, 16)"]
    expect(button).to_be_in_viewport(ratio=1)


def test_escape_closes_the_chat_and_brings_the_focus_back(host: Callable[..., Chat]) -> None:
    chat = host()
    _open(chat.page)
    expect(chat.page.frames[1].locator("#text")).to_be_focused()
    chat.page.keyboard.press("Escape")
    expect(chat.page.locator("button.open")).to_be_focused()
    expect(chat.page.locator(".panel")).not_to_be_visible()
    chat.page.wait_for_timeout(1600)
    chat.page.keyboard.press("Enter")
    expect(chat.page.frames[1].locator("#text")).to_be_focused()  # the same conversation, not a new frame
    assert len(chat.page.frames) == 2


def test_escape_twice_in_the_chat_leaves_the_page_around_it(host: Callable[..., Chat], plain_site: Any) -> None:
    chat = host()
    _open(chat.page)
    exit_url = chat.page.frames[1].locator("#leave").evaluate("link => link.href")
    plain_site(chat.page, exit_url, "<title>Neutral</title>", {})
    expect(chat.page.frames[1].locator("#text")).to_be_focused()
    chat.page.keyboard.press("Escape")
    chat.page.keyboard.press("Escape")
    chat.page.wait_for_url(f"{exit_url}**")


def test_leave_in_the_chat_leaves_the_page_around_it(host: Callable[..., Chat], plain_site: Any) -> None:
    chat = host()
    _open(chat.page)
    leave = chat.page.frames[1].locator("#leave")
    exit_url = leave.evaluate("link => link.href")
    plain_site(chat.page, exit_url, "<title>Neutral</title>", {})
    leave.click()
    chat.page.wait_for_url(f"{exit_url}**")
    chat.page.go_back()
    assert "localhost" not in chat.page.url


def test_axe_finds_nothing_on_the_page_with_the_chat_open(host: Callable[..., Chat]) -> None:
    chat = host(lang="ar")
    assert chat.violations() == []
    _open(chat.page)
    expect(chat.page.locator(".panel")).to_have_attribute("aria-label", re.compile("[\u0600-\u06ff]"))
    assert chat.violations() == []


def test_the_chat_fills_a_small_screen_and_can_be_closed_there(host: Callable[..., Chat]) -> None:
    chat = host()
    chat.page.set_viewport_size({"width": 360, "height": 640})
    _open(chat.page)
    panel = chat.page.locator(".panel").bounding_box()
    assert panel == {"x": 0, "y": 0, "width": 360, "height": 640}
    chat.page.locator(".panel button").click()
    expect(chat.page.locator("button.open")).to_be_focused()
