"""Every state of the desk, checked by axe in English and French, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.console.desk_page import Desk
from tests.browser.console.fake_desk import Fake

pytestmark = pytest.mark.browser
Open = Callable[..., Desk]


def _queue(desk: Desk, fake: Fake) -> None:
    expect(desk.waiting("arabic")).to_be_visible()


def _talk(desk: Desk, fake: Fake) -> None:
    desk.take()
    desk.field.fill("Are you safe?")
    expect(desk.page.locator("#preview")).to_be_visible()
    desk.page.locator("#messages .back button").first.click()
    expect(desk.page.locator("#messages .back-text").first).not_to_be_empty()


def _unread(desk: Desk, fake: Fake) -> None:
    fake.state.mine, fake.state.unread = ["long"], {"long": 2}
    fake.state.news.append(("typing", {"conversation": "long", "on": True}))
    fake.tell_desk()
    expect(desk.mine("long")).to_be_visible()


def _untranslated(desk: Desk, fake: Fake) -> None:
    fake.state.opted_out = True
    desk.look("punjabi")
    expect(desk.page.locator("#warnings .banner")).to_have_count(2)


def _unsure(desk: Desk, fake: Fake) -> None:
    fake.state.unsure = True
    desk.take()
    desk.write("My number is 705-555-0101")
    expect(desk.dialog).to_be_visible()


def _canned(desk: Desk, fake: Fake) -> None:
    desk.take()
    desk.field.press_sequentially("/")
    expect(desk.page.locator("#canned")).to_be_visible()


def _search(desk: Desk, fake: Fake) -> None:
    desk.take()
    desk.page.keyboard.press("Control+k")
    expect(desk.page.locator("#search-results li")).to_have_count(3)


def _asked(key: str) -> Callable[[Desk, Fake], None]:
    def ask(desk: Desk, fake: Fake) -> None:
        desk.take()
        desk.leave_field()
        desk.page.keyboard.press(key)
        expect(desk.dialog).to_be_visible()

    return ask


def _unmet(desk: Desk, fake: Fake) -> None:
    _asked("e")(desk, fake)
    desk.dialog.locator("input[value=unmet]").check()
    expect(desk.dialog.locator(".need-row select")).to_be_visible()


def _packet(desk: Desk, fake: Fake) -> None:
    _asked("p")(desk, fake)
    desk.dialog.locator("input[name=share]").first.check()
    desk.page.keyboard.press("Control+Enter")
    expect(desk.dialog.locator(".packet")).to_be_visible()


def _noted(desk: Desk, fake: Fake) -> None:
    desk.take()
    desk.page.locator("#note-text").fill("Called the shelter")
    desk.page.keyboard.press("Control+Enter")
    expect(desk.page.locator("#notes-list li")).to_have_count(1)


def _lost(desk: Desk, fake: Fake) -> None:
    desk.take()
    fake.state.broken = True
    desk.write("Still here")
    expect(desk.page.locator("#connection")).to_be_visible()
    expect(desk.page.locator("#pending li")).to_be_visible()


def _taken(desk: Desk, fake: Fake) -> None:
    fake.state.taken_by = "Ben"
    desk.waiting("arabic").locator(".take").click()
    expect(desk.notice).to_contain_text("Ben")


STATES: dict[str, Callable[[Desk, Fake], None]] = {
    "queue": _queue,
    "unread": _unread,
    "talk": _talk,
    "untranslated": _untranslated,
    "unsure": _unsure,
    "canned": _canned,
    "search": _search,
    "close": _asked("e"),
    "unmet": _unmet,
    "transfer": _asked("t"),
    "partner": _asked("p"),
    "packet": _packet,
    "keys": _asked("?"),
    "noted": _noted,
    "lost": _lost,
    "taken": _taken,
}


@pytest.mark.parametrize("theme", ("light", "dark"))
@pytest.mark.parametrize("language", ("en", "fr"))
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_in_any_state(open_desk: Open, fake: Fake, state: str, language: str, theme: Any) -> None:
    desk = open_desk(state={"language": language}, color_scheme=theme, reduced_motion="reduce")
    STATES[state](desk, fake)
    assert desk.violations() == []
    assert desk.errors == []


@pytest.mark.parametrize("pane", ("queue", "talk", "context"))
@pytest.mark.parametrize("theme", ("light", "dark"))
def test_axe_finds_nothing_on_a_phone(open_desk: Open, fake: Fake, pane: str, theme: Any) -> None:
    desk = open_desk(viewport={"width": 390, "height": 844}, color_scheme=theme)
    desk.take()
    desk.page.locator(f".tabs button[data-pane={pane}]").click()
    assert desk.violations() == []


def test_what_can_be_pressed_is_large_enough(open_desk: Open, fake: Fake) -> None:
    desk = open_desk()
    desk.take()
    small = desk.page.evaluate("""() => [...document.querySelectorAll("button, summary, select, input, textarea")]
        .filter((one) => one.checkVisibility() && !one.closest(".choice"))
        .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
        .filter(([, box]) => box.width < 24 || box.height < 24).map(([html]) => html)""")
    assert small == []


def test_the_theme_is_kept_for_the_next_visit(open_desk: Open, fake: Fake) -> None:
    desk = open_desk(color_scheme="light")
    light = desk.page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor")
    desk.page.locator("#theme").click()
    desk.reload()
    assert desk.page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor") != light
