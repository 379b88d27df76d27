"""Small screens, large letters, fingers, and people who override colours or movement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chat.chat_page import ASK_CRISIS, ASK_LISTING, Chat

pytestmark = pytest.mark.browser
Visit = Callable[..., Chat]
SCREENS: dict[str, dict[str, Any]] = {
    "320 px": {"viewport": {"width": 320, "height": 568}},
    "200 % zoom": {"viewport": {"width": 640, "height": 360}, "device_scale_factor": 2},
    "400 % zoom": {"viewport": {"width": 320, "height": 180}, "device_scale_factor": 4},
    "phone": {"viewport": {"width": 360, "height": 740}},
}
TARGETS = """
() => [...document.querySelectorAll('a, button, summary, textarea, input')]
  .filter(e => e.checkVisibility({ visibilityProperty: true }))
  .filter(e => !e.closest('.text, .summary, .field, .skip'))
  .map(e => ({ name: e.innerText || e.id, box: e.getBoundingClientRect() }))
  .filter(({ box }) => box.width > 1 && box.height > 1)
  .map(({ name, box }) => [name, Math.round(box.width), Math.round(box.height)])
"""


@pytest.mark.parametrize("language", ("en", "fr", "ar"))
@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_needs_sideways_scrolling(visit: Visit, screen: str, language: str) -> None:
    chat = visit(language=language, **SCREENS[screen])
    assert chat.sideways() == 0
    chat.ask(ASK_LISTING[language], "listing")
    chat.say("https://example.org/" + "x" * 200 + " " + "y" * 300 + " 555 555 555 555 555 555 555 5")
    chat.ask(ASK_CRISIS[language], "crisis")
    assert chat.sideways() == 0
    chat.page.locator("#languages summary").click()
    assert chat.sideways() == 0
    chat.page.locator("#languages summary").click()
    for which in ("phone", "erase"):
        dialog = chat.open_dialog(which)
        assert chat.sideways() == 0
        assert dialog.evaluate("e => e.scrollWidth <= e.clientWidth")
        chat.page.wait_for_timeout(1600)  # Escape twice would leave
        chat.page.keyboard.press("Escape")


def test_letters_twice_as_large_still_fit(visit: Visit) -> None:
    chat = visit(viewport={"width": 640, "height": 800})
    chat.page.evaluate("document.documentElement.style.fontSize = '36px'")
    chat.ask(ASK_LISTING["en"], "listing")
    assert chat.sideways() == 0
    clipped = chat.page.evaluate(
        """[...document.querySelectorAll('button, .button, .leave')]
           .filter(e => e.checkVisibility())
           .filter(e => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)
           .map(e => e.innerText)"""
    )
    assert clipped == []


def test_wider_spacing_of_text_clips_nothing(visit: Visit) -> None:
    chat = visit(viewport={"width": 320, "height": 700})
    chat.page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
            word-spacing: .16em !important }`);
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    chat.ask(ASK_LISTING["en"], "listing")
    assert chat.sideways() == 0


@pytest.mark.parametrize("language", ("en", "ar"))
def test_everything_to_press_is_large_enough_for_a_finger(visit: Visit, language: str) -> None:
    chat = visit(language=language, **SCREENS["phone"])
    chat.ask(ASK_LISTING[language], "listing")
    chat.page.locator("#languages summary").click()
    targets = chat.page.evaluate(TARGETS)
    assert len(targets) > 15
    assert [target for target in targets if min(target[1:]) < 24] == []
    assert [target for target in targets if target[2] < 35] == []  # our own, stricter bound


@pytest.mark.parametrize("screen", ("320 px", "200 % zoom", "phone"))
def test_the_focus_is_never_hidden_under_what_stays_in_place(visit: Visit, screen: str) -> None:
    chat = visit(**SCREENS[screen])
    chat.ask(ASK_LISTING["en"], "listing")
    chat.page.evaluate("scrollTo(0, 0)")
    chat.page.locator("#leave").focus()
    for _ in range(20):
        chat.page.keyboard.press("Tab")
        seen = chat.page.evaluate(
            """() => {
              const e = document.activeElement, box = e.getBoundingClientRect();
              if (e === document.body) return null;
              const down = Math.min(12, box.height / 2);
              const at = document.elementFromPoint(box.x + box.width / 2, box.y + down);
              return at === null ? 'outside: ' + e.outerHTML.slice(0, 80)
                : e.contains(at) || at.contains(e) ? '' : 'covered: ' + e.outerHTML.slice(0, 80);
            }"""
        )
        assert not seen


def test_the_numbers_and_the_way_out_stay_visible_at_the_end_of_a_long_talk(visit: Visit) -> None:
    chat = visit(**SCREENS["phone"])
    for _ in range(3):
        chat.ask(ASK_LISTING["en"], "listing")
    chat.wait_for_confirmed(3)
    chat.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    for selector in ("#leave", ".lines a >> nth=0", ".lines a >> nth=1", "#text"):
        expect(chat.page.locator(selector)).to_be_in_viewport(ratio=1)


def test_nothing_moves(visit: Visit) -> None:
    chat = visit(reduced_motion="reduce")
    chat.ask(ASK_LISTING["en"], "listing")
    moving = """[...document.querySelectorAll('*')].filter(e => {
      const style = getComputedStyle(e);
      return style.animationName !== 'none' || style.transitionDuration !== '0s'
        || style.scrollBehavior !== 'auto';
    }).length"""
    assert chat.page.evaluate(moving) == 0


def test_buttons_and_messages_keep_their_edges_in_forced_colours(visit: Visit) -> None:
    chat = visit(forced_colors="active")
    chat.ask(ASK_LISTING["en"], "listing")
    for selector in ("#leave", "#composer button", "a.call", ".choices button", ".body", ".card"):
        style = "e => getComputedStyle(e).borderTopWidth + ' ' + getComputedStyle(e).borderTopStyle"
        assert chat.page.locator(selector).first.evaluate(style) not in ("0px none", "0px solid"), selector
