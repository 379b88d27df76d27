"""Reports in person and their counts: stored once, counted with small numbers hidden, and closed to the city's role."""

from __future__ import annotations

import csv
import io
import re
import uuid
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.doors.loading import load
from bot.incidents import counts, form
from bot.incidents.form import Unread
from bot.intake.models import Report
from bot.intake.store import Where, written
from tests.bot.conftest import MONDAY
from tests.bot.console.floor.conftest import House

pytestmark = pytest.mark.anyio
DOOR = "racism-report"
FORM = {"door": DOOR, "source": "counter", "type": "words", "where": "business", "when": "week", "often": "few"}
PAGE = "/console/reports-in-person"


def reports(house: House) -> list[Report]:
    return house.read(lambda session: list(session.scalars(select(Report).order_by(Report.id))))


def add(house: House, count: int, **fields: str) -> None:
    """So many reports of one kind."""

    def many(session: Session) -> None:
        for _ in range(count):
            session.add(
                Report(
                    id=str(uuid.uuid4()), door=DOOR, kind=fields.get("kind", "words"),
                    place=fields.get("place", "business"), happened="week", frequency="few",
                    source=fields.get("source", "web"), more={}, day=MONDAY.date(),
                )
            )  # fmt: skip

    house.write(many)


async def test_a_report_at_the_counter_is_stored_once_however_often_the_form_is_sent(house: House) -> None:
    specialist = house.enter("specialist", doors=(DOOR,))
    page = await specialist.get(PAGE)
    (given,) = re.findall(r'name="report" value="([0-9a-f-]+)"', page)
    for _ in range(2):
        led = await specialist.post(PAGE, report=given, **FORM)
        assert led.startswith(f"{PAGE}/{given}")
    (kept,) = reports(house)
    assert (kept.kind, kept.place, kept.happened, kept.frequency, kept.source) == (
        "words", "business", "week", "few", "counter",
    )  # fmt: skip
    assert kept.day == MONDAY.date() and kept.more == {}
    assert [row.door for row in house.audit("report_written")] == [DOOR]
    told = await specialist.get(led)
    assert "without your name" in told and "indigenous" in told.lower()


async def test_the_form_asks_for_no_name_number_or_words(house: House) -> None:
    page = await house.enter("specialist", doors=(DOOR,)).get(PAGE)
    assert not re.search(r'<textarea|type="(tel|email|text)"', page)


async def test_the_form_is_there_in_french(house: House) -> None:
    page = await house.enter("specialist", doors=(DOOR,), interface="fr").get(PAGE)
    assert "Signalement en personne" in page and "Insultes, injures ou menaces" in page


async def test_a_form_that_lacks_an_answer_stores_nothing(house: House) -> None:
    specialist = house.enter("specialist", doors=(DOOR,))
    lacking = {name: value for name, value in FORM.items() if name != "often"}
    page = await specialist.post(PAGE, 422, report=str(uuid.uuid4()), **lacking)
    assert "nothing has been stored" in page and 'value="week" checked' in page
    assert reports(house) == []


async def test_what_happened_outside_the_city_is_not_stored_and_help_is_named(house: House) -> None:
    specialist = house.enter("specialist", doors=(DOOR,))
    page = await specialist.post(PAGE, 200, report=str(uuid.uuid4()), **{**FORM, "where": "outside"})
    assert "nothing was stored" in page and reports(house) == []


async def test_a_specialist_of_another_door_has_no_such_form(house: House) -> None:
    other = house.enter("specialist", doors=("211",))
    assert 'name="report"' not in await other.get(PAGE)
    await other.get(f"{PAGE}?door={DOOR}", 404)
    await other.post(PAGE, 404, report=str(uuid.uuid4()), **FORM)


