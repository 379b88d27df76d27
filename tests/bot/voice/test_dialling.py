"""What the results of a call mean, and what a line sees."""

from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml.voice_response import VoiceResponse

from bot.voice.dialling import LONG_ENOUGH, Heard, dial, heard, queue_heard
from directory_client.lines import Line, lines
from tests.peers.twiml import valid

OURS, PERSON = "+14165550100", "+14165550142"


def page(line: Line, **options: object) -> str:
    response = VoiceResponse()
    dial(response, line, our_number=OURS, action="/voice/transfer/line?n=1&leg=0", **options)  # type: ignore[arg-type]
    return str(response)


@pytest.mark.parametrize(
    ("form", "outcome"),
    [
        ({"DialCallStatus": "busy"}, "busy"),
        ({"DialCallStatus": "no-answer"}, "no_answer"),
        ({"DialCallStatus": "failed"}, "failed"),
        ({"DialCallStatus": "canceled"}, "left"),
        ({"DialCallStatus": "completed", "DialCallDuration": "180"}, "connected"),
        ({"DialCallStatus": "completed", "DialCallDuration": "10"}, "connected"),
        ({"DialCallStatus": "completed", "DialCallDuration": "9"}, "short"),
        ({"DialCallStatus": "completed", "DialCallDuration": "0"}, "short"),
        ({"DialCallStatus": "completed"}, "short"),
        ({"DialCallStatus": "completed", "DialCallDuration": "-5"}, "short"),
        ({"DialCallStatus": "completed", "DialCallDuration": "180", "DialBridged": "false"}, "short"),
        ({"DialCallStatus": "completed", "DialCallDuration": "3", "CallStatus": "completed"}, "left"),
        ({"DialCallStatus": "completed", "DialCallDuration": "300", "CallStatus": "completed"}, "connected"),
        ({"DialCallStatus": "busy", "CallStatus": "completed"}, "left"),
        ({"DialCallStatus": "answered", "DialCallDuration": "60"}, "connected"),
        ({"DialCallStatus": "something-new"}, "failed"),
        ({}, "failed"),
    ],
)
def test_a_result_says_what_became_of_the_call(form: dict[str, str], outcome: str) -> None:
    assert heard(form).outcome == outcome


TEXT = st.text(max_size=12)


@given(st.dictionaries(st.sampled_from(["DialCallStatus", "DialCallDuration", "CallStatus", "DialBridged"]), TEXT))
def test_only_a_completed_call_that_lasted_counts_as_connected(form: dict[str, str]) -> None:
    found = heard(form)
    assert found.outcome != "connected" or found.seconds >= LONG_ENOUGH
    assert queue_heard(form) != "connected"


@pytest.mark.parametrize(
    ("form", "outcome"),
    [
        ({"QueueResult": "leave"}, "no_answer"),
        ({"QueueResult": "hangup"}, "left"),
        ({"QueueResult": "leave", "CallStatus": "completed"}, "left"),
        ({"QueueResult": "queue-full"}, "failed"),
        ({"QueueResult": "error"}, "failed"),
        ({"QueueResult": "system-error"}, "failed"),
        ({"QueueResult": "redirected"}, "failed"),
        ({"QueueResult": "bridged"}, "failed"),
        ({}, "failed"),
    ],
)
def test_a_queue_that_brought_nobody_goes_on(form: dict[str, str], outcome: str) -> None:
    assert queue_heard(form) == outcome


def test_a_line_sees_our_number_rings_for_a_while_and_nothing_is_recorded() -> None:
    shown = page(lines()["connexontario"])
    verb = fromstring(shown)[0]
    assert valid(shown) == []
    assert verb.attrib["callerId"] == OURS
    assert 20 <= int(verb.attrib["timeout"]) <= 25
    assert verb.attrib["answerOnBridge"] == "true"
    assert verb.attrib["record"] == "do-not-record"
    assert verb[0].text == "+18665312600"


def test_in_danger_a_line_rings_shorter() -> None:
    assert fromstring(page(lines()["suicide-988"], danger=True))[0].attrib["timeout"] == "20"


def test_a_line_sees_the_caller_s_number_only_when_it_is_given() -> None:
    assert fromstring(page(lines()["connexontario"], show=PERSON))[0].attrib["callerId"] == PERSON
    assert fromstring(page(lines()["connexontario"], show="anonymous"))[0].attrib["callerId"] == OURS


def test_an_extension_is_dialled_after_the_switchboard_has_answered() -> None:
    shown = page(lines()["dso-hamilton-niagara"])
    assert valid(shown) == []
    assert fromstring(shown)[0][0].attrib["sendDigits"] == "wwww340"


@pytest.mark.parametrize("number", ["911", "+1911", "211", None])
def test_no_page_can_be_made_that_dials_an_emergency_number(number: str | None) -> None:
    with pytest.raises(ValueError, match="may not be dialled"):
        page(replace(lines()["connexontario"], voice=number))


def test_what_was_heard_is_a_value() -> None:
    assert heard({"DialCallStatus": "completed", "DialCallDuration": "61"}) == Heard("connected", 61)
