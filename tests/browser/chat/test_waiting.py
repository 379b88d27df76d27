"""Somebody waits for a person: the panel, leaving, being called back; then a person by name, and the end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chat.chat_page import ASK_CRISIS, ASK_LISTING, ASK_PERSON, Chat
from tests.browser.chat.fake_server import Fake

pytestmark = pytest.mark.browser
Visit = Callable[..., Chat]
LANGUAGES = ("en", "fr", "ar")


def waiting(visit: Visit, language: str = "en", **options: object) -> Chat:
    chat = visit(language=language, **options)
    chat.say(ASK_PERSON[language])
    expect(chat.page.locator("#waiting")).to_be_visible()
    return chat


def fill(chat: Chat, number: str) -> None:
    chat.page.locator("#callback summary").click()
    chat.page.locator("#callback-number").fill(number)
    chat.page.locator("#callback-form input[value=evening]").check()
    chat.page.locator("#callback-form input[value=no]").check()
    chat.page.locator("#callback-form button").click()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", ("light", "dark"))
def test_the_panel_tells_the_place_and_axe_finds_nothing_in_it(
    visit: Visit, fake: Fake, language: str, scheme: str
) -> None:
    chat = waiting(visit, language, viewport={"width": 390, "height": 800}, color_scheme=scheme)
    expect(chat.page.locator("#place")).to_contain_text("10")
    assert chat.violations() == []
    chat.page.locator("#callback summary").click()
    expect(chat.page.locator("#callback-number")).to_be_visible()
    assert chat.violations() == []
    chat.page.locator("#callback-number").fill("1")
    wide = chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert wide and chat.errors == []


def test_the_place_follows_the_line(visit: Visit, fake: Fake) -> None:
    chat = waiting(visit)
    fake.talk.waiting = {**(fake.talk.waiting or {}), "sentences": ["You are next in line."]}
    expect(chat.page.locator("#place")).to_have_text("You are next in line.")


def test_nobody_on_duty_is_said_with_a_line_to_call(visit: Visit, fake: Fake) -> None:
    chat = waiting(visit)
    fake.wait(fake.talk, on_duty=False)
    expect(chat.page.locator("#place")).to_contain_text("No person is here")
    expect(chat.page.locator("#lines-now a[href='tel:211']")).to_be_visible()


def test_services_are_still_found_while_waiting(visit: Visit) -> None:
    chat = waiting(visit)
    chat.ask(ASK_LISTING["en"], "listing")
    expect(chat.page.locator("#waiting")).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_leaving_ends_the_panel_and_keeps_the_focus_on_the_page(visit: Visit, fake: Fake, language: str) -> None:
    chat = waiting(visit, language)
    chat.page.locator("#stop-waiting button").focus()
    chat.page.keyboard.press("Enter")
    expect(chat.page.locator("#waiting")).to_be_hidden()
    expect(chat.page.locator("#messages .system").last).to_be_visible()
    expect(chat.field).to_be_focused()


def test_a_call_back_is_asked_for_with_what_is_safe(visit: Visit, fake: Fake) -> None:
    chat = waiting(visit)
    fill(chat, "416 555 01")
    expect(chat.page.locator("#callback-problem")).to_contain_text("cannot use this phone number")
    expect(chat.page.locator("#callback-number")).to_be_focused()
    chat.page.locator("#callback-number").fill("416 555 0123")
    chat.page.keyboard.press("Enter")
    expect(chat.page.locator("#callback")).to_be_hidden()
    expect(chat.page.locator("#place")).to_contain_text("A person will try to call you")
    assert fake.callbacks == [{"number": "416 555 0123", "hours": "evening", "message": False, "language": "en"}]
    assert chat.page.locator("#callback-number").input_value() == ""
    assert "555 0123" not in chat.page.locator("#messages").inner_text()


def test_in_danger_the_lines_are_there_and_no_call_back(visit: Visit) -> None:
    chat = visit()
    chat.ask(ASK_CRISIS["en"], "crisis")
    expect(chat.page.locator("#lines-now a[href='tel:911']")).to_be_visible()
    expect(chat.page.locator("#callback")).to_be_hidden()
    assert chat.violations() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_is_named_at_the_top_and_over_what_they_write(visit: Visit, fake: Fake, language: str) -> None:
    chat = waiting(visit, language)
    fake.hold("Dana")
    expect(chat.page.locator("#waiting")).to_be_hidden()
    for where in ("#who", "#owner", ".specialist .author"):
        expect(chat.page.locator(where)).to_contain_text("Dana")
    assert chat.violations() == []
    chat.choose_language("fr" if language == "en" else "en")
    expect(chat.page.locator("html")).to_have_attribute("lang", "fr" if language == "en" else "en")
    expect(chat.page.locator(".specialist .author")).to_contain_text("Dana")
    expect(chat.page.locator("#who")).to_contain_text("Dana")


@pytest.mark.parametrize("owner", ("bot", "waiting", "closed"))
def test_the_end_of_it_is_seen_at_the_top(visit: Visit, fake: Fake, owner: str) -> None:
    chat = waiting(visit)
    fake.hold("Dana")
    expect(chat.page.locator("#who")).to_contain_text("Dana")
    fake.let_go(owner)
    expect(chat.page.locator("#who")).not_to_contain_text("Dana")
    expect(chat.page.locator("#waiting")).to_be_visible(visible=owner == "waiting")
    if owner == "closed":
        expect(chat.owner).to_contain_text("closed")


def test_both_see_that_the_other_writes(visit: Visit, fake: Fake) -> None:
    chat = waiting(visit)
    chat.field.press_sequentially("not for the assistant")
    assert fake.typed == []
    fake.hold("Dana")
    expect(chat.page.locator("#who")).to_contain_text("Dana")
    fake.talk.writes = True
    expect(chat.page.locator("#typing")).not_to_be_empty()
    chat.field.press_sequentially(" and more, letter by letter")
    chat.field.press("Enter")
    chat.page.wait_for_timeout(300)
    assert fake.typed == [True, False]


def test_what_a_person_wrote_while_the_phone_was_away_is_there_afterwards(visit: Visit, fake: Fake) -> None:
    chat = waiting(visit)
    fake.hold("Dana")
    expect(chat.page.locator(".specialist")).to_have_count(1)
    chat.page.context.set_offline(True)
    fake.cut()
    for _ in range(3):
        fake.hold("Dana")
    chat.page.wait_for_timeout(500)
    chat.page.context.set_offline(False)
    expect(chat.page.locator(".specialist")).to_have_count(4, timeout=15_000)
    seqs = [message.seq for message in chat.messages()]
    assert seqs == sorted(set(seqs))


def test_without_a_script_the_forms_do_the_same(visit: Visit, fake: Fake) -> None:
    chat = visit(ready=False, java_script_enabled=False)
    chat.page.goto(chat.address(lang="en"))
    chat.field.fill(ASK_PERSON["en"])
    chat.page.locator("#composer button").click()
    expect(chat.page.locator("#place")).to_contain_text("10")
    fill(chat, "416 555 0123")
    assert fake.callbacks[0]["hours"] == "evening" and fake.callbacks[0]["message"] == "no"
    chat.page.locator("#stop-waiting button").click()
    expect(chat.page.locator("#waiting")).to_be_hidden()
