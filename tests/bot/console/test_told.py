"""What the person told the door, as the desk shows it: answers, and what they agreed to share."""

from __future__ import annotations

import pytest

from bot.console.models import PartnerTransfer
from bot.service import Service
from tests.bot.conftest import MONDAY, Resident
from tests.bot.console.conftest import Hire, conversation_of, waits

pytestmark = pytest.mark.anyio
SCREENING = ("2", "18 or older", "Scarborough", "1", "Sam", "416-555-0123", "yes", "yes")


async def screened(service: Service, resident: Resident, *answers: str) -> str:
    await resident.enter("dso-toronto", "en")
    for one in answers:
        await resident.say(one)
    conversation = conversation_of(service, resident)
    waits(service, conversation)
    return conversation


async def test_answers_are_read_in_the_language_of_the_staff(service: Service, resident: Resident, hire: Hire) -> None:
    conversation = await screened(service, resident, *SCREENING)
    told = (await hire().opens(conversation))["conversation"]["intake"]
    assert [one["question"] for one in told] == [
        "For", "Age", "Lives in", "Developmental disability", "Name to use", "How to reach you",
    ]  # fmt: skip
    assert told[1]["answer"] == "18 or older" and told[1]["language"] is None
    assert told[4] == {"question": "Name to use", "answer": "Sam", "language": "en"}
    french = (await hire(interface="fr", languages=("fr",)).opens(conversation))["conversation"]["intake"]
    assert french[1]["question"] != "Age" or french[1]["answer"] == "18 ans ou plus"
    assert french[1]["answer"] != "18 or older"


async def test_a_place_that_was_told_to_the_door_is_not_named(service: Service, resident: Resident, hire: Hire) -> None:
    conversation = await screened(service, resident, *SCREENING)
    told = (await hire().opens(conversation))["conversation"]["intake"]
    assert told[2]["answer"] == "told (show it under Place)"
    assert "Scarborough" not in str(told)


async def test_an_answer_that_was_withheld_stays_so(service: Service, resident: Resident, hire: Hire) -> None:
    conversation = await screened(service, resident, *SCREENING[:4], "skip")
    told = (await hire().opens(conversation))["conversation"]["intake"]
    assert told[-1] == {"question": "Name to use", "answer": None, "language": None}


async def test_consent_says_what_may_go_to_whom(service: Service, resident: Resident, hire: Hire) -> None:
    conversation = await screened(service, resident, *SCREENING, "yes")
    (consent,) = (await hire().opens(conversation))["conversation"]["consents"]
    assert consent["given"] and "Name to use" in consent["label"]
    assert "the case-workers of Developmental Services Ontario" in consent["label"]


async def test_a_refusal_is_shown_as_one(service: Service, resident: Resident, hire: Hire) -> None:
    conversation = await screened(service, resident, *SCREENING, "no")
    (consent,) = (await hire().opens(conversation))["conversation"]["consents"]
    assert not consent["given"] and consent["label"].startswith("Did not want to share")


async def test_what_was_agreed_to_before_a_warm_transfer_stands_there_too(
    service: Service, resident: Resident, hire: Hire
) -> None:
    one = hire()
    await resident.enter()
    conversation = conversation_of(service, resident)
    waits(service, conversation)
    with service.ledger.writing() as session:
        session.add(
            PartnerTransfer(
                conversation_id=conversation, door="211", line="suicide-988", shared=["language", "needs"],
                consent_version="desk-1", state="offered", by=one.member.id, created_at=MONDAY,
            )
        )  # fmt: skip
    (consent,) = (await one.opens(conversation))["conversation"]["consents"]
    assert consent["label"].endswith(": Language, Needs") and "Suicide Crisis Helpline" in consent["label"]


async def test_a_railway_sign_is_told_by_its_number(service: Service, resident: Resident, hire: Hire) -> None:
    response = await resident.client.post("/api/conversations", json={"door": "rail-northumberland", "sign": "12"})
    resident.token = response.json()["token"]
    found = (await hire().opens(conversation_of(service, resident)))["conversation"]["intake"]
    assert found == [{"question": "Sign", "answer": "12", "language": None}]
