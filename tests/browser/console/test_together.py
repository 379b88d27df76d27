"""A whole contact with everything real but Rasa: a gateway process, two specialists' browsers and a resident's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from sqlalchemy import select

from bot.after.models import FollowUp
from bot.clock import system_clock
from bot.console.models import DeskOutcome, PartnerTransfer, Referral
from bot.conversations.models import Conversation, Message
from bot.handoff.models import Handoff, Taking
from bot.sharing.agreements import agree
from bot.sharing.deciding import CONNECT
from bot.sharing.models import Agreement, Disclosure
from tests.browser.chat.chat_page import Chat
from tests.browser.console.desk_page import Desk
from tests.support.live_gateway import Live, living, packages

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
RINGS = "Number(document.documentElement.dataset.rings ?? 0)"
PASSWORD = "a long password for a test"
NOTE = "Sounds tired, call the supervisor."
DANGER = {"es": "quiero morir, tengo pastillas", "pa": "ਮੈਂ ਮਰਨਾ ਚਾਹੁੰਦਾ ਹਾਂ", "en": "I want to die"}
ENGLISH, SPANISH = "Groceries for a week for families.", "Alimentos para una semana para familias."
"""What the fixture's packages know: they are real and small."""


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = packages(tmp_path_factory.mktemp("languages"))
    settings = {"PORCHLIGHT_LANGUAGE_PACKAGES": str(folder)}
    with living(tmp_path_factory.mktemp("together"), settings) as gateway:
        gateway.hire(name="Ana Okafor", login="okafor", password=PASSWORD)
        gateway.hire(name="Bo Lindqvist", login="lindqvist", password=PASSWORD, languages=("en", "fr", "es"))
        yield gateway


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    """Everything real takes its time on a busy machine."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


@dataclass
class Rooms:
    """Browsers that know nothing of each other."""

    chromium: Browser
    live: Live
    open: list[BrowserContext]

    def _context(self, **options: Any) -> BrowserContext:
        context = self.chromium.new_context(**options)
        context.set_default_timeout(20_000)
        self.open.append(context)
        return context

    def desk(self, login: str, **options: Any) -> Desk:
        """A specialist signs in at the page, and is at the desk."""
        page = self._context(viewport={"width": 1280, "height": 800}, **options).new_page()
        desk = Desk(page, self.live.url)
        page.goto(f"{self.live.url}/console")
        page.locator("#login").fill(login)
        page.locator("#password").fill(PASSWORD)
        page.locator("form.panel button.primary").click()
        desk.ready()
        return desk

    def resident(self, language: str) -> Chat:
        chat = Chat(self._context(viewport={"width": 390, "height": 800}).new_page(), self.live.url)
        chat.open(language)
        return chat


@pytest.fixture
def rooms(chromium: Browser, live: Live) -> Iterator[Rooms]:
    made = Rooms(chromium, live, [])
    yield made
    for context in made.open:
        context.close()


def newest(live: Live) -> str:
    """The conversation that began last."""
    return str(live.read(select(Conversation.id).order_by(Conversation.created_at.desc()).limit(1))[0][0])


def asks(person: Chat) -> None:
    """Asks for a specialist, which is heard with Rasa away too."""
    person.say("I want to talk to a person")
    expect(person.page.locator("#waiting")).to_be_visible()


def taken(desk: Desk, conversation: str) -> None:
    expect(desk.waiting(conversation)).to_be_visible()
    desk.take(conversation)


def sends(desk: Desk, text: str) -> None:
    """Writes, waits for the preview where there is one, confirms where the machine is not sure, and sends."""
    desk.write(text)
    expect(desk.field).to_have_value("")


def finishes(desk: Desk, *, follow_up: str | None = None) -> None:
    """Closes by the keyboard, saying how it ended."""
    desk.leave_field()
    desk.page.keyboard.press("e")
    dialog = desk.dialog
    expect(dialog).to_be_visible()
    for row in dialog.locator(".need-row").all():
        row.locator("input[value=met]").check()
    for field in dialog.locator("select[required]").all():
        if field.is_visible() and not field.input_value():
            field.select_option(index=1)
    if follow_up:
        dialog.locator(f"input[name=follow][value={follow_up}]").check()
    desk.page.keyboard.press("Control+Enter")
    expect(dialog).to_have_count(0)


def test_danger_is_taken_by_one_translated_helped_handed_on_and_closed(rooms: Rooms, live: Live) -> None:
    ana, bo, person = rooms.desk("okafor"), rooms.desk("lindqvist"), rooms.resident("es")
    for desk in (ana, bo):
        desk.page.locator("#welcome").click()  # a browser sounds only on a page that was touched

    # Danger arrives: the person is answered at once, and it rings at both desks.
    person.say(DANGER["es"])
    expect(person.page.locator("#messages .message.crisis").first).to_be_visible()
    conversation = newest(live)
    for desk in (ana, bo):
        expect(desk.waiting(conversation)).to_be_visible()
        desk.until(f"{RINGS} >= 1")
        desk.until("document.title.includes('Danger waiting')")
    expect(bo.waiting(conversation)).to_contain_text("Fits you")

    # Both press at once: each has a finger on the button before either lets go, so that the slower press is one too
    # when the news of the quicker one has come before it.
    buttons = [desk.waiting(conversation).locator(".take").element_handle() for desk in (ana, bo)]
    for button in buttons:
        button.evaluate("button => button.click()")
    expect(person.owner).to_contain_text(re.compile("Ana|Bo"))
    holder, other = (ana, bo) if "Ana" in person.owner.inner_text() else (bo, ana)
    name = "Ana" if holder is ana else "Bo"
    expect(holder.mine(conversation)).to_be_visible()
    expect(other.notice).to_contain_text(name)
    expect(other.waiting(conversation)).to_have_count(0)
    for desk in (ana, bo):
        expect(desk.page.locator("#danger")).to_be_hidden()

    # If Bo, who reads Spanish, was quicker, he hands it to Ana, who needs the machine.
    if holder is bo:
        expect(bo.field).to_be_focused()
        bo.leave_field()
        bo.page.keyboard.press("t")
        option = bo.dialog.locator("select option", has_text="Ana").get_attribute("value")
        bo.dialog.locator("select").select_option(option)
        bo.page.keyboard.press("Control+Enter")
        expect(ana.mine(conversation)).to_be_visible()
        ana.look(conversation)

    # The exchange, in two languages.
    ana.field.fill(ENGLISH)
    preview = ana.page.locator("#preview")
    expect(preview).to_contain_text(SPANISH, timeout=90_000)  # the machine wakes up
    ana.field.press("Enter")
    expect(person.page.locator("#messages .message.specialist").last).to_contain_text(SPANISH)
    person.say(SPANISH)
    heard = ana.page.locator("#messages .message.person").last
    expect(heard).to_contain_text(SPANISH)
    expect(heard).to_contain_text(ENGLISH, timeout=90_000)

    # Both see that the other writes.
    person.field.press_sequentially("un momento")
    expect(ana.page.locator("#typing")).to_be_visible()
    person.field.fill("")
    ana.field.press_sequentially("one")
    expect(person.page.locator("#typing")).to_be_visible()
    ana.field.fill("")

    # A note is for colleagues.
    ana.leave_field()
    ana.page.keyboard.press("i")
    ana.page.locator("#note-text").fill(NOTE)
    ana.page.locator("#note-form button").click()
    expect(ana.page.locator("#notes-list")).to_contain_text(NOTE)

    # A listing, by one key.
    ana.page.keyboard.press("Control+k")
    ana.page.locator("#search-q").fill("food bank")
    ana.page.locator("#search-near").fill("Barrie")
    expect(ana.page.locator("#search-results li").first).to_be_visible()
    ana.page.locator("#search-near").press("Enter")
    expect(ana.page.locator("#search-dialog")).to_be_hidden()
    expect(person.page.locator("#messages .specialist .card, #messages .specialist article").last).to_be_visible()
    ((given,),) = live.read(select(Referral.state).where(Referral.conversation_id == conversation))
    assert given == "given"

    # A warm transfer to a line, with what was agreed and no more.
    ana.leave_field()
    ana.page.keyboard.press("p")
    ana.dialog.locator("input[name=line][value='suicide-988']").check()
    ana.dialog.locator("input[name=share][value=language]").check()
    ana.dialog.locator("input[name=consent]").check()
    ana.page.keyboard.press("Control+Enter")
    # There is no agreement with this line: the person gets its number, and nothing of theirs is passed on.
    expect(ana.dialog.locator("[role=alert]")).to_contain_text("no agreement")
    ana.dialog.locator("input[name=share][value=language]").uncheck()
    ana.page.keyboard.press("Control+Enter")
    expect(ana.dialog.locator("input[name=state]").first).to_be_visible()
    assert DANGER["es"] not in ana.dialog.inner_text()
    ana.page.keyboard.press("Control+Enter")
    expect(ana.dialog).to_have_count(0)
    expect(person.page.locator("#messages > li").last).to_contain_text("9-8-8")
    ((line, shared, state),) = live.read(
        select(PartnerTransfer.line, PartnerTransfer.shared, PartnerTransfer.state).where(
            PartnerTransfer.conversation_id == conversation
        )
    )
    assert (line, shared, state) == ("suicide-988", [], "connected")

    # The end. Whoever was in danger is not asked later how it went.
    finishes(ana)
    expect(ana.mine(conversation)).to_have_count(0)
    ((risk_end,),) = live.read(select(DeskOutcome.risk_end).where(DeskOutcome.conversation_id == conversation))
    assert risk_end is not None
    assert live.read(select(FollowUp.id).where(FollowUp.conversation_id == conversation)) == []
    assert live.read(
        select(Taking.id)
        .join(Handoff, Handoff.id == Taking.handoff_id)
        .where(Handoff.conversation_id == conversation, Taking.ended_at.is_(None))
    ) == []  # fmt: skip

    # The note never reached the person: not on the page, not in what is stored for them.
    assert NOTE not in person.page.content()
    texts = [row[0] for row in live.read(select(Message.text).where(Message.conversation_id == conversation))]
    assert not [text for text in texts if "supervisor" in text]
    assert ana.errors == bo.errors == person.errors == []


def agreed(live: Live, line: str) -> None:
    """A supervisor has agreed with a partner line what it may be told in a warm transfer."""
    now = system_clock()
    row = Agreement(
        recipient=line, purpose=CONNECT, kind="health", fields=["language", "needs"], grounds=["consent"],
        keep_days=7, since=now, until=now + timedelta(days=100), reference="Binder 1", created_at=now,
    )  # fmt: skip
    with live.ledger.writing() as session:
        agree(session, row, author="supervisor", now=now)


def test_a_partner_with_an_agreement_is_told_what_was_agreed_and_it_stands_on_record(rooms: Rooms, live: Live) -> None:
    agreed(live, "connexontario")
    ana, person = rooms.desk("okafor"), rooms.resident("en")
    asks(person)
    conversation = newest(live)
    taken(ana, conversation)
    ana.leave_field()
    ana.page.keyboard.press("p")
    ana.dialog.locator("input[name=line][value=connexontario]").check()
    ana.dialog.locator("input[name=share][value=language]").check()
    ana.page.keyboard.press("Control+Enter")
    # Without the person's yes nothing is told.
    expect(ana.dialog.get_by_role("alert")).not_to_be_empty()
    expect(ana.dialog.locator("input[name=line]").first).to_be_visible()
    assert live.read(select(Disclosure.id).where(Disclosure.conversation_id == conversation)) == []
    ana.dialog.locator("input[name=consent]").check()
    ana.page.keyboard.press("Control+Enter")
    expect(ana.dialog.locator("input[name=state]").first).to_be_visible()
    expect(ana.dialog).to_contain_text("English")
    ana.page.keyboard.press("Control+Enter")
    expect(ana.dialog).to_have_count(0)
    ((recipient, fields, ground),) = live.read(
        select(Disclosure.recipient, Disclosure.fields, Disclosure.ground).where(
            Disclosure.conversation_id == conversation
        )
    )
    assert (recipient, fields, ground) == ("connexontario", ["language"], "consent")
    ((shared, state),) = live.read(
        select(PartnerTransfer.shared, PartnerTransfer.state).where(PartnerTransfer.conversation_id == conversation)
    )
    assert (shared, state) == (["language"], "connected")
    finishes(ana)
    expect(ana.mine(conversation)).to_have_count(0)
    assert ana.errors == person.errors == []


def test_without_a_package_the_desk_says_so_and_names_an_interpreter(rooms: Rooms, live: Live) -> None:
    ana, person = rooms.desk("okafor"), rooms.resident("pa")
    person.say(DANGER["pa"])
    expect(person.page.locator("#messages .message.crisis").first).to_be_visible()
    conversation = newest(live)
    taken(ana, conversation)
    expect(ana.page.locator("#talk")).to_contain_text("Punjabi")
    expect(ana.page.locator("#warnings")).to_contain_text(re.compile("translat", re.I))
    interpreter = ana.page.locator("#context .interpreter")
    expect(interpreter).to_have_text(re.compile(r"\d"))
    heard = ana.page.locator("#messages .message.person").last
    expect(heard).to_contain_text(DANGER["pa"])
    expect(heard.locator(".no-translation")).to_be_visible()
    ana.field.fill("I am here with you.")
    expect(ana.page.locator("#preview")).to_contain_text("I am here with you.")
    ana.field.press("Enter")
    if ana.dialog.count():
        ana.page.keyboard.press("Control+Enter")
    said = person.page.locator("#messages .message.specialist").last
    expect(said).to_contain_text("I am here with you.")
    # What the bot says stands in the catalogue: that needs no machine.
    bot = ana.page.locator("#messages .message.bot").first
    expect(bot.locator(".side")).to_have_count(2)
    finishes(ana)


def test_given_back_the_assistant_answers_what_comes_and_nothing_from_before(rooms: Rooms, live: Live) -> None:
    ana, person = rooms.desk("okafor"), rooms.resident("en")
    asks(person)
    conversation = newest(live)
    taken(ana, conversation)
    expect(person.owner).to_contain_text("Ana")
    person.say("I need a food bank in Barrie")
    expect(ana.page.locator("#messages .message.person").last).to_contain_text("food bank")
    sends(ana, "I hear you.")
    expect(person.page.locator("#messages .message.specialist").last).to_contain_text("I hear you.")
    ana.page.locator("#talk-actions summary").click()
    ana.page.locator("#talk-actions .sheet button").first.click()
    ana.page.keyboard.press("Control+Enter")
    expect(ana.mine(conversation)).to_have_count(0)
    expect(person.page.locator("#messages > li").last).to_contain_text(re.compile("assistant", re.I))
    expect(person.owner).not_to_contain_text("Ana")
    said = person.page.locator("#messages > .bot")
    before = said.count()
    person.page.wait_for_timeout(1_500)
    assert said.count() == before, "the backlog is not answered"
    person.say("I need a food bank in Barrie")
    expect(said.nth(before)).to_be_visible()


def test_a_yes_to_a_follow_up_is_due_in_a_week(rooms: Rooms, live: Live) -> None:
    ana, person = rooms.desk("okafor"), rooms.resident("en")
    asks(person)
    conversation = newest(live)
    taken(ana, conversation)
    sends(ana, "Hello, what can I do?")
    finishes(ana, follow_up="yes")
    expect(ana.mine(conversation)).to_have_count(0)
    ((state, due),) = live.read(
        select(FollowUp.state, FollowUp.due_at).where(FollowUp.conversation_id == conversation)
    )  # fmt: skip
    assert state == "planned" and timedelta(days=5) < due - datetime.now(due.tzinfo) < timedelta(days=8)
