"""A whole shift by keyboard alone: take, answer, send a listing, note, close. The mouse is never touched."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.console.desk_page import Desk
from tests.browser.console.fake_desk import Fake

pytestmark = pytest.mark.browser
Open = Callable[..., Desk]


def test_a_conversation_is_taken_answered_given_a_listing_noted_and_closed_by_keyboard(
    open_desk: Open, fake: Fake
) -> None:
    desk = open_desk(state={"ringing": {"arabic"}})
    keys = desk.page.keyboard
    keys.press("q")
    expect(desk.waiting("arabic").locator(".take")).to_be_focused()
    keys.press("Enter")
    expect(desk.field).to_be_focused()
    keys.type("I am here with you.")
    keys.press("Enter")
    expect(desk.page.locator("#messages .specialist").last).to_contain_text("I am here with you.")

    keys.type("/hel")
    expect(desk.page.locator("#canned li")).to_have_count(1)
    keys.press("Enter")
    expect(desk.field).to_have_value("Hello, I am a person.")
    keys.press("Enter")
    expect(desk.page.locator("#messages .specialist").last).to_contain_text("Hello, I am a person.")

    keys.press("Control+k")
    expect(desk.page.locator("#search-results li").first).to_have_attribute("aria-selected", "true")
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(desk.page.locator("#messages .listing").last).to_contain_text("Northside Food Bank 2")
    expect(desk.dialog).to_have_count(0)
    assert [one["listing"] for one in fake.state.said("listings")] == ["listing-2"]

    keys.press("Escape")
    keys.press("i")
    keys.type("Prefers mornings")
    keys.press("Control+Enter")
    expect(desk.page.locator("#notes-list")).to_contain_text("Prefers mornings")
    keys.press("Escape")

    began = time.monotonic()
    keys.press("e")
    expect(desk.dialog).to_be_visible()
    keys.press("Space")  # the first need: met
    keys.press("Tab")
    keys.press("Tab")  # follow-up stays "not offered"
    keys.press("Tab")
    keys.type("No")  # risk at the end
    keys.press("Tab")
    keys.type("Ad")  # the door's field
    keys.press("Control+Enter")
    expect(desk.dialog).to_have_count(0)
    assert time.monotonic() - began < 30
    [closed] = fake.state.said("close")
    assert closed["met"] == ["food.pantry"]
    assert closed["risk_end"] == 0
    assert closed["fields"] == {"outcome": "advised"}
    expect(desk.waiting("punjabi").locator(".take")).to_be_focused()


def test_arrows_move_along_the_queue(open_desk: Open) -> None:
    desk = open_desk()
    desk.page.keyboard.press("q")
    desk.page.keyboard.press("ArrowDown")
    expect(desk.waiting("punjabi").locator(".take")).to_be_focused()
    desk.page.keyboard.press("ArrowUp")
    expect(desk.waiting("arabic").locator(".take")).to_be_focused()


def test_keys_are_words_while_somebody_writes(open_desk: Open, fake: Fake) -> None:
    desk = open_desk()
    desk.take()
    desk.page.keyboard.type("equip me?")
    expect(desk.field).to_have_value("equip me?")
    expect(desk.dialog).to_have_count(0)


def test_single_keys_can_be_switched_off(open_desk: Open) -> None:
    desk = open_desk()
    desk.page.keyboard.press("?")
    desk.dialog.locator("#single-keys").uncheck()
    desk.page.keyboard.press("Escape")
    desk.reload()
    desk.page.keyboard.press("q")
    assert desk.page.evaluate("document.activeElement.tagName") == "BODY"
    desk.page.locator("#help").click()
    expect(desk.dialog).to_be_visible()


def test_a_need_that_was_not_met_asks_why_before_closing(open_desk: Open, fake: Fake) -> None:
    desk = open_desk()
    desk.take("punjabi")
    desk.leave_field()
    desk.page.keyboard.press("e")
    expect(desk.dialog).to_be_visible()
    desk.page.keyboard.press("ArrowDown")  # from "met" to "not met"
    desk.dialog.locator("select[name='field:outcome']").select_option("advised")
    desk.page.keyboard.press("Control+Enter")
    expect(desk.dialog).to_be_visible()
    assert fake.state.said("close") == []
    desk.dialog.locator(".need-row select").select_option("no_service")
    desk.page.keyboard.press("Control+Enter")
    expect(desk.dialog).to_have_count(0)
    assert fake.state.said("close")[0]["unmet"] == [{"need": "food.pantry", "reason": "no_service"}]


def test_the_skip_link_comes_first(open_desk: Open) -> None:
    desk = open_desk()
    desk.page.keyboard.press("Tab")
    expect(desk.page.locator(".skip")).to_be_focused()
