"""The live floor over HTTP: what a supervisor sees and does, and what stays out of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.conversations.models import Conversation
from bot.staff.models import Staff
from tests.bot.console.floor import world
from tests.bot.console.floor.conftest import House

pytestmark = pytest.mark.anyio

WORDS = "zebra umbrella"
SAID = (("person", WORDS), ("bot", "Where are you?"))


async def test_the_floor_shows_who_waits_who_holds_and_where_danger_is_open(house: House) -> None:
    supervisor, ana = (
        house.enter(name="Sol Super"),
        house.enter("specialist", name="Ana Okafor", languages=("en", "pa")),
    )
    house.write(lambda s: world.on_duty(s, house.clock.now, ana.id))
    house.write(lambda s: world.waiting(s, house.clock.now, risk=3, minutes=12, said=SAID))
    house.write(
        lambda s: world.held(s, house.clock.now, ana.id, minutes=90, raised_at=house.clock.now, risk=2, said=SAID)
    )
    page = await supervisor.get("/console/floor")
    assert "Ana Okafor" in page and "1 of 3" in page and "12 min" in page and "1 h 29" in page
    assert "New danger, not seen" in page
    danger = page.split("Danger, nobody there yet")[1].split("</dd>")[0]
    assert danger.endswith(">2")
    assert WORDS not in page, "words are read along with a record, not in passing"


async def test_somebody_silent_who_holds_a_conversation_stays_in_view(house: House) -> None:
    supervisor, ana = house.enter(), house.enter("specialist", name="Ana Okafor")
    house.write(lambda s: world.held(s, house.clock.now, ana.id))
    house.enter("specialist", name="Bo Away")
    page = await supervisor.get("/console/floor/now")
    assert "Ana Okafor" in page and "Offline" in page
    assert "Bo Away" not in page and "Not on: 2" in page


async def test_a_supervisor_of_one_door_does_not_see_the_others(house: House) -> None:
    supervisor, ana = house.enter(doors=("good2talk",)), house.enter("specialist", name="Ana Okafor")
    house.write(lambda s: world.on_duty(s, house.clock.now, ana.id))
    elsewhere = house.write(lambda s: world.held(s, house.clock.now, ana.id, language="pa"))
    house.write(lambda s: world.waiting(s, house.clock.now, language="ti"))
    page = await supervisor.get("/console/floor")
    assert "at other doors" in page and "Nobody is waiting." in page
    assert elsewhere not in page and "Panjabi" not in page and "Tigrinya" not in page
    for path in ("read", "reassign"):
        await supervisor.get(f"/console/floor/{path}/{elsewhere}", expect=404)
    assert "refused" in await supervisor.post(f"/console/floor/take-over/{elsewhere}")
    assert house.read(lambda s: s.get(Conversation, elsewhere).holder) == ana.id


async def test_reading_along_shows_the_words_and_is_on_record_once_a_quarter_of_an_hour(house: House) -> None:
    supervisor, ana = house.enter(), house.enter("specialist", name="Ana Okafor")
    held = house.write(lambda s: world.held(s, house.clock.now, ana.id, said=SAID))
    assert WORDS in await supervisor.get(f"/console/floor/read/{held}")
    assert WORDS in await supervisor.get(f"/console/floor/read/{held}/now")
    [row] = house.audit("read_along")
    assert (row.actor, row.conversation_id, row.door) == (supervisor.id, held, "211")
    house.clock.on(minutes=16)
    await supervisor.get(f"/console/floor/read/{held}/now")
    assert len(house.audit("read_along")) == 2


async def test_a_conversation_is_given_to_a_named_colleague_who_is_on(house: House) -> None:
    supervisor = house.enter()
    ana, bo = house.enter("specialist", name="Ana Okafor"), house.enter("specialist", name="Bo Lind")
    house.write(lambda s: world.on_duty(s, house.clock.now, bo.id))
    held = house.write(lambda s: world.held(s, house.clock.now, ana.id))
    page = await supervisor.get(f"/console/floor/reassign/{held}")
    assert "Bo Lind" in page and f'value="{ana.id}"' not in page
    assert "reassigned" in await supervisor.post(f"/console/floor/reassign/{held}", to=bo.id)
    assert house.read(lambda s: s.get(Conversation, held).holder) == bo.id
    [row] = house.audit("reassign")
    assert (row.actor, row.codes["to"]) == (supervisor.id, bo.id)


async def test_nobody_is_given_a_conversation_who_is_not_there(house: House) -> None:
    supervisor, ana = house.enter(), house.enter("specialist", name="Ana Okafor")
    bo = house.enter("specialist", name="Bo Lind")
    house.write(lambda s: world.on_duty(s, house.clock.now - timedelta(minutes=9), bo.id))
    held = house.write(lambda s: world.held(s, house.clock.now, ana.id))
    page = await supervisor.post(f"/console/floor/reassign/{held}", expect=409, to=bo.id)
    assert "Bo Lind is not on duty now" in page
    assert house.read(lambda s: s.get(Conversation, held).holder) == ana.id


async def test_joining_and_taking_over_lead_to_the_desk(house: House) -> None:
    supervisor, ana = house.enter(), house.enter("specialist", name="Ana Okafor")
    held = house.write(lambda s: world.held(s, house.clock.now, ana.id))
    assert await supervisor.post(f"/console/floor/join/{held}") == f"/console?open={held}"
    assert house.read(lambda s: s.get(Conversation, held).holder) == ana.id
    assert await supervisor.post(f"/console/floor/take-over/{held}") == f"/console?open={held}"
    assert house.read(lambda s: s.get(Conversation, held).holder) == supervisor.id


async def test_skills_and_capacity_are_changed_with_a_record(house: House) -> None:
    supervisor, ana = house.enter(), house.enter("specialist", name="Ana Okafor")
    path = f"/console/floor/skills/{ana.id}"
    await supervisor.post(path, languages="EN, pa", skills="youth newcomers", capacity="5")
    one = house.read(lambda s: s.get(Staff, ana.id))
    assert (one.languages, one.skills, one.capacity) == (["en", "pa"], ["newcomers", "youth"], 5)
    assert house.audit("staff_changed")[-1].actor == supervisor.id
    for wrong in (
        {"languages": "klingon"},
        {"languages": ""},
        {"capacity": "0"},
        {"capacity": "x"},
        {"skills": "a b!"},
    ):
        await supervisor.post(path, expect=422, **{"languages": "en", "skills": "", "capacity": "3", **wrong})
    assert house.read(lambda s: s.get(Staff, ana.id)).capacity == 5


async def test_a_specialist_has_no_floor(house: House) -> None:
    specialist = house.enter("specialist")
    for path in ("", "/now", "/skills"):
        await specialist.get(f"/console/floor{path}", expect=403)
