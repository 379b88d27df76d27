"""Learners' forms over HTTP: a partner sees those of its own programs, the learner hears what becomes of theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.after import retention
from bot.conversations import reading
from bot.intake.models import ConsentGiven
from bot.learners.models import LearnerForm, LearnerProgram, LearnerReferral, LearnerSearch
from bot.service import Service
from bot.sharing.models import Disclosure
from tests.bot.conftest import MONDAY, Resident, words
from tests.bot.console.floor.conftest import Visitor
from tests.support.staff import signed_in

pytestmark = pytest.mark.anyio
FORM = ("1", "Toronto", "1", "3", "4", "1", "Ana", "416-555-0123", "yes", "skip", "yes")
YES = ("yes",) * 6


def service_of(resident: Resident) -> Service:
    service: Service = resident.app.state.service
    return service


def enter(resident: Resident, role: str, **facts: Any) -> Visitor:
    member, headers = signed_in(resident.app, (role,), **facts)
    return Visitor(member, resident.client, headers)


def rows(resident: Resident, table: type) -> list[Any]:
    with Session(service_of(resident).ledger.reader) as session:
        return list(session.scalars(select(table)))


def reads(resident: Resident, visitor: Visitor, listing: str) -> None:
    with service_of(resident).ledger.writing() as session:
        session.add(LearnerProgram(staff_id=visitor.id, listing_id=listing, added_by="test", created_at=MONDAY))


@pytest.fixture
async def form(resident: Resident) -> AsyncIterator[LearnerReferral]:
    await resident.enter("literacy", "en")
    for text in (*FORM, *YES[:4], "no", "yes"):  # the name is kept back
        await resident.say(text)
    await resident.news()
    yield rows(resident, LearnerReferral)[0]


async def test_a_partner_reads_the_fields_that_were_allowed_and_the_learner_hears_of_it(
    resident: Resident, form: LearnerReferral
) -> None:
    (consent,) = rows(resident, ConsentGiven)
    assert consent.given and "reach" in consent.fields and "call_name" not in consent.fields
    partner = enter(resident, "partner")
    reads(resident, partner, form.listing_id)
    page = await partner.get("/console/learners")
    assert f"/console/learners/{form.id}" in page and "416-555-0123" not in page
    page = await partner.get(f"/console/learners/{form.id}")
    assert "416-555-0123" in page and "To read and write better" in page
    assert "Ana" not in page, "what was not allowed is not there"
    assert "has your form" in words(await resident.news())
    await partner.get(f"/console/learners/{form.id}")
    assert not await resident.news(), "the receipt is told once"
    assert "Choose the next step" in await partner.post(f"/console/learners/{form.id}/accepted", expect=422)
    gone = await partner.post(f"/console/learners/{form.id}/accepted", step="class", day="2020-01-01", expect=422)
    assert "still to come" in gone
    led = await partner.post(f"/console/learners/{form.id}/accepted", step="class", day="2027-01-11")
    assert led.endswith("done=accepted")
    said = words(await resident.news())
    assert "says yes" in said and "January 11, 2027" in said
    late = await partner.post(f"/console/learners/{form.id}/not_accepted", reason="full")
    assert late.endswith("done=late") and rows(resident, LearnerReferral)[0].state == "accepted"


async def test_not_accepted_is_told_with_the_reason_and_a_way_on(resident: Resident, form: LearnerReferral) -> None:
    partner = enter(resident, "partner")
    reads(resident, partner, form.listing_id)
    await partner.get(f"/console/learners/{form.id}")
    await resident.news()
    await partner.post(f"/console/learners/{form.id}/not_accepted", reason="full")
    said = words(await resident.news())
    assert "cannot take you now" in said and "They are full." in said and "another place" in said


async def test_another_program_is_not_even_told_that_the_form_exists(resident: Resident, form: LearnerReferral) -> None:
    other = enter(resident, "partner")
    reads(resident, other, "sample-ottawa-learn-literacy-1")
    assert form.id not in await other.get("/console/learners")
    await other.get(f"/console/learners/{form.id}", expect=404)
    await other.post(f"/console/learners/{form.id}/accepted", step="call", expect=404)
    assert rows(resident, LearnerReferral)[0].state == "given"
    for role in ("reporter", "planner", "administrator"):
        await enter(resident, role).get(f"/console/learners/{form.id}", expect=403)


async def test_a_form_that_no_partner_reads_is_handed_on_by_a_specialist(
    resident: Resident, form: LearnerReferral
) -> None:
    specialist = enter(resident, "specialist")
    assert f"/console/learners/{form.id}" in await specialist.get("/console/learners")
    partner = enter(resident, "partner")
    reads(resident, partner, form.listing_id)
    assert f"/console/learners/{form.id}" not in await specialist.get("/console/learners")
    await specialist.get(f"/console/learners/{form.id}", expect=404)


async def test_a_form_that_was_sent_stands_among_the_disclosures(resident: Resident, form: LearnerReferral) -> None:
    (told,) = rows(resident, Disclosure)
    assert told.recipient == f"listing:{form.listing_id}" and (told.purpose, told.ground) == ("connect", "consent")
    assert "answer:reach" in told.fields and "answer:call_name" not in told.fields
    page = await enter(resident, "administrator").get("/console/agreements/disclosures")
    assert f"Program with listing {form.listing_id}" in page


async def test_a_form_leaves_with_the_answers_of_its_door(resident: Resident, form: LearnerReferral) -> None:
    service = service_of(resident)
    door = service.doors["literacy"]
    service.clock = lambda: MONDAY + timedelta(days=door.retention.answers_days + 1)
    retention.forget_answers(service)
    assert not rows(resident, LearnerForm) and len(rows(resident, LearnerReferral)) == 1


async def test_erasing_takes_the_form_and_leaves_a_count(resident: Resident, form: LearnerReferral) -> None:
    with service_of(resident).ledger.writing() as session:
        reading.erase(session, str(form.conversation_id), MONDAY)
    assert not rows(resident, LearnerForm)
    assert rows(resident, LearnerReferral)[0].conversation_id is None
    partner = enter(resident, "partner")
    reads(resident, partner, form.listing_id)
    assert "erased this form" in await partner.get(f"/console/learners/{form.id}")


async def test_an_administrator_says_who_reads_which_program(resident: Resident) -> None:
    administrator, partner = enter(resident, "administrator"), enter(resident, "partner", name="Pat Partner")
    path = "/console/learners/programs"
    assert "Pat Partner" in await administrator.get(path)
    refused = await administrator.post(path, staff=partner.id, listing="nowhere")
    assert refused.endswith("problem=listing")
    await administrator.post(path, staff=partner.id, listing="sample-toronto-learn-literacy")
    (row,) = rows(resident, LearnerProgram)
    assert row.staff_id == partner.id
    assert "Toronto" in await partner.get("/console/learners")
    await partner.get(path, expect=403)
    await administrator.post(f"{path}/{row.id}/remove")
    assert not rows(resident, LearnerProgram)


async def test_planners_see_gaps_and_overlaps_without_small_numbers_or_persons(resident: Resident) -> None:
    with service_of(resident).ledger.writing() as session:
        for region, vain, some in (("Algoma", 6, 7), ("Kenora", 2, 9)):
            for gap in [True] * vain + [False] * some:
                session.add(
                    LearnerSearch(
                        door="literacy", need="learn.literacy", region=region, stream="deaf", mode="any",
                        near=0 if gap else 2, gap=gap, year=MONDAY.year,
                    )
                )  # fmt: skip
    planner = enter(resident, "planner")
    table = await planner.get(f"/console/literacy/gaps.csv?year={MONDAY.year}")
    lines = [line for line in table.splitlines() if "," in line]
    assert f"{MONDAY.year},Algoma,learn.literacy,deaf,13,6" in lines
    assert f"{MONDAY.year},Kenora,learn.literacy,deaf,<5,<5" in lines, "nor the sum that would tell it"
    overlaps = await planner.get("/console/literacy/overlaps.csv")
    assert "Toronto" in overlaps and "learn.literacy" in overlaps
    page = await planner.get("/console/literacy")
    assert "Algoma" in page and "&lt;5" in page
    await planner.get("/console/learners", expect=403)
    await enter(resident, "partner").get("/console/literacy", expect=403)


async def test_the_list_for_a_notice_board_has_what_was_checked_and_nothing_unknown(resident: Resident) -> None:
    sheet = (await resident.client.get("/literacy/list?near=Toronto&lang=en")).text
    assert "Places to learn near Toronto" in sheet and "not a real service" in sheet and "555-01" in sheet
    assert "board.css" in sheet and "<style" not in sheet
    french = (await resident.client.get("/literacy/list?near=Sudbury&lang=fr")).text
    assert "Lieux pour apprendre près de" in french, french[200:3000]
    unknown = await resident.client.get("/literacy/list?near=Qqqqzz&lang=en")
    assert unknown.status_code == 404 and "I do not know that place" in unknown.text
