"""Signing in: what opens, what does not, and that a failure tells nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from bot.staff import passwords
from bot.staff.gate import COOKIE
from bot.staff.lockout import FREE
from tests.bot.conftest import MONDAY
from tests.bot.staff.conftest import PASSWORD, Browser, add

pytestmark = pytest.mark.anyio


async def test_the_right_password_opens_the_console_and_a_cookie_that_no_script_or_other_site_can_use(
    browser: Browser,
) -> None:
    add(browser.app, roles=("administrator",))
    response = await browser.client.post("/console/sign-in", data={"login": " ANA ", "password": PASSWORD})
    assert (response.status_code, response.headers["location"]) == (303, "/console")
    cookie = response.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=") and "HttpOnly" in cookie and "SameSite=strict" in cookie
    assert "Path=/console" in cookie and "Secure" not in cookie
    assert (await browser.get("/console/staff")).status_code == 200


async def test_the_cookie_is_secure_where_the_public_address_is(browser: Browser) -> None:
    add(browser.app)
    browser.service.settings.public_url = "https://help.example.org"
    response = await browser.client.post("/console/sign-in", data={"login": "ana", "password": PASSWORD})
    assert "Secure" in response.headers["set-cookie"]


async def test_every_failure_says_the_same_and_takes_the_same_work(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(browser.app)
    add(browser.app, "closed")
    browser.change("closed", state="disabled")
    add(browser.app, "resting")
    browser.change("resting", locked_until=MONDAY + timedelta(minutes=5))
    add(browser.app, "provider", password=None)
    add(browser.app, "demo", demo=True)
    checked: list[str] = []
    hasher = type(passwords._hasher())
    verify = hasher.verify_and_update

    def counted(self: Any, password: str, kept: str) -> Any:
        checked.append(kept)
        return verify(self, password, kept)

    monkeypatch.setattr(hasher, "verify_and_update", counted)
    pages = set()
    for login, password in (
        ("ana", "wrong password here"), ("nobody", PASSWORD), ("closed", PASSWORD), ("resting", PASSWORD),
        ("provider", PASSWORD), ("x" * 300, PASSWORD),
    ):  # fmt: skip
        response = await browser.client.post("/console/sign-in", data={"login": login, "password": password})
        pages.add((response.status_code, re.sub(r'value="[^"]*"', "", response.text)))
        assert COOKIE not in response.cookies
    assert len(pages) == 1 and next(iter(pages))[0] == 401
    assert len(checked) == 6


async def test_the_record_of_a_failure_holds_nothing_that_was_typed(browser: Browser) -> None:
    account = add(browser.app)
    await browser.sign_in("my-secret-password", "x")
    await browser.sign_in("ana", "another guess 123")
    rows = browser.recorded("sign_in_failed")
    assert {(row.actor, row.codes["reason"]) for row in rows} == {("unknown", "unknown"), (account, "password")}
    everything = repr([(row.actor, row.codes) for row in rows])
    assert "my-secret" not in everything and "guess" not in everything and "127.0.0.1" not in everything


async def test_after_five_failures_the_account_rests_even_for_the_right_password_and_the_rest_grows(
    browser: Browser,
) -> None:
    add(browser.app)
    for _ in range(FREE):
        assert (await browser.sign_in(password="wrong wrong wrong")).status_code == 401
    assert browser.account().locked_until == MONDAY + timedelta(minutes=1)
    assert (await browser.sign_in()).status_code == 401
    assert browser.account().failed == FREE  # tries while it rests count for nothing
    browser.service.clock = lambda: MONDAY + timedelta(minutes=2)
    assert (await browser.sign_in(password="wrong wrong wrong")).status_code == 401
    assert browser.account().locked_until == MONDAY + timedelta(minutes=4)
    browser.service.clock = lambda: MONDAY + timedelta(minutes=5)
    assert (await browser.sign_in()).status_code == 303
    assert (browser.account().failed, browser.account().locked_until) == (0, None)


async def test_a_flood_of_tries_is_slowed_for_one_login_and_for_one_address(browser: Browser) -> None:
    statuses = [(await browser.sign_in("nobody", "x")).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    for number in range(60):
        response = await browser.sign_in(f"nobody-{number}", "x")
    assert response.status_code == 429 and int(response.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example", "//evil.example/console", "/\\evil.example", "/console/../x", "/chat", "javascript:x",
        "/consolex", "/console\n/x", "/console/api/desk", "/console/sign-out",
    ],
)  # fmt: skip
async def test_the_way_on_never_leads_out_of_the_console(browser: Browser, wanted: str) -> None:
    add(browser.app)
    response = await browser.client.post(
        "/console/sign-in", data={"login": "ana", "password": PASSWORD, "next": wanted}
    )
    assert response.headers["location"] == "/console"


async def test_whoever_was_on_the_way_somewhere_comes_there_after_signing_in(browser: Browser) -> None:
    add(browser.app, roles=("administrator",))
    sent = await browser.get("/console/audit?door=211")
    assert sent.headers["location"] == "/console/sign-in?next=/console/audit%3Fdoor%3D211"
    assert 'value="/console/audit?door=211"' in (await browser.get(sent.headers["location"])).text
    response = await browser.sign_in(next="/console/audit?door=211")
    assert response.headers["location"] == "/console/audit?door=211"


async def test_another_site_cannot_sign_anybody_in(browser: Browser) -> None:
    add(browser.app)
    for headers in ({"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}):
        response = await browser.client.post(
            "/console/sign-in", data={"login": "ana", "password": PASSWORD}, headers=headers
        )
        assert response.status_code == 403 and COOKIE not in response.cookies


async def test_a_code_is_asked_after_the_password_and_each_is_taken_once(browser: Browser) -> None:
    add(browser.app)
    totp = pyotp.TOTP(pyotp.random_base32())
    browser.change(totp_secret=browser.service.keys.sealed(totp.secret))
    now = MONDAY
    browser.service.clock = lambda: now
    response = await browser.client.post("/console/sign-in", data={"login": "ana", "password": PASSWORD})
    assert response.headers["location"] == "/console/sign-in/code" and COOKIE not in response.cookies
    assert (await browser.get("/console/account")).status_code == 303  # the password alone opens nothing
    right = totp.at(now)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    assert (await browser.client.post("/console/sign-in/code", data={"code": wrong})).status_code == 401
    response = await browser.client.post("/console/sign-in/code", data={"code": f"{right[:3]} {right[3:]}"})
    assert response.status_code == 303 and (await browser.get("/console/account")).status_code == 200

    browser.client.cookies.clear()
    now = MONDAY + timedelta(seconds=20)  # the code is still shown
    await browser.client.post("/console/sign-in", data={"login": "ana", "password": PASSWORD})
    assert (await browser.client.post("/console/sign-in/code", data={"code": right})).status_code == 401
    now = MONDAY + timedelta(seconds=31)
    response = await browser.client.post("/console/sign-in/code", data={"code": totp.at(now)})
    assert response.status_code == 303


async def test_wrong_codes_lock_the_account_like_wrong_passwords(browser: Browser) -> None:
    add(browser.app)
    totp = pyotp.TOTP(pyotp.random_base32())
    browser.change(totp_secret=browser.service.keys.sealed(totp.secret))
    await browser.client.post("/console/sign-in", data={"login": "ana", "password": PASSWORD})
    for _ in range(FREE):
        await browser.client.post("/console/sign-in/code", data={"code": "000000"})
    response = await browser.client.post("/console/sign-in/code", data={"code": totp.at(MONDAY)})
    assert response.status_code == 401 and browser.recorded("locked")


async def test_the_step_between_cannot_be_forged_or_used_after_the_password_changed(browser: Browser) -> None:
    add(browser.app)
    totp = pyotp.TOTP(pyotp.random_base32())
    browser.change(totp_secret=browser.service.keys.sealed(totp.secret))
    browser.client.cookies.set("porchlight_console_step", "WyJ4IiwieSIsIiJd.x.y", path="/console/sign-in")
    assert (await browser.client.get("/console/sign-in/code")).headers["location"] == "/console/sign-in"
    browser.client.cookies.clear()
    await browser.client.post("/console/sign-in", data={"login": "ana", "password": PASSWORD})
    browser.change(password_hash=passwords.hashed("five other loud birds"))
    response = await browser.client.post("/console/sign-in/code", data={"code": totp.at(MONDAY)})
    assert response.status_code == 401


async def test_a_first_password_lets_its_owner_do_nothing_but_choose_another(browser: Browser) -> None:
    add(browser.app, password_given=True)
    await browser.sign_in()
    assert (await browser.get("/console/api/nothing")).status_code == 404
    assert (await browser.get("/console/staff")).status_code == 403
    assert "made by somebody else" in (await browser.get("/console/account")).text
    response = await browser.post(
        "/console/account/password", present=PASSWORD, new="a b c d e f g", again="a b c d e f g"
    )
    assert response.headers["location"] == "/console/account?done=password"
    assert browser.account().password_given is False


async def test_signing_out_ends_the_session_in_the_database(browser: Browser) -> None:
    add(browser.app)
    await browser.sign_in()
    token = browser.client.cookies[COOKIE]
    assert (await browser.post("/console/sign-out")).headers["location"] == "/console/sign-in"
    again = await browser.client.get("/console/account", headers={"cookie": f"{COOKIE}={token}"})
    assert again.status_code == 303


async def test_french_browsers_get_the_sign_in_page_in_french(browser: Browser) -> None:
    page = await browser.get("/console/sign-in", headers={"accept-language": "fr-CA"})
    assert '<html lang="fr">' in page.text and "Se connecter" in page.text
