"""What a person writes and reads."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chat import canned
from tests.browser.chat.chat_page import ASK_CRISIS, ASK_LISTING, ASK_PERSON, Chat
from tests.browser.chat.fake_server import Fake

pytestmark = pytest.mark.browser
Visit = Callable[..., Chat]
STUDENTS = "good2talk"  # the door that begins with numbered choices


def test_a_message_appears_once_and_is_answered(visit: Visit) -> None:
    chat = visit()
    before = len(chat.messages())
    chat.ask(ASK_LISTING["en"], "listing")
    chat.wait_for_confirmed(1)
    assert chat.said() == [ASK_LISTING["en"]]
    assert [m.seq for m in chat.messages()] == list(range(1, len(chat.messages()) + 1))
    assert len(chat.messages()) > before + 1
    expect(chat.field).to_have_value("")
    expect(chat.field).to_be_focused()


def test_shift_and_enter_begins_a_new_line_instead_of_sending(visit: Visit) -> None:
    chat = visit()
    chat.field.fill("one")
    chat.field.press("Shift+Enter")
    chat.page.keyboard.type("two")
    expect(chat.field).to_have_value("one\ntwo")
    assert chat.said() == []
    chat.field.press("Enter")
    assert chat.said() == ["one\ntwo"]


def test_a_button_sends_its_number(visit: Visit) -> None:
    chat = visit(STUDENTS)
    chat.choose(2)
    chat.wait_for_confirmed(1)
    assert chat.said() == ["2"]


def test_a_listing_can_be_called_and_asked_about(visit: Visit) -> None:
    chat = visit()
    chat.ask(ASK_LISTING["en"], "listing")
    card = chat.page.locator(".card").first
    call = card.locator("a.call").first
    assert (call.get_attribute("href") or "").startswith("tel:")
    assert "555-01" in call.inner_text()  # somebody may have to dial it on another phone
    name = card.locator("h3 bdi").inner_text()
    assert name in (call.text_content() or "")  # a list of links read aloud must say whom each one calls
    card.locator(".choices button").click()
    chat.wait_for_confirmed(2)
    assert chat.said()[-1] == "1"


def test_the_text_of_a_listing_is_not_shown_twice(visit: Visit) -> None:
    chat = visit()
    chat.ask(ASK_LISTING["en"], "listing")
    name = chat.page.locator(".card h3 bdi").first.inner_text()
    assert chat.page.locator(".listing .body > .text", has_text=name).count() == 0
    assert chat.page.locator(".listing .choices button[value='1']").count() == 1


def test_the_text_of_a_choice_is_not_shown_twice(visit: Visit) -> None:
    page = visit(STUDENTS).page
    menu = page.locator("#messages > li").filter(has=page.locator(".choices")).first
    label = menu.locator(".choices button").first.inner_text().removeprefix("1").strip()
    assert label and menu.inner_text().count(label) == 1


def test_numbers_of_an_older_turn_are_retired_when_newer_ones_are_shown(visit: Visit) -> None:
    chat = visit(STUDENTS)
    chat.page.locator(".choices").wait_for()
    first = (
        chat.page.locator("#messages > li").filter(has=chat.page.locator(".choices")).first.get_attribute("data-seq")
    )
    chat.ask(ASK_LISTING["en"], "listing")
    old = chat.page.locator(f"#messages > [data-seq='{first}'] .choices button")
    expect(old.first).to_have_attribute("aria-disabled", "true")
    assert old.evaluate_all("all => all.every(b => b.getAttribute('aria-disabled') === 'true')")
    old.first.click(force=True)
    chat.page.wait_for_timeout(200)
    assert chat.said() == [ASK_LISTING["en"]]
    assert chat.page.locator(".card .choices button:not([aria-disabled])").count() > 0


def test_a_crisis_reply_stands_out_and_its_number_can_be_tapped(visit: Visit) -> None:
    chat = visit()
    chat.ask(ASK_CRISIS["en"], "crisis")
    crisis = chat.page.locator(".crisis.message").first
    expect(crisis).to_be_in_viewport()
    assert crisis.locator("a[href^='tel:']").count() > 0
    expect(chat.owner).not_to_be_empty()


@pytest.mark.parametrize("language", ("en", "fr", "ar"))
def test_the_numbers_for_danger_are_on_the_screen_whatever_is_shown(visit: Visit, language: str) -> None:
    chat = visit(language=language, viewport={"width": 360, "height": 740})
    links = chat.page.locator(".top .lines a")
    assert [link.get_attribute("href") for link in links.all()] == ["tel:911", "tel:988", "sms:988"]
    for _ in range(2):
        for link in links.all():
            expect(link).to_be_in_viewport(ratio=1)
        chat.ask(ASK_LISTING[language], "listing")
        chat.page.mouse.wheel(0, -400)


def test_numbers_keep_their_order_between_arabic_letters(visit: Visit) -> None:
    chat = visit(language="ar")
    chat.ask(ASK_CRISIS["ar"], "crisis")
    for number in chat.page.locator(".top .lines bdi, .crisis.message bdi").all():
        assert number.evaluate("e => getComputedStyle(e).direction") == "ltr"
        assert number.evaluate("e => getComputedStyle(e).unicodeBidi") in ("isolate", "isolate-override")
    text = chat.page.locator(".crisis.message .text").first.inner_text()
    assert "9-8-8" in text


def test_waiting_for_a_person_is_said_and_stays_said(visit: Visit) -> None:
    chat = visit()
    chat.say(ASK_PERSON["en"])
    expect(chat.owner).not_to_be_empty()
    waiting = chat.owner.inner_text()
    chat.say("I am still here")
    chat.wait_for_confirmed(2)
    assert chat.owner.inner_text() == waiting


def test_a_person_is_named_as_a_person_and_a_machine_translation_as_one(visit: Visit, fake: Fake) -> None:
    chat = visit(language="fr")
    fake.hold()
    message = chat.page.locator(".specialist")
    expect(message.locator(".author")).to_have_text(fake.words.say("web_author_specialist", "fr", service="211"))
    expect(chat.owner).to_have_text(fake.words.say("web_owner_held", "fr", service="211"))
    original = message.locator(".machine .text")
    expect(original).not_to_be_visible()
    message.locator(".machine summary").click()
    expect(original).to_have_text("Hello, I am here now. Call 705-555-0101.")


def test_markup_in_a_message_is_shown_as_text(visit: Visit) -> None:
    chat = visit()
    evil = "<script>document.title = 'owned'</script><img src=x onerror=\"document.title='owned'\">"
    chat.say(evil)
    chat.wait_for_confirmed(1)
    assert chat.said() == [evil]
    chat.reload()
    expect(chat.page.locator("#messages > .person")).to_have_count(1)
    assert chat.said() == [evil]
    assert chat.page.locator("#messages script, #messages img").count() == 0
    assert chat.page.title() != "owned"


def test_a_link_to_a_script_is_never_made(visit: Visit, fake: Fake) -> None:
    chat = visit()
    bad = [{"label": "Press me", "href": "javascript:document.title='owned'"}]
    text = "javascript:alert(1) http://x.test/'\"><b>"
    fake.talk.add(canned.message(text, "en", actions=bad))
    expect(chat.page.locator("#messages")).to_contain_text("alert(1)")
    links = chat.page.locator("#messages a").evaluate_all("all => all.map(a => a.protocol)")
    assert "javascript:" not in links
    assert chat.page.locator("#messages b").count() == 0


def test_choosing_a_language_changes_page_and_conversation_and_keeps_both(visit: Visit) -> None:
    chat = visit()
    chat.say("Hello there")
    chat.wait_for_confirmed(1)
    chat.field.fill("half a sentence")
    chat.choose_language("ar")
    expect(chat.page.locator("html")).to_have_attribute("dir", "rtl")
    expect(chat.page.locator("html")).to_have_attribute("lang", "ar")
    assert chat.said() == ["Hello there"]
    expect(chat.field).to_have_value("half a sentence")
    expect(chat.page.locator("#languages summary")).to_be_focused()
    expect(chat.page.locator("#languages button[value=ar]")).to_have_attribute("aria-current", "true")
    labels = (
        chat.page.locator("#composer button").inner_text(),
        chat.page.locator(".person .author").inner_text(),
    )
    assert "Send" not in labels and "You" not in labels
    chat.reload()
    expect(chat.page.locator("html")).to_have_attribute("lang", "ar")
    assert chat.said() == ["Hello there"]


def test_the_page_follows_when_the_conversation_changes_its_language(visit: Visit, fake: Fake) -> None:
    chat = visit()
    chat.say("En français svp")
    expect(chat.page.locator("html")).to_have_attribute("lang", "fr")
    expect(chat.page.locator("#composer button")).to_have_text(fake.words.say("web_send", "fr"))
    expect(chat.field).to_be_focused()


def test_new_messages_do_not_pull_away_somebody_who_reads_older_ones(visit: Visit, fake: Fake) -> None:
    chat = visit(viewport={"width": 360, "height": 740})
    for _ in range(2):
        chat.ask(ASK_LISTING["en"], "listing")
    chat.wait_for_confirmed(2)
    chat.page.evaluate("scrollTo(0, 0)")
    fake.hold()
    expect(chat.page.locator("#newer")).to_be_visible()
    assert chat.page.evaluate("scrollY") == 0
    chat.page.locator("#newer").click()
    expect(chat.page.locator(".specialist")).to_be_in_viewport()
    expect(chat.page.locator("#newer")).not_to_be_visible()


def test_sending_to_the_phone_shows_a_code_and_a_text_and_needs_no_number(visit: Visit) -> None:
    chat = visit()
    dialog = chat.open_dialog("phone")
    expect(dialog.locator(".problem")).not_to_be_empty()
    expect(dialog.locator("img")).not_to_be_visible()
    dialog.locator("form button").click()
    chat.ask(ASK_LISTING["en"], "listing")
    chat.open_dialog("phone")
    expect(dialog.locator("img")).to_be_visible()
    assert dialog.locator("img").evaluate("async image => { await image.decode(); return image.naturalWidth }") > 0
    name = chat.page.locator(".card h3 bdi").first.inner_text()
    expect(dialog.locator("pre")).to_contain_text(name)
    assert (dialog.locator("#phone-sms").get_attribute("href") or "").startswith("sms:")
    assert dialog.locator("input").count() == 0
    expect(dialog.locator("#phone-carry")).to_contain_text("204 517")


def test_deleting_asks_first_and_then_leaves_nothing(visit: Visit) -> None:
    chat = visit()
    chat.say("Something private")
    chat.wait_for_confirmed(1)
    chat.open_dialog("erase").locator("button").first.click()
    assert chat.said() == ["Something private"]
    chat.open_dialog("erase").locator(".danger").click()
    expect(chat.page.locator("#deleted")).to_be_focused()
    assert "Something private" not in chat.page.content()
    assert chat.page.evaluate("sessionStorage.length") == 0
    chat.page.locator("#deleted a").click()
    chat.wait_until_begun()
    assert chat.said() == []


def test_deleting_without_a_network_says_so_and_deletes_nothing(visit: Visit) -> None:
    chat = visit()
    chat.say("Something private")
    chat.wait_for_confirmed(1)
    chat.page.route("**/api/conversation", lambda route: route.abort())
    dialog = chat.open_dialog("erase")
    dialog.locator(".danger").click()
    expect(dialog.locator(".problem")).not_to_be_empty()
    expect(dialog).to_be_visible()
    assert chat.said() == ["Something private"]


def test_a_conversation_deleted_elsewhere_is_gone_here_too(visit: Visit, fake: Fake) -> None:
    chat = visit()
    fake.talk.deleted = True
    expect(chat.page.locator("#deleted")).to_be_visible()
    expect(chat.page.locator("#composer")).not_to_be_visible()
    assert chat.page.evaluate("sessionStorage.length") == 0


def test_the_paper_shows_the_conversation_and_the_numbers_and_no_buttons(visit: Visit) -> None:
    chat = visit()
    chat.ask(ASK_LISTING["en"], "listing")
    chat.page.emulate_media(media="print")
    for selector in (".card", ".top .lines", ".person"):
        expect(chat.page.locator(selector).first).to_be_visible()
    for selector in ("#composer", "#tools", "#leave", ".choices", "#languages"):
        expect(chat.page.locator(selector).first).not_to_be_visible()
