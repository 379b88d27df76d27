"""A connection that is lost, a session that ends, a page that is loaded again: no word is lost or sent twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import APIResponse, Route, expect

from tests.browser.console.desk_page import Desk
from tests.browser.console.fake_desk import Fake

pytestmark = pytest.mark.browser
Open = Callable[..., Desk]


def test_the_desk_says_that_the_connection_is_lost_and_catches_up_when_it_is_back(open_desk: Open, fake: Fake) -> None:
    desk = open_desk()
    desk.take()
    fake.state.broken = True
    banner = desk.page.locator("#connection")
    expect(banner).to_contain_text("Connection lost")
    missed = fake.say("arabic", "أين أنت")
    fake.state.broken = False
    expect(banner).to_contain_text("Connected again", timeout=15_000)
    expect(desk.message(missed["id"])).to_have_count(1)


def test_an_answer_that_the_stream_has_overtaken_changes_nothing(open_desk: Open, fake: Fake) -> None:
    desk = open_desk()
    late: list[tuple[Route, APIResponse]] = []
    desk.page.route("**/console/api/desk", lambda route: late.append((route, route.fetch())))
    fake.cut()
    for _ in range(200):
        desk.page.wait_for_timeout(50)
        if late:
            break
    fake.state.mine = ["long"]
    fake.tell_desk()
    expect(desk.mine("long")).to_be_visible()
    route, old = late[0]
    route.fulfill(response=old)
    desk.page.wait_for_timeout(300)
    expect(desk.mine("long")).to_be_visible()


def test_a_message_written_while_disconnected_is_sent_once_when_the_connection_is_back(
    open_desk: Open, fake: Fake
) -> None:
    desk = open_desk()
    desk.take()
    fake.state.broken = True
    desk.write("First")
    desk.write("Second")
    expect(desk.page.locator("#pending li")).to_have_count(2)
    fake.state.broken = False
    expect(desk.page.locator("#pending li")).to_have_count(0, timeout=15_000)
    sent = fake.state.said("messages")
    assert [one["text"] for one in sent] == ["First", "Second"]
    assert len({one["id"] for one in sent}) == 2


def test_a_draft_outlives_a_reload_and_another_conversation(open_desk: Open, fake: Fake) -> None:
    desk = open_desk(state={"mine": ["arabic", "long"], "waiting": []})
    desk.look("arabic")
    desk.field.fill("Half a sentence")
    desk.look("long")
    expect(desk.field).to_have_value("")
    desk.look("arabic")
    expect(desk.field).to_have_value("Half a sentence")
    desk.reload()
    expect(desk.page.locator("#talk-title")).to_contain_text("Arabic")
    expect(desk.field).to_have_value("Half a sentence")


def test_a_session_that_ends_leads_to_the_sign_in_and_keeps_the_draft(open_desk: Open, fake: Fake) -> None:
    desk = open_desk()
    desk.take()
    desk.field.fill("Not sent yet")
    fake.state.signed_out = True
    fake.cut()
    desk.page.wait_for_url("**/console/sign-in?next=**")
    assert "arabic" in desk.page.url
    fake.state.signed_out = False
    desk.page.goto(f"{desk.url}/console#arabic")
    desk.ready()
    expect(desk.field).to_have_value("Not sent yet")


def test_a_message_on_its_way_goes_out_after_signing_in_again(open_desk: Open, fake: Fake) -> None:
    desk = open_desk()
    desk.take()
    desk.field.fill("On its way")
    expect(desk.page.locator("#preview")).to_be_visible()
    fake.state.signed_out = True
    desk.field.press("Enter")
    desk.page.wait_for_url("**/console/sign-in**")
    fake.state.signed_out = False
    desk.page.goto(f"{desk.url}/console#arabic")
    desk.ready()
    expect(desk.page.locator("#messages .specialist").last).to_contain_text("On its way")
    assert [one["text"] for one in fake.state.said("messages")] == ["On its way"]


def test_signing_out_forgets_what_was_written(open_desk: Open, fake: Fake) -> None:
    desk = open_desk()
    desk.take()
    desk.field.fill("For this person only")
    desk.page.route("**/console/sign-out", lambda route: route.fulfill(status=204))
    desk.page.locator("#who summary").click()
    desk.page.locator("form[action='/console/sign-out'] button").click()
    assert desk.page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('porchlight')).length") == 0


def test_a_supervisor_who_takes_over_is_named_and_the_draft_is_kept(open_desk: Open, fake: Fake) -> None:
    desk = open_desk()
    desk.take()
    desk.field.fill("I was about to say")
    fake.state.news.append(("gone", {"conversation": "arabic", "by": "Sam", "how": "takeover"}))
    expect(desk.notice).to_contain_text("Sam has taken this conversation over")
    assert desk.page.evaluate("Object.values(sessionStorage).includes('I was about to say')")
