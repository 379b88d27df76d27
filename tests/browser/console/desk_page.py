"""The desk as a specialist meets it."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.chat.chat_page import RULES


class Desk:
    """One tab with the desk in it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.errors.append(said.text) if "Content Security" in said.text else None)

    def open(self) -> None:
        self.page.goto(f"{self.url}/console")
        self.ready()

    def reload(self) -> None:
        self.page.reload()
        self.ready()

    def ready(self) -> None:
        self.page.wait_for_selector("html[data-desk=ready]")

    # ------------------------------------------------------------ parts

    def waiting(self, conversation: str) -> Locator:
        return self.page.locator(f"#waiting [data-conversation='{conversation}']")

    def mine(self, conversation: str) -> Locator:
        return self.page.locator(f"#mine [data-conversation='{conversation}']")

    def message(self, id: str) -> Locator:
        return self.page.locator(f"#messages [data-id='{id}']")

    @property
    def field(self) -> Locator:
        return self.page.locator("#text")

    @property
    def notice(self) -> Locator:
        return self.page.locator("#notice")

    @property
    def dialog(self) -> Locator:
        return self.page.locator("dialog[open]")

    # ------------------------------------------------------------ what people do

    def take(self, conversation: str = "arabic") -> None:
        self.waiting(conversation).locator(".take").click()
        expect(self.field).to_be_focused()

    def look(self, conversation: str) -> None:
        self.page.locator(f"[data-conversation='{conversation}'] .look").click()
        expect(self.page.locator("#talk")).to_be_visible()

    def write(self, text: str) -> None:
        self.field.fill(text)
        self.field.press("Enter")

    def leave_field(self) -> None:
        """So that single keys are keys and not words."""
        self.page.locator("#talk-title").focus()

    def until(self, expression: str) -> None:
        """Waits until an expression of the page holds. (The page's policy forbids what Playwright would do.)"""
        for _ in range(150):
            if self.page.evaluate(expression):
                return
            self.page.wait_for_timeout(100)
        raise TimeoutError(expression)

    def violations(self) -> list[str]:
        """What axe finds, as short lines."""
        found: dict[str, Any] = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": RULES}}).response
        return [
            f"{one['id']}: {node['target']} {node.get('failureSummary', '')}"
            for one in found["violations"]
            for node in one["nodes"]
        ]
