"""Signing in with the organization's account, against a provider on loopback that checks what real ones check."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from bot.staff.gate import COOKIE
from bot.staff.oidc import subject_kept
from tests.bot.staff.conftest import Browser, add
from tests.support.oidc import CLIENT, SECRET, FakeProvider, provider

pytestmark = pytest.mark.anyio
BACK = "http://127.0.0.1:8000/console/sign-in/oidc/back"
ANA = {"sub": "ana-at-work", "email": "ana@example.org", "email_verified": True}


@pytest.fixture
def organization(browser: Browser) -> Iterator[FakeProvider]:
    settings = browser.service.settings
    with provider(BACK) as one:
        settings.oidc_issuer, settings.oidc_client_id = one.issuer, CLIENT
        settings.oidc_client_secret = SecretStr(SECRET)
        one.claims = dict(ANA)
        yield one


async def sign_in(browser: Browser, *, next_: str = "") -> httpx.Response:
    """As a browser: to the provider, and back to us."""
    away = await browser.client.get("/console/sign-in/oidc", params={"next": next_} if next_ else None)
    if away.status_code != 302:
        return away
    async with httpx.AsyncClient() as outside:
        consent = await outside.get(away.headers["location"])
    assert consent.status_code == 302
    back = urlsplit(consent.headers["location"])
    return await browser.client.get(f"{back.path}?{back.query}")


async def test_an_account_made_beforehand_opens_and_is_tied_to_the_person(
    browser: Browser, organization: FakeProvider
) -> None:
    account = add(browser.app, "ana@example.org", password=None, roles=("administrator",))
    assert "Sign in with your organization" in (await browser.get("/console/sign-in")).text
    response = await sign_in(browser, next_="/console/audit")
    # a page, not a redirect: a strict cookie does not come along on the way from another site
    assert response.status_code == 200 and 'content="0;url=/console/audit"' in response.text
    cookies = response.headers.get_list("set-cookie")
    assert any(one.startswith(f"{COOKIE}=") and "SameSite=strict" in one for one in cookies)
    assert (await browser.get("/console/staff")).status_code == 200
    assert browser.account("ana@example.org").oidc_subject == subject_kept(organization.issuer, "ana-at-work")
    assert [row.codes["how"] for row in browser.recorded("signed_in")] == ["oidc"]
    assert browser.recorded("oidc_tied")[0].actor == account


async def test_once_tied_the_subject_counts_and_not_the_address(browser: Browser, organization: FakeProvider) -> None:
    add(browser.app, "ana@example.org", password=None)
    assert (await sign_in(browser)).status_code == 200
    organization.claims = {"sub": "ana-at-work"}  # the address is gone, the person is the same
    assert (await sign_in(browser)).status_code == 200
    organization.claims = {**ANA, "sub": "somebody-else"}  # who was given her old address
    assert (await sign_in(browser)).status_code == 403


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "x", "email": "nobody@example.org", "email_verified": True},
        {"sub": "x", "email": "ana@example.org"},
        {"sub": "x", "email": "ana@example.org", "email_verified": "true"},
        {"sub": "x"},
    ],
)
async def test_whom_no_administrator_made_an_account_for_stays_outside(
    browser: Browser, organization: FakeProvider, claims: dict[str, object]
) -> None:
    add(browser.app, "ana@example.org", password=None)
    organization.claims = claims
    response = await sign_in(browser)
    assert response.status_code == 403 and "no account here" in response.text
    assert COOKIE not in browser.client.cookies
    assert (await browser.get("/console/account")).status_code == 303


async def test_roles_that_the_provider_names_mean_nothing(browser: Browser, organization: FakeProvider) -> None:
    add(browser.app, "ana@example.org", password=None, roles=("specialist",))
    organization.claims |= {"roles": ["administrator"], "groups": ["administrator"]}
    await sign_in(browser)
    assert (await browser.get("/console/staff")).status_code == 403


async def test_a_disabled_account_stays_closed(browser: Browser, organization: FakeProvider) -> None:
    add(browser.app, "ana@example.org", password=None)
    browser.change("ana@example.org", state="disabled")
    assert (await sign_in(browser)).status_code == 403


@pytest.mark.parametrize(
    "spoiled", [{"nonce": "another"}, {"aud": "another"}, {"iss": "http://127.0.0.1:1"}, {"exp": 1}, {"sub": ""}]
)
async def test_a_token_that_is_not_for_this_sign_in_is_refused(
    browser: Browser, organization: FakeProvider, spoiled: dict[str, object]
) -> None:
    add(browser.app, "ana@example.org", password=None)
    organization.spoil = spoiled
    assert (await sign_in(browser)).status_code == 401


async def test_a_token_that_somebody_else_signed_is_refused(browser: Browser, organization: FakeProvider) -> None:
    add(browser.app, "ana@example.org", password=None)
    organization.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    assert (await sign_in(browser)).status_code == 401


async def test_an_answer_to_a_sign_in_that_did_not_begin_here_is_refused(
    browser: Browser, organization: FakeProvider
) -> None:
    add(browser.app, "ana@example.org", password=None)
    response = await browser.client.get("/console/sign-in/oidc/back?code=x&state=y")
    assert response.status_code == 400
    await browser.client.get("/console/sign-in/oidc")
    response = await browser.client.get("/console/sign-in/oidc/back?code=x&state=y")
    assert response.status_code == 401 and COOKIE not in browser.client.cookies


async def test_a_provider_that_is_away_leaves_the_password(browser: Browser, organization: FakeProvider) -> None:
    add(browser.app)
    organization.away = True
    response = await sign_in(browser)
    assert response.status_code == 502 and "cannot be reached" in response.text
    assert (await browser.sign_in()).status_code == 303


async def test_without_the_setting_there_is_no_such_way(browser: Browser) -> None:
    assert "organization" not in (await browser.get("/console/sign-in")).text
    assert (await browser.get("/console/sign-in/oidc")).headers["location"] == "/console/sign-in"
