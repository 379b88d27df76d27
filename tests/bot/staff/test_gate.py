"""The gate: every route is denied until it permits itself, and then only to those with its right."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from limits import parse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.staff.gate import COOKIE, Access, console_route, csrf_of, form_of, json_of, member_of, pairs_of, still_in
from bot.staff.permits import ConsoleMount, ConsoleRoute, console_mount
from bot.staff.rights import ROLES, Right
from tests.bot.conftest import MONDAY
from tests.bot.staff.conftest import Browser
from tests.support.staff import signed_in

pytestmark = pytest.mark.anyio
WHO = [None, *ROLES]


def console_routes(app: Starlette) -> Iterator[BaseRoute]:
    for route in app.router.routes:
        if getattr(route, "path", "").startswith("/console"):
            yield route


def address(route: ConsoleRoute) -> str:
    return route.path_format.format(**dict.fromkeys(route.param_convertors, "1"))


async def inside(request: Request) -> Response:
    return JSONResponse({"inside": True})


@pytest.fixture
async def client(gateway: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=gateway), base_url="http://test") as one:
        yield one


def add(app: Starlette, *routes: BaseRoute) -> None:
    app.router.routes[:0] = routes


async def test_no_route_of_the_console_is_without_a_permit(gateway: Starlette) -> None:
    routes = list(console_routes(gateway))
    assert len(routes) > 20
    assert [route for route in routes if not isinstance(route, ConsoleRoute | ConsoleMount)] == []


async def test_only_the_way_in_is_public(gateway: Starlette) -> None:
    public = {route.path for route in console_routes(gateway) if getattr(route, "permit", None) is Access.PUBLIC}
    assert public == {
        "/console/sign-in", "/console/sign-in/code", "/console/sign-in/oidc", "/console/sign-in/oidc/back",
    }  # fmt: skip


async def test_every_route_opens_to_the_roles_with_its_right_and_to_nobody_else(
    gateway: Starlette, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Walks all routes of the application with every role, and without any."""
    gateway.state.limits.client = gateway.state.limits.total = parse("100000/minute")
    headers = {role: signed_in(gateway, roles=(role,))[1] if role else {} for role in WHO}
    walked = 0
    for route in list(console_routes(gateway)):
        if not isinstance(route, ConsoleRoute):
            continue
        # The gate's answer, whatever the page would say. Routes are shared by all gateways of this process.
        monkeypatch.setattr(route, "app", PlainTextResponse("inside"))
        for method in sorted(route.methods or {"GET"}):
            for role in WHO:
                may = (
                    route.permit is Access.PUBLIC
                    or (role is not None and route.permit is Access.SIGNED_IN)
                    or (role is not None and route.permit in ROLES[role])
                )
                response = await client.request(method, address(route), headers=headers[role])
                entered = response.status_code == 200
                assert entered == may, (method, route.path, role, response.status_code)
                if not may and role is None:
                    assert response.status_code in (303, 401)
                walked += 1
    assert walked > 100


async def test_an_administrator_reads_no_words(gateway: Starlette) -> None:
    of_words = {Right.DESK, Right.HISTORY, Right.READ_ALONG, Right.TAKE_OVER, Right.QUALITY, Right.REASSIGN}
    assert not ROLES["administrator"] & of_words
    assert not ROLES["reporter"] & of_words


@pytest.mark.parametrize("path", ["/console/forgotten", "/console/api/forgotten", "/console/folder/console.css"])
async def test_a_route_that_permits_nothing_is_closed_to_everybody(
    gateway: Starlette, client: httpx.AsyncClient, path: str
) -> None:
    from bot.console.pages import STATIC

    add(
        gateway,
        Route("/console/forgotten", inside),
        Route("/console/api/forgotten", inside),
        Mount("/console/folder", StaticFiles(directory=STATIC)),
    )
    for role in WHO:
        response = await client.get(path, headers=signed_in(gateway, roles=(role,))[1] if role else {})
        assert response.status_code == 403 and "inside" not in response.text
    everything = signed_in(gateway, roles=tuple(ROLES))[1]
    assert (await client.get(path, headers=everything)).status_code == 403


async def test_a_route_of_the_console_refuses_requests_that_did_not_pass_the_gate() -> None:
    route = console_route("/console/api/x", inside, right=Access.PUBLIC)
    bare = Starlette(routes=[route])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=bare), base_url="http://test") as one:
        assert (await one.get("/console/api/x")).status_code == 403


