"""One's own account: password, authenticator, sessions, language."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import httpx
import pyotp
import pytest

from bot.staff import totp
from bot.staff.gate import COOKIE
from tests.bot.conftest import MONDAY
from tests.bot.staff.conftest import PASSWORD, Browser, add
from tests.support.staff import signed_in

pytestmark = pytest.mark.anyio
NEW = "nine small brown wrens"


async def test_a_new_password_ends_the_other_sessions_and_not_this_one(browser: Browser) -> None:
    add(browser.app)
    await browser.sign_in()
    other = browser.client.cookies[COOKIE]
    browser.client.cookies.clear()
    await browser.sign_in()
    response = await browser.post("/console/account/password", present=PASSWORD, new=NEW, again=NEW)
    assert response.headers["location"] == "/console/account?done=password"
    assert (await browser.get("/console/account")).status_code == 200
    browser.client.cookies.clear()
    assert (await browser.client.get("/console/account", headers={"cookie": f"{COOKIE}={other}"})).status_code == 303
    assert (await browser.sign_in(password=NEW)).status_code == 303


@pytest.mark.parametrize(
    ("present", "new", "again", "says"),
    [
        ("wrong", NEW, NEW, "present password is not right"),
        (PASSWORD, NEW, NEW + "!", "are not the same"),
        (PASSWORD, "short", "short", "at least 12"),
        (PASSWORD, "x" * 201, "x" * 201, "too long"),
        (PASSWORD, "ababababababab", "ababababababab", "repeats"),
        (PASSWORD, "okafor is my name", "okafor is my name", "login or name"),
        (PASSWORD, PASSWORD, PASSWORD, "not the present one"),
    ],
)
async def test_a_password_that_cannot_be_taken_changes_nothing_and_says_why(
    browser: Browser, present: str, new: str, again: str, says: str
) -> None:
    add(browser.app)
    await browser.sign_in()
    before = browser.account().password_hash
    response = await browser.post("/console/account/password", present=present, new=new, again=again)
    assert response.status_code in (400, 403) and says in html.unescape(response.text)
    assert browser.account().password_hash == before


async def _set_up(browser: Browser) -> tuple[pyotp.TOTP, list[str]]:
    page = (await browser.get("/console/account/second-factor")).text
    note = re.search(r'name="note" value="([^"]+)"', page)
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert note and secret and 'src="data:image/svg+xml' in page
    authenticator = pyotp.TOTP(secret[1].replace(" ", ""))
    code = authenticator.at(browser.service.clock())
    response = await browser.post("/console/account/second-factor", note=note[1], code=code, present=PASSWORD)
    assert response.status_code == 200
    return authenticator, re.findall(r"<code>([a-z0-9-]+)</code>", response.text)


async def test_an_authenticator_is_set_up_by_its_first_code_and_its_secret_is_sealed(browser: Browser) -> None:
    add(browser.app)
    await browser.sign_in()
    authenticator, codes = await _set_up(browser)
    account = browser.account()
    assert account.totp_secret and authenticator.secret.encode() not in account.totp_secret
    assert browser.service.keys.opened(account.totp_secret) == authenticator.secret
    assert len(codes) == totp.RECOVERY_CODES and not set(codes) & set(account.recovery)
    browser.client.cookies.clear()
    response = await browser.client.post("/console/sign-in", data={"login": "ana", "password": PASSWORD})
    assert response.headers["location"] == "/console/sign-in/code"
    # the code of the setting up is used already
    code = authenticator.at(MONDAY)
    assert (await browser.client.post("/console/sign-in/code", data={"code": code})).status_code == 401


async def test_a_recovery_code_opens_once(browser: Browser) -> None:
    add(browser.app)
    await browser.sign_in()
    _, codes = await _set_up(browser)
    for status in (303, 401):
        browser.client.cookies.clear()
        await browser.client.post("/console/sign-in", data={"login": "ana", "password": PASSWORD})
        response = await browser.client.post("/console/sign-in/code", data={"code": codes[0].upper()})
        assert response.status_code == status
    assert len(browser.account().recovery) == totp.RECOVERY_CODES - 1


async def test_the_authenticator_comes_off_only_with_the_password(browser: Browser) -> None:
    add(browser.app)
    await browser.sign_in()
    await _set_up(browser)
    assert (await browser.post("/console/account/second-factor/off", present="wrong")).status_code == 403
    assert browser.account().totp_secret
    assert (await browser.post("/console/account/second-factor/off", present=PASSWORD)).status_code == 303
    assert browser.account().totp_secret is None and browser.account().recovery == []


async def test_the_note_of_a_setting_up_serves_nobody_else(browser: Browser) -> None:
    add(browser.app)
    await browser.sign_in()
    page = (await browser.get("/console/account/second-factor")).text
    note = re.search(r'name="note" value="([^"]+)"', page)
    assert note
    _, headers = signed_in(browser.app)
    response = await browser.client.post(
        "/console/account/second-factor", data={"note": note[1], "code": "000000"}, headers=headers
    )
    assert response.headers["location"] == "/console/account/second-factor"


async def test_one_ends_ones_own_sessions_and_nobody_elses(browser: Browser) -> None:
    member, _ = signed_in(browser.app, login="ben")
    add(browser.app)
    await browser.sign_in()
    first = browser.client.cookies[COOKIE]
    browser.client.cookies.clear()
    await browser.sign_in()
    await browser.post("/console/account/sessions", session=member.session_id)
    assert "this device" in (await browser.get("/console/account")).text
    await browser.post("/console/account/sessions")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=browser.app), base_url="http://127.0.0.1") as other:
        assert (await other.get("/console/account", headers={"cookie": f"{COOKIE}={first}"})).status_code == 303
    assert (await browser.get("/console/account")).status_code == 200
    assert [row.codes["count"] for row in browser.recorded("sessions_ended")] == [0, 1]


async def test_the_language_of_the_interface_stays(browser: Browser) -> None:
    add(browser.app)
    await browser.sign_in()
    response = await browser.post("/console/language", language="fr", back="/console/account")
    assert response.headers["location"] == "/console/account"
    assert "Votre compte" in (await browser.get("/console/account")).text
    await browser.post("/console/language", language="xx")
    assert browser.account().interface == "fr"


@pytest.mark.parametrize("policy", ["everyone", "administrators"])
async def test_by_setting_nobody_works_without_an_authenticator(browser: Browser, policy: str) -> None:
    add(browser.app, roles=("administrator",))
    browser.service.settings.staff_second_factor = policy  # type: ignore[assignment]
    await browser.sign_in()
    assert (await browser.get("/console/staff")).headers["location"] == "/console/account"
    await _set_up(browser)
    assert (await browser.get("/console/staff")).status_code == 200


def test_a_code_is_good_for_its_own_time_and_a_step_around_it_and_never_twice() -> None:
    secret = totp.new_secret()
    codes = pyotp.TOTP(secret)
    step = int(MONDAY.timestamp()) // 30
    for offset, right in ((-60, False), (-30, True), (0, True), (30, True), (60, False)):
        code = codes.at(MONDAY + timedelta(seconds=offset))
        assert (totp.step_of(secret, code, MONDAY, after=0) is not None) is right
    assert totp.step_of(secret, codes.at(MONDAY), MONDAY, after=step) is None
    for odd in ("", "١٢٣٤٥٦", "12345", "1234567", "abcdef", "-12345"):
        assert totp.step_of(secret, odd, MONDAY, after=0) is None
