"""The chat page as a person meets it."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, Locator, Page, expect

ASK_LISTING = {
    "en": "I need a food bank in Barrie",
    "fr": "Je cherche une banque alimentaire à Barrie",
    "ar": "أحتاج إلى بنك طعام في Barrie",
}
ASK_CRISIS = {"en": "I want to die", "fr": "Je veux mourir", "ar": "أريد أن أموت"}
ASK_PERSON = {
    "en": "I want to talk to a person",
    "fr": "Je veux parler à une personne",
    "ar": "أريد التحدث إلى شخص",
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass(frozen=True, slots=True)
class Shown:
    """One message on the page; `seq` is 0 until the server has confirmed it."""

    seq: int
    author: str
    text: str


class Chat:
    """One tab with the chat in it."""

    def __init__(self, page: Page, url: str, door: str = "211") -> None:
        self.page = page
        self.url = url
        self.door = door
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.errors.append(said.text) if "Content Security" in said.text else None)

    def address(self, **query: str | None) -> str:
        wanted = "&".join(f"{name}={value}" for name, value in query.items() if value)
        return f"{self.url}/{self.door}" + (f"?{wanted}" if wanted else "")

    def open(self, language: str | None = "en") -> None:
        """Opens the page and waits until the conversation has begun."""
        self.page.goto(self.address(lang=language))
        self.wait_until_begun()

    def reload(self) -> None:
        """Loads the page anew and waits until all that was confirmed before is shown again; it comes bit by bit."""
        before = max((message.seq for message in self.messages()), default=0)
        self.page.reload()
        self.wait_until_begun()
        shown = "[...document.querySelectorAll('#messages [data-seq]')]"
        self.until(f"{shown}.some(message => Number(message.dataset.seq) >= {before})")

    def wait_until_begun(self) -> None:
        self.until(
            f"JSON.parse(sessionStorage['porchlight:{self.door}'] ?? '{{}}').seen > 0"
            " && document.querySelector('#messages [data-seq]') !== null"
        )

    def until(self, condition: str, seconds: float = 10) -> None:
        """Waits for a JavaScript expression to be true; the page's policy forbids Playwright's own way."""
        for _ in range(int(seconds * 20)):
            with contextlib.suppress(Error):  # a navigation under way
                if self.page.evaluate(condition) is True:
                    return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never came true: {condition}")

    # ------------------------------------------------------------ what a person does

    def say(self, text: str) -> None:
        self.field.fill(text)
        self.field.press("Enter")

    def ask(self, text: str, kind: str) -> None:
        """Says something and waits for a message of a kind."""
        self.say(text)
        self.page.locator(f".message.{kind}").last.wait_for()

    def choose(self, number: int) -> None:
        self.page.locator(f".choices button[value='{number}']:not([aria-disabled])").last.click()

    def choose_language(self, code: str) -> None:
        self.page.locator("#languages summary").click()
        self.page.locator(f"#languages button[value='{code}']").click()

    def open_dialog(self, which: str) -> Locator:
        self.page.locator(f"#{which}").click()
        dialog = self.page.locator(f"#{which}-dialog")
        expect(dialog).to_be_visible()
        return dialog

    # ------------------------------------------------------------ what a person sees

    @property
    def field(self) -> Locator:
        return self.page.locator("#text")

    @property
    def owner(self) -> Locator:
        return self.page.locator("#owner")

    @property
    def notice(self) -> Locator:
        return self.page.locator("#notice")

    def messages(self) -> list[Shown]:
        rows: list[dict[str, Any]] = self.page.locator("#messages > li").evaluate_all(
            """all => all.map(li => ({
                 seq: Number(li.dataset.seq ?? 0),
                 author: ['person', 'bot', 'specialist', 'system'].find(name => li.classList.contains(name)),
                 text: li.querySelector('.body').innerText}))"""
        )
        return [Shown(**row) for row in rows]

    def said(self, author: str = "person") -> list[str]:
        return [message.text for message in self.messages() if message.author == author]

    def wait_for_confirmed(self, count: int) -> None:
        """Until so many messages of the person are known to the server."""
        expect(self.page.locator("#messages > .person[data-seq]")).to_have_count(count, timeout=20_000)

    def sideways(self) -> int:
        """How many pixels the page can be scrolled sideways."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def violations(self) -> list[str]:
        """What axe finds against WCAG 2.2 AA and good practice.

        In a window so high that nothing is scrolled half out of it: axe would measure what is left of a button.
        """
        size = self.page.viewport_size
        if size:
            self.page.set_viewport_size({"width": size["width"], "height": 3000})
        found = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
        if size:
            self.page.set_viewport_size(size)
        return [
            f"{rule['id']}: {node['target']} {re.sub(r'\\s+', ' ', node['failureSummary'])}"
            for rule in found
            for node in rule["nodes"]
        ]
