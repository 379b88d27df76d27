"""Every page of the menu and those behind it: readable by all, on a telephone, in French, in light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy.orm import Session

from bot.console.navigation import PLACES
from bot.conversations.models import new_id
from bot.doors.loading import door_named
from bot.intake.models import DoorEvent
from bot.learners.models import LearnerForm, LearnerReferral
from bot.sharing.models import Agreement, Correction, Override
from bot.sharing.passing import Passed, pass_on, recipient_of
from bot.staff.permits import ConsoleRoute
from bot.staff.rights import ROLES
from bot.tables.models import Plan
from bot.tables.referring import refer
from tests.bot.conftest import MONDAY
from tests.bot.console.floor import world
from tests.bot.tables.conftest import DOOR, given
from tests.browser.console.floor_site import Floor, serving
from tests.browser.console.test_floor import broken_rules, open_all
from tests.support.staff import signed_in

pytestmark = pytest.mark.browser
BEHIND = (
    "/console/account", "/console/account/second-factor", "/console/agreements/disclosures",
    "/console/learners/programs",
    "/console/slips/report", "/console/staff/new", "/console/staff/{me}", "/console/situations/rmt-sudbury/new",
    "/console/tables/rmt-sudbury/trends", "/console/table-trends/rmt-sudbury",
    "/console/tables/rmt-sudbury/{situation}", "/console/diversion-counts/calgary-911",
    "/console/registers/supplies4students", "/console/learners/{form}",
)  # fmt: skip
"""Pages without an entry of their own in the menu."""
ELSEWHERE = frozenset(
    f"/console/{path}"
    for path in (
        "floor", "floor/skills", "figures", "canned", "canned/new", "hours", "quality", "callbacks", "dead-letters",
    )
) | {"/console"}  # fmt: skip
"""Looked at in test_floor.py, and the desk in its own tests."""
PAGES = tuple(dict.fromkeys(path for path in (*(place.href for place in PLACES), *BEHIND) if path not in ELSEWHERE))
NO_PAGES = re.compile(r"/console(/api/.*|/floor/now|/sign-in.*|/static.*|/[a-z/{}-]+\.(csv|json)|/oidc.*)?")
"""The desk, which has tests of its own; ways in; files; parts of pages; what scripts ask for."""
IDS = re.compile(
    r"\b(sharing|tables|situations|registers|slips|literacy|incidents|reports|cases|plan|diversions|staff|audit|evaluation"
    r"|unmet|follow|nav)_[a-z_]+"
)
"""What would be seen where words are missing."""
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def site() -> Iterator[Floor]:
    with serving() as floor:
        for language in ("en", "fr"):
            member, headers = signed_in(
                floor.service, ROLES, skills=("agency_hospital",), name="Sol Martin", interface=language
            )
            floor.cookies[language] = headers["cookie"].partition("=")[2]
            floor.ids["me"] = member.id
        floor.write(lambda session: _fill(session, floor))
        yield floor


def _fill(session: Session, floor: Floor) -> None:
    """One of each kind, so that no page is only an empty list."""
    keys, me = floor.service.keys, floor.ids["me"]
    one = world.conversation(session, MONDAY, owner="closed")
    floor.ids["situation"] = refer(session, door_named(DOOR), given(), me, keys, MONDAY)
    session.add(
        Plan(
            id=new_id(), conversation_id=one, door="211", owner=me, next_at=MONDAY + timedelta(days=2), created_by=me,
            created_at=MONDAY, changed_at=MONDAY,
        )
    )  # fmt: skip
    form = LearnerReferral(
        id=new_id(), conversation_id=one, door="literacy", route="referred", listing_id="sample-1", language="en",
        region="Toronto", created_at=MONDAY,
    )  # fmt: skip
    session.add(form)
    session.flush()
    floor.ids["form"] = form.id
    session.add(LearnerForm(referral_id=form.id, conversation_id=one, answers=keys.sealed('{"goal": "read"}')))
    passed = Passed(recipient_of("door", "reporton"), "case", ("answer:reach",), "consent", MONDAY + timedelta(days=9))
    pass_on(session, passed, conversation=one, door="reporton", by="system", now=MONDAY)
    session.add(
        Agreement(
            recipient="connexontario", purpose="connect", kind="health", fields=["language"], grounds=["consent"],
            keep_days=30, since=MONDAY, until=MONDAY + timedelta(days=300), author=me, created_at=MONDAY,
        )
    )  # fmt: skip
    session.add(
        Override(
            conversation_id=one, door="211", recipient="connexontario", purpose="connect", fields=["language"],
            ground="risk_to_life", reason="life_in_danger", asked_by=floor.ids["ana"], asked_at=MONDAY,
        )
    )  # fmt: skip
    session.add(
        Correction(listing="sample-1", field="phone", after="705-555-0100", author=floor.ids["ana"], created_at=MONDAY)
    )
    for code in ("given", "given", "accepted"):
        session.add(
            DoorEvent(door="literacy", event="referral", code=code, language="en", channel="web", created_at=MONDAY)
        )
    session.flush()


@pytest.fixture
def visit(chromium: Browser, site: Floor) -> Iterator[Visit]:
    """Opens a page by its path; its problems fail the test."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def opened(path: str, language: str = "en", **options: object) -> Page:
        context, page = site.visit(chromium, language, **options)
        contexts.append(context)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if "Content Security" in said.text else None)
        answer = page.goto(site.url + path.format(**site.ids))
        assert answer is not None and answer.status == 200, f"{path}: {answer.status if answer else answer}"
        open_all(page)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not problems


def test_no_page_of_the_console_is_forgotten(site: Floor) -> None:
    """What has no parameter in its path and is no file is a page, and each of them is looked at here."""
    paths = {
        route.path
        for route in site.app.router.routes
        if isinstance(route, ConsoleRoute) and "GET" in (route.methods or ()) and "{" not in route.path
    }
    assert {path for path in paths if not NO_PAGES.fullmatch(path)} - set(PAGES) - ELSEWHERE == set()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_keeps_the_rules_of_accessibility_in_light_and_dark(visit: Visit, path: str) -> None:
    page = visit(path)
    assert broken_rules(page) == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 800})
    assert broken_rules(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_a_telephone_and_is_in_french_throughout(visit: Visit, path: str) -> None:
    page = visit(path, language="fr", viewport={"width": 390, "height": 800})
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0
    assert page.locator("html").get_attribute("lang") == "fr"
    said = page.locator("main").inner_text()
    assert path == "/console/audit" or not IDS.search(said), "the record of what was done names actions by their code"
    assert not re.search(r"\b(Save|Cancel|Language|Waiting|Number|Change|Nothing|Shared|Until)\b", said)
