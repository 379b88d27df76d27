"""People whom 911 has sent over: they wait at once, are accepted or returned warm, and are counted."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bot.conversations.models import Conversation, Message
from bot.doors.loading import door_named
from bot.handoff.models import Handoff
from bot.intake.models import DoorEvent
from bot.tables.models import Diverted
from bot.tables.trends import diversions
from tests.bot.console.floor.conftest import House, Visitor

pytestmark = pytest.mark.anyio
DOOR = "calgary-911"


async def arrives(house: House) -> str:
    """Somebody comes in; gives the conversation."""
    answer = await house.client.post("/api/conversations", json={"door": DOOR, "language": "en"})
    assert answer.status_code == 201
    return str(
        house.read(lambda s: s.scalars(select(Conversation.id).order_by(Conversation.created_at.desc())).first())
    )


async def claimed(house: House, one: str, by: Visitor) -> None:
    answer = await house.client.post(f"/console/api/conversations/{one}/claim", json={}, headers=by.headers)
    assert answer.status_code == 200, answer.text


async def diverted(house: House, one: str, by: Visitor, **body: Any) -> httpx.Response:
    return await house.client.post(f"/console/api/conversations/{one}/diversion", json=body, headers=by.headers)


async def test_whoever_comes_waits_at_once_with_the_mark(house: House) -> None:
    one = await arrives(house)
    handoff = house.read(lambda s: s.scalars(select(Handoff).where(Handoff.conversation_id == one)).one())
    assert (handoff.mark, handoff.skill, handoff.claimed_by) == ("from_911", "diversion_911", None)
    assert house.read(lambda s: s.get(Conversation, one)).owner == "waiting"


async def test_accepted_is_counted_with_the_destination(house: House) -> None:
    specialist, one = house.enter("specialist"), await arrives(house)
    await claimed(house, one, specialist)
    answer = await diverted(house, one, specialist, decision="accepted", destination="mental_health")
    assert answer.status_code == 201 and answer.json()["line"] is None
    row = house.read(lambda s: s.scalars(select(Diverted)).one())
    assert (row.decision, row.destination, row.reason) == ("accepted", "mental_health", None)
    assert (await diverted(house, one, specialist, decision="accepted", destination="social")).status_code == 409


async def test_a_return_names_the_line_to_the_person_and_says_nothing_of_a_call(house: House) -> None:
    specialist, one = house.enter("specialist"), await arrives(house)
    await claimed(house, one, specialist)
    answer = await diverted(house, one, specialist, decision="returned", reason="danger")
    assert answer.status_code == 201 and answer.json()["line"]["phone"] == "9-1-1"
    said = house.read(
        lambda s: s.scalars(select(Message.text).where(Message.conversation_id == one).order_by(Message.seq)).all()
    )
    assert "9-1-1" in said[-1] and "I called" not in said[-1]
    assert house.read(lambda s: s.get(Conversation, one)).owner == "held"
    codes = house.read(lambda s: s.scalars(select(DoorEvent.code).where(DoorEvent.event == "outcome")).all())
    assert codes == ["to_specialist", "returned"]


async def test_somebody_accepted_may_still_be_returned_and_counts_once(house: House) -> None:
    specialist, one = house.enter("specialist"), await arrives(house)
    await claimed(house, one, specialist)
    await diverted(house, one, specialist, decision="accepted", destination="social")
    assert (await diverted(house, one, specialist, decision="returned", reason="worse")).status_code == 201
    assert [row.decision for row in house.read(lambda s: s.scalars(select(Diverted)).all())] == ["returned"]


@pytest.mark.parametrize(
    "body",
    [
        {"decision": "accepted"},
        {"decision": "accepted", "destination": "moon"},
        {"decision": "returned"},
        {"decision": "returned", "reason": "boredom"},
        {"decision": "kept", "reason": "danger"},
        {},
    ],
)
async def test_what_the_door_does_not_list_is_refused(house: House, body: dict[str, str]) -> None:
    specialist, one = house.enter("specialist"), await arrives(house)
    await claimed(house, one, specialist)
    assert (await diverted(house, one, specialist, **body)).status_code == 422
    assert house.read(lambda s: s.scalars(select(Diverted)).all()) == []


async def test_only_whoever_holds_it_decides(house: House) -> None:
    one = await arrives(house)
    await claimed(house, one, house.enter("specialist"))
    answer = await diverted(house, one, house.enter("specialist"), decision="accepted", destination="social")
    assert answer.status_code == 403


async def test_the_page_and_the_counts(house: House) -> None:
    specialist = house.enter("specialist")
    assert "You hold nobody" in await specialist.get("/console/diversions")
    one = await arrives(house)
    await claimed(house, one, specialist)
    assert "Mental health" in await specialist.get("/console/diversions")
    await specialist.post(f"/console/diversions/{one}", decision="accepted", destination="addiction")
    assert "Accepted" in await specialist.get("/console/diversions")
    found = house.read(lambda s: diversions(s, door_named(DOOR), house.clock.now.year))
    assert found["destinations"]["addiction"] is None  # one person is not shown
    assert "&lt;5" in await house.enter("reporter").get(f"/console/diversion-counts/{DOOR}")
