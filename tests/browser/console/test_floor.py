"""The supervisors' pages in a browser: with a keyboard, with a screen reader's rules, live, and without a script."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.conversations.models import Conversation
from tests.bot.conftest import MONDAY
from tests.bot.console.floor import world
from tests.browser.chat.chat_page import RULES
from tests.browser.console.floor_site import Floor, serving

pytestmark = pytest.mark.browser
NAMES = (
    "floor", "read", "reassign", "skills", "skills-one", "figures", "canned", "canned-one", "canned-new", "hours",
    "hours-door", "quality", "review", "callbacks", "dead-letters",
)  # fmt: skip
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def site() -> Iterator[Floor]:
    with serving() as floor:
        yield floor


@pytest.fixture
def visit(chromium: Browser, site: Floor) -> Iterator[Visit]:
    """Opens a page by name or path: visit("floor", language="fr", viewport={…}); its problems fail the test."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def opened(name: str, language: str = "en", **options: object) -> Page:
        context, page = site.visit(chromium, language, **options)
        contexts.append(context)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if "Content Security" in said.text else None)
        site.ids["review"] = site.ids[f"review-{language}"]
        page.goto(site.url + site.paths().get(name, name))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not problems


def broken_rules(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
    return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def open_all(page: Page) -> None:
    """Opens everything that can be opened, but menus."""
    page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")


@pytest.mark.parametrize("name", NAMES)
def test_every_page_keeps_the_rules_of_accessibility_in_light_and_dark(visit: Visit, name: str) -> None:
    page = visit(name)
    open_all(page)
    assert broken_rules(page) == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 800})
    assert broken_rules(page) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_page_fits_a_telephone_and_is_in_french_throughout(visit: Visit, name: str) -> None:
    page = visit(name, language="fr", viewport={"width": 390, "height": 800})
    open_all(page)
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0
    assert page.locator("html").get_attribute("lang") == "fr"
    text = page.locator("main").inner_text()
    assert not re.search(r"\b(floor|figures|canned|hours|quality|callbacks|letters|skills|reassign|read)_[a-z_]+", text)
    assert not re.search(r"\b(Save|Cancel|Language|Waiting|Door|Number|Change)\b", text)


def test_the_floor_keeps_itself_up_to_date_and_leaves_the_focus_alone(visit: Visit, site: Floor) -> None:
    page = visit("floor")
    link = page.locator(f"#read-{site.ids['held']}")
    link.focus()
    waits = page.locator("dl.numbers dd").nth(1)
    before = int(waits.inner_text())
    site.write(lambda session: world.waiting(session, MONDAY, language="so", minutes=1))
    expect(waits).to_have_text(str(before + 1), timeout=10_000)
    expect(page.get_by_role("cell", name="Somali")).to_be_visible()
    expect(link).to_be_focused()


def test_the_floor_says_when_it_is_not_up_to_date_any_more(visit: Visit) -> None:
    page = visit("floor")
    page.route("**/console/floor/now", lambda route: route.abort())
    expect(page.locator("#stale")).to_contain_text("No connection", timeout=40_000)


def test_a_supervisor_reads_along_and_gives_a_conversation_away_by_keyboard_alone(visit: Visit, site: Floor) -> None:
    held = site.write(lambda session: world.held(session, MONDAY, site.ids["ana"], said=(("person", "blue kettle"),)))
    page = visit("floor")
    tab_to(page, f"read-{held}")
    page.keyboard.press("Enter")
    expect(page.get_by_text("blue kettle")).to_be_visible()
    tab_to(page, "give")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Give to a colleague")).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "radio":
            break
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Given to your colleague")).to_be_visible()
    assert site.write(lambda session: session.get(Conversation, held).holder) == site.ids["bo"]


def tab_to(page: Page, element: str) -> None:
    """Presses Tab until the element has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == element:
            return
    raise AssertionError(f"nobody comes to #{element} by keyboard")


def test_a_reply_is_shown_as_it_will_read_while_it_is_written(visit: Visit) -> None:
    page = visit("canned-new")
    page.locator("#text_fr").fill("Bonjour,\nje suis là.")
    expect(page.locator("#preview_fr")).to_have_text("Bonjour,\nje suis là.")


def test_hours_are_previewed_before_they_are_saved(visit: Visit) -> None:
    page = visit("hours-door")
    page.locator("#hours summary").click()
    page.get_by_label("Saturday").fill("10-14")
    page.get_by_role("button", name="Preview").last.click()
    expect(page.get_by_role("status").filter(has_text="Preview, from")).to_contain_text("Saturday 10:00–14:00")
    expect(page.get_by_label("Saturday")).to_have_value("10-14")


def test_charts_are_pictures_that_the_policy_lets_through(visit: Visit) -> None:
    page = visit("figures")
    assert page.locator("img.chart").count() == 7
    drawn = page.evaluate("[...document.querySelectorAll('img.chart')].every((i) => i.complete && i.naturalWidth > 0)")
    assert drawn


def test_all_of_it_works_without_a_script(visit: Visit, site: Floor) -> None:
    page = visit("callbacks", java_script_enabled=False)
    page.get_by_role("button", name=re.compile("Show the number")).first.click()
    expect(page.locator("#number")).to_have_text("416-555-0142")
    page.goto(site.url + "/console/floor/skills/" + site.ids["cy"])
    page.get_by_label("Capacity").fill("4")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
