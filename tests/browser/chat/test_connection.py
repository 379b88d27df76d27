"""Nothing is lost and nothing is shown twice, whatever the network does."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.chat.chat_page import ASK_LISTING, Chat
from tests.browser.chat.fake_server import Fake
from tests.browser.chat.flaky_network import FlakyNetwork

pytestmark = pytest.mark.browser
Visit = Callable[..., Chat]


def _each_once(chat: Chat) -> None:
    numbers = [message.seq for message in chat.messages()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_stream_that_breaks_goes_on_where_it_stopped(visit: Visit, network: FlakyNetwork) -> None:
    chat = visit(url=network.url)
    for count in range(1, 5):
        chat.say(f"message {count}")
        network.cut()
        chat.wait_for_confirmed(count)
    chat.page.wait_for_timeout(500)
    assert chat.said() == [f"message {count}" for count in range(1, 5)]
    _each_once(chat)


def test_a_stream_is_resumed_after_the_last_message_that_was_seen(visit: Visit, network: FlakyNetwork) -> None:
    chat = visit(url=network.url)
    chat.say("Hello")
    chat.wait_for_confirmed(1)
    chat.page.wait_for_timeout(300)
    with chat.page.expect_request("**/api/events") as resumed:
        network.cut()
    assert resumed.value.headers["last-event-id"] == str(chat.messages()[-1].seq)


def test_a_server_that_repeats_itself_is_shown_once(visit: Visit, fake: Fake) -> None:
    chat = visit()
    chat.say("Hello")
    chat.wait_for_confirmed(1)
    count = len(chat.messages())
    fake.forgetful = True
    with chat.page.expect_request("**/api/events"):
        fake.cut()
    fake.hold()
    expect(chat.page.locator(".specialist")).to_have_count(1)
    assert len(chat.messages()) == count + 1
    _each_once(chat)


def test_an_answer_written_while_the_stream_was_down_arrives_once(
    visit: Visit, network: FlakyNetwork, fake: Fake
) -> None:
    chat = visit(url=network.url)
    network.down = True
    network.cut()
    fake.hold()
    fake.hold()
    chat.page.wait_for_timeout(700)
    network.down = False
    expect(chat.page.locator(".specialist")).to_have_count(2, timeout=15_000)
    chat.page.wait_for_timeout(500)
    expect(chat.page.locator(".specialist")).to_have_count(2)
    _each_once(chat)


def test_words_written_without_a_network_are_kept_said_so_and_sent(visit: Visit, network: FlakyNetwork) -> None:
    chat = visit(url=network.url)
    network.down = True
    network.cut()
    chat.say("first")
    chat.say("second")
    expect(chat.notice).not_to_be_empty(timeout=15_000)
    expect(chat.page.locator(".unsent")).to_have_count(2)
    network.down = False
    chat.wait_for_confirmed(2)
    assert chat.said() == ["first", "second"]
    expect(chat.page.locator(".unsent")).to_have_count(0)
    _each_once(chat)


def test_a_reload_loses_nothing_that_was_not_sent(visit: Visit) -> None:
    chat = visit()
    chat.page.route("**/api/messages", lambda route: route.abort())
    chat.say("not sent yet")
    chat.reload()
    expect(chat.page.locator(".unsent")).to_have_count(1)
    chat.field.fill("not even finished")
    chat.reload()
    expect(chat.page.locator(".unsent")).to_have_count(1)
    assert chat.said() == ["not sent yet"]
    expect(chat.field).to_have_value("not even finished")
    chat.page.unroute("**/api/messages")
    chat.wait_for_confirmed(1)
    assert chat.said() == ["not sent yet"]


def test_a_lost_acknowledgement_does_not_double_the_message(visit: Visit) -> None:
    chat = visit()
    tries: list[str] = []

    def swallow(route: Route) -> None:
        tries.append(str(route.request.post_data))
        if len(tries) == 1:
            route.fetch()  # the server has it, the answer never comes back
            route.abort()
        else:
            route.continue_()

    chat.page.route("**/api/messages", swallow)
    chat.say("only once")
    chat.wait_for_confirmed(1)
    for _ in range(100):
        if len(tries) == 2:
            break
        chat.page.wait_for_timeout(50)
    assert len(tries) == 2 and tries[0] == tries[1]
    chat.page.wait_for_timeout(300)
    assert chat.said() == ["only once"]
    chat.reload()
    expect(chat.page.locator("#messages > .person")).to_have_count(1)


def test_a_limit_is_explained_waited_out_and_nothing_is_lost(visit: Visit) -> None:
    chat = visit()
    tries: list[float] = []

    def busy(route: Route) -> None:
        tries.append(time.monotonic())
        if len(tries) == 1:
            route.fulfill(status=429, headers={"Retry-After": "2"})
        else:
            route.continue_()

    chat.page.route("**/api/messages", busy)
    chat.say("one too many")
    expect(chat.notice).to_contain_text("2")
    chat.wait_for_confirmed(1)
    assert tries[1] - tries[0] >= 1.9
    expect(chat.notice).to_be_empty()
    assert chat.said() == ["one too many"]


def test_a_message_that_is_too_long_comes_back_to_the_field(visit: Visit) -> None:
    chat = visit()
    chat.page.route("**/api/messages", lambda route: route.fulfill(status=413))
    chat.say("refused by the server")
    expect(chat.page.locator("#problem")).not_to_be_empty()
    expect(chat.field).to_have_value("refused by the server")
    expect(chat.field).to_have_attribute("aria-invalid", "true")
    assert chat.said() == []
    chat.page.unroute("**/api/messages")
    chat.say("x" * 4001)
    expect(chat.page.locator("#problem")).to_contain_text("4000")
    chat.say("short")
    chat.wait_for_confirmed(1)
    expect(chat.page.locator("#problem")).to_be_empty()


@pytest.mark.parametrize("failure", ("refused", "never answered"))
def test_without_streams_the_page_asks_for_messages_instead(visit: Visit, failure: str) -> None:
    chat = visit(ready=False)

    def no_stream(route: Route) -> None:
        if failure == "refused":
            route.fulfill(status=503)

    chat.page.route("**/api/events", no_stream)
    chat.page.goto(chat.address(lang="en"))
    expect(chat.page.locator("#composer")).to_be_visible()
    chat.ask(ASK_LISTING["en"], "listing")
    chat.wait_for_confirmed(1)
    chat.say("and again")
    chat.wait_for_confirmed(2)
    _each_once(chat)


def test_a_conversation_that_cannot_start_says_so_and_keeps_the_words(visit: Visit) -> None:
    chat = visit(ready=False)
    chat.page.route("**/api/conversations", lambda route: route.abort())
    chat.page.goto(chat.address(lang="en"))
    chat.say("I need help")
    expect(chat.notice).to_contain_text("2-1-1", timeout=15_000)
    chat.page.unroute("**/api/conversations")
    chat.wait_for_confirmed(1)
    assert chat.said() == ["I need help"]


def test_a_conversation_that_the_server_lost_is_replaced_without_losing_words(visit: Visit, fake: Fake) -> None:
    chat = visit()
    chat.say("before")
    chat.wait_for_confirmed(1)
    old = fake.talk
    fake.talks.clear()
    old.cuts += 1
    chat.say("after")
    chat.until("document.querySelectorAll('#messages > .person[data-seq]').length === 1", 20)
    expect(chat.page.locator(".unsent")).to_have_count(0, timeout=20_000)
    assert chat.said() == ["after"]
    assert len(fake.talks) == 1
    expect(chat.notice).not_to_be_empty()


def test_the_token_is_in_no_address_and_not_in_lasting_storage(visit: Visit) -> None:
    chat = visit()
    asked: list[str] = []
    chat.page.on("request", lambda request: asked.append(request.url))
    chat.say("Hello")
    chat.wait_for_confirmed(1)
    token = chat.page.evaluate("JSON.parse(sessionStorage['porchlight:211']).token")
    assert token and all(token not in url for url in [*asked, chat.page.url])
    assert chat.page.evaluate("localStorage.length") == 0
    assert chat.page.evaluate("document.cookie") == ""
