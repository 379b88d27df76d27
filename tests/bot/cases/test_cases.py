"""Case-workers over HTTP: they get what was agreed to and nothing else, and the person hears what becomes of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from bot.conversations import reading
from bot.conversations.models import Conversation
from bot.intake.models import CaseFile, ConsentGiven, DoorEvent
from bot.service import Service
from bot.sharing.models import Disclosure
from bot.staff.models import StaffAudit
from bot.staff.rights import ROLES, Right
from tests.bot.conftest import Resident, words
from tests.bot.console.floor.conftest import Visitor
from tests.support.staff import signed_in

pytestmark = pytest.mark.anyio
ANSWERS = ("2", "18 or older", "Scarborough", "1", "Sam", "416-555-0123", "yes", "yes", "yes")
PLANTED = "planted words about my brother"


def service_of(resident: Resident) -> Service:
    service: Service = resident.app.state.service
    return service


def worker(resident: Resident, doors: tuple[str, ...] = ("dso-toronto",), **facts: Any) -> Visitor:
    member, headers = signed_in(resident.app, ("caseworker",), doors, name=facts.pop("name", "Kim Worker"), **facts)
    return Visitor(member, resident.client, headers)


def rows(resident: Resident, table: type) -> list[Any]:
    with Session(service_of(resident).ledger.reader) as session:
        return list(session.scalars(select(table)))


async def passed_on(resident: Resident, language: str = "en") -> str:
    """Somebody who has agreed to be passed on; gives the id of the case."""
    await resident.enter("dso-toronto", language)
    for answer in ANSWERS:
        await resident.say(answer)
    (case,) = rows(resident, CaseFile)
    return str(case.id)


@pytest.fixture
async def case(resident: Resident) -> AsyncIterator[str]:
    id_ = await passed_on(resident)
    await resident.say(PLANTED)
    await resident.news()
    yield id_


async def test_a_case_worker_reads_the_answers_that_were_agreed_to_and_no_word_more(
    resident: Resident, case: str
) -> None:
    kim = worker(resident)
    listed = await kim.get("/console/cases")
    assert f"/console/cases/{case}" in listed and "416-555-0123" not in listed, "answers stand on the case alone"
    page = await kim.get(f"/console/cases/{case}")
    for expected in ("Lives in", "Scarborough", "18 or older", "Sam", "416-555-0123", "Someone in my family"):
        assert expected in page
    assert "planted" not in page and rows(resident, CaseFile)[0].conversation_id not in page
    await kim.get(f"/console/cases/{case}")
    assert [row.action for row in rows(resident, StaffAudit) if row.action == "case_viewed"] == ["case_viewed"]


async def test_what_is_passed_on_stands_among_the_disclosures_and_names_nothing_said(
    resident: Resident, case: str
) -> None:
    (told,) = rows(resident, Disclosure)
    (consent,) = rows(resident, ConsentGiven)
    assert (told.recipient, told.purpose, told.ground, told.by) == ("door:dso-toronto", "case", "consent", "system")
    assert {f"answer:{one}" for one in consent.fields} >= set(told.fields) and "answer:reach" in told.fields
    assert told.consent_id == consent.id and told.ends_at > service_of(resident).clock()
    member, headers = signed_in(resident.app, ("administrator",))
    page = await Visitor(member, resident.client, headers).get("/console/agreements/disclosures")
    assert "Developmental Services Ontario" in page and "416-555-0123" not in page


async def test_a_case_worker_has_one_right_and_every_other_page_is_refused(resident: Resident, case: str) -> None:
    assert ROLES["caseworker"] == {Right.CASE_FILES}
    kim = worker(resident)
    conversation = rows(resident, CaseFile)[0].conversation_id
    for path in (
        "/console/floor", "/console/figures", "/console/reports", "/console/callbacks", "/console/canned",
        "/console/hours", "/console/quality", "/console/staff", "/console/audit",
        f"/console/api/conversations/{conversation}", "/console/api/desk", "/console/api/search?q=x",
    ):  # fmt: skip
        await kim.get(path, expect=403)
    assert (await kim.client.get("/console", headers=kim.headers)).headers["location"] == "/console/cases"


async def test_specialists_and_reporters_see_no_case(resident: Resident, case: str) -> None:
    for role in ("specialist", "supervisor", "reporter", "administrator"):
        member, headers = signed_in(resident.app, (role,))
        await Visitor(member, resident.client, headers).get(f"/console/cases/{case}", expect=403)


async def test_a_case_worker_of_another_door_is_not_even_told_that_the_case_exists(
    resident: Resident, case: str
) -> None:
    other = worker(resident, ("good2talk",))
    assert case not in await other.get("/console/cases")
    await other.get(f"/console/cases/{case}", expect=404)
    await other.post(f"/console/cases/{case}/accepted", expect=404)


async def test_accepting_and_booking_are_told_as_facts_and_counted(resident: Resident, case: str) -> None:
    kim = worker(resident)
    assert "accepted_told" in await kim.post(f"/console/cases/{case}/accepted")
    assert "a case-worker there has your request now" in words(await resident.news())
    past = await kim.post(f"/console/cases/{case}/booked", expect=422, day="2026-11-20", time="09:00")
    assert "still to come" in past
    assert "booked_told" in await kim.post(f"/console/cases/{case}/booked", day="2026-12-03", time="14:30")
    said = words(await resident.news())
    assert "Developmental Services Ontario" in said and "December 3, 2026, 14:30" in said
    counts = [(row.code, row.detail) for row in rows(resident, DoorEvent) if row.event == "case"]
    assert counts == [("offered", "case_queue"), ("accepted", None), ("booked", None)]
    assert "Appointment" in await kim.get("/console/cases?state=booked")


async def test_a_return_needs_a_reason_that_the_person_hears_in_their_language(resident: Resident) -> None:
    case = await passed_on(resident, "fr")
    await resident.news()
    kim = worker(resident, interface="fr")
    assert "Choisissez une raison" in await kim.post(f"/console/cases/{case}/returned", expect=422)
    await kim.post(f"/console/cases/{case}/returned", reason="region")
    news = await resident.news()
    assert "Vous habitez dans une région dont un autre bureau s’occupe." in words(news)
    assert any("personne" in str(one.get("choices")) for one in news), "a person is offered with a return"
    assert [(row.code, row.detail) for row in rows(resident, DoorEvent) if row.event == "case"][-1] == (
        "returned",
        "region",
    )


async def test_of_two_case_workers_one_accepts_and_the_other_sees_it(resident: Resident, case: str) -> None:
    kim, lee = worker(resident), worker(resident, name="Lee Worker")
    await kim.post(f"/console/cases/{case}/accepted")
    assert "done=moved_already" in await lee.post(f"/console/cases/{case}/accepted")
    assert "Kim" in await lee.get(f"/console/cases/{case}")
    assert len([row for row in rows(resident, DoorEvent) if row.code == "accepted"]) == 1


async def test_a_consent_that_is_taken_back_takes_the_case_away(resident: Resident, case: str) -> None:
    kim = worker(resident)
    with service_of(resident).ledger.writing() as session:
        session.execute(update(ConsentGiven).values(withdrawn_at=service_of(resident).clock()))
    await kim.get(f"/console/cases/{case}", expect=404)
    await kim.post(f"/console/cases/{case}/accepted", expect=404)
    assert case not in await kim.get("/console/cases")


async def test_erasing_takes_back_what_nobody_has_taken_and_leaves_a_count(resident: Resident, case: str) -> None:
    with service_of(resident).ledger.writing() as session:
        reading.erase(session, rows(resident, CaseFile)[0].conversation_id, service_of(resident).clock())
    (left,) = rows(resident, CaseFile)
    assert (left.state, left.answers, left.conversation_id) == ("withdrawn", None, None)
    assert [row.code for row in rows(resident, DoorEvent) if row.event == "case"] == ["offered", "withdrawn"]
    assert rows(resident, Disclosure)[0].withdrawn_at is not None


async def test_who_erased_after_the_acceptance_is_booked_without_being_told(resident: Resident, case: str) -> None:
    kim = worker(resident)
    await kim.post(f"/console/cases/{case}/accepted")
    with service_of(resident).ledger.writing() as session:
        reading.erase(session, rows(resident, CaseFile)[0].conversation_id, service_of(resident).clock())
    assert "cannot be told from here" in await kim.get(f"/console/cases/{case}")
    assert "booked_untold" in await kim.post(f"/console/cases/{case}/booked", day="2026-12-03", time="14:30")


async def test_nothing_of_a_case_stands_readable_in_the_database_or_the_record(resident: Resident, case: str) -> None:
    kim = worker(resident)
    await kim.get(f"/console/cases/{case}")
    await kim.post(f"/console/cases/{case}/accepted")
    with Session(service_of(resident).ledger.reader) as session:
        for table in ("case_file", "door_event", "staff_audit", "consent"):
            dump = repr(session.execute(text(f"SELECT * FROM {table}")).all())
            assert not re.search(r"416-?555|planted", dump), table
        assert session.scalar(select(Conversation.owner)) == "bot"
