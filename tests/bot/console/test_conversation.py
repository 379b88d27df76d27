"""Opening a conversation: who may, what is seen of it, and that every look is on record."""

from __future__ import annotations

import time
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.conversations import inbox
from bot.conversations.models import Message, new_id
from bot.service import Service
from bot.staff.models import StaffAudit
from tests.bot.conftest import MONDAY, Resident
from tests.bot.console.conftest import FakeTranslator, Hire, conversation_of, held, waiting

pytestmark = pytest.mark.anyio


def _records(service: Service, conversation: str, action: str) -> list[StaffAudit]:
    with Session(service.ledger.engine) as session:
        wanted = select(StaffAudit).where(StaffAudit.conversation_id == conversation, StaffAudit.action == action)
        return list(session.scalars(wanted))


async def test_who_waits_can_be_read_at_ones_doors(service: Service, resident: Resident, hire: Hire) -> None:
    conversation = await waiting(service, resident, "I need food in Sudbury")
    found = await hire(doors=("211",)).opens(conversation)
    assert "I need food in Sudbury" in [one["text"] for one in found["messages"]]
    assert found["conversation"]["owner"] == "waiting" and not found["conversation"]["mine"]


async def test_what_the_doors_offer_beyond_the_conversation_is_at_hand(
    service: Service, resident: Resident, hire: Hire
) -> None:
    conversation = await waiting(service, resident, "hello")
    found = (await hire(doors=("211", "rmt-sudbury")).opens(conversation))["further"]
    assert [one["code"] for one in found] == ["plan", "situation"]
    assert found[1]["href"] == f"/console/situations/rmt-sudbury/new?conversation={conversation}"
    assert [one["code"] for one in (await hire(doors=("211",)).opens(conversation))["further"]] == ["plan"]


async def test_who_was_sent_over_is_accepted_or_returned_from_the_desk(
    service: Service, resident: Resident, hire: Hire
) -> None:
    conversation = await waiting(service, resident, "hello", door="calgary-911")
    found = (await hire(doors=("calgary-911",)).opens(conversation))["further"]
    assert found[0]["code"] == "diversion" and found[0]["href"] == "/console/diversions"


async def test_a_conversation_of_another_door_is_refused(service: Service, resident: Resident, hire: Hire) -> None:
    conversation = await waiting(service, resident, "hello")
    response = await hire(doors=("good2talk",)).get(f"conversations/{conversation}")
    assert response.status_code == 403 and response.json()["code"] == "not_your_door"
    assert "hello" not in response.text


async def test_what_the_bot_or_a_colleague_holds_is_not_read(service: Service, resident: Resident, hire: Hire) -> None:
    await resident.enter()
    await resident.say("hello")
    conversation = conversation_of(service, resident)
    curious = hire()
    response = await curious.get(f"conversations/{conversation}")
    assert response.status_code == 403 and response.json()["code"] == "not_yours"
    other = hire()
    taken = await held(service, resident, other, "more")
    assert (await curious.get(f"conversations/{taken}")).status_code == 403
    assert (await hire(roles=("supervisor",)).get(f"conversations/{taken}")).status_code == 200


async def test_a_right_without_the_desk_reads_nothing(service: Service, resident: Resident, hire: Hire) -> None:
    conversation = await waiting(service, resident, "hello")
    for role in ("administrator", "reporter"):
        response = await hire(roles=(role,)).get(f"conversations/{conversation}")
        assert response.status_code == 403


async def test_each_look_is_on_record_once_in_a_while(service: Service, resident: Resident, hire: Hire) -> None:
    conversation = await waiting(service, resident, "hello")
    one = hire()
    await one.opens(conversation)
    await one.opens(conversation)
    assert [row.actor for row in _records(service, conversation, "viewed")] == [one.member.id]


async def test_the_place_is_told_on_request_alone(service: Service, resident: Resident, hire: Hire) -> None:
    one = hire()
    conversation = await held(service, resident, one, "I need food", "Sudbury")
    found = await one.opens(conversation)
    assert found["conversation"]["place"] is None and found["conversation"]["place_known"]
    assert not _records(service, conversation, "place")
    response = await one.to(conversation, "place")
    assert "Sudbury" in response.json()["place"]["name"]
    assert "lat" not in response.text
    assert len(_records(service, conversation, "place")) == 1


async def test_what_the_bot_said_is_read_in_the_language_of_the_staff(
    service: Service, resident: Resident, hire: Hire
) -> None:
    conversation = await waiting(service, resident, language="pa")
    first = (await hire().opens(conversation))["messages"][0]
    assert first["language"] == "pa" and first["translation"]["how"] == "catalogue"
    assert first["translation"]["text"] == service.catalogue.say("greeting_211", "en")
    french = (await hire(languages=("fr",), interface="fr").opens(conversation))["messages"][0]
    assert french["translation"]["text"] == service.catalogue.say("greeting_211", "fr")
    both = (await hire(languages=("en", "pa")).opens(conversation))["messages"][0]
    assert both["translation"] is None  # they read Punjabi


