"""The whole way of a person who uses the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chat.chat_page import ASK_LISTING, Chat

pytestmark = pytest.mark.browser
Visit = Callable[..., Chat]


def _focused(chat: Chat) -> str:
    return str(
        chat.page.evaluate(
            "(e => e.id || e.closest('[id]')?.id + ' ' + e.tagName.toLowerCase())(document.activeElement)"
        )
    )


def _tab_to(chat: Chat, wanted: str, key: str = "Tab") -> None:
    passed = []
    for _ in range(40):
        chat.page.keyboard.press(key)
        passed.append(_focused(chat))
        if passed[-1] == wanted:
            assert chat.page.evaluate("document.activeElement.matches(':focus-visible')")
            return
    raise AssertionError(f"{wanted} not reached: {passed}")


def test_the_way_out_comes_first_then_the_numbers_then_the_way_to_the_field(visit: Visit) -> None:
    chat = visit()
    keyboard = chat.page.keyboard
    keyboard.press("Tab")
    assert _focused(chat) == "leave"
    for href in ("tel:911", "tel:988", "sms:988"):
        keyboard.press("Tab")
        assert chat.page.evaluate("document.activeElement.getAttribute('href')") == href
    keyboard.press("Tab")
    expect(chat.page.locator(".skip")).to_be_in_viewport(ratio=1)
    keyboard.press("Enter")
    assert _focused(chat) == "text"


def test_a_person_asks_chooses_calls_and_deletes_with_the_keyboard(visit: Visit) -> None:
    chat = visit()
    keyboard = chat.page.keyboard
    _tab_to(chat, "text")
    keyboard.type(ASK_LISTING["en"])
    keyboard.press("Tab")
    keyboard.press("Enter")  # the button
    chat.page.locator(".listing").wait_for()
    assert _focused(chat) == "text"
    _tab_to(chat, "messages a", "Shift+Tab")
    _tab_to(chat, "messages button", "Shift+Tab")
    keyboard.press("Enter")
    chat.wait_for_confirmed(2)
    assert _focused(chat) == "messages button"  # the focus is not lost with the choice
    _tab_to(chat, "phone")
    keyboard.press("Enter")
    dialog = chat.page.locator("#phone-dialog")
    expect(dialog.locator("img")).to_be_visible()
    for _ in range(4):
        keyboard.press("Tab")
        assert dialog.evaluate("e => e.contains(document.activeElement) || document.activeElement === document.body")
    keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    assert _focused(chat) == "phone"
    _tab_to(chat, "erase")
    keyboard.press("Enter")
    expect(chat.page.locator("#erase-dialog button").first).to_be_focused()  # the one that keeps
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(chat.page.locator("#deleted")).to_be_focused()
    keyboard.press("Tab")
    keyboard.press("Enter")
    chat.wait_until_begun()


def test_the_language_is_chosen_with_the_keyboard(visit: Visit) -> None:
    chat = visit()
    chat.page.locator("#languages summary").focus()
    chat.page.keyboard.press("Enter")
    for _ in range(chat.page.locator("#languages button").count()):
        chat.page.keyboard.press("Tab")
        if chat.page.evaluate("document.activeElement.value") == "fr":
            break
    chat.page.keyboard.press("Space")
    expect(chat.page.locator("html")).to_have_attribute("lang", "fr")
    expect(chat.page.locator("#languages summary")).to_be_focused()


def test_the_focus_can_be_seen_everywhere(visit: Visit) -> None:
    chat = visit()
    chat.ask(ASK_LISTING["en"], "listing")
    chat.page.locator("#leave").focus()
    for _ in range(20):
        chat.page.keyboard.press("Tab")
        shown = """(e => e === document.body || parseFloat(getComputedStyle(e).outlineWidth) >= 2
                     && getComputedStyle(e).outlineStyle !== 'none')(document.activeElement)"""
        assert chat.page.evaluate(shown), _focused(chat)
