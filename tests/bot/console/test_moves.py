"""Taking, handing on and closing over HTTP: what is refused says why, and an outcome is written with the end."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.models import DeskOutcome, Note, PartnerTransfer, Referral
from bot.conversations.carrier_models import Call
from bot.conversations.models import Conversation, NeedFound, RiskFinding
from bot.service import Service
from bot.sharing.models import Agreement
from bot.staff.models import StaffAudit
from bot.voice.chain import CALLBACK, QUEUE, Chain
from bot.voice.legs import begun
from bot.voice.placing import Placing
from bot.voice.stops import Transfer
from tests.bot.conftest import MONDAY, Resident
from tests.bot.console.conftest import Hire, held, waiting

pytestmark = pytest.mark.anyio


async def test_of_two_who_claim_at_once_one_is_told_who_has_it(
    service: Service, resident: Resident, hire: Hire
) -> None:
    conversation = await waiting(service, resident, "hello")
    first, second = hire(name="Ana Sample"), hire(name="Ben Sample")
    answers = await asyncio.gather(first.to(conversation, "claim"), second.to(conversation, "claim"))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    lost = next(answer.json() for answer in answers if answer.status_code == 409)
    assert lost["code"] == "taken" and lost["by"] in ("Ana Sample", "Ben Sample") and lost["by"] in lost["error"]


async def test_a_refusal_speaks_the_language_of_the_interface(service: Service, resident: Resident, hire: Hire) -> None:
    conversation = await waiting(service, resident, "hello")
    await hire(name="Ana Sample").to(conversation, "claim")
    refused = await hire(interface="fr").to(conversation, "claim")
    assert refused.json()["error"] == "Ana Sample a été plus rapide et tient cette conversation."


async def test_supervisors_alone_take_over_and_join(service: Service, resident: Resident, hire: Hire) -> None:
    one, other, supervisor = hire(), hire(), hire(roles=("supervisor",))
    conversation = await held(service, resident, one)
    for act in ("takeover", "join"):
        assert (await other.to(conversation, act)).status_code == 403
    assert (await supervisor.to(conversation, "takeover")).status_code == 200
    late = await one.to(conversation, "messages", id="m1", text="Hello")
    assert late.status_code == 409 and late.json()["code"] == "not_held"


async def test_a_colleague_who_is_on_duty_is_offered_and_gets_it(
    service: Service, resident: Resident, hire: Hire
) -> None:
    one, other = hire(), hire(name="Ben Sample", languages=("en", "pa"))
    hire(name="Nobody Here")
    await other.post("me/status", status="available")
    conversation = await held(service, resident, one)
    targets = (await one.get(f"conversations/{conversation}/transfer")).json()
    assert [colleague["name"] for colleague in targets["staff"]] == ["Ben Sample"]
    assert "pa" in [language["code"] for language in targets["languages"]]
    assert (await one.to(conversation, "transfer", to=other.member.id)).json()["to"] == "Ben Sample"
    assert (await one.get(f"conversations/{conversation}")).status_code == 403
    assert (await other.opens(conversation))["conversation"]["mine"]


async def test_a_need_without_an_answer_keeps_it_open(service: Service, resident: Resident, hire: Hire) -> None:
    one = hire()
    conversation = await held(service, resident, one, "hello")
    _needs(service, conversation, "food.pantry", "housing.rent")
    form = (await one.get(f"conversations/{conversation}/closing")).json()
    assert [need["code"] for need in form["needs"]] == ["food.pantry", "housing.rent"]
    fields = {"contact_kind": "person"}
    refused = await one.to(conversation, "close", met=["food.pantry"], unmet=[], fields=fields)
    assert refused.status_code == 422 and refused.json()["field"] == "housing.rent"
    refused = await one.to(
        conversation, "close", met=["food.pantry"], unmet=[{"need": "housing.rent", "reason": "because"}], fields=fields
    )
    assert refused.status_code == 422
    done = await one.to(
        conversation, "close", met=["food.pantry"], unmet=[{"need": "housing.rent", "reason": "full"}], fields=fields,
        follow_up={"asked": True, "consented": True},
    )  # fmt: skip
    assert done.status_code == 200, done.text
    with Session(service.ledger.engine) as session:
        row = session.scalars(select(DeskOutcome)).one()
        assert row.met == ["food.pantry"] and row.unmet == [{"need": "housing.rent", "reason": "full"}]
        assert row.follow_up_consented and row.fields == {"contact_kind": "person"} and row.handoff_id
        assert session.get_one(Conversation, conversation).owner == "closed"


async def test_danger_asks_how_it_stands_at_the_end(service: Service, resident: Resident, hire: Hire) -> None:
    one = hire()
    conversation = await held(service, resident, one, "I want to die")
    with Session(service.ledger.engine) as session:
        assert session.scalars(select(RiskFinding).where(RiskFinding.conversation_id == conversation)).first()
    assert (await one.get(f"conversations/{conversation}/closing")).json()["risk"]["required"]
    fields = {"outcome": "referred", "contact_kind": "person"}
    refused = await one.to(conversation, "close", fields=fields)
    assert refused.status_code == 422 and refused.json()["code"] == "closing_risk_end"
    assert (await one.to(conversation, "close", fields=fields, risk_end=1)).status_code == 200


async def test_only_the_holder_closes_and_a_refusal_writes_no_outcome(
    service: Service, resident: Resident, hire: Hire
) -> None:
    one, supervisor = hire(), hire(roles=("supervisor",))
    conversation = await held(service, resident, one)
    body = {"fields": {"outcome": "unknown", "contact_kind": "person"}}
    refused = await supervisor.to(conversation, "close", **body)
    assert refused.status_code == 409
    await resident.say("one more thing")
    unseen = await one.to(conversation, "close", **body, seen=1)
    assert unseen.json()["code"] == "unseen"
    with Session(service.ledger.engine) as session:
        assert not session.scalars(select(DeskOutcome)).all()


async def test_an_outcome_outlives_an_erased_conversation_without_words(
    service: Service, resident: Resident, hire: Hire
) -> None:
    one = hire()
    conversation = await held(service, resident, one)
    await one.to(conversation, "notes", id="n1", text="private")
    await one.to(conversation, "close", fields={"outcome": "unknown", "contact_kind": "person"})
    service.ledger.erase(conversation, MONDAY)
    with Session(service.ledger.engine) as session:
        row = session.scalars(select(DeskOutcome)).one()
        assert row.conversation_id is None and row.door == "211"
        assert not session.scalars(select(Note)).all()
        assert not session.scalars(select(Referral).where(Referral.conversation_id.is_not(None))).all()


async def test_a_partner_gets_what_was_agreed_and_nothing_else(
    service: Service, resident: Resident, hire: Hire
) -> None:
    one = hire()
    conversation = await held(service, resident, one, "hello")
    _needs(service, conversation, "violence.partner")
    offered = (await one.get(f"conversations/{conversation}/partners")).json()
    assert "violence.partner" in offered["lines"][0]["needs"]
    line = offered["lines"][0]["id"]
    _agreed(service, line)
    without_yes = await one.to(conversation, "partner", line=line, share=["needs"], consent=False)
    assert without_yes.status_code == 409 and without_yes.json()["code"] == "consent_share"
    made = await one.to(conversation, "partner", line=line, share=["needs", "language"], consent=True)
    assert made.status_code == 201
    assert [fact["field"] for fact in made.json()["packet"]] == ["language", "needs"]
    ended = await one.to(conversation, "partner/ended", transfer=made.json()["transfer"], state="connected")
    assert ended.json()["state"] == "connected"
    with Session(service.ledger.engine) as session:
        row = session.scalars(select(PartnerTransfer)).one()
        assert row.shared == ["needs", "language"] and row.state == "connected"
        assert "shared" in session.scalars(select(StaffAudit.action)).all()
    assert (await one.to(conversation, "partner", line="no-such-line")).status_code == 404


async def test_a_line_is_rung_into_the_call_only_by_who_is_in_it(
    service: Service, resident: Resident, hire: Hire, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed: list[str] = []

    class Carrier:
        async def place(self, *, to: str, our_number: str, url: str, status_url: str) -> str:
            placed.append(url)
            return f"CAline{len(placed)}"

        async def close(self) -> None:
            pass

    monkeypatch.setattr(Placing, "from_settings", lambda settings: Carrier())
    monkeypatch.setattr(Placing, "possible", lambda settings: True)
    one, other = hire(), hire()
    conversation = await held(service, resident, one, "hello")
    made = (await one.to(conversation, "partner", line="connexontario", share=[])).json()
    assert made["ring"] is False
    refused = await one.to(conversation, "partner/ring", transfer=made["transfer"])
    assert (refused.status_code, refused.json()["code"]) == (409, "not_in_call")
    with service.ledger.writing() as session:
        session.add(
            Call(
                sid="CAperson", conversation_id=conversation, line="+14165550100", created_at=MONDAY,
                state={"transfer": Transfer(Chain((QUEUE, CALLBACK))).as_json()},
            )
        )  # fmt: skip
        session.flush()
        mine = session.get_one(Conversation, conversation).holder or ""
        begun(
            session, "CAperson", conversation, sid="CAmine", role="specialist", who=mine, line="+14165550100",
            language="en", now=MONDAY,
        )  # fmt: skip
        session.get_one(Call, "CAmine").status = "joined"
    made = (await one.to(conversation, "partner", line="connexontario", share=[])).json()
    assert made["ring"] is True
    foreign = await other.to(conversation, "partner/ring", transfer=made["transfer"])
    assert foreign.status_code in (403, 404, 409) and placed == []
    rung = await one.to(conversation, "partner/ring", transfer=made["transfer"])
    assert rung.status_code == 202 and len(placed) == 1 and made["transfer"] in placed[0]
    again = await one.to(conversation, "partner/ring", transfer=made["transfer"])
    assert again.status_code == 202 and len(placed) == 1, "it rings already"
    looked = await one.get(f"conversations/{conversation}/partner/{made['transfer']}")
    assert looked.json() == {"state": "offered"}
    assert (await one.get(f"conversations/{conversation}/partner/no-such")).status_code == 404
    await one.to(conversation, "partner/ended", transfer=made["transfer"], state="busy")
    assert (await one.to(conversation, "partner/ring", transfer=made["transfer"])).status_code == 409, "it is over"


def _agreed(service: Service, line: str) -> None:
    """An agreement with a line, about what people are asked for most."""
    with service.ledger.writing() as session:
        session.add(
            Agreement(
                recipient=line, purpose="connect", kind="agency", fields=["language", "needs"], grounds=["consent"],
                keep_days=14, since=MONDAY, until=MONDAY + timedelta(days=30), author="test", created_at=MONDAY,
            )
        )  # fmt: skip


def _needs(service: Service, conversation: str, *codes: str) -> None:
    with service.ledger.writing() as session:
        from bot.conversations.models import Message

        message = session.scalars(select(Message.id).where(Message.conversation_id == conversation)).first()
        for rank, code in enumerate(codes):
            session.add(
                NeedFound(conversation_id=conversation, message_id=message, code=code, rank=rank, created_at=MONDAY)
            )
