"""Waiting for a person, what a partner is told, and who gets a caller."""

from __future__ import annotations

import pytest
from twilio.twiml.voice_response import Gather, VoiceResponse

from bot.language.catalogue import Catalogue
from bot.language.names import english_name, known
from bot.voice.conference import (
    LONGEST_WAIT,
    LONGEST_WAIT_IN_DANGER,
    Summary,
    decide,
    enqueue,
    leave,
    room,
    wait,
    whisper,
)
from bot.voice.legs import Leg
from tests.peers.twiml import valid

CATALOGUE = Catalogue.load()
NAMES = {code: english_name(code) for code in known()}


def speak(parent: VoiceResponse | Gather, message: str, /, **facts: str) -> None:
    parent.say(CATALOGUE.say(message, "en", **facts))


def leg(status: str) -> Leg:
    return Leg("CA1", "specialist", "specialist-1", status)


@pytest.mark.parametrize(
    ("legs", "waited", "danger", "held", "wanted"),
    [
        ([], 0, False, False, "wait"),
        ([leg("ringing")], LONGEST_WAIT - 1, False, False, "wait"),
        ([leg("ended"), leg("joined")], LONGEST_WAIT * 9, True, False, "join"),
        ([leg("ended")], LONGEST_WAIT, False, False, "next"),
        ([leg("ringing")], LONGEST_WAIT_IN_DANGER, True, False, "next"),
        ([leg("ringing")], LONGEST_WAIT_IN_DANGER, True, True, "wait"),
        ([leg("ringing")], LONGEST_WAIT, True, True, "next"),
    ],
)
def test_who_waits_goes_to_whoever_took_the_call_or_on_after_a_while(
    legs: list[Leg], waited: int, danger: bool, held: bool, wanted: str
) -> None:
    assert decide(legs, waited, danger=danger, held=held) == wanted


@pytest.mark.parametrize("danger", [True, False])
@pytest.mark.parametrize("first", [True, False])
def test_every_round_of_waiting_has_words(danger: bool, first: bool) -> None:
    page = str(wait(speak, danger=danger, key_action="/voice/transfer/key?n=1&leg=0", first=first))
    assert valid(page) == []
    assert "<Say>" in page
    assert ("9-8-8" in page) is danger


def told(summary: Summary) -> str:
    page = whisper(speak, summary, action="/voice/leg/key", service="211", languages=NAMES)
    assert valid(str(page)) == []
    return str(page)


def test_a_partner_hears_what_it_is_about_only_after_a_yes() -> None:
    agreed = told(Summary("pa", need="Food bank", place="Ajax", shared=True))
    refused = told(Summary("pa", need="Food bank", place="Ajax", shared=False))
    assert "Food bank" in agreed and "Ajax" in agreed
    assert "Food bank" not in refused and "Ajax" not in refused
    assert "did not agree" in refused
    assert "Punjabi" in agreed and "Punjabi" in refused


def test_a_partner_is_told_of_danger_and_must_press_a_key() -> None:
    page = told(Summary("en", danger=True, shared=True))
    assert "may be in danger" in page
    assert 'numDigits="1"' in page


def test_the_conference_waits_for_both_is_not_recorded_and_ends_when_one_leaves() -> None:
    for person in (True, False):
        response = VoiceResponse()
        room(response, "CA1", action="/voice/transfer/room?n=1&leg=0", wait_url="/voice/leg/hold", person=person)
        page = str(response)
        assert valid(page) == []
        assert page.count('record="do-not-record"') == 2
        assert 'endConferenceOnExit="true"' in page
        assert f'startConferenceOnEnter="{str(not person).lower()}"' in page


def test_the_queue_and_the_way_out_of_it_are_valid() -> None:
    response = VoiceResponse()
    enqueue(response, action="/voice/transfer/queue?n=1&leg=0", wait_url="/voice/transfer/wait?n=1&leg=0")
    assert valid(str(response)) == []
    assert valid(str(leave())) == []
