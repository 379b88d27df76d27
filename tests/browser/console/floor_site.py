"""The supervisors' pages of a real gateway, with people who wait, colleagues at work, and a week of history.

Run alone to look at it:  python -m tests.browser.console.floor_site OUT   (writes pictures of every page)
"""

from __future__ import annotations

import contextlib
import random
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.app import create_app
from bot.console.floor import canned, door_settings, quality
from bot.console.floor.models import QualityScore
from bot.console.floor.rows import Span
from bot.service import Service
from bot.settings import Settings
from bot.staff.gate import COOKIE
from directory_client.places import Gazetteer
from tests.bot.conftest import MONDAY, FakeEngine
from tests.bot.console.floor import world
from tests.browser.chat.conftest import CHROMIUM
from tests.support.staff import signed_in

SAID = (
    ("person", "My landlord changed the lock and I have two kids with me"),
    ("bot", "That is a lot to carry. Where are you now?"),
    ("person", "Sudbury, near the hospital"),
)


@dataclass
class Floor:
    """A running gateway and what is in it. `cookies` are those of the supervisor, by language of the interface."""

    url: str
    app: Starlette
    service: Service
    cookies: dict[str, str]
    ids: dict[str, str] = field(default_factory=dict)

    def paths(self) -> dict[str, str]:
        """Every page of the floor, by name."""
        ids = self.ids
        return {
            "floor": "/console/floor",
            "read": f"/console/floor/read/{ids['held']}",
            "reassign": f"/console/floor/reassign/{ids['held']}",
            "skills": "/console/floor/skills",
            "skills-one": f"/console/floor/skills/{ids['ana']}",
            "figures": "/console/figures?from=2026-11-17&to=2026-11-23",
            "canned": "/console/canned",
            "canned-one": f"/console/canned/{ids['reply']}",
            "canned-new": "/console/canned/new",
            "hours": "/console/hours",
            "hours-door": "/console/hours/211",
            "quality": "/console/quality",
            "review": f"/console/quality/{ids['review']}",
            "callbacks": "/console/callbacks",
            "dead-letters": "/console/dead-letters",
        }

    def visit(self, browser: Browser, language: str = "en", **options: Any) -> tuple[BrowserContext, Page]:
        context = browser.new_context(**options)
        context.set_default_timeout(15_000)
        context.add_cookies([{"name": COOKIE, "value": self.cookies[language], "url": f"{self.url}/console"}])
        return context, context.new_page()

    def write(self, work: Any) -> Any:
        with self.service.ledger.writing() as session:
            return work(session)


