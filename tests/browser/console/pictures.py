"""Pictures of every page of the console, from a real gateway: three widths, light and dark, English and French.

    python -m tests.browser.console.pictures OUT [NAME …]

The desk is that of a gateway process with somebody in danger, a conversation in Spanish that is translated (the
fixture's packages) and one in Punjabi that is not; the supervisors' pages are those of `floor_site`. It takes minutes.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from bot.staff.gate import COOKIE
from tests.browser.chat.conftest import CHROMIUM, FLAGS
from tests.browser.console import floor_site
from tests.browser.console.desk_page import Desk
from tests.support.live_gateway import Live, living, packages

LOOKS = [
    (width, scheme, language)
    for width in (1440, 1024, 390)
    for scheme in ("light", "dark")
    for language in ("en", "fr")
]
SAID = {
    "es": ("quiero morir, tengo pastillas", "Alimentos para una semana para familias."),
    "pa": ("ਮੈਂ ਮਰਨਾ ਚਾਹੁੰਦਾ ਹਾਂ",),
    "en": ("I need a food bank in Barrie", "I want to talk to a person"),
}
KEYS = {"search": "Control+k", "transfer": "t", "partner": "p", "close": "e", "keys": "?"}
"""Dialogs of an open conversation, by what opens them."""
STAFF = {"staff": "/console/staff", "staff-new": "/console/staff/new", "audit": "/console/audit"}


def people(live: Live) -> None:
    """Three residents who wait, the first in danger."""
    for language, lines in SAID.items():
        with httpx.Client(base_url=live.url, trust_env=False, timeout=30) as person:
            begun = person.post("/api/conversations", json={"language": language}).json()
            person.headers["authorization"] = f"Bearer {begun['token']}"
            for text in lines:
                person.post("/api/messages", json={"id": uuid.uuid4().hex, "text": text})
                time.sleep(1.5)


@contextlib.contextmanager
def visiting(browser: Browser, url: str, cookie: str, look: tuple[int, str, str]) -> Iterator[Page]:
    width, scheme, _ = look
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    if cookie:
        context.add_cookies([{"name": COOKIE, "value": cookie, "url": f"{url}/console"}])
    yield context.new_page()
    context.close()


def desk(page: Page, live: Live, out: Path, name: str) -> None:
    """The queue, a conversation, its dialogs, and on a telephone what stands beside it."""
    at = Desk(page, live.url)
    at.open()
    page.wait_for_timeout(600)
    page.screenshot(path=out / f"desk-queue-{name}.png")
    for language, words in (("spanish", "Spanish|espagnol"), ("punjabi", "Punjabi|pendjabi")):
        pattern = f"//li[contains(@class,'card')][{' or '.join(f'contains(., {w!r})' for w in words.split('|'))}]"
        card = page.locator(f"xpath={pattern}").first
        (card.locator(".take") if card.locator(".take").count() else card.locator(".look")).click()
        page.wait_for_selector("#composer:not([hidden])")
        page.locator("#text").fill("Groceries for a week for families.")
        page.wait_for_timeout(1_500)
        page.screenshot(path=out / f"desk-{language}-{name}.png")
        page.locator("#text").fill("")
        if page.locator(".tabs").is_visible():
            page.locator(".tabs [data-pane=context]").click()
            page.screenshot(path=out / f"desk-{language}-beside-{name}.png")
            page.locator(".tabs [data-pane=queue]").click()
    if page.locator(".tabs").is_visible():
        page.locator(".tabs [data-pane=talk]").click()
    for what, key in KEYS.items():
        at.leave_field()
        page.keyboard.press(key)
        page.wait_for_selector("dialog[open]")
        page.wait_for_timeout(1_000)
        page.screenshot(path=out / f"desk-{what}-{name}.png")
        page.keyboard.press("Escape")


def desks(browser: Browser, out: Path) -> None:
    with tempfile.TemporaryDirectory() as var, tempfile.TemporaryDirectory() as languages:
        settings = {"PORCHLIGHT_LANGUAGE_PACKAGES": str(packages(Path(languages)))}
        with living(Path(var), settings) as live:
            for look in LOOKS:
                people(live)
                width, scheme, language = look
                name = f"{width}-{scheme}-{language}"
                hired = {"interface": language, "capacity": 20}
                _, specialist = live.hire(name="Ana Okafor", languages=(language,), **hired)
                _, boss = live.hire(name="Dominique Roy", roles=("administrator",), **hired)
                with visiting(browser, live.url, "", look) as page:
                    page.goto(f"{live.url}/console/sign-in?lang={language}")
                    page.screenshot(path=out / f"sign-in-{name}.png")
                with visiting(browser, live.url, specialist["cookie"].partition("=")[2], look) as page:
                    desk(page, live, out, name)
                    page.goto(f"{live.url}/console/account")
                    page.screenshot(path=out / f"account-{name}.png", full_page=True)
                with visiting(browser, live.url, boss["cookie"].partition("=")[2], look) as page:
                    for what, path in STAFF.items():
                        page.goto(live.url + path)
                        page.screenshot(path=out / f"{what}-{name}.png", full_page=True)


def floors(browser: Browser, out: Path) -> None:
    with floor_site.serving() as floor:
        for look in LOOKS:
            width, scheme, language = look
            floor.ids["review"] = floor.ids[f"review-{language}"]
            with visiting(browser, floor.url, floor.cookies[language], look) as page:
                for name, path in floor.paths().items():
                    page.goto(floor.url + path)
                    page.screenshot(path=out / f"floor-{name}-{width}-{scheme}-{language}.png", full_page=True)


def main(out: Path, only: list[str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, part in (("desk", desks), ("floor", floors)):
            if not only or name in only:
                part(browser, out)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
