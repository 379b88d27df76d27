"""Two doors end to end over HTTP, with Rasa away: a screening, and a sign at the railway."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.models import Conversation, RiskFinding
from bot.handoff.models import Handoff
from bot.intake.models import CaseFile, ConsentGiven, DoorEvent, IntakeAnswer
from bot.intake.store import answers_of, case_answers
from tests.bot.conftest import Resident, words

pytestmark = pytest.mark.anyio


async def screened(resident: Resident, *answers: str, language: str = "en") -> str:
    await resident.enter("dso-toronto", language)
    return "\n".join([words(await resident.say(one)) for one in answers])


def stored(resident: Resident, table: type) -> list:  # type: ignore[type-arg]
    with Session(resident.app.state.service.ledger.reader) as session:
        return list(session.scalars(select(table)))


async def test_the_first_words_explain_what_exists_before_the_first_question(resident: Resident) -> None:
    said = [message["text"] for message in await resident.enter("dso-toronto", "en")]
    explained = next(i for i, text in enumerate(said) if "waiting lists" in text)
    assert explained < next(i for i, text in enumerate(said) if "Who is it for?" in text)


async def test_the_likely_eligible_reach_the_case_queue_with_answers_and_consent_and_nothing_else(
    resident: Resident,
) -> None:
    said = await screened(resident, "2", "18 or older", "Scarborough", "1", "Sam", "416-555-0123", "yes", "yes")
    assert "This is what I would pass on" in said and "Sam" in said
    assert stored(resident, CaseFile) == []
    said = words(await resident.say("yes"))
    assert "Your answers are with the case-workers now" in said
    (case,), (consent,) = stored(resident, CaseFile), stored(resident, ConsentGiven)
    keys = resident.app.state.service.keys
    assert case.state == "offered" and case.consent_id == consent.id
    assert (consent.version, consent.language, consent.given) == ("2026-11", "en", True)
    answers = case_answers(case, keys)
    assert answers.keys() == {"for_whom", "age", "place", "disability", "call_name", "reach"}
    assert answers["reach"] == "416-555-0123" and b"555-0123" not in case.answers
    with Session(resident.app.state.service.ledger.reader) as session:
        kept = answers_of(session, case.conversation_id, keys)
    assert kept["age"] == "adult" and kept["place"].startswith("Scarborough")
    (conversation,) = stored(resident, Conversation)
    assert conversation.memory["intake"]["answers"] == {}, "the answers stand in their own tables"


async def test_a_child_gets_a_reason_and_other_services(resident: Resident) -> None:
    said = await screened(resident, "1", "3")
    assert "These services begin at 16" in said and "I can look for these near you" in said
    assert stored(resident, CaseFile) == []
    verdict = next(one for one in stored(resident, DoorEvent) if one.event == "verdict")
    assert (verdict.code, verdict.detail) == ("not_eligible", "too_young")


async def test_another_region_is_another_office(resident: Resident) -> None:
    said = await screened(resident, "1", "1", "Hamilton", "1", "skip", "a@example.org", "yes")
    assert "1-877-376-4674" in said and stored(resident, CaseFile) == []


async def test_without_consent_nothing_is_passed_on(resident: Resident) -> None:
    said = await screened(resident, "1", "1", "M5V", "1", "skip", "a@example.org", "yes", "yes", "no")
    assert "Nothing was passed on" in said and "1-855-372-3858" in said
    assert stored(resident, CaseFile) == []
    assert [one.given for one in stored(resident, ConsentGiven)] == [False]


async def test_why_back_skip_and_a_changed_answer(resident: Resident) -> None:
    await resident.enter("dso-toronto", "en")
    assert "whom to speak with" in words(await resident.say("why do you ask?"))
    assert "first question" in words(await resident.say("back"))
    await resident.say("1")
    assert "Who is it for?" in words(await resident.say("back"))
    await resident.say("2")
    assert "How old" in words(await resident.say("skip")), "a required question is asked again"
    rows = [one.code for one in stored(resident, IntakeAnswer) if one.question == "for_whom"]
    assert rows == ["myself", "family"]


async def test_the_screening_speaks_french(resident: Resident) -> None:
    said = await screened(resident, "1", "moins de 16 ans", language="fr")
    assert "Ces services commencent à 16 ans" in said


async def test_what_cannot_be_read_is_asked_again_and_then_a_person_is_offered(resident: Resident) -> None:
    await resident.enter("dso-toronto", "en")
    first, second = await resident.say("blue"), await resident.say("green")
    assert "send the number of your answer" in words(first) and "A person can also do this" not in words(first)
    assert "A person can also do this" in words(second) and "Who is it for?" in words(second)


async def test_danger_comes_before_the_questions(resident: Resident) -> None:
    await resident.enter("dso-toronto", "en")
    said = await resident.say("i want to die")
    assert said[0]["kind"] == "crisis" and "Who is it for?" not in words(said)
    assert (await resident.state())["owner"] == "waiting"
    assert "How old" not in words(await resident.say("1")), "nobody in danger is asked for an age"


async def test_a_sign_at_the_railway_is_danger_before_anything_else(resident: Resident) -> None:
    body = {"door": "rail-northumberland", "sign": "12", "language": "en"}
    response = await resident.client.post("/api/conversations", json=body)
    resident.token = response.json()["token"]
    said = await resident.news()
    text = words(said)
    order = [text.index(part) for part in ("9-1-1", "step away from the tracks", "9-8-8", "a person from 211")]
    assert order == sorted(order) and {message["kind"] for message in said} == {"crisis"}
    assert (await resident.state())["owner"] == "waiting"
    (conversation,), (finding,) = stored(resident, Conversation), stored(resident, RiskFinding)
    assert conversation.risk_level == 2 and conversation.priority == 100
    assert (finding.level, finding.kind, finding.reasons) == (2, "suicide", ["door:rail-northumberland"])
    assert [(one.question, one.code) for one in stored(resident, IntakeAnswer)] == [("sign", "12")]
    assert [one.sign for one in stored(resident, Handoff)] == ["12"], "specialists see which sign it is"
    assert [(one.event, one.detail) for one in stored(resident, DoorEvent)] == [("entered", "12")]


async def test_whoever_writes_at_the_railway_is_neither_asked_nor_sent_away(resident: Resident) -> None:
    await resident.enter("rail-northumberland", "fr")
    said = await resident.say("bonjour")
    assert said and all(not message["choices"] for message in said)
    assert (await resident.state())["owner"] == "waiting"
