"""What a screen reader is told: each new message once, old ones not again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chat.chat_page import ASK_LISTING, Chat
from tests.browser.chat.flaky_network import FlakyNetwork

pytestmark = pytest.mark.browser
Visit = Callable[..., Chat]

# Records what a live region would read: every element that appears in the log, and how lively it is then.
WATCH = """
new MutationObserver((changes, observer) => {
  const log = document.getElementById('log');
  if (!log || !document.getElementById('composer')) return;
  observer.disconnect();
  window.heard = [];
  new MutationObserver((records) => {
    for (const { addedNodes, removedNodes, target } of records) {
      for (const node of addedNodes) {
        const whole = node.nodeType === 1 && target.id === 'messages';
        const text = whole && node.querySelector('.body').innerText;
        window.heard.push(whole ? { text, live: log.getAttribute('aria-live') } : { inside: true });
      }
      for (const node of removedNodes) window.heard.push({ removed: true });
    }
  }).observe(log, { childList: true, subtree: true, characterData: true });
}).observe(document, { childList: true, subtree: true });
"""


def _heard(chat: Chat) -> list[dict[str, Any]]:
    # The greeting that the server wrote into the page makes room for the conversation's own.
    return [entry for entry in chat.page.evaluate("window.heard") if "text" in entry]


def test_the_conversation_is_a_polite_log(visit: Visit) -> None:
    log = visit().page.locator("#log")
    assert log.get_attribute("role") == "log"
    assert log.get_attribute("aria-live") == "polite"
    assert log.get_attribute("aria-relevant") == "additions"


def test_each_message_enters_the_live_region_once(visit: Visit, network: FlakyNetwork) -> None:
    chat = visit(url=network.url, ready=False)
    chat.page.add_init_script(WATCH)
    chat.open()
    chat.ask(ASK_LISTING["en"], "listing")
    network.cut()
    chat.say("I want to know more")
    chat.wait_for_confirmed(2)
    network.cut()
    chat.page.wait_for_timeout(1500)
    heard = _heard(chat)
    assert [entry["text"] for entry in heard] == [message.text for message in chat.messages()]
    assert {entry["live"] for entry in heard} == {"polite"}
    # Nothing inside a message changed afterwards, which would be read again.
    assert not any(entry.get("inside") for entry in chat.page.evaluate("window.heard"))


def test_what_was_heard_before_a_reload_is_not_read_again(visit: Visit) -> None:
    chat = visit(ready=False)
    chat.page.add_init_script(WATCH)
    chat.open()
    chat.ask(ASK_LISTING["en"], "listing")
    chat.wait_for_confirmed(1)
    count = len(chat.messages())
    chat.reload()
    expect(chat.page.locator("#messages > li")).to_have_count(count)
    assert {entry["live"] for entry in _heard(chat)} == {"off"}
    chat.say("Hello again")
    chat.wait_for_confirmed(2)
    assert [entry["live"] for entry in _heard(chat) if entry["text"] == "Hello again"] == ["polite"]


def test_state_typing_and_notices_are_status_lines_outside_the_log(visit: Visit) -> None:
    chat = visit()
    for line in ("owner", "typing", "notice"):
        place = chat.page.locator(f"#{line}")
        assert place.get_attribute("role") == "status"
        assert place.evaluate("e => e.closest('[role=log]') === null")
