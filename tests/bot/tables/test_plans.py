"""One person with many barriers: an owner and a next date."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bot.tables.models import Plan
from tests.bot.console.floor import world
from tests.bot.console.floor.conftest import House, Visitor

pytestmark = pytest.mark.anyio


async def planned(house: House, one: str, by: Visitor, **body: Any) -> httpx.Response:
    return await house.client.post(f"/console/api/conversations/{one}/plan", json=body, headers=by.headers)


async def test_an_owner_and_a_date_are_set_and_set_anew(house: House) -> None:
    specialist, other = house.enter("specialist"), house.enter("specialist", name="Other Example")
    one = house.write(lambda s: world.held(s, house.clock.now, specialist.id))
    assert (await planned(house, one, specialist, owner="me", next_at="2026-12-01")).status_code == 201
    assert (await planned(house, one, specialist, owner=other.id, next_at="2026-12-03")).status_code == 201
    (row,) = house.read(lambda s: s.scalars(select(Plan)).all())
    assert row.owner == other.id and row.next_at.date().isoformat() == "2026-12-03"
    assert "3 Dec 2026" in await other.get("/console/plans") or "Dec" in await other.get("/console/plans")
    assert [row.actor for row in house.audit("planned")] == [specialist.id] * 2


@pytest.mark.parametrize(
    "body",
    [
        {"owner": "me", "next_at": "2026-01-01"},
        {"owner": "me", "next_at": "soon"},
        {"owner": "nobody", "next_at": "2026-12-01"},
        {"owner": "me"},
        {},
    ],
)
async def test_a_plan_without_an_owner_or_a_day_to_come_is_refused(house: House, body: dict[str, str]) -> None:
    specialist = house.enter("specialist")
    one = house.write(lambda s: world.held(s, house.clock.now, specialist.id))
    assert (await planned(house, one, specialist, **body)).status_code == 422


async def test_only_the_owner_moves_or_ends_it(house: House) -> None:
    specialist, other = house.enter("specialist"), house.enter("specialist")
    one = house.write(lambda s: world.held(s, house.clock.now, specialist.id))
    await planned(house, one, specialist, owner="me", next_at="2026-12-01")
    plan = house.read(lambda s: s.scalars(select(Plan.id)).one())
    await other.post(f"/console/plans/{plan}", expect=422, state="done")
    await specialist.post(f"/console/plans/{plan}", next_at="2026-12-08")
    await specialist.post(f"/console/plans/{plan}", state="done")
    assert "Nothing is planned" in await specialist.get("/console/plans")


async def test_a_conversation_that_is_not_theirs_gets_no_plan(house: House) -> None:
    holder = house.enter("specialist")
    one = house.write(lambda s: world.held(s, house.clock.now, holder.id))
    assert (await planned(house, one, house.enter("specialist"), owner="me", next_at="2026-12-01")).status_code == 403
    reporter = house.enter("reporter")
    assert (await planned(house, one, reporter, owner="me", next_at="2026-12-01")).status_code == 403