async def test_numbers_of_a_menu_stay_what_they_are(service: Service, resident: Resident, hire: Hire) -> None:
    conversation = await waiting(service, resident, "hola necesito comida", language="es")
    found = await hire().opens(conversation)
    menus = [one for one in found["messages"] if one["choices"] and one["translation"]]
    assert menus
    for one in menus:
        for choice in one["choices"]:
            assert f"{choice['number']}." in one["translation"]["text"]


async def test_what_the_person_wrote_is_translated_afterwards_and_once(
    gateway: Starlette, service: Service, resident: Resident, hire: Hire, translator: FakeTranslator
) -> None:
    one = hire()
    conversation = await held(service, resident, one, language="es")
    await resident.say("tengo mucho miedo de mi esposo")
    before = (await one.opens(conversation))["messages"][-1]
    assert before["text"] == "tengo mucho miedo de mi esposo"
    assert before["translation"]["how"] == "none" and before["translation"]["pending"]
    await gateway.state.desk.readings.settle()
    after = (await one.opens(conversation))["messages"][-1]
    assert after["translation"]["how"] == "machine" and after["translation"]["text"].startswith("[en]")
    asked = [text for text, _, _ in translator.asked]
    await one.opens(conversation)
    await gateway.state.desk.readings.settle()
    assert [text for text, _, _ in translator.asked] == asked


async def test_a_doubtful_reading_says_that_it_is_doubtful(
    gateway: Starlette, service: Service, resident: Resident, hire: Hire, translator: FakeTranslator
) -> None:
    translator.doubted["no sé qué hacer"] = "unsure"
    one = hire()
    conversation = await held(service, resident, one, language="es")
    await resident.say("no sé qué hacer")
    await one.opens(conversation)
    await gateway.state.desk.readings.settle()
    found = (await one.opens(conversation))["messages"][-1]["translation"]
    assert found["how"] == "machine" and found["sure"] is False


async def test_a_language_without_a_package_says_so_and_names_a_line(
    service: Service, resident: Resident, hire: Hire
) -> None:
    one = hire()
    conversation = await held(service, resident, one, "ਮੈਨੂੰ ਮਦਦ ਚਾਹੀਦੀ ਹੈ", language="pa")
    found = (await one.opens(conversation))["conversation"]
    assert found["translation"]["reads"] == found["translation"]["writes"] == "none"
    assert found["translation"]["interpreter"]["phone"]
    assert "no_translation" in [warning["code"] for warning in found["warnings"]]


async def test_the_line_that_sums_up_is_made_of_facts(service: Service, resident: Resident, hire: Hire) -> None:
    one = hire()
    conversation = await held(service, resident, one, "I want to die")
    found = await one.opens(conversation)
    assert found["summary"].startswith("Danger: high (suicide)")
    assert "211 Ontario, web chat, English" in found["summary"]
    assert found["conversation"]["risk"]["history"][0]["reasons"][0]["label"]
    french = await hire(roles=("supervisor",), interface="fr", languages=("en", "fr")).opens(conversation)
    assert french["summary"].startswith("Danger : élevé (suicide)")


async def test_five_hundred_messages_open_in_time(
    service: Service, resident: Resident, hire: Hire, translator: FakeTranslator
) -> None:
    translator.pairs = frozenset()  # translations come later, and are not what is counted here
    one = hire()
    conversation = await held(service, resident, one, "necesito comida en Toronto", language="es")
    _fill(service, conversation, 500)
    await one.opens(conversation)
    statements: list[str] = []
    event.listen(service.ledger.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    began = time.perf_counter()
    found = await one.opens(conversation)
    took = time.perf_counter() - began
    assert len(found["messages"]) == 100 and found["more"]
    assert took < 0.3, took
    whole = len(statements)
    statements.clear()
    await one.opens(conversation, limit=10)
    assert len(statements) == whole  # as many for ten messages as for a hundred
    older = await one.opens(conversation, before=found["messages"][0]["seq"], limit=200)
    assert len(older["messages"]) == 200 and older["messages"][-1]["seq"] == found["messages"][0]["seq"] - 1


def _fill(service: Service, conversation: str, count: int) -> None:
    with service.ledger.writing() as session:
        given = session.scalars(
            select(Message.payload).where(Message.conversation_id == conversation, Message.direction == "out")
        ).all()
        seq = inbox.next_seq(session, conversation, count)
        rows: list[dict[str, Any]] = []
        for offset in range(count):
            inward = offset % 2 == 0
            rows.append(
                {
                    "id": new_id(), "conversation_id": conversation, "seq": seq + offset,
                    "direction": "in" if inward else "out", "author": "person" if inward else "bot", "channel": "web",
                    "text": f"mensaje {offset}", "language": "es", "kind": "text",
                    "payload": {} if inward else given[offset % len(given)], "state": "done" if inward else "said",
                    "created_at": MONDAY,
                }
            )  # fmt: skip
        session.bulk_insert_mappings(Message.__mapper__, rows)
