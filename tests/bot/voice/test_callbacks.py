"""The questions about a callback and a message: nothing is taken for granted, nothing is lost half-way."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session
from twilio.twiml.voice_response import Gather, VoiceResponse

from bot.conversations.carrier_models import Callback
from bot.conversations.database import upgrade_engine
from bot.conversations.identity import Keys
from bot.conversations.models import Audit, Conversation
from bot.database import open_database
from bot.language.catalogue import Catalogue
from bot.voice.callbacks import ASKING, LONGEST, Request, answered, keep, put
from tests.peers.twiml import valid

KEYS = Keys.from_secret(secrets.token_bytes(32))
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
PERSON = "+14165550142"
RECORDING = "RE" + "0123456789abcdef" * 2
CATALOGUE = Catalogue.load()


def speak(parent: VoiceResponse | Gather, message: str, /, **facts: str) -> None:
    parent.say(CATALOGUE.say(message, "en", **facts))


def shown(request: Request) -> str:
    response = VoiceResponse()
    put(response, request, speak, KEYS, action="/voice/transfer/callback?n=1&k=0")
    return str(response)


def pressed(request: Request, *keys: str, caller: str | None = PERSON) -> Request:
    for key in keys:
        request = answered(request, {"Digits": key}, caller=caller, keys=KEYS)
    return request


def number_of(request: Request) -> str | None:
    return KEYS.opened(base64.b64decode(request.number)) if request.number else None


def test_a_callback_to_the_same_number_asks_for_safe_hours_and_whether_a_message_is_safe() -> None:
    request = pressed(Request(), "1", "1", "3", "2")
    assert (request.stage, request.kind) == ("done", "callback")
    assert (request.safe_hours, request.may_leave) == ("afternoon", False)
    assert number_of(request) == PERSON


def test_another_number_is_read_back_before_it_is_taken() -> None:
    typed = pressed(Request(), "1", "2", "6475550123")
    assert typed.stage == "number_right"
    assert "647-555-0123" in shown(typed)
    assert not typed.agreed
    assert number_of(pressed(typed, "1", "1", "1")) == "+16475550123"
    assert pressed(typed, "2").number is None


def test_who_hides_the_number_is_asked_for_one_and_never_about_the_hidden_one() -> None:
    request = pressed(Request(hidden=True), "1", caller=None)
    assert request.stage == "number"


def test_a_yes_to_this_number_without_a_number_asks_for_one() -> None:
    assert pressed(Request(), "1", "1", caller="anonymous").stage == "number"


def test_a_wrong_number_is_asked_for_again_and_then_let_be() -> None:
    request = pressed(Request(), "1", "2", "911")
    assert request.stage == "number"
    assert CATALOGUE.say("voice_number_wrong", "en") in shown(request)
    assert pressed(request, "12").stage == "nothing"


@pytest.mark.parametrize("way", [(), ("1",), ("1", "2"), ("1", "2", "6475550123")])
def test_silence_is_never_a_yes_to_being_called(way: tuple[str, ...]) -> None:
    request = pressed(Request(), *way, "", "")
    assert request.stage == "nothing"
    assert not request.agreed


def test_silence_about_hours_and_messages_leaves_them_unsaid() -> None:
    request = pressed(Request(), "1", "1", "", "", "", "")
    assert request.stage == "done"
    assert (request.safe_hours, request.may_leave) == (None, None)


def test_nothing_is_recorded_before_the_key_for_it() -> None:
    assert "<Record" not in shown(Request())
    page = shown(pressed(Request(), "2"))
    assert f'maxLength="{LONGEST}"' in page
    assert 'transcribe="false"' in page
    assert valid(page) == []


def test_after_a_message_the_same_is_asked_and_silence_keeps_the_message_without_a_number() -> None:
    recorded = {"RecordingSid": RECORDING, "RecordingDuration": "9"}
    left = answered(pressed(Request(), "2"), recorded, caller=PERSON, keys=KEYS)
    assert (left.stage, left.recording, left.agreed) == ("this_number", RECORDING, True)
    assert pressed(left, "1", "2", "1").stage == "done"
    alone = pressed(left, "", "")
    assert (alone.stage, alone.number, alone.recording) == ("done", None, RECORDING)


@pytest.mark.parametrize("form", [{}, {"RecordingSid": RECORDING, "RecordingDuration": "0"}, {"RecordingSid": "RE1"}])
def test_an_empty_message_may_be_tried_again_once(form: dict[str, str]) -> None:
    again = answered(pressed(Request(), "2"), form, caller=PERSON, keys=KEYS)
    assert again.stage == "record"
    assert CATALOGUE.say("voice_voicemail_empty", "en") in shown(again)
    assert answered(again, form, caller=PERSON, keys=KEYS).stage == "nothing"


def test_0_asks_for_a_person_from_any_question_and_9_repeats_it() -> None:
    for stage in ASKING - {"record"}:
        request = Request(stage=stage, number=pressed(Request(), "1", "2", "6475550123").number)
        assert pressed(request, "0").stage == "person"
        assert pressed(request, "9") == request


@pytest.mark.parametrize(
    ("language", "words", "stage"),
    [
        ("en", "yes please", "when"),
        ("fr", "oui", "when"),
        ("en", "no", "number"),
        ("en", "what did you say", "this_number"),
    ],
)
def test_yes_and_no_may_be_said_in_the_caller_s_language(language: str, words: str, stage: str) -> None:
    asked = pressed(Request(), "1")
    said = answered(asked, {"SpeechResult": words, "Confidence": "0.9"}, caller=PERSON, keys=KEYS, language=language)
    assert said.stage == stage


def test_what_the_carrier_is_not_sure_of_is_no_answer() -> None:
    asked = pressed(Request(), "1")
    said = answered(asked, {"SpeechResult": "yes", "Confidence": "0.3"}, caller=PERSON, keys=KEYS)
    assert (said.stage, said.number) == ("this_number", None)


def test_a_yes_chooses_nothing_among_several_offers() -> None:
    said = answered(Request(), {"SpeechResult": "yes", "Confidence": "0.9"}, caller=PERSON, keys=KEYS)
    assert said.stage == "offer"


def test_the_number_stands_nowhere_in_what_is_stored() -> None:
    stored = str(pressed(Request(), "1", "2", "6475550123").as_json())
    assert "6475550123" not in stored
    assert Request.from_json(pressed(Request(), "1", "1").as_json()).number is not None


def test_in_danger_the_numbers_come_before_the_offer() -> None:
    page = shown(Request(danger=True))
    assert page.index("9-8-8") < page.index("called back")


FORM = st.dictionaries(
    st.sampled_from(["Digits", "RecordingSid", "RecordingDuration", "From"]),
    st.sampled_from(["", "0", "1", "2", "3", "4", "5", "9", "*", "hangup", "6475550123", "911", RECORDING, "٣"])
    | st.text(max_size=14),
)


@given(st.lists(FORM, max_size=30), st.booleans(), st.sampled_from([PERSON, "anonymous", None]))
def test_whatever_is_pressed_every_page_is_valid_and_nothing_is_kept_without_a_yes(
    forms: list[dict[str, str]], hidden: bool, caller: str | None
) -> None:
    request = Request(hidden=hidden)
    for form in forms:
        request = Request.from_json(answered(request, form, caller=caller, keys=KEYS).as_json())
        if request.stage in (*ASKING, "done"):
            assert valid(shown(request)) == []
        assert "<Dial" not in shown(request) if request.stage in ASKING else True
        assert number_of(request) != "+1911"
    assert not request.agreed or request.recording or request.number_sure


@given(st.lists(st.sampled_from(["", "7", "*"]), min_size=12, max_size=12))
def test_who_presses_nothing_that_fits_comes_to_an_end(keys: list[str]) -> None:
    assert pressed(Request(), *keys).stage not in ASKING


@given(st.none() | st.integers() | st.dictionaries(st.text(max_size=8), st.none() | st.text(max_size=5)))
def test_whatever_is_stored_a_request_is_read(stored: Any) -> None:
    assert Request.from_json(stored if isinstance(stored, dict) else {}).stage in ASKING


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = open_database(f"sqlite:///{tmp_path / 'test.db'}")
    upgrade_engine(engine)
    with Session(engine) as session:
        session.add(
            Conversation(
                id="c1", door="211", channel="voice", language="en", memory={}, options=[], created_at=NOW,
                updated_at=NOW,
            )
        )  # fmt: skip
        session.flush()
        yield session
    engine.dispose()


def kept(session: Session, request: Request) -> list[Callback]:
    keep(session, request, conversation_id="c1", call_sid="CA1:1", language="fr", now=NOW)
    return list(session.scalars(select(Callback)))


def test_a_request_is_kept_once_with_the_number_sealed_and_staff_see_it(session: Session) -> None:
    request = pressed(Request(), "1", "1", "2", "1")
    kept(session, request)
    (row,) = kept(session, request)
    assert row.number is not None and PERSON.encode() not in row.number
    assert KEYS.opened(row.number) == PERSON
    assert (row.kind, row.language, row.safe_hours, row.may_leave_message) == ("callback", "fr", "morning", True)
    assert session.get_one(Conversation, "c1", populate_existing=True).owner == "waiting"
    rows = list(session.scalars(select(Audit).where(Audit.action == "callback")))
    assert [row.detail for row in rows] == [{"kind": "callback", "recorded": False}]


def test_who_hangs_up_half_way_is_called_back_with_what_was_said_so_far(session: Session) -> None:
    (row,) = kept(session, pressed(Request(), "1", "1"))
    assert (row.safe_hours, row.may_leave_message) == (None, None)
    (row,) = kept(session, pressed(Request(), "1", "1", "4"))
    assert row.safe_hours == "evening"


def test_a_number_that_was_not_confirmed_is_not_kept(session: Session) -> None:
    assert kept(session, pressed(Request(), "1", "2", "6475550123")) == []
