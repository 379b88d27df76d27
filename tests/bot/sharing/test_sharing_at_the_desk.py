"""Sharing at the desk over HTTP: agreements, exclusions, the second person, and what partners get to see."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.intake.models import ConsentGiven
from bot.service import Service
from bot.sharing.models import Disclosure, Override, PartnerMember
from bot.sharing.rule import rule_in_force
from bot.staff.models import StaffAudit
from tests.bot.conftest import MONDAY, Resident
from tests.bot.console.conftest import Colleague, Hire, held
from tests.bot.sharing.conftest import LINE, Agree, Browser

pytestmark = pytest.mark.anyio
Browse = Callable[..., Browser]


def rows(service: Service, table: Any) -> list[Any]:
    with Session(service.ledger.engine) as session:
        return list(session.scalars(select(table)))


def actions(service: Service) -> list[str]:
    return [row.action for row in rows(service, StaffAudit)]


async def shares(one: Colleague, conversation: str, *fields: str, **more: Any) -> Any:
    body = {"line": LINE, "share": list(fields), "consent": True, **more}
    return await one.to(conversation, "partner", **body)


async def test_a_disclosure_names_everything_and_holds_no_words(
    service: Service, resident: Resident, hire: Hire, agree: Agree
) -> None:
    one, agreement = hire(), agree()
    conversation = await held(service, resident, one, "hello")
    made = await shares(one, conversation, "language")
    assert made.status_code == 201, made.text
    (row,) = rows(service, Disclosure)
    assert (row.recipient, row.purpose, row.fields, row.ground) == (LINE, "connect", ["language"], "consent")
    assert row.ends_at == MONDAY + timedelta(days=14) and row.by == one.member.id
    assert row.rule_version == rule_in_force().version and row.agreement_id == agreement.id
    assert row.id == made.json()["transfer"]
    (consent,) = rows(service, ConsentGiven)
    assert (consent.version, consent.language, consent.given, consent.fields) == ("desk-1", "en", True, ["language"])
    assert "shared" in actions(service)


async def test_without_an_agreement_the_line_is_named_and_nothing_is_shared(
    service: Service, resident: Resident, hire: Hire, agree: Agree
) -> None:
    one = hire()
    conversation = await held(service, resident, one, "hello")
    refused = await shares(one, conversation, "language")
    assert refused.status_code == 409 and refused.json()["code"] == "sharing_no_agreement"
    agree(since=40, days=30)
    ended = await shares(one, conversation, "language")
    assert ended.status_code == 409 and ended.json()["code"] == "sharing_expired"
    assert not rows(service, Disclosure) and not rows(service, ConsentGiven)
    assert actions(service).count("sharing_refused") == 2
    empty = await shares(one, conversation)
    assert empty.status_code == 201 and empty.json()["packet"] == []


async def test_fields_beyond_the_agreement_are_named_and_none_is_shared(
    service: Service, resident: Resident, hire: Hire, agree: Agree
) -> None:
    one = hire()
    agree()
    conversation = await held(service, resident, one, "hello")
    refused = await shares(one, conversation, "language", "risk")
    assert refused.json()["code"] == "sharing_fields" and refused.json()["fields"] == ["risk"]
    assert (await shares(one, conversation, "transcript")).status_code == 400
    assert not rows(service, Disclosure)


async def test_the_dialog_shows_the_rule_in_force_and_what_each_line_may_be_told(
    service: Service, resident: Resident, hire: Hire, agree: Agree
) -> None:
    one = hire(interface="fr")
    agree()
    conversation = await held(service, resident, one, "hello")
    sharing = (await one.get(f"conversations/{conversation}/partners")).json()["sharing"]
    assert sharing["rule"]["version"] == rule_in_force().version
    assert sharing["rule"]["text"] == list(rule_in_force().words("fr"))
    assert sharing["agreed"][LINE]["fields"] == ["language", "needs"]
    assert sharing["agreed"]["emergency"]["grounds"] == ["risk_to_life"]


async def test_an_exclusion_holds_until_the_person_lifts_it(
    service: Service, resident: Resident, hire: Hire, agree: Agree
) -> None:
    one = hire()
    agree()
    conversation = await held(service, resident, one, "not my doctor")
    excluded = await one.to(conversation, "exclusions", kind="health")
    assert excluded.status_code == 201
    refused = await shares(one, conversation, "language")
    assert refused.status_code == 409 and refused.json()["code"] == "sharing_excluded"
    stranger = hire()
    assert (
        await stranger.to(conversation, "exclusions/lift", exclusion=excluded.json()["exclusion"])
    ).status_code == 409
    lifted = await one.to(conversation, "exclusions/lift", exclusion=excluded.json()["exclusion"])
    assert lifted.status_code == 200
    assert (await shares(one, conversation, "language")).status_code == 201


async def test_against_an_exclusion_two_people_decide_once_and_for_these_fields(
    service: Service, resident: Resident, hire: Hire, browse: Browse, agree: Agree
) -> None:
    both = hire(roles=("supervisor",))
    agree(grounds=["consent", "risk_to_life"])
    conversation = await held(service, resident, both, "hello")
    await both.to(conversation, "exclusions", line=LINE)
    wish = {"line": LINE, "share": ["language"], "ground": "risk_to_life"}
    assert (await both.to(conversation, "partner", **wish)).json()["code"] == "sharing_excluded"
    why = {"reason": "life_in_danger", "words": "They stopped answering after saying goodbye."}
    assert (await both.to(conversation, "override", **wish)).status_code == 400  # no reason in words
    for_consent = await both.to(conversation, "override", **{**wish, "ground": "consent"}, **why)
    assert for_consent.status_code == 409
    asked = await both.to(conversation, "override", **wish, **why)
    assert asked.status_code == 202 and asked.json()["state"] == "pending"
    assert (await both.to(conversation, "partner", **wish)).status_code == 409  # nobody has decided

    override = asked.json()["override"]
    csrf = both.client.headers["x-csrf-token"]
    form = {"override": override, "answer": "approve", "csrf": csrf}
    await both.client.post("/console/overrides", data=form)
    assert rows(service, Override)[0].state == "pending", "whoever asked cannot decide"
    specialist = browse(roles=("specialist",))
    assert (await specialist.send("/console/overrides", override=override, answer="approve")).status_code == 403
    second = browse(roles=("supervisor",))
    page = await second.get("/console/overrides")
    assert "stopped answering" in page.text and "hello" not in page.text
    await second.send("/console/overrides", override=override, answer="approve")

    more = await both.to(conversation, "partner", **{**wish, "share": ["language", "needs"]})
    assert more.status_code == 409, "approved for other fields"
    done = await both.to(conversation, "partner", **wish)
    assert done.status_code == 201, done.text
    assert (await both.to(conversation, "partner", **wish)).status_code == 409, "used up"
    (row,) = rows(service, Disclosure)
    assert row.override_id == override and row.ground == "risk_to_life" and row.consent_id is None
    (asked_for,) = rows(service, Override)
    assert asked_for.asked_by != asked_for.decided_by == second.member.id and asked_for.state == "used"
    assert {"override_asked", "override_viewed", "override_approved"} <= set(actions(service))


async def test_a_call_that_did_not_come_about_told_nobody(
    service: Service, resident: Resident, hire: Hire, agree: Agree
) -> None:
    one = hire()
    agree()
    conversation = await held(service, resident, one, "hello")
    made = (await shares(one, conversation, "language")).json()
    await one.to(conversation, "partner/ended", transfer=made["transfer"], state="no_answer")
    (row,) = rows(service, Disclosure)
    assert row.withdrawn_at and row.packet is None


async def test_a_partner_reads_its_own_facts_and_for_all_else_gets_one_and_the_same_answer(
    service: Service, resident: Resident, hire: Hire, agree: Agree
) -> None:
    one, agreement = hire(), agree()
    conversation = await held(service, resident, one, "hello")
    code = (await shares(one, conversation, "language")).json()["code"]
    mine, other = hire(roles=("partner",)), hire(roles=("partner",))
    with service.ledger.writing() as session:
        for member, line in ((mine.member, LINE), (other.member, "good2talk")):
            session.add(PartnerMember(staff_id=member.id, recipient=line, author="test", created_at=MONDAY))
    read = await mine.post("partner/found", code=f"{code[:5]} {code[5:]}".lower())
    assert read.status_code == 200 and [fact["field"] for fact in read.json()["facts"]] == ["language"]

    answers = [await mine.post("partner/found", code="ZZZZZZZZZZ"), await other.post("partner/found", code=code)]
    with service.ledger.writing() as session:
        from bot.sharing import agreements

        agreements.end(session, agreement.id, author="test", now=MONDAY)
    answers.append(await mine.post("partner/found", code=code))
    agree()
    assert (await mine.post("partner/found", code=code)).status_code == 200
    service.ledger.erase(conversation, MONDAY)
    answers.append(await mine.post("partner/found", code=code))
    answers.append(await mine.post("partner/found"))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({json.dumps(sorted(dict(answer.headers).items())) for answer in answers}) == 1
    assert actions(service).count("disclosure_refused") == 5
    assert (await mine.get("desk")).status_code == 403
    assert (await mine.get(f"conversations/{conversation}")).status_code == 403


async def test_administrators_make_agreements_with_history_and_read_disclosures_without_values(
    service: Service, resident: Resident, hire: Hire, browse: Browse
) -> None:
    office = browse(roles=("administrator",))
    form = {
        "recipient": LINE, "purpose": "connect", "kind": "health", "fields": ["language", "needs"],
        "grounds": ["consent"], "keep_days": "7", "until": "2027-01-31", "reference": "Binder 3",
    }  # fmt: skip
    for field, value in (("until", "2026-11-01"), ("keep_days", "0"), ("fields", ["transcript"]), ("grounds", [])):
        assert (await office.send("/console/agreements", **{**form, field: value})).status_code == 422, field
    assert (await office.send("/console/agreements", **form)).status_code == 303
    assert (await office.send("/console/agreements", **{**form, "fields": ["language"]})).status_code == 303
    page = await office.get("/console/agreements")
    assert page.status_code == 200 and page.text.count("Binder 3") == 2, "the one it replaced stays in the history"
    one = hire()
    conversation = await held(service, resident, one, "hello")
    assert (await shares(one, conversation, "needs")).json()["code"] == "sharing_fields"
    assert (await shares(one, conversation, "language")).status_code == 201
    seen = await office.get("/console/agreements/disclosures")
    assert "Language" in seen.text and "English" not in seen.text.split("<tbody>")[1]
    table = await office.get("/console/agreements/disclosures?format=csv")
    assert f"211,{LINE},connect,language,consent" in table.text
    assert (await browse(roles=("specialist",)).get("/console/agreements")).status_code == 403
    assert {"agreement", "disclosures_viewed", "disclosures_exported"} <= set(actions(service))
