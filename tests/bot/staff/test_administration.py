"""Administrators look after accounts; every change is recorded, and holds at once."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from tests.bot.conftest import MONDAY
from tests.bot.staff.conftest import PASSWORD, Browser, add
from tests.support.staff import signed_in

pytestmark = pytest.mark.anyio


@pytest.fixture
async def admin(browser: Browser) -> Browser:
    add(browser.app, "boss", name="Bo Example", roles=("administrator",))
    await browser.sign_in("boss")
    return browser


NEW = {
    "login": "Ana.Okafor", "name": "Ana  Okafor", "roles": ["specialist", "reporter"], "doors": ["good2talk"],
    "languages": ["en", "fr"], "skills": "youth, Housing", "capacity": "4", "interface": "fr",
}  # fmt: skip


async def test_somebody_is_added_with_a_first_password_that_is_shown_once(admin: Browser) -> None:
    assert (await admin.get("/console/staff/new")).status_code == 200
    response = await admin.post("/console/staff", **NEW)
    assert response.status_code == 200
    password = re.search(r'id="made">([^<]+)<', response.text)
    assert password
    one = admin.account("ana.okafor")
    assert (one.name, one.roles, one.doors, one.languages, one.skills, one.capacity, one.interface) == (
        "Ana Okafor", ["reporter", "specialist"], ["good2talk"], ["en", "fr"], ["housing", "youth"], 4, "fr",
    )  # fmt: skip
    assert one.password_given and password[1] not in str(one.password_hash)
    page = await admin.get(f"/console/staff/{one.id}")
    assert page.status_code == 200 and password[1] not in page.text
    row = admin.recorded("staff_added")[-1]
    assert row.actor == admin.account("boss").id and row.codes["roles"] == ["reporter", "specialist"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"login": "a"}, "3 to 80"), ({"login": "two words"}, "3 to 80"), ({"login": "boss"}, "already"),
        ({"name": " "}, "1 to 80"), ({"roles": ["owner"]}, "roles from the list"), ({"capacity": "0"}, "1 to 20"),
        ({"capacity": "many"}, "1 to 20"), ({"interface": "de"}, "English or French"), ({"doors": ["x" * 50]}, "doors"),
    ],
)  # fmt: skip
async def test_a_mistake_is_explained_and_what_was_typed_is_kept(
    admin: Browser, wrong: dict[str, object], says: str
) -> None:
    response = await admin.post("/console/staff", **(NEW | wrong))
    assert response.status_code == 400 and says in html.unescape(response.text)
    assert 'value="good2talk" checked' in response.text or "doors" in wrong


async def test_changes_hold_at_once_and_are_recorded_by_their_names(admin: Browser) -> None:
    member, headers = signed_in(admin.app, login="ana", roles=("administrator",))
    assert (await admin.client.get("/console/audit", headers=headers)).status_code == 200
    await admin.get("/console/account")
    response = await admin.post(
        f"/console/staff/{member.id}", name="Ana", roles=["reporter"], doors=["*", "211"], languages=["pa"],
        skills="", capacity="3", interface="en",
    )  # fmt: skip
    assert response.status_code == 303
    assert admin.account("ana").doors == ["*"]
    admin.client.cookies.clear()
    assert (await admin.client.get("/console/audit", headers=headers)).status_code == 403
    codes = admin.recorded("staff_changed")[-1].codes
    assert set(codes["fields"]) == {"name", "roles", "languages"} and codes["roles"] == ["reporter"]


async def test_disabling_an_account_ends_its_sessions(admin: Browser) -> None:
    member, headers = signed_in(admin.app, login="ana")
    await admin.get("/console/account")
    assert (await admin.post(f"/console/staff/{member.id}/state", state="disabled")).status_code == 303
    admin.client.cookies.clear()
    assert (await admin.client.get("/console/account", headers=headers)).status_code == 303


async def test_the_last_administrator_stays(admin: Browser) -> None:
    boss = admin.account("boss").id
    response = await admin.post(f"/console/staff/{boss}/state", state="disabled")
    assert response.status_code == 400 and "your own account" in response.text
    response = await admin.post(
        f"/console/staff/{boss}", name="Bo", roles=["specialist"], doors=["*"], capacity="3", interface="en"
    )
    assert response.status_code == 400 and "last administrator" in response.text
    assert admin.account("boss").roles == ["administrator"]


async def test_sessions_authenticator_lock_and_password_of_somebody_are_reset(admin: Browser) -> None:
    add(admin.app)
    one = admin.account()
    admin.change(totp_secret=admin.service.keys.sealed("A" * 32), failed=7, locked_until=MONDAY + timedelta(hours=1))
    for what in ("unlock", "second-factor", "sessions"):
        assert (await admin.post(f"/console/staff/{one.id}/{what}")).status_code == 303
    now = admin.account()
    assert (now.failed, now.locked_until, now.totp_secret) == (0, None, None)
    response = await admin.post(f"/console/staff/{one.id}/password")
    password = re.search(r'id="made">([^<]+)<', response.text)
    assert password and admin.account().password_given
    admin.client.cookies.clear()
    assert (await admin.sign_in(password=PASSWORD)).status_code == 401
    assert (await admin.sign_in(password=password[1])).status_code == 303


async def test_names_are_shown_as_text(admin: Browser) -> None:
    response = await admin.post("/console/staff", **(NEW | {"name": "<b>x</b>"}))
    assert "<b>x" not in response.text
    assert "<b>x" not in (await admin.get("/console/staff")).text


async def test_an_account_that_is_not_there_is_404(admin: Browser) -> None:
    assert (await admin.get("/console/staff/nobody")).status_code == 404
    assert (await admin.post("/console/staff/nobody/sessions")).status_code == 404


async def test_the_record_is_read_by_filter_and_page_and_reading_it_is_recorded(admin: Browser) -> None:
    from bot.staff.record import record

    boss = admin.account("boss").id
    with admin.service.ledger.writing() as session:
        for number in range(230):
            record(
                session, boss, "viewed", conversation=f"c{number % 2}", door="211",
                at=MONDAY + timedelta(seconds=number // 3), number=number,
            )  # fmt: skip
        record(session, "system", "exported", door="good2talk", at=MONDAY - timedelta(days=3))
    address, seen = "/console/audit?action=viewed", []
    while True:
        page = (await admin.get(address)).text
        seen += re.findall(r"number: (\d+)", page)
        older = re.search(r'href="(\?[^"]*before=[^"]+)"', page)
        if not older:
            break
        address = "/console/audit" + html.unescape(older[1])
    assert sorted(map(int, seen)) == list(range(230))  # each once, though many share a second

    def rows(page: str) -> int:
        return page.count("<time ")

    assert rows((await admin.get("/console/audit?door=good2talk")).text) == 1
    assert rows((await admin.get("/console/audit?last=2026-11-21")).text) == 1
    assert rows((await admin.get("/console/audit?conversation=c1&actor=nobody")).text) == 0
    assert (await admin.get("/console/audit?first=soon&before=%00&before=x")).status_code == 200
    assert admin.recorded("record_read")[0].codes == {"by": ["action"]}
