"""Every state of the page, checked by axe in English, French and Arabic, light and dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chat.chat_page import ASK_CRISIS, ASK_LISTING, ASK_PERSON, Chat
from tests.browser.chat.fake_server import Fake

pytestmark = pytest.mark.browser
LANGUAGES = ("en", "fr", "ar")
Visit = Callable[..., Chat]


def _start(chat: Chat, language: str) -> None:
    expect(chat.page.locator("#messages > .bot").first).to_be_visible()


def _menu(chat: Chat, language: str) -> None:
    chat.door = "good2talk"
    chat.open(language)
    expect(chat.page.locator(".choices button").first).to_be_visible()


def _listing(chat: Chat, language: str) -> None:
    chat.ask(ASK_LISTING[language], "listing")


def _crisis(chat: Chat, language: str) -> None:
    chat.ask(ASK_CRISIS[language], "crisis")


def _waiting(chat: Chat, language: str) -> None:
    chat.say(ASK_PERSON[language])
    expect(chat.owner).not_to_be_empty()


def _offline(chat: Chat, language: str) -> None:
    chat.page.route("**/api/**", lambda route: route.abort())
    chat.say(ASK_LISTING[language])
    expect(chat.notice).not_to_be_empty(timeout=15_000)


def _busy(chat: Chat, language: str) -> None:
    chat.page.route("**/api/messages", lambda route: route.fulfill(status=429, headers={"Retry-After": "60"}))
    chat.say(ASK_LISTING[language])
    expect(chat.notice).to_contain_text("60")


def _too_long(chat: Chat, language: str) -> None:
    chat.say("x" * 4001)
    expect(chat.page.locator("#problem")).to_contain_text("4000")


def _languages(chat: Chat, language: str) -> None:
    chat.page.locator("#languages summary").click()


def _phone(chat: Chat, language: str) -> None:
    _listing(chat, language)
    expect(chat.open_dialog("phone").locator("img")).to_be_visible()


def _erase(chat: Chat, language: str) -> None:
    chat.open_dialog("erase")


def _deleted(chat: Chat, language: str) -> None:
    chat.open_dialog("erase").locator(".danger").click()
    expect(chat.page.locator("#deleted")).to_be_focused()


STATES = {
    "start": _start,
    "menu": _menu,
    "listing": _listing,
    "crisis": _crisis,
    "waiting": _waiting,
    "offline": _offline,
    "busy": _busy,
    "too long": _too_long,
    "languages": _languages,
    "phone": _phone,
    "erase": _erase,
    "deleted": _deleted,
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_in_any_state(visit: Visit, state: str, language: str) -> None:
    chat = visit(language=language, viewport={"width": 412, "height": 800})
    STATES[state](chat, language)
    assert chat.violations() == []
    assert chat.errors == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_while_an_answer_is_written(visit: Visit, fake: Fake, language: str) -> None:
    chat = visit(language=language)
    fake.pause = 5
    chat.say(ASK_LISTING[language])
    expect(chat.page.locator("#typing")).not_to_be_empty()
    assert chat.violations() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_while_a_person_holds_the_conversation(visit: Visit, fake: Fake, language: str) -> None:
    chat = visit(language=language)
    fake.hold()
    expect(chat.page.locator(".specialist")).to_be_visible()
    if language != "en":
        chat.page.locator(".machine summary").click()
    assert chat.violations() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_the_page_for_a_wrong_address(visit: Visit, language: str) -> None:
    chat = visit(ready=False)
    chat.page.goto(f"{chat.url}/no-such-door?lang={language}")
    assert "9-1-1" in chat.page.locator(".top").inner_text()
    assert chat.violations() == []


@pytest.mark.parametrize(
    "state", ("start", "menu", "listing", "crisis", "waiting", "offline", "too long", "phone", "erase")
)
def test_axe_finds_nothing_in_the_dark(visit: Visit, state: str) -> None:
    chat = visit(color_scheme="dark")
    STATES[state](chat, "en")
    assert chat.violations() == []


def test_axe_finds_nothing_in_the_embedded_page(visit: Visit) -> None:
    chat = visit(ready=False)
    chat.page.goto(chat.address(embed="1", lang="fr"))
    chat.wait_until_begun()
    assert chat.violations() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_and_messages_say_their_language_and_direction(visit: Visit, language: str) -> None:
    chat = visit(language=language)
    chat.ask(ASK_LISTING[language], "listing")
    direction = "rtl" if language == "ar" else "ltr"
    assert chat.page.locator("html").get_attribute("lang") == language
    assert chat.page.locator("html").get_attribute("dir") == direction
    body = chat.page.locator(".listing .body").last
    assert (body.get_attribute("lang"), body.get_attribute("dir")) == (language, direction)
