"""What a specialist writes: previewed as it is sent, once, in order, and only while they hold the conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.carrier.numbers import Numbers, OurNumber
from bot.console.models import Note, Referral
from bot.conversations import people
from bot.conversations.models import Conversation, Message, Outbox, Person
from bot.service import Service
from bot.staff.models import StaffAudit
from tests.bot.conftest import MONDAY, Resident
from tests.bot.console.conftest import FakeTranslator, Hire, held, waiting

pytestmark = pytest.mark.anyio
OURS = "+14165550199"


def _said(service: Service, conversation: str) -> Sequence[Message]:
    with Session(service.ledger.engine) as session:
        wanted = select(Message).where(Message.conversation_id == conversation, Message.author == "specialist")
        return session.scalars(wanted.order_by(Message.seq)).all()


async def test_what_is_previewed_is_what_is_sent(service: Service, resident: Resident, hire: Hire) -> None:
    one = hire()
    conversation = await held(service, resident, one, language="es")
    preview = (await one.to(conversation, "preview", text="Call 416-555-0100 before 5 pm.")).json()
    assert preview["how"] == "machine" and preview["sure"] and preview["back"]
    sent = await one.to(conversation, "messages", id="m1", text="Call 416-555-0100 before 5 pm.", seen=preview["text"])
    assert sent.status_code == 202
    (message,) = _said(service, conversation)
    assert message.text == preview["text"] and message.language == "es"
    assert message.payload["machine_translated"] and message.payload["original"] == "Call 416-555-0100 before 5 pm."
    seen = [one for one in await resident.news() if one["author"] == "specialist"]
    assert seen[0]["machine_translated"] and seen[0]["original"] == "Call 416-555-0100 before 5 pm."


async def test_the_same_id_is_sent_once(service: Service, resident: Resident, hire: Hire) -> None:
    one = hire()
    conversation = await held(service, resident, one)
    first = await one.to(conversation, "messages", id="m1", text="Hello.")
    again = await one.to(conversation, "messages", id="m1", text="Hello.")
    assert first.json()["messages"] == again.json()["messages"]
    assert len(_said(service, conversation)) == 1
    with Session(service.ledger.engine) as session:
        assert len(session.scalars(select(Outbox).where(Outbox.message_id.in_(first.json()["messages"]))).all()) == 1


async def test_a_slow_translation_does_not_let_later_words_pass(
    service: Service, resident: Resident, hire: Hire, translator: FakeTranslator
) -> None:
    translator.slow = "First."
    one = hire()
    conversation = await held(service, resident, one, language="es")
    first = asyncio.ensure_future(one.to(conversation, "messages", id="m1", text="First."))
    while not translator.asked:
        await asyncio.sleep(0.01)
    second = asyncio.ensure_future(one.to(conversation, "messages", id="m2", text="Second."))
    await asyncio.gather(first, second)
    assert [message.payload["original"] for message in _said(service, conversation)] == ["First.", "Second."]


async def test_a_doubtful_translation_is_sent_only_when_confirmed(
    service: Service, resident: Resident, hire: Hire, translator: FakeTranslator
) -> None:
    translator.doubted["It is complicated."] = "unsure"
    one = hire()
    conversation = await held(service, resident, one, language="es")
    refused = await one.to(conversation, "messages", id="m1", text="It is complicated.")
    assert refused.status_code == 409 and refused.json()["code"] == "confirm"
    assert refused.json()["preview"]["text"] == "[es] It is complicated." and not _said(service, conversation)
    assert (
        await one.to(conversation, "messages", id="m1", text="It is complicated.", confirmed=True)
    ).status_code == 202
    as_written = {"id": "m2", "text": "It is complicated.", "as_written": True}
    assert (await one.to(conversation, "messages", **as_written)).status_code == 202
    assert _said(service, conversation)[-1].text.endswith("It is complicated.")


async def test_a_translation_that_changes_a_number_is_never_sent(
    service: Service, resident: Resident, hire: Hire, translator: FakeTranslator
) -> None:
    translator.doubted["Call 416-555-0100."] = "number"
    one = hire()
    conversation = await held(service, resident, one, language="es")
    sent = await one.to(conversation, "messages", id="m1", text="Call 416-555-0100.", confirmed=True)
    assert sent.json()["how"] == "none"
    last = _said(service, conversation)[-1]
    assert last.text == "Call 416-555-0100." and last.language == "en"
    assert not last.payload.get("machine_translated")


async def test_without_a_package_the_person_is_told_once_and_gets_the_original(
    service: Service, resident: Resident, hire: Hire
) -> None:
    one = hire()
    conversation = await held(service, resident, one, language="pa")
    told = service.catalogue.say("handoff_no_translation", "pa", language_name="English", line_211="2-1-1")
    news = await resident.news()
    assert told in [message["text"] for message in news]
    preview = (await one.to(conversation, "preview", text="I am looking for an interpreter.")).json()
    assert preview["how"] == "none" and preview["text"] == "I am looking for an interpreter."
    await one.to(conversation, "messages", id="m1", text="I am looking for an interpreter.")
    assert [message.text for message in _said(service, conversation)] == ["I am looking for an interpreter."]


async def test_only_who_holds_it_can_write(service: Service, resident: Resident, hire: Hire) -> None:
    one, other, supervisor = hire(), hire(), hire(roles=("supervisor",))
    conversation = await held(service, resident, one)
    assert (await other.to(conversation, "messages", id="a", text="Hello")).json()["code"] == "not_held"
    refused = await supervisor.to(conversation, "messages", id="b", text="Hello")
    assert refused.status_code == 409 and refused.json()["code"] == "not_held"
    assert (await supervisor.to(conversation, "join")).status_code == 200
    assert (await supervisor.to(conversation, "messages", id="c", text="I am here too.")).status_code == 202
    assert (await one.to(conversation, "return")).status_code == 200
    for colleague in (one, supervisor):
        late = await colleague.to(conversation, "messages", id="late", text="One more thing.")
        assert late.status_code in (403, 409)
    assert [message.text for message in _said(service, conversation)] == ["I am here too."]


async def test_who_waits_is_not_written_to(service: Service, resident: Resident, hire: Hire) -> None:
    conversation = await waiting(service, resident, "hello")
    refused = await hire().to(conversation, "messages", id="m1", text="Hello")
    assert refused.status_code == 409 and refused.json()["code"] == "not_held"


async def test_a_note_is_never_sent(service: Service, resident: Resident, hire: Hire) -> None:
    one = hire()
    conversation = await held(service, resident, one)
    await resident.news()
    assert (await one.to(conversation, "notes", id="n1", text="Sounded afraid.")).status_code == 201
    assert (await one.to(conversation, "notes", id="n1", text="Sounded afraid.")).status_code == 200
    assert await resident.news() == []
    found = await one.opens(conversation)
    assert [note["text"] for note in found["notes"]] == ["Sounded afraid."]
    with Session(service.ledger.engine) as session:
        assert len(session.scalars(select(Note)).all()) == 1
        assert not session.scalars(select(Message).where(Message.text.contains("afraid"))).all()


async def test_a_listing_goes_out_in_the_persons_language_and_is_recorded_as_given(
    service: Service, resident: Resident, hire: Hire
) -> None:
    one = hire()
    conversation = await held(service, resident, one, "necesito comida en Toronto", language="es")
    results = (await one.get("search", conversation=conversation, need="food.pantry")).json()["results"]
    listing = results[0]["id"]
    sent = await one.to(conversation, "listings", listing=listing, need="food.pantry")
    assert sent.status_code == 202 and sent.json()["referral"]["state"] == "given"
    await one.to(conversation, "listings", listing=listing)
    (message,) = _said(service, conversation)
    assert message.language == "es" and message.payload["cards"][0]["id"] == listing
    with Session(service.ledger.engine) as session:
        (row,) = session.scalars(select(Referral).where(Referral.conversation_id == conversation)).all()
        assert row.given_by == one.member.id and row.need == "food.pantry"
    assert (await one.opens(conversation))["referrals"][0]["name"] == results[0]["name"]


async def test_a_canned_sentence_of_the_catalogue_needs_no_machine(
    service: Service, resident: Resident, hire: Hire, translator: FakeTranslator
) -> None:
    from bot.console.api.canned import stocked

    stocked(service)
    one = hire()
    conversation = await held(service, resident, one, language="es")
    found = (await one.get("canned", conversation=conversation, q="lugar place")).json() or (
        await one.get("canned", conversation=conversation, q="place")
    ).json()
    place = next(reply for reply in found if reply["shortcut"] == "place")
    assert place["how"] == "catalogue" and place["text"] == service.catalogue.say("ask_place", "es")
    body = {"id": "m1", "text": place["text"], "canned": place["id"], "language": "es"}
    sent = await one.to(conversation, "messages", **body)
    assert sent.json()["how"] == "catalogue"
    assert place["text"] not in [text for text, _, _ in translator.asked]
    shown = (await one.opens(conversation))["messages"][-1]
    assert shown["translation"]["text"] == service.catalogue.say("ask_place", "en")


async def test_somebody_who_opted_out_is_not_written_to(service: Service, resident: Resident, hire: Hire) -> None:
    one = hire()
    conversation = await held(service, resident, one)
    _by_text(service, conversation, "sms", "+14165550100")
    with service.ledger.writing() as session:
        pseudonym = service.keys.pseudonym("sms", "+14165550100")
        people.opt_out(session, OURS, pseudonym, word="STOP", told_by="person", now=MONDAY)
    refused = await one.to(conversation, "messages", id="m1", text="Hello")
    assert refused.status_code == 409 and refused.json()["code"] == "opted_out"
    assert "opted_out" in [one["code"] for one in (await one.opens(conversation))["conversation"]["warnings"]]


async def test_each_message_is_on_record_without_words(service: Service, resident: Resident, hire: Hire) -> None:
    one = hire()
    conversation = await held(service, resident, one)
    await one.to(conversation, "messages", id="m1", text="A very private sentence.")
    with Session(service.ledger.engine) as session:
        rows = session.scalars(select(StaffAudit).where(StaffAudit.conversation_id == conversation)).all()
        assert "wrote" in [row.action for row in rows]
        assert not any("private" in str(row.codes) for row in rows)


async def test_hostile_bodies_change_nothing(service: Service, resident: Resident, hire: Hire) -> None:
    one = hire()
    conversation = await held(service, resident, one)
    for body in (
        {},
        {"id": 1, "text": "x"},
        {"id": "a/1", "text": "x"},
        {"id": "a", "text": []},
        {"id": "a", "text": " "},
    ):
        response = await one.to(conversation, "messages", **body)
        assert response.status_code == 400 and response.json()["error"]
    long = await one.to(conversation, "messages", id="a", text="x" * 5000)
    assert long.status_code == 413
    assert not _said(service, conversation)


def _by_text(service: Service, conversation: str, channel: str, number: str) -> None:
    """Turns a conversation of the web into one by text."""
    numbers = [OurNumber(number=OURS, voice=True), OurNumber(number=f"whatsapp:{OURS}", kind="whatsapp")]
    service.numbers = Numbers({one.number: one for one in numbers})
    line = f"whatsapp:{OURS}" if channel == "whatsapp" else OURS
    with service.ledger.writing() as session:
        person = people.person_for(session, service.keys, channel, number, MONDAY)
        session.execute(
            update(Conversation)
            .where(Conversation.id == conversation)
            .values(channel=channel, person_id=person.id, line=line)
        )


async def test_one_message_that_cannot_be_translated_says_so(
    service: Service, resident: Resident, hire: Hire, translator: FakeTranslator
) -> None:
    translator.doubted["Come at 9:30."] = "time"
    one = hire()
    conversation = await held(service, resident, one, language="es")
    preview = (await one.to(conversation, "preview", text="Come at 9:30.")).json()
    said = service.catalogue.say("message_not_translated", "es", language_name="English")
    assert preview["parts"] == [said, "Come at 9:30."] and preview["how"] == "none"
    await one.to(conversation, "messages", id="m1", text="Come at 9:30.", seen=preview["text"])
    assert [message.text for message in _said(service, conversation)] == preview["parts"]


async def test_by_text_it_goes_out_in_parts_that_fit_and_marked(
    service: Service, resident: Resident, hire: Hire
) -> None:
    one = hire()
    conversation = await held(service, resident, one, language="es")
    _by_text(service, conversation, "sms", "+14165550100")
    long = " ".join(f"This is sentence number {n} of a long answer." for n in range(20))
    preview = (await one.to(conversation, "preview", text=long)).json()
    assert len(preview["parts"]) > 1 and all(len(part) <= 320 for part in preview["parts"])
    note = service.catalogue.say("machine_note", "es")
    assert preview["parts"][-1].endswith(note) or note in preview["text"]
    sent = await one.to(conversation, "messages", id="m1", text=long, seen=preview["text"])
    assert len(sent.json()["messages"]) == len(preview["parts"])
    with Session(service.ledger.engine) as session:
        rows = session.scalars(
            select(Outbox).where(Outbox.message_id.in_(sent.json()["messages"])).order_by(Outbox.seq)
        ).all()
        assert [row.channel for row in rows] == ["sms"] * len(rows) and all(row.next_at for row in rows)
        assert {row.line for row in rows} == {OURS}


async def test_a_caller_gets_a_text_only_after_a_yes(service: Service, resident: Resident, hire: Hire) -> None:
    one = hire()
    conversation = await held(service, resident, one)
    _by_text(service, conversation, "voice", "+14165550123")
    refused = await one.to(conversation, "messages", id="m1", text="The address is 1 Sample Street.")
    assert refused.status_code == 409 and refused.json()["code"] == "consent"
    sent = await one.to(conversation, "messages", id="m1", text="The address is 1 Sample Street.", consent=True)
    assert sent.status_code == 202, sent.text
    with Session(service.ledger.engine) as session:
        row = session.scalars(select(Outbox).where(Outbox.message_id == sent.json()["messages"][0])).one()
        person = session.get_one(Person, row.person_id)
        assert row.channel == "sms" and person.channel == "sms"


async def test_a_messenger_that_was_silent_for_a_day_is_closed(
    service: Service, resident: Resident, hire: Hire
) -> None:
    one = hire()
    conversation = await held(service, resident, one)
    _by_text(service, conversation, "whatsapp", "+14165550100")
    refused = await one.to(conversation, "preview", text="Hello")
    assert refused.status_code == 409 and refused.json()["code"] == "window_closed"
    found = (await one.opens(conversation))["conversation"]
    assert "window_closed" in [warning["code"] for warning in found["warnings"]]
