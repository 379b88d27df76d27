"""Reading aloud: a button on each message, only with a voice of its language on the device, never by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chat.chat_page import Chat

pytestmark = pytest.mark.browser
Visit = Callable[..., Chat]
VOICES = """
window.said = [];
const voices = [
  { lang: "en-CA", name: "here", localService: true, default: true },
  { lang: "ar-SA", name: "far away", localService: false, default: false },
];
class Said { constructor(text) { this.text = text; } }
Object.defineProperty(window, "SpeechSynthesisUtterance", { value: Said });
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => voices, addEventListener() {}, cancel() { window.said.push("(stop)"); },
  speak(one) { window.said.push(one.text); },
} });
"""


def with_voices(visit: Visit, language: str = "en") -> Chat:
    chat = visit(language=language)
    chat.page.add_init_script(VOICES)
    chat.reload()
    return chat


def test_nothing_is_said_until_somebody_presses_and_pressing_again_stops(visit: Visit) -> None:
    chat = with_voices(visit)
    page = chat.page
    expect(page.locator(".listen")).to_have_count(0)
    page.locator("#aloud").click()
    expect(page.locator("#aloud")).to_have_attribute("aria-pressed", "true")
    button = page.locator(".message.bot .listen").first
    expect(button).to_have_text("Listen")
    assert page.evaluate("window.said") == []
    button.click()
    expect(button).to_have_text("Stop")
    said = page.evaluate("window.said")
    assert said[0].startswith("Hello, this is 211.")
    button.click()
    expect(button).to_have_text("Listen")
    assert page.evaluate("window.said")[-1] == "(stop)"
    assert chat.errors == [] and chat.violations() == []


def test_the_choice_stays_and_a_language_without_a_voice_on_the_device_has_no_button(visit: Visit) -> None:
    chat = with_voices(visit)
    chat.page.locator("#aloud").click()
    chat.reload()
    expect(chat.page.locator(".message.bot .listen").first).to_be_visible()
    other = with_voices(visit, "ar")
    other.page.locator("#aloud").click()
    expect(other.page.locator(".listen")).to_have_count(0)
