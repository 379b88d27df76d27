"""A situation table over HTTP: who sees what before and after the decision, and what stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.conversations.models import Base
from bot.doors.loading import door_named
from bot.sharing.models import Disclosure, Exclusion
from bot.tables.deciding import SKILL
from bot.tables.leaving import due, names_leave
from bot.tables.models import Situation
from bot.tables.referring import refer
from bot.tables.trends import trends
from tests.bot.conftest import MONDAY
from tests.bot.console.floor.conftest import House
from tests.bot.console.floor.world import conversation
from tests.bot.tables.conftest import DOOR, PLANTED, REACH, Member, given, plain, refers, situation

pytestmark = pytest.mark.anyio


def at(one: str) -> str:
    return f"/console/tables/{DOOR}/{one}"


async def decided(house: House, member: Member, one: str, met: str, *agencies: str) -> None:
    """Two agencies say the same, and one of them records it."""
    speakers = [member("hospital"), member("housing")]
    for speaker in speakers:
        await speaker.post(f"{at(one)}/voice", met=met)
    answer = await house.client.post(
        f"{at(one)}/decision", data={"met": met, "agency": list(agencies)}, headers=speakers[0].headers
    )
    assert answer.status_code == 303, answer.text


async def test_the_table_sees_factors_and_reason_and_never_who_it_is(house: House, member: Member) -> None:
    one = await refers(house, house.enter("specialist"))
    page = plain(await member("hospital").get(at(one)))
    assert "Thoughts of suicide or self-harm" in page and "Housing alone cannot help" in page
    assert PLANTED not in page and REACH not in page and "Okonkwo" not in page


async def test_on_no_identity_is_erased_at_once_and_nobody_has_seen_it(house: House, member: Member) -> None:
    one = await refers(house, house.enter("specialist"))
    await decided(house, member, one, "no")
    assert situation(house, one).state == "not_met" and situation(house, one).identity is None
    page = await member("hospital").post(f"{at(one)}/identity", expect=409)
    assert PLANTED not in page
    assert house.audit("situation_identity") == []
    assert situation(house, one).factors == ["harm_to_self", "homelessness"]


async def test_on_yes_only_a_ticked_agency_that_accepts_sees_who_it_is(house: House, member: Member) -> None:
    one = await refers(house, house.enter("specialist"))
    await decided(house, member, one, "yes", "mental_health", "housing")
    ticked, other = member("mental_health"), member("income")
    assert PLANTED not in await ticked.post(f"{at(one)}/identity", expect=409)
    await ticked.post(f"{at(one)}/answer", met="yes")
    shown = await ticked.post(f"{at(one)}/identity", expect=200)
    assert PLANTED in shown and REACH in shown
    assert [row.actor for row in house.audit("situation_identity")] == [ticked.id]
    await other.post(f"{at(one)}/answer", expect=409, met="yes")
    assert PLANTED not in await other.post(f"{at(one)}/identity", expect=409)
    assert PLANTED not in await ticked.get(at(one))
    (told,) = house.read(lambda s: list(s.scalars(select(Disclosure))))
    assert (told.recipient, told.fields) == (f"agency:{DOOR}:mental_health", ["name", "reach"])
    assert (told.purpose, told.ground) == ("protect", "consent") and told.ends_at == situation(house, one).names_until
    page = plain(await house.enter("administrator").get("/console/agreements/disclosures"))
    assert "Mental health and addictions" in page and PLANTED not in page


async def test_who_excludes_a_kind_at_the_desk_excludes_those_agencies_at_the_table(house: House) -> None:
    def referred(session: Session) -> str:
        person = conversation(session, MONDAY)
        session.add(Exclusion(conversation_id=person, kind="health", by="sam", created_at=MONDAY))
        session.flush()
        keys = house.service.keys
        return refer(session, door_named(DOOR), given(), "sam", keys, MONDAY, conversation=person)

    one = house.write(referred)
    assert situation(house, one).excluded == ["hospital", "mental_health", "police", "public_health"]


async def test_an_agency_that_the_person_excluded_does_not_learn_that_there_is_a_situation(
    house: House, member: Member
) -> None:
    one = await refers(house, house.enter("specialist"))
    police = member("police")
    await police.get(at(one), expect=404)
    assert one not in await police.get("/console/tables")
    assert one in await member("hospital").get("/console/tables")
    for speaker in (member("hospital"), member("housing")):
        await speaker.post(f"{at(one)}/voice", met="yes")
    refused = await member("hospital").post(f"{at(one)}/decision", expect=409, met="yes", agency="police")
    assert "Tick the agencies" in refused
    assert situation(house, one).state == "referred"


async def test_one_agency_alone_decides_nothing(house: House, member: Member) -> None:
    one = await refers(house, house.enter("specialist"))
    hospital = member("hospital")
    await hospital.post(f"{at(one)}/voice", met="yes")
    await member("hospital").post(f"{at(one)}/voice", met="yes")
    await member("housing").post(f"{at(one)}/voice", met="no")
    await hospital.post(f"{at(one)}/decision", expect=409, met="yes", agency="hospital")
    assert situation(house, one).state == "referred"


async def test_a_decision_is_recorded_once(house: House, member: Member) -> None:
    one = await refers(house, house.enter("specialist"))
    await decided(house, member, one, "no")
    await member("hospital").post(f"{at(one)}/decision", expect=409, met="no")
    await member("hospital").post(f"{at(one)}/voice", expect=409, met="yes")
    assert len(house.audit("situation_decided")) == 1


async def test_a_member_of_no_agency_and_a_specialist_see_no_table(house: House, member: Member) -> None:
    one = await refers(house, house.enter("specialist"))
    page = await member(None).get("/console/tables")
    assert one not in page and SKILL in page
    await member(None).get(at(one), expect=404)
    await house.enter("specialist").get(at(one), expect=403)


async def test_danger_now_is_told_not_to_wait(house: House, member: Member) -> None:
    specialist = house.enter("specialist")
    assert "does not wait for a meeting" in await specialist.get(f"/console/situations/{DOOR}/new")
    one = await refers(house, specialist, danger="yes")
    page = plain(await specialist.get("/console/situations?done=referred_danger"))
    assert "do not wait for the table" in page and "9-1-1" in page and "9-8-8" in page
    assert "does not wait" in await member("hospital").get(at(one))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"why": "Wilhelmina cannot be helped by one agency."}, "says who it is"),
        ({"why": "Call 705 555 0142 to know why housing is not enough."}, "says who it is"),
        ({"consent": "refused"}, "risk to life"),
        ({"factor": "score"}, "risk factor"),
        ({"area": "moon"}, "age group"),
        ({"danger": ""}, "danger right now"),
        ({"excluded": "nobody"}, "not of this table"),
        ({"name": ""}, "Give a name"),
    ],
)
async def test_a_referral_that_lacks_or_tells_something_is_refused(
    house: House, changed: dict[str, str], code: str
) -> None:
    page = await refers(house, house.enter("specialist"), expect=422, **changed)
    assert code in page
    assert house.read(lambda s: s.scalar(select(func.count()).select_from(Situation))) == 0


async def test_without_consent_a_risk_to_life_is_on_record(house: House) -> None:
    one = await refers(house, house.enter("specialist"), consent="not_asked", ground="life")
    assert situation(house, one).ground == "life"
    assert house.audit("situation_referred")[0].codes["ground"] == "life"


async def test_names_leave_on_schedule_once_and_factors_stay(house: House, member: Member) -> None:
    one = await refers(house, house.enter("specialist"))
    await decided(house, member, one, "yes", "housing")
    housing = member("housing")
    await housing.post(f"{at(one)}/answer", met="yes")
    house.clock.on(days=2)
    housing = member("housing")  # signs in anew
    await housing.post(f"{at(one)}/connected")
    await housing.post(f"{at(one)}/close", outcome="connected")
    assert house.read(lambda s: due(s, house.clock.now)) == []
    house.clock.on(days=31)
    assert names_leave(house.service) == 1 and names_leave(house.service) == 0
    row = situation(house, one)
    assert (row.identity, row.why, row.conversation_id) == (None, None, None)
    assert row.factors and row.outcome == "connected"
    assert row.connected_at is not None and row.connected_at - row.created_at == timedelta(days=2)


async def test_who_it_is_stands_nowhere_in_the_open(house: House, member: Member) -> None:
    await refers(house, house.enter("specialist"))
    for table in Base.metadata.sorted_tables:
        rows = house.read(lambda s, one=table: [str(row) for row in s.execute(select(one))])
        assert not any(word in row for row in rows for word in ("Wilhelmina", "555-0142", "Housing alone")), table.name


async def test_trends_are_counts_and_small_ones_are_hidden(house: House, member: Member) -> None:
    specialist = house.enter("specialist")
    for _ in range(5):
        await refers(house, specialist)
    await refers(house, specialist, factor="missing", area="west")
    found = house.read(lambda s: trends(s, door_named(DOOR), house.clock.now.year))
    assert found.total == 6
    assert found.factors["homelessness"] == 5 and found.factors["missing"] is None
    assert found.areas["west"] is None and found.areas["city"] is None  # one would follow from the other
    page = plain(await member("hospital").get(f"/console/tables/{DOOR}/trends"))
    assert "&lt;5" in page
    await house.enter("reporter").get(f"/console/table-trends/{DOOR}")
    await house.enter("reporter").get("/console/tables", expect=403)


async def test_the_next_meeting_is_the_operators_and_none_is_made_up(house: House) -> None:
    page = await house.enter("specialist").get("/console/situations")
    assert "not set. Ask the chair" in page
    supervisor = house.enter("supervisor")
    await supervisor.post(f"/console/hours/{DOOR}/meets", value="TU 09:30-11:00", do="save")
    house.clock.on(minutes=1)
    page = await house.enter("specialist").get("/console/situations")
    assert "not set" not in page and "9:30" in page


async def test_in_french(house: House, member: Member) -> None:
    one = await refers(house, house.enter("specialist"))
    page = await member("hospital", interface="fr").get(at(one))
    assert "Pensées suicidaires" in page and "Le seuil" in page and "tables_" not in page
