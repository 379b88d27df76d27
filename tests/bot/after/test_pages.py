"""Staff pages of what comes after: the worklist, what is unmet where, evaluations in sums."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.after import store
from bot.after.models import EvaluationAnswer, FollowUp, NeedOutcome
from bot.conversations.models import Conversation, Message
from bot.staff.models import StaffAudit
from bot.waiting.numbers import HIDDEN
from tests.bot.after.test_agreeing import number_of
from tests.bot.conftest import MONDAY, Resident, words
from tests.support.staff import signed_in

pytestmark = pytest.mark.anyio


def rows(app: Starlette, model: Any) -> list[Any]:
    with Session(app.state.service.ledger.reader) as session:
        return list(session.scalars(select(model)))


async def called(app: Starlette, client: httpx.AsyncClient, *, ahead: int = 0) -> str:
    """Somebody who is to be called, about two needs."""
    resident = Resident(app, client)
    await resident.enter()
    with app.state.service.ledger.writing() as session:
        home = session.scalars(select(Conversation)).one()
        row = store.new(
            session, home, MONDAY, version="2026-11", language="fr", by="person",
            needs=("food.pantry", "utilities.bills"),
        )  # fmt: skip
        row.channel, row.number = "voice", app.state.service.keys.sealed("+14165550123")
        row.day, row.safe_hours = MONDAY.date() + timedelta(days=ahead), "any"
        assert store.plan(row)
        row.due_at = MONDAY + timedelta(days=ahead)
        found: str = row.id
    return found


async def test_a_due_call_shows_its_number_on_record_and_ends_need_by_need(
    app: Starlette, client: httpx.AsyncClient
) -> None:
    follow_up = await called(app, client)
    member, headers = signed_in(app)
    page = (await client.get("/console/follow-ups", headers=headers)).text
    assert "Food bank" in page and "555-0123" not in page and "5550123" not in page and "wording 2026-11" in page
    shown = await client.post(f"/console/follow-ups/{follow_up}/number", headers=headers)
    assert "555-0123" in shown.text or "555 0123" in shown.text
    assert [one.actor for one in rows(app, StaffAudit) if one.action == "number_shown"] == [member.id]
    form = {"came": "reached", "need0": "met", "need1": "unmet"}
    refused = await client.post(f"/console/follow-ups/{follow_up}/done", headers=headers, data=form)
    assert refused.status_code == 422 and not rows(app, NeedOutcome)  # unmet needs a reason
    form["reason1"] = "cost"
    done = await client.post(f"/console/follow-ups/{follow_up}/done", headers=headers, data=form)
    assert done.status_code == 303
    assert {(one.need, one.state, one.reason) for one in rows(app, NeedOutcome)} == {
        ("food.pantry", "met", None), ("utilities.bills", "unmet", "cost"),
    }  # fmt: skip
    again = await client.post(f"/console/follow-ups/{follow_up}/done", headers=headers, data=form)
    assert "gone" in again.headers["location"] and len(rows(app, NeedOutcome)) == 2
    assert rows(app, FollowUp)[0].number is None


async def test_no_answer_is_due_again_and_the_third_ends_as_unknown(app: Starlette, client: httpx.AsyncClient) -> None:
    follow_up = await called(app, client)
    _, headers = signed_in(app)
    for _ in range(3):
        await client.post(f"/console/follow-ups/{follow_up}/done", headers=headers, data={"came": "no_answer"})
    assert {one.state for one in rows(app, NeedOutcome)} == {"unknown"}


async def test_a_number_is_not_opened_before_its_day_nor_at_another_door(
    app: Starlette, client: httpx.AsyncClient
) -> None:
    follow_up = await called(app, client, ahead=3)
    _, headers = signed_in(app)
    early = await client.post(f"/console/follow-ups/{follow_up}/number", headers=headers)
    assert early.status_code == 303
    _, elsewhere = signed_in(app, doors=("good2talk",))
    other = await client.post(f"/console/follow-ups/{follow_up}/number", headers=elsewhere)
    assert other.status_code == 404
    assert "Food bank" not in (await client.get("/console/follow-ups", headers=elsewhere)).text


async def test_what_is_unmet_is_told_by_place_language_and_income_from_five_on(
    app: Starlette, client: httpx.AsyncClient
) -> None:
    def outcome(place: str) -> NeedOutcome:
        return NeedOutcome(
            door="211", need="food.pantry", state="unmet", reason="full", place=place, language="fr",
            income_group="low", day=MONDAY.date(),
        )  # fmt: skip

    with app.state.service.ledger.writing() as session:
        session.add_all([*(outcome("Oshawa") for _ in range(5)), *(outcome("Wawa") for _ in range(4))])
    _, headers = signed_in(app, roles=("reporter",))
    page = (await client.get("/console/unmet", headers=headers)).text
    assert "Oshawa" in page and "Wawa" not in page
    assert ">9<" in (await client.get("/console/unmet?by=income_group", headers=headers)).text
    _, specialist = signed_in(app)
    assert (await client.get("/console/unmet", headers=specialist)).status_code == 403


async def evaluated(app: Starlette, client: httpx.AsyncClient, answers: tuple[str, ...]) -> list[dict[str, Any]]:
    """A student who takes a way, says goodbye and answers the evaluation."""
    resident = Resident(app, client)
    await resident.enter("good2talk", "en")
    await resident.say("1")
    app.state.service.engine.away = False
    app.state.service.engine.pieces = [{"say": "goodbye_reply", "facts": {}, "choices": []}]
    said = await resident.say("goodbye")
    assert "only if you want" in words(said)
    said = await resident.say(number_of(said, "Yes"))
    for answer in answers:
        said = await resident.say(number_of(said, answer))
    return said


async def test_answers_to_an_evaluation_join_to_nobody(app: Starlette, client: httpx.AsyncClient) -> None:
    said = await evaluated(app, client, ("In part", "Easy", "Skip"))
    assert "Thank you" in words(said)
    kept = rows(app, EvaluationAnswer)
    assert {(one.question, one.answer, one.day) for one in kept} == {
        ("found", "partly", MONDAY.date()), ("clear", "easy", MONDAY.date()),
    }  # fmt: skip
    assert set(EvaluationAnswer.__table__.columns.keys()) == {"id", "door", "question", "answer", "day"}
    typed = [one.text for one in rows(app, Message) if one.direction == "in"]
    assert typed[-3:] == [HIDDEN] * 3
    (conversation,) = rows(app, Conversation)
    assert "partly" not in str(conversation.memory)


async def test_the_evaluator_sees_sums_from_five_answers_on_and_no_conversation(
    app: Starlette, client: httpx.AsyncClient
) -> None:
    def answer(answer: str, question: str = "found") -> EvaluationAnswer:
        return EvaluationAnswer(door="good2talk", question=question, answer=answer, day=MONDAY.date())

    with app.state.service.ledger.writing() as session:
        session.add_all([*(answer("found") for _ in range(4)), answer("partly"), answer("easy", "clear")])
    _, headers = signed_in(app, roles=("evaluator",), doors=("good2talk",))
    page = (await client.get("/console/evaluation", headers=headers)).text
    assert "Answers: 5" in page and "Did you find" in page
    assert page.count("Fewer than 5 answers") == 2
    for path in ("/console/api/desk", "/console/follow-ups", "/console/unmet", "/console/figures"):
        assert (await client.get(path, headers=headers)).status_code == 403, path
    _, specialist = signed_in(app)
    assert (await client.get("/console/evaluation", headers=specialist)).status_code == 403
