"""The chat as a form: an old phone, a blocked script, a network that loses half of the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chat.chat_page import ASK_CRISIS, ASK_LISTING, Chat

pytestmark = pytest.mark.browser
Visit = Callable[..., Chat]


@pytest.fixture
def bare(visit: Visit) -> Callable[..., Chat]:
    def open_bare(language: str = "en", door: str = "211") -> Chat:
        chat = visit(door, ready=False, java_script_enabled=False)
        chat.page.goto(chat.address(lang=language))
        return chat

    return open_bare


def _say(chat: Chat, text: str) -> None:
    chat.field.fill(text)
    chat.page.locator("#composer button").click()


@pytest.mark.parametrize("language", ("en", "fr", "ar"))
def test_words_are_sent_and_answered_by_a_form(bare: Callable[..., Chat], language: str) -> None:
    chat = bare(language)
    expect(chat.page.locator("#messages > .bot").first).to_be_visible()
    chat.choose_language(language)
    _say(chat, ASK_LISTING[language])
    expect(chat.page.locator(".card").first).to_be_visible()
    _say(chat, ASK_CRISIS[language])
    expect(chat.page.locator(".crisis.message").first).to_be_visible()
    expect(chat.page.locator("#messages > .person")).to_have_count(2)
    expect(chat.page.locator("html")).to_have_attribute("lang", language)
    expect(chat.page.locator("noscript a, noscript")).not_to_have_count(0)


def test_a_number_is_a_button_without_script_too(bare: Callable[..., Chat]) -> None:
    chat = bare("en", "good2talk")
    chat.page.locator(".choices button").nth(1).click()
    expect(chat.page.locator("#messages > .person .text")).to_have_text("2")


def test_markup_is_text_without_script_too(bare: Callable[..., Chat]) -> None:
    chat = bare("en")
    evil = "<script>1</script><b>bold</b> & </li>"
    _say(chat, evil)
    expect(chat.page.locator("#messages > .person .text")).to_have_text(evil)


def test_a_conversation_is_deleted_without_script_after_opening_the_question(
    bare: Callable[..., Chat],
) -> None:
    chat = bare("en")
    _say(chat, "Something private")
    chat.page.locator("#erase-form summary").click()
    chat.page.locator("#erase-form button").click()
    expect(chat.page.locator("#deleted-title")).to_be_visible()
    chat.page.locator(".panel a").click()
    expect(chat.page.locator("#messages > .bot").first).to_be_visible()
    assert chat.page.locator("#messages > .person").count() == 0


def test_a_message_that_is_too_long_gets_a_page_that_says_what_to_do(bare: Callable[..., Chat]) -> None:
    chat = bare("en")
    _say(chat, "x" * 4001)
    expect(chat.page.locator("h1")).to_be_visible()
    expect(chat.page.locator(".top .lines a").first).to_be_visible()
    expect(chat.page.locator(".panel a").first).to_be_visible()


@pytest.mark.parametrize("language", ("en", "fr", "ar"))
def test_axe_finds_nothing_when_the_scripts_never_arrive(visit: Visit, language: str) -> None:
    chat = visit(ready=False)
    chat.page.route("**/static/**/*.js", lambda route: route.abort())
    chat.page.goto(chat.address(lang=language))
    _say(chat, ASK_LISTING[language])
    expect(chat.page.locator(".card").first).to_be_visible()
    assert chat.violations() == []
    chat.page.locator("#erase-form summary").click()
    chat.page.locator("#erase-form button").click()
    expect(chat.page.locator("#deleted-title")).to_be_visible()
    assert chat.violations() == []


def test_a_script_that_comes_late_goes_on_with_the_conversation_of_the_form(visit: Visit) -> None:
    chat = visit(ready=False)
    chat.page.route("**/static/**/*.js", lambda route: route.abort())
    chat.page.goto(chat.address(lang="en"))
    _say(chat, ASK_LISTING["en"])
    expect(chat.page.locator(".card").first).to_be_visible()
    before = chat.messages()
    chat.page.unroute("**/static/**/*.js")
    chat.reload()
    assert chat.messages() == before
    assert not any(cookie["name"] == "porchlight_chat" for cookie in chat.page.context.cookies())
    chat.say("And one more thing")
    chat.wait_for_confirmed(2)
    assert chat.said() == [ASK_LISTING["en"], "And one more thing"]
    chat.reload()
    expect(chat.page.locator("#messages > .person")).to_have_count(2)
