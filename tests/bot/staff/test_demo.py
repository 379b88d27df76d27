"""Demonstration accounts: made with the sample data on this machine, and open to this machine alone."""

from __future__ import annotations

import stat

import httpx
import pytest
from starlette.types import Scope

from bot.settings import Settings
from bot.staff import demo
from bot.staff.gate import COOKIE
from bot.staff.loopback import demonstration_allowed, is_loopback
from bot.supervisor.folders import PROJECT, Folders
from bot.supervisor.options import Options
from bot.supervisor.up import _demonstration
from tests.bot.conftest import MONDAY
from tests.bot.staff.conftest import Browser, add

pytestmark = pytest.mark.anyio


def provide(browser: Browser) -> dict[str, str]:
    service = browser.service
    with service.ledger.writing() as session:
        demo.provide(session, service.keys, service.settings.var, MONDAY)
    return demo.logins(service.settings.var)


async def test_they_sign_in_with_the_passwords_that_the_start_prints(browser: Browser) -> None:
    kept = provide(browser)
    assert set(kept) == {"demo", "demo-supervisor"}
    var = browser.service.settings.var
    assert stat.S_IMODE((var / demo.FILE).stat().st_mode) == 0o600
    printed = "\n".join(_demonstration(Options(), Folders(PROJECT, var, var)))
    for login, password in kept.items():
        assert f"login {login}, password {password}" in printed
        browser.client.cookies.clear()
        assert (await browser.sign_in(login, password)).status_code == 303
        assert (await browser.get("/console/account")).status_code == 200
    assert browser.account("demo").roles == ["specialist"]


async def test_a_second_start_keeps_the_passwords_and_a_lost_file_means_new_ones(browser: Browser) -> None:
    kept = provide(browser)
    assert provide(browser) == kept
    (browser.service.settings.var / demo.FILE).unlink()
    fresh = provide(browser)
    assert set(fresh) == set(kept) and not set(fresh.values()) & set(kept.values())
    assert (await browser.sign_in("demo", kept["demo"])).status_code == 401
    assert (await browser.sign_in("demo", fresh["demo"])).status_code == 303


async def test_without_sample_data_they_are_closed_and_opened_again_with_it(browser: Browser) -> None:
    kept = provide(browser)
    await browser.sign_in("demo", kept["demo"])
    with browser.service.ledger.writing() as session:
        demo.withdraw(session, browser.service.settings.var, MONDAY)
    assert demo.logins(browser.service.settings.var) == {}
    assert (await browser.get("/console/account")).status_code == 303
    assert (await browser.sign_in("demo", kept["demo"])).status_code == 401
    again = provide(browser)
    assert (await browser.sign_in("demo", again["demo"])).status_code == 303


@pytest.mark.parametrize("client", ["192.0.2.7", "10.0.0.3", "::ffff:192.0.2.7"])
async def test_from_another_machine_they_look_like_accounts_that_do_not_exist(browser: Browser, client: str) -> None:
    kept = provide(browser)
    await browser.sign_in("demo", kept["demo"])
    cookie = f"{COOKIE}={browser.client.cookies[COOKIE]}"
    transport = httpx.ASGITransport(app=browser.app, client=(client, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as far:
        response = await far.post("/console/sign-in", data={"login": "demo", "password": kept["demo"]})
        assert response.status_code == 401 and "That did not work" in response.text
        # nor does a session that began here serve there
        assert (await far.get("/console/account", headers={"cookie": cookie})).status_code == 303


async def test_an_own_account_of_that_name_is_left_alone(browser: Browser) -> None:
    add(browser.app, "demo")
    before = browser.account("demo").password_hash
    assert set(provide(browser)) == {"demo-supervisor"}
    assert browser.account("demo").password_hash == before and not browser.account("demo").demo


def scope(client: str = "127.0.0.1", server: str = "127.0.0.1", **headers: str) -> Scope:
    given = {"host": "127.0.0.1:8000"} | {name.replace("_", "-"): value for name, value in headers.items()}
    encoded = [(name.encode(), value.encode()) for name, value in given.items()]
    return {"type": "http", "client": (client, 1), "server": (server, 8000), "headers": encoded}


def test_what_counts_as_this_machine() -> None:
    here = Settings(sample=True, public_url="http://127.0.0.1:8000")
    assert demonstration_allowed(scope(), here)
    assert demonstration_allowed(scope("::1", "::1", host="localhost:8000"), here)
    for other in (
        scope(x_forwarded_for="192.0.2.7"), scope(forwarded="for=192.0.2.7"), scope(host="help.example.org"),
        scope(server="192.0.2.1"), scope(client="192.0.2.7"), scope(via="1.1 proxy"),
    ):  # fmt: skip
        assert not demonstration_allowed(other, here)
    assert not demonstration_allowed(scope(), Settings(sample=False, public_url="http://127.0.0.1:8000"))
    assert not demonstration_allowed(scope(), Settings(sample=True, public_url="https://help.example.org"))
    assert not demo.wanted(here, "0.0.0.0") and demo.wanted(here, "127.0.0.1")
    assert [is_loopback(host) for host in ("127.8.8.8", "[::1]", "::ffff:127.0.0.1", "127.0.0.1.evil.example", "")] == [
        True, True, True, False, False,
    ]  # fmt: skip