def test_a_permit_outside_the_console_is_a_mistake_of_the_programmer() -> None:
    with pytest.raises(ValueError):
        console_route("/consoles", inside, right=Right.DESK)
    with pytest.raises(ValueError):
        console_mount("/static", PlainTextResponse(""), right=Access.PUBLIC)


@pytest.mark.parametrize(
    "path",
    ["/console/api/secret/", "//console/api/secret", "/console%2Fapi%2Fsecret", "/x/..%2fconsole/api/secret",
     "/console/./api/secret", "/CONSOLE/api/secret", "/console;/api/secret"],
)  # fmt: skip
async def test_no_spelling_of_a_path_goes_round_the_gate(
    gateway: Starlette, client: httpx.AsyncClient, path: str
) -> None:
    add(gateway, console_route("/console/api/secret", inside, right=Right.DESK))
    response = await client.get(path, follow_redirects=True)
    assert "inside" not in response.text


async def test_nobody_is_told_401_by_the_interface_and_led_to_the_sign_in_page_by_pages(
    gateway: Starlette, client: httpx.AsyncClient
) -> None:
    add(gateway, console_route("/console/api/x", inside, right=Right.DESK))
    response = await client.get("/console/api/x", headers={"accept-language": "fr"})
    assert response.status_code == 401
    assert response.json() == {"error": "Votre session est terminée. Connectez-vous de nouveau.", "code": "signed_out"}
    assert (await client.get("/console/staff")).headers["location"] == "/console/sign-in?next=/console/staff"


async def test_a_refused_right_is_told_in_ones_language_and_noted(browser: Browser) -> None:
    member, headers = signed_in(browser.app, roles=("specialist",), interface="fr")
    response = await browser.client.get("/console/audit", headers=headers)
    assert response.status_code == 403 and "Votre compte n’a pas droit à cette page" in response.text
    row = browser.recorded("refused")[-1]
    assert (row.actor, row.codes) == (member.id, {"right": "audit", "route": "/console/audit"})


async def echo(request: Request) -> Response:
    return JSONResponse({"form": await form_of(request), "pairs": await pairs_of(request)})


async def json_echo(request: Request) -> Response:
    return JSONResponse({"json": await json_of(request), "member": member_of(request).id, "csrf": csrf_of(request)})


@pytest.fixture
def forms(gateway: Starlette) -> Starlette:
    add(
        gateway,
        console_route("/console/form", echo, right=Right.DESK, methods=("POST",)),
        console_route("/console/api/json", json_echo, right=Right.DESK, methods=("POST", "DELETE")),
    )
    return gateway


async def test_what_changes_something_needs_the_token_of_the_session(
    forms: Starlette, client: httpx.AsyncClient
) -> None:
    member, headers = signed_in(forms)
    _, other = signed_in(forms)
    cookie, token = {"cookie": headers["cookie"]}, headers["x-csrf-token"]
    for given in ({}, {"csrf": ""}, {"csrf": other["x-csrf-token"]}, {"csrf": token[:-1]}):
        assert (await client.post("/console/form", headers=cookie, data={"a": "1"} | given)).status_code == 403
    response = await client.post("/console/form", headers=cookie, data={"a": ["1", "ü"], "csrf": token})
    assert response.json() == {"form": {"a": "ü"}, "pairs": [["a", "1"], ["a", "ü"]]}
    refused = await client.post("/console/api/json", headers=cookie, json={"csrf": token})
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    response = await client.post("/console/api/json", headers=headers, json={"a": 1})
    assert response.json() == {"json": {"a": 1}, "member": member.id, "csrf": token}
    assert (await client.delete("/console/api/json", headers=cookie)).status_code == 403


