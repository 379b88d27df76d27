"""Texts that come in: whose they are, at which door, what is answered without the dialogue."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from bot.conversations.carrier_models import OptOut
from bot.conversations.models import Conversation, Message, Outbox, Person, RiskFinding
from tests.bot.conftest import FakeEngine, Resident
from tests.bot.sms.conftest import LINE, PUBLIC, SILENT, STUDENTS, Texter
from tests.peers import signing

pytestmark = pytest.mark.anyio


async def test_a_first_text_is_answered_and_the_answer_says_who_speaks(phone: Texter) -> None:
    first = await phone.text("hello")
    assert "211 Ontario" in first[0] and "9-1-1" in first[0]
    again = await phone.text("hello")
    assert again and "9-1-1" not in again[0]


async def test_the_same_text_once_more_is_neither_stored_nor_answered_twice(phone: Texter) -> None:
    assert await phone.text("hello", MessageSid="SMsame")
    assert not await phone.text("hello", MessageSid="SMsame")
    arrived = await asyncio.gather(*(phone.post("hello again", MessageSid="SMtwin") for _ in range(5)))
    assert {response.status_code for response in arrived} == {200}
    await phone.app.state.service.turns.settle()
    assert len(phone.news()) == 1
    assert sum(message.direction == "in" for message in phone.all(Message)) == 2


async def test_what_comes_while_too_much_is_worked_on_is_sent_away_and_taken_later(
    phone: Texter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sms.routes.MOST_AT_ONCE", 3)
    sent = [phone.post(f"hello {number}", MessageSid=f"SMmany{number}") for number in range(12)]
    arrived = await asyncio.gather(*sent)
    refused = [number for number, response in enumerate(arrived) if response.status_code == 503]
    assert refused and len(refused) < 12
    assert all(arrived[number].headers["retry-after"] for number in refused)
    for number in refused:
        assert (await phone.post(f"hello {number}", MessageSid=f"SMmany{number}")).status_code == 200
    await phone.app.state.service.turns.settle()
    stored = {message.text for message in phone.all(Message) if message.direction == "in"}
    assert {f"hello {number}" for number in range(12)} == stored


async def test_the_number_that_was_texted_is_the_door(phone: Texter) -> None:
    assert "Good2Talk" in (await phone.text("hi", STUDENTS))[0]
    assert "211 Ontario" in (await phone.text("hi", LINE))[0]
    assert sorted(one.door for one in phone.all(Conversation)) == ["211", "good2talk"]
    assert len(phone.all(Person)) == 1


async def test_hello_at_a_door_that_asks_something_gets_its_question(phone: Texter, engine: FakeEngine) -> None:
    said = "\n".join(await phone.text("hi", STUDENTS))
    assert "counsellor" in said and "1" in said
    await phone.text("1", STUDENTS)
    assert engine.asked[-1]["metadata"]["given"]["intent"] == "choose_route"


async def test_a_keyword_opens_its_door_with_its_greeting_and_stays_there(phone: Texter) -> None:
    await phone.text("hello")
    opened = "\n".join(await phone.text("good2talk"))
    assert "college" in opened and "1" in opened
    await phone.text("thanks")
    (students,) = [one for one in phone.all(Conversation) if one.door == "good2talk"]
    said = [one.text for one in phone.all(Message) if one.conversation_id == students.id and one.direction == "in"]
    assert said == ["good2talk", "thanks"]


async def test_two_people_never_share_a_conversation(phone: Texter) -> None:
    await phone.text("hello")
    other = Texter(phone.app, phone.client, "+14165550199", phone.seen)
    await other.text("hello")
    assert len({one.person_id for one in phone.all(Conversation)}) == 2


async def test_a_shared_place_answers_where_somebody_is(phone: Texter, engine: FakeEngine) -> None:
    await phone.text("", to=f"whatsapp:{LINE}", From="whatsapp:+14165550123", Latitude="43.7618", Longitude="-79.4111")
    (asked,) = engine.asked
    place = asked["metadata"]["given"]["entities"]["place"]
    assert asked["metadata"]["given"]["intent"] == "give_place"
    assert (place["lat"], place["lon"], place["kind"]) == (43.762, -79.411, "point")


async def test_a_place_outside_of_the_province_is_asked_for_in_words(phone: Texter) -> None:
    said = await phone.text("", Latitude="48.85", Longitude="2.35")
    assert len(said) == 1 and "?" in said[0]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"NumMedia": "1", "MediaContentType0": "image/jpeg", "MediaUrl0": "https://example.org/1"}, "pictures"),
        ({"NumMedia": "1", "MediaContentType0": "text/x-vcard", "MediaUrl0": "https://example.org/1"}, "pictures"),
        ({}, "empty"),
    ],
)
async def test_what_has_no_words_gets_a_clear_answer(phone: Texter, fields: dict[str, Any], expected: str) -> None:
    assert expected in (await phone.text("", **fields))[0]


async def test_words_beside_a_picture_are_answered(phone: Texter, engine: FakeEngine) -> None:
    fields: dict[str, Any] = {"NumMedia": "1", "MediaContentType0": "image/jpeg", "MediaUrl0": "https://example.org/1"}
    await phone.text("I need food", **fields)
    assert engine.asked[0]["text"] == "I need food"


async def test_a_reaction_to_our_text_is_kept_and_not_answered(phone: Texter) -> None:
    (said,) = await phone.text("hello")
    assert await phone.text(f"Liked “{said}”") == []
    assert len([one for one in phone.all(Message) if one.direction == "in"]) == 2


async def test_two_robots_stop_and_staff_see_it(phone: Texter) -> None:
    said = [await phone.text("I'll call you back later, sent by MyCarApp") for _ in range(9)]
    assert not said[-1]
    assert sum(bool(one) for one in said) <= 6


async def test_a_text_that_the_handset_cut_is_one_message(phone: Texter, engine: FakeEngine) -> None:
    first = "My landlord says we have to be out on Friday and I have two small children and no place to go " + "x" * 65
    await phone.text(first[:160], settle=False)
    await phone.text("because nobody answers me")
    assert [asked["text"] for asked in engine.asked] and engine.asked[0]["text"].endswith("because nobody answers me")
    assert len(engine.asked) == 1


async def test_danger_in_a_long_text_does_not_wait_for_its_rest(phone: Texter) -> None:
    said = await phone.text(("I want to kill myself tonight. " * 6)[:160])
    assert said and "9-8-8" in "".join(said)


class TestKeywords:
    async def test_after_stop_one_last_text_and_then_nothing_until_start(self, phone: Texter) -> None:
        await phone.text("hello")
        (farewell,) = await phone.text("STOP")
        assert "START" in farewell and "9-1-1" in farewell
        assert [one.kind for one in phone.all(Message) if "START" in one.text] == ["farewell"]
        assert (await phone.text("I need food"), await phone.text("STOP"), await phone.text("help")) == ([], [], [])
        assert len(phone.all(OptOut)) == 1
        assert await phone.text("START")
        assert not phone.all(OptOut)
        assert await phone.text("I need food")

    async def test_stop_is_answered_in_the_language_of_the_word(self, phone: Texter) -> None:
        (farewell,) = await phone.text("Arrêt")
        assert "START" in farewell and farewell.startswith("Vous")

    async def test_an_opt_out_holds_for_one_number_only(self, phone: Texter) -> None:
        await phone.text("STOP")
        assert await phone.text("hello", STUDENTS)

    async def test_help_and_end_from_somebody_in_danger_serve_both_readings_and_staff_see_them(
        self, phone: Texter
    ) -> None:
        await phone.text("I am going to kill myself")
        said = "".join(await phone.text("help"))
        assert "9-8-8" in said
        said = "".join(await phone.text("end"))
        assert "START" in said and "9-8-8" in said
        (conversation,) = phone.all(Conversation)
        assert conversation.owner == "waiting" and conversation.priority >= 100

    async def test_danger_after_an_opt_out_is_shown_to_staff_although_nothing_may_be_sent(self, phone: Texter) -> None:
        await phone.text("STOP")
        assert await phone.text("I want to kill myself now") == []
        (conversation,) = phone.all(Conversation)
        assert conversation.owner == "waiting" and conversation.priority >= 100
        assert [one.level for one in phone.all(RiskFinding)][-1] >= 2

    async def test_what_the_carrier_has_answered_is_not_answered_again(self, phone: Texter) -> None:
        assert await phone.text("STOP", OptOutType="STOP") == []
        assert len(phone.all(OptOut)) == 1


class TestCodes:
    async def test_a_code_brings_the_chat_to_the_phone(self, phone: Texter) -> None:
        resident = Resident(phone.app, phone.client)
        await resident.enter(language="fr")
        await resident.say("bonjour")
        shown = (await phone.client.post("/api/phone-code", json={}, headers=resident.headers)).json()["carry"]
        assert len(shown) == 3 and "555-010-0000" in shown[0]
        (code,) = re.findall(r"\d{3} \d{3}(?!-)", shown[0])
        phone.news()
        (said,) = await phone.text(code)
        assert "Nous" in said or "nous" in said
        await phone.text("merci")
        (conversation,) = phone.all(Conversation)
        assert (conversation.channel, conversation.line, conversation.language) == ("sms", LINE, "fr")
        assert any("merci" in message["text"] for message in await resident.news()), "the chat shows it too"

    async def test_a_wrong_code_is_only_a_number(self, phone: Texter) -> None:
        await phone.text("123456")
        assert len(phone.all(Conversation)) == 1


class TestErasing:
    async def test_after_erasing_nothing_of_the_words_is_left_and_the_person_is_told(
        self, phone: Texter, engine: FakeEngine
    ) -> None:
        await phone.text("I need food for my family and this is a secret")
        engine.pieces = [{"do": "delete"}]
        said = await phone.text("yes, delete it")
        assert len(said) == 1 and "erased" in said[0]
        assert not any("secret" in one.text or "delete" in one.text for one in phone.all(Message))


class TestRefused:
    async def test_what_the_carrier_did_not_sign_is_refused_and_nothing_is_stored(
        self, phone: Texter, capsys: pytest.CaptureFixture[str]
    ) -> None:
        form = {"MessageSid": "SM1", "From": phone.number, "To": LINE, "Body": "a secret"}
        good = signing.form(f"{PUBLIC}/sms/inbound", form, "another-token")
        for headers in (good.headers, {}, {"x-twilio-signature": ""}, {"x-twilio-signature": "é".encode("latin-1")}):
            response = await phone.client.post("/sms/inbound", content=good.body, headers=headers)  # type: ignore[arg-type]
            assert response.status_code == 403
        assert not phone.all(Message) and not phone.all(Person)
        assert "secret" not in capsys.readouterr().out

    async def test_a_form_without_its_fields_is_refused_with_the_reason(self, phone: Texter) -> None:
        response = await phone.post("x", MessageSid="")
        assert response.status_code == 400 and "MessageSid" in response.text
        assert not phone.all(Message)

    @pytest.mark.parametrize("number", ["+15550109999", SILENT])
    async def test_a_number_that_is_not_ours_or_takes_no_texts_is_refused(self, phone: Texter, number: str) -> None:
        assert (await phone.post("x", number)).status_code == 404
        assert not phone.all(Message)

    async def test_an_oversized_webhook_is_refused(self, phone: Texter) -> None:
        response = await phone.post("x" * 70_000)
        assert response.status_code == 413
        assert not phone.all(Message)


class TestStatus:
    async def status(self, phone: Texter, sid: str, said: str, out: str) -> int:
        request = signing.form(
            f"{PUBLIC}/sms/status?out={out}",
            {"MessageSid": sid, "MessageStatus": said, "ErrorCode": ""},
            "token-of-the-tests",
        )
        response = await phone.client.post(f"/sms/status?out={out}", content=request.body, headers=request.headers)
        return response.status_code

    async def test_a_status_is_kept_with_its_text_and_never_goes_back(self, phone: Texter) -> None:
        await phone.text("hello", NumMedia="0")
        row = phone.all(Outbox)[0]
        for said in ("delivered", "sent", "delivered"):
            assert await self.status(phone, "SMout", said, row.id) == 204
        row = next(one for one in phone.all(Outbox) if one.id == row.id)
        assert (row.state, row.status, row.sid) == ("delivered", "delivered", "SMout")