@contextlib.contextmanager
def serving() -> Iterator[Floor]:
    """A gateway on a free port, its clock standing still on a Monday morning."""
    with tempfile.TemporaryDirectory() as var:
        chosen = Settings(var=Path(var), log_level="ERROR", database_url=None, directory_url=None)
        ears = SimpleNamespace(gazetteer=Gazetteer.load())
        app = create_app(chosen, engine=FakeEngine(), clock=lambda: MONDAY, ears=ears)  # type: ignore[arg-type]
        config = uvicorn.Config(app, port=0, lifespan="off", log_level="warning", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        for _ in range(1000):
            if server.started:
                break
            threading.Event().wait(0.01)
        service = app.state.service
        url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        floor = Floor(url, app, service, {})
        _people(floor)
        floor.write(lambda session: _fill(session, floor, MONDAY))
        yield floor
        server.should_exit = True
        thread.join(5)
        service.ledger.engine.dispose()
        service.directory.engine.dispose()


def _people(floor: Floor) -> None:
    for language, name in (("en", "Sol Martin"), ("fr", "Solange Roy")):
        member, headers = signed_in(floor.service, ("supervisor", "reporter"), name=name, interface=language)
        floor.cookies[language] = headers["cookie"].partition("=")[2]
        floor.ids[f"supervisor-{language}"] = member.id
    for key, name, languages, skills in (
        ("ana", "Ana Okafor", ("en", "pa"), ("newcomers",)),
        ("bo", "Bo Lindqvist", ("en", "fr", "es"), ()),
        ("cy", "Cy Nguyen", ("en", "vi"), ("youth",)),
    ):
        floor.ids[key] = signed_in(floor.service, name=name, languages=languages, skills=skills)[0].id


def _fill(session: Session, floor: Floor, now: datetime) -> None:
    ids = floor.ids
    world.on_duty(session, now, ids["ana"])
    world.on_duty(session, now, ids["bo"], "busy")
    ids["danger"] = world.waiting(session, now, risk=3, channel="sms", language="pa", minutes=3, reason="risk:high")
    world.waiting(session, now, language="fr", minutes=14)
    ids["wait"] = world.waiting(session, now, door="good2talk", channel="voice", minutes=2, reason="callback")
    ids["held"] = world.held(session, now, ids["ana"], minutes=38, risk=2, raised_at=now, language="pa", said=SAID)
    world.held(session, now, ids["bo"], minutes=7, language="es")
    rng = random.Random(211)
    for day in range(7):
        for _ in range(rng.randint(14, 30)):
            at = now - timedelta(days=day, minutes=rng.randint(5, 900))
            language, door = rng.choice(["en"] * 6 + ["fr", "fr", "pa"]), rng.choice(["211", "211", "good2talk"])
            channel = rng.choice(["web", "sms", "voice"])
            facts: dict[str, Any] = {"door": door, "channel": channel, "language": language}
            id_ = world.conversation(session, at, owner="closed", **facts)
            outcome = rng.choice(["closed"] * 6 + ["left", "unanswered", "callback"])
            took = {"waited": rng.expovariate(1 / 90), "by": ids["bo"]} if outcome == "closed" else {}
            world.handoff(session, at, id_, minutes=4, outcome=outcome, **facts, **took)
    draft = canned.Draft(
        None, "opening", "hello",
        {"en": ("Hello", "Hello, this is a person. I have read what you wrote."),
         "fr": ("Bonjour", "Bonjour, c’est une personne. J’ai lu ce que vous avez écrit.")},
    )  # fmt: skip
    ids["reply"] = canned.add(session, draft, author=ids["supervisor-en"], now=now - timedelta(days=3))
    changed = canned.Draft(None, "opening", "hello", {"en": ("Hello", "Hello, I am a person. I have read this.")})
    canned.change(session, ids["reply"], changed, author=ids["bo"], now=now - timedelta(days=1))
    for key, value, begins in (
        ("hours", {"open": "MO,TU,WE,TH,FR 08:00-20:00", "holidays": "closed", "except": {}}, now),
        ("hours", {"open": "24/7", "holidays": "open", "except": {}}, now + timedelta(days=20)),
    ):
        door_settings.change_setting(
            session, "211", key, value, author=ids["supervisor-en"], effective_from=begins, now=now
        )
    for question in quality.QUESTIONS:
        for score in (2, 3, 3, 4, 4, 4):
            session.add(QualityScore(door="211", month="2026-11", question=question, score=score))
    world.closed(session, now, ids["ana"], said=SAID)
    span = Span(now.date() - timedelta(days=3), now.date())
    for language in ("en", "fr"):
        reviews = quality.draw(session, ids[f"supervisor-{language}"], span, ["211"], 2, now, rng)
        ids.setdefault("review", reviews[0].id)
        ids[f"review-{language}"] = reviews[0].id
    ids["callback"] = world.call_back(session, floor.service, ids["wait"])
    world.call_back(session, floor.service, ids["danger"], safe_hours=None, may_leave_message=None)
    world.dead_letter(session, now, ids["danger"], priority=100)
    world.dead_letter(session, now, ids["wait"], error_code=21610)


def main(out: Path) -> None:
    """Writes a picture of every page: three widths, light and dark, both languages."""
    out.mkdir(parents=True, exist_ok=True)
    with serving() as floor, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        wanted = sys.argv[2:]
        for width, scheme, language in (
            (1440, "light", "en"),
            (1440, "dark", "fr"),
            (1024, "light", "fr"),
            (390, "light", "en"),
            (390, "dark", "fr"),
        ):
            floor.ids["review"] = floor.ids[f"review-{language}"]
            context, page = floor.visit(
                browser, language, viewport={"width": width, "height": 900}, color_scheme=scheme
            )
            for name, path in floor.paths().items():
                if wanted and name not in wanted:
                    continue
                page.goto(floor.url + path)
                if name == "hours-door":
                    page.locator("#hours summary").click()
                page.screenshot(path=out / f"{name}-{width}-{scheme}-{language}.png", full_page=True)
            context.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