@pytest.mark.parametrize(
    ("headers", "enters"),
    [
        ({}, True),
        ({"origin": "http://test"}, True),
        ({"origin": "http://127.0.0.1:8000"}, True),  # the public address, behind a proxy that renames the host
        ({"origin": "null", "sec-fetch-site": "same-origin"}, True),
        ({"origin": "https://test.evil.example"}, False),
        ({"origin": "null"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://test"}, False),
    ],
)
async def test_what_changes_something_comes_from_our_own_pages(
    forms: Starlette, client: httpx.AsyncClient, headers: dict[str, str], enters: bool
) -> None:
    own = signed_in(forms)[1]
    response = await client.post("/console/api/json", headers=own | headers, json={})
    assert response.status_code == (200 if enters else 403)


@pytest.mark.parametrize("body", [b"[1]", b"{", b"\xff", b"[" * 5000])
async def test_a_broken_body_is_a_mistake_of_the_client(
    forms: Starlette, client: httpx.AsyncClient, body: bytes
) -> None:
    response = await client.post("/console/api/json", headers=signed_in(forms)[1], content=body)
    assert response.status_code == 400


@pytest.mark.parametrize("body", [b"\xff=\xfe", b"csrf", b"&&&", b"csrf=%ff", "csrf=\u1234".encode(), b"a=1&" * 600])
async def test_a_broken_form_is_refused(forms: Starlette, client: httpx.AsyncClient, body: bytes) -> None:
    headers = {"cookie": signed_in(forms)[1]["cookie"], "content-type": "application/x-www-form-urlencoded"}
    assert (await client.post("/console/form", headers=headers, content=body)).status_code == 403


async def test_a_session_ends_by_age_by_idleness_and_by_closing_the_account(
    browser: Browser,
) -> None:
    add(browser.app, console_route("/console/api/x", inside, right=Right.DESK))
    service, now = browser.service, MONDAY
    service.clock = lambda: now
    _, headers = signed_in(browser.app, login="ana")

    async def status() -> int:
        return (await browser.client.get("/console/api/x", headers=headers)).status_code

    for _ in range(25):  # twelve hours of work, a request each half hour less a bit
        assert await status() == 200
        now += timedelta(minutes=28, seconds=45)
    now = MONDAY + timedelta(hours=12)
    assert await status() == 401

    _, headers = signed_in(browser.app)
    now += timedelta(minutes=29)
    assert await status() == 200
    now += timedelta(minutes=30)
    assert await status() == 401

    _, headers = signed_in(browser.app, login="ben")
    browser.change("ben", state="disabled")
    assert await status() == 401


async def test_a_change_of_roles_holds_at_the_next_request(browser: Browser) -> None:
    _, headers = signed_in(browser.app, roles=("administrator",), login="ana")
    assert (await browser.client.get("/console/staff", headers=headers)).status_code == 200
    browser.change("ana", roles=["reporter"])
    assert (await browser.client.get("/console/staff", headers=headers)).status_code == 403


async def test_an_open_stream_keeps_the_session_and_ends_with_it(browser: Browser) -> None:
    async def look(request: Request) -> Response:
        nonlocal now
        seen = []
        for _ in range(4):
            now += timedelta(minutes=20)
            seen.append(await still_in(request))
        with browser.service.ledger.writing() as session:
            from bot.staff import sessions

            sessions.end_all(session, member.id, now)
        return JSONResponse([*seen, await still_in(request)])

    add(browser.app, console_route("/console/api/stream", look, right=Right.DESK))
    now = MONDAY
    browser.service.clock = lambda: now
    member, headers = signed_in(browser.app)
    response = await browser.client.get("/console/api/stream", headers=headers)
    assert response.json() == [True, True, True, True, False]


async def test_rights_at_doors() -> None:
    from bot.staff.rights import rights_of
    from bot.staff.sessions import Member

    def member(*doors: str) -> Member:
        return Member("1", "A", frozenset(), frozenset(doors), rights_of(("specialist",)), (), 1, "en", "2")

    assert member("good2talk").at("good2talk") and not member("good2talk").at("racism-report")
    assert member("*").at("racism-report") and not member().at("211")
    assert rights_of(("abolished",)) == frozenset()


async def test_pages_of_the_console_are_kept_by_nobody_and_framed_by_nobody(browser: Browser) -> None:
    response = await browser.get("/console/sign-in")
    headers: Any = response.headers
    assert headers["cache-control"] == "no-store" and headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"]
    # with "no-referrer" browsers send `Origin: null` with forms
    assert headers["referrer-policy"] == "same-origin"
    assert "no-referrer" not in response.text


@pytest.mark.parametrize("cookie", ["", "x", f"{COOKIE}=", f"{COOKIE}=" + "x" * 3000, f"{COOKIE}=%00"])
async def test_a_cookie_that_is_none_of_ours_is_nobody(
    gateway: Starlette, client: httpx.AsyncClient, cookie: str
) -> None:
    assert (await client.get("/console/staff", headers={"cookie": cookie})).status_code == 303
