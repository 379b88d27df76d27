"""Households register over HTTP; a second registration is told the same and waits for a person."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.console.floor.door_settings import change_setting
from bot.conversations.models import Conversation, UnmetNeed
from bot.intake.models import DoorEvent
from bot.registers.models import Registration, RegistrationKey
from bot.staff.models import StaffAudit
from tests.bot.conftest import Resident, words
from tests.support.staff import signed_in

pytestmark = pytest.mark.anyio
DOOR = "caring-sharing"
FIRST = ("1", "Ottawa", "2", "1", "Sam Example", "12 Example Street, Apt 4, K1A 0B1", "613-555-0123", "yes", "yes")
AGAIN = ("1", "Ottawa", "2", "1", "Kim Sample", "apt 4, 12 EXAMPLE ST K1A0B1", "613-555-0199", "yes", "yes")
OTHER = ("1", "Ottawa", "1", "0", "Lee Other", "9 Other Road, K1A 0B9", "613-555-0177", "yes", "yes")


def staff_set(app: Starlette, door: str = DOOR, **values: Any) -> None:
    service = app.state.service
    with service.ledger.writing() as session:
        for key, value in values.items():
            now = service.clock()
            change_setting(session, door, key, {"value": value}, author="x", effective_from=now, now=now)


def rows(app: Starlette, table: Any) -> list[Any]:
    with Session(app.state.service.ledger.reader) as session:
        return list(session.scalars(select(table)))


async def register(app: Starlette, client: httpx.AsyncClient, answers: tuple[str, ...]) -> str:
    resident = Resident(app, client)
    await resident.enter(DOOR, "en")
    said = ""
    for one in answers:
        said = words(await resident.say(one))
    return said


async def test_a_second_registration_of_a_household_goes_to_a_person_and_is_told_the_same(
    app: Starlette, client: httpx.AsyncClient
) -> None:
    staff_set(app, season="11-01..12-15")
    first = await register(app, client, FIRST)
    again = await register(app, client, AGAIN)
    assert "Your registration has come in" in first
    assert again == first
    assert sorted(one.state for one in rows(app, Registration)) == ["registered", "unclear"]


async def test_nothing_of_a_household_stands_in_clear(app: Starlette, client: httpx.AsyncClient) -> None:
    staff_set(app, season="11-01..12-15")
    await register(app, client, FIRST)
    (row,) = rows(app, Registration)
    kept = repr([row.answers, row.counts, *(one.household_key for one in rows(app, RegistrationKey))])
    clear = ("Example", "555-0123", "5550123", "K1A 0B1", "K1A0B1")  # long enough not to stand in random letters
    assert not [one for one in clear if one in kept]
    assert row.counts == {"adults": 2, "children": 1}


async def test_when_all_places_are_taken_the_next_goes_on_the_waiting_list_and_is_an_unmet_need(
    app: Starlette, client: httpx.AsyncClient
) -> None:
    staff_set(app, season="11-01..12-15", places=1)
    await register(app, client, FIRST)
    resident = Resident(app, client)
    entered = words(await resident.enter(DOOR, "en"))
    assert "Put my household on the waiting list" in entered and "Register my household" not in entered
    assert "You can go on the waiting list" in words(await resident.say("1"))
    said = ""
    for one in OTHER[1:]:
        said = words(await resident.say(one))
    assert "on the waiting list" in said and "not a promise" in said
    assert sorted(one.state for one in rows(app, Registration)) == ["registered", "waiting"]
    assert [(one.need, one.reason) for one in rows(app, UnmetNeed)] == [("goods.holiday", "waiting_list")]


async def test_without_a_waiting_list_the_next_is_told_so_before_any_question(
    app: Starlette, client: httpx.AsyncClient
) -> None:
    staff_set(app, season="11-01..12-15", places=1, waiting_list=False)
    await register(app, client, FIRST)
    resident = Resident(app, client)
    await resident.enter(DOOR, "en")
    said = words(await resident.say("1"))
    assert "there is no waiting list" in said and "Where do you live?" not in said
    assert [(one.need, one.reason) for one in rows(app, UnmetNeed)] == [("goods.holiday", "full")]


async def test_whoever_has_their_data_deleted_is_taken_off_and_leaves_a_count(
    app: Starlette, client: httpx.AsyncClient
) -> None:
    staff_set(app, season="11-01..12-15")
    resident = Resident(app, client)
    await resident.enter(DOOR, "en")
    for one in FIRST:
        await resident.say(one)
    (conversation,) = rows(app, Conversation)
    app.state.service.ledger.erase(conversation.id, app.state.service.clock())
    (row,) = rows(app, Registration)
    assert (row.state, row.answers, row.conversation_id) == ("withdrawn", None, None)
    assert rows(app, RegistrationKey) == []


async def test_a_person_decides_about_an_unclear_case_and_it_is_on_record(
    app: Starlette, client: httpx.AsyncClient
) -> None:
    staff_set(app, season="11-01..12-15")
    await register(app, client, FIRST)
    await register(app, client, AGAIN)
    member, headers = signed_in(app, roles=("registrar",), doors=(DOOR,))
    page = await client.get("/console/registers", headers=headers)
    assert page.status_code == 200 and "Unclear" in page.text
    listed = await client.get(f"/console/registers/{DOOR}", headers=headers)
    assert "Kim Sample" in listed.text and "May be the same household as" in listed.text
    unclear = next(one for one in rows(app, Registration) if one.state == "unclear")
    token = {name: value for name, value in headers.items() if name != "cookie"}
    form = {"id": unclear.id, "move": "withdraw", "csrf": next(iter(token.values()))}
    answer = await client.post(f"/console/registers/{DOOR}", data=form, headers=headers)
    assert answer.status_code == 303
    after = next(one for one in rows(app, Registration) if one.id == unclear.id)
    assert (after.state, after.answers, after.decided_by) == ("withdrawn", None, member.id)
    assert {"register_read", "register_decided"} <= {one.action for one in rows(app, StaffAudit)}
    assert any(one.event == "register" and one.detail == "from_unclear" for one in rows(app, DoorEvent))


async def test_a_register_of_another_door_is_not_even_there(app: Starlette, client: httpx.AsyncClient) -> None:
    staff_set(app, season="11-01..12-15")
    await register(app, client, FIRST)
    _, headers = signed_in(app, roles=("registrar",), doors=("supplies4students",))
    assert "Caring" not in (await client.get("/console/registers", headers=headers)).text
    assert (await client.get(f"/console/registers/{DOOR}", headers=headers)).status_code == 404
    _, referrer = signed_in(app, roles=("referrer",), doors=(DOOR,))
    assert (await client.get(f"/console/registers/{DOOR}", headers=referrer)).status_code == 403


async def test_children_are_counted_by_grade(app: Starlette, client: httpx.AsyncClient) -> None:
    staff_set(app, "supplies4students", season="11-01..12-15")
    resident = Resident(app, client)
    await resident.enter("supplies4students", "en")
    for one in ("1", "Woodstock", "1", "3", "0", "4", "4", "Sam Example", "12 Example Street", "519-555-0123"):
        await resident.say(one)
    for one in ("yes", "yes"):
        await resident.say(one)
    (row,) = rows(app, Registration)
    assert row.counts == {"children": 3, "grade": {"0": 1, "4": 2}} and row.size == 3