async def test_the_city_sees_and_exports_counts_with_definitions(house: House) -> None:
    add(house, 7)
    add(house, 6, place="work", source="sms")
    add(house, 2, place="school", source="counter")
    city = house.enter("city", doors=(DOOR,))
    page = await city.get("/console/incidents")
    assert "&lt;5" in page and "No address is asked." in page
    text = await city.get("/console/incidents/counts.csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    found = {(row["Counted by"], row["Code"]): row["Reports"] for row in rows}
    assert found["total", "total"] == "15"
    assert found["type", "words"] == "15"
    assert found["place", "school"] == "<5"
    # The total would tell the two reports, so another count is hidden with them.
    assert [found["place", "business"], found["place", "work"]].count("<5") == 1
    assert found["source", "voice"] == "0"
    assert all(row["Definition"] for row in rows)
    (exported,) = house.audit("exported")
    assert exported.actor == city.id and exported.door == DOOR


async def test_the_city_is_refused_every_story_and_that_is_noted(house: House) -> None:
    add(house, 1)
    (kept,) = reports(house)
    city = house.enter("city", doors=(DOOR,))
    for path in (f"{PAGE}/{kept.id}", PAGE, "/console/api/conversations/any", "/console/api/desk"):
        await city.get(path, 403)
    assert [row.actor for row in house.audit("refused")] == [city.id] * 4


async def test_a_city_sees_no_other_door(house: House) -> None:
    city = house.enter("city", doors=("211",))
    await city.get(f"/console/incidents?door={DOOR}", 404)
    await city.get(f"/console/incidents/counts.csv?door={DOOR}", 404)


async def test_a_reporter_of_other_counts_needs_the_right_to_these(house: House) -> None:
    await house.enter("specialist", doors=(DOOR,)).get("/console/incidents", 403)


async def test_looking_at_one_report_is_noted(house: House) -> None:
    add(house, 1)
    (kept,) = reports(house)
    specialist = house.enter("specialist", doors=(DOOR,))
    assert "Insults" in await specialist.get(f"{PAGE}/{kept.id}")
    assert [row.actor for row in house.audit("report_viewed")] == [specialist.id]


async def test_years_are_counted_apart(house: House) -> None:
    add(house, 6)

    def last_year(session: Session) -> None:
        session.add(Report(id=str(uuid.uuid4()), door=DOOR, kind="hurt", source="web", more={}, day=date(2025, 6, 1)))

    house.write(last_year)
    door = load()[DOOR]
    now = house.read(lambda session: counts.counted(session, door, MONDAY.year))
    then = house.read(lambda session: counts.counted(session, door, 2025))
    assert now.total == 6 and then.total is None
    assert house.read(lambda session: counts.years(session, DOOR, MONDAY.year))[-1] == 2025


async def test_chat_and_counter_make_the_same_report(house: House) -> None:
    from bot.doors.world import situation, world_of

    door = load()[DOOR]
    around = situation(None, door, MONDAY, language="en", channel="counter", memory={})
    told = form.written(door, FORM, world_of(door, around, MONDAY))
    assert told.fields is not None
    house.write(
        lambda session: written(
            session, Where("nobody", DOOR, "web", "en"),
            [{"do": "report", "door": DOOR, **told.fields, "source": "web"}], None, MONDAY,
        )
    )  # fmt: skip
    specialist = house.enter("specialist", doors=(DOOR,))
    await specialist.post(PAGE, report=str(uuid.uuid4()), **FORM)
    one, other = reports(house)
    assert {one.source, other.source} == {"web", "counter"}
    for name in ("kind", "place", "happened", "frequency", "more", "day"):
        assert getattr(one, name) == getattr(other, name)


def test_a_choice_that_the_door_does_not_have_is_refused() -> None:
    from bot.doors.world import situation, world_of

    door = load()[DOOR]
    world = world_of(door, situation(None, door, MONDAY, language="en", channel="counter", memory={}), MONDAY)
    for name, value in (("type", "shout"), ("source", "letter"), ("often", "")):
        with pytest.raises(Unread) as refused:
            form.written(door, {**FORM, name: value}, world)
        assert refused.value.field == name


def test_a_report_has_no_place_for_a_conversation_a_name_or_an_hour() -> None:
    columns = set(Report.__table__.columns.keys())
    assert columns == {"id", "door", "kind", "place", "happened", "frequency", "source", "more", "day"}
