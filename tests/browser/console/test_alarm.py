"""Danger rings, flashes and is announced until somebody claims, and says honestly when it cannot sound."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.console.desk_page import Desk
from tests.browser.console.fake_desk import Fake

pytestmark = pytest.mark.browser
Open = Callable[..., Desk]
RINGS = "Number(document.documentElement.dataset.rings ?? 0)"


def test_danger_rings_until_it_is_claimed(open_desk: Open, fake: Fake) -> None:
    desk = open_desk()
    desk.page.locator("#welcome").click()  # a browser sounds only on a page that was touched
    desk.until(f"{RINGS} >= 1")
    expect(desk.page.locator("#danger")).to_be_visible()
    desk.take()
    expect(desk.page.locator("#danger")).to_be_hidden()
    rang = desk.page.evaluate(RINGS)
    desk.page.wait_for_timeout(4_500)
    assert desk.page.evaluate(RINGS) == rang


def test_the_desk_says_that_sound_is_blocked_until_the_page_was_touched(open_desk: Open) -> None:
    desk = open_desk()
    sound = desk.page.locator("#sound")
    expect(sound).to_contain_text("Turn sound on")
    expect(sound).to_have_attribute("data-state", "off")
    sound.click()
    expect(sound).to_have_attribute("data-state", "on")


def test_sound_that_was_turned_off_stays_off(open_desk: Open) -> None:
    desk = open_desk()
    desk.page.locator("#sound").click()
    expect(desk.page.locator("#sound")).to_have_attribute("data-state", "on")
    desk.page.locator("#sound").click()
    desk.reload()
    desk.page.locator("#welcome").click()
    desk.page.wait_for_timeout(300)
    expect(desk.page.locator("#sound")).to_have_attribute("data-state", "off")
    assert desk.page.evaluate(RINGS) == 0


def test_the_title_flashes_while_danger_waits(open_desk: Open) -> None:
    desk = open_desk()
    desk.until("document.title.includes('Danger waiting')")
    desk.until("document.title.includes('Desk')")
    desk.take()
    desk.until("document.title === '(1) Desk'")


def test_only_new_danger_is_announced_at_once_and_without_words_of_the_person(open_desk: Open, fake: Fake) -> None:
    desk = open_desk(state={"waiting": ["punjabi"], "ringing": set()})
    alarm = desk.page.locator("#alarm")
    expect(alarm).to_be_empty()
    fake.state.waiting.insert(0, "arabic")
    fake.state.ringing.add("arabic")
    fake.tell_desk()
    expect(alarm).to_have_text("New danger waiting: Emergency: suicide, 211 Ontario")


def test_a_notification_is_shown_when_allowed_and_holds_no_words_of_the_person(open_desk: Open, fake: Fake) -> None:
    desk = open_desk(state={"waiting": ["punjabi"], "ringing": set()}, permissions=["notifications"])
    desk.page.evaluate("""() => {
        window.notices = [];
        window.Notification = class { static permission = "granted"; close() {}
            constructor(title, more) { window.notices.push(title + " " + more.body); } };
    }""")
    fake.state.waiting.insert(0, "arabic")
    fake.state.ringing.add("arabic")
    fake.tell_desk()
    desk.until("window.notices.length === 1")
    [said] = desk.page.evaluate("window.notices")
    assert "Emergency: suicide" in said
    assert "أريد" not in said


def test_danger_that_rises_at_a_colleagues_is_named_with_the_colleague(open_desk: Open, fake: Fake) -> None:
    desk = open_desk(state={"waiting": [], "raised": {"arabic"}})
    expect(desk.page.locator("#danger")).to_contain_text("Ben holds it")
    desk.page.locator("#danger button").click()
    expect(desk.page.locator("#talk-title")).to_be_focused()
    fake.state.raised.discard("arabic")  # Ben has seen it
    fake.tell_desk()
    expect(desk.page.locator("#danger")).to_be_hidden()


def test_danger_that_rises_in_ones_own_conversation_is_shown_and_seen(open_desk: Open, fake: Fake) -> None:
    desk = open_desk(state={"mine": ["arabic"], "waiting": [], "raised": {"arabic"}})
    expect(desk.page.locator("#danger")).to_contain_text("Danger has risen")
    desk.page.locator("#danger button").click()
    expect(desk.field).to_be_focused()
    expect(desk.page.locator("#danger")).to_be_hidden()
    assert fake.state.said("danger") == [{}]
