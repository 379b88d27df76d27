"""The validator accepts what Twilio's own library builds rightly, and names each thing that Twilio would not take."""

from __future__ import annotations

import re

import pytest
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from tests.peers import npm
from tests.peers.twiml import MESSAGING, VOICE, valid
from tests.peers.typings import Element, parse, read


def response(inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{inside}</Response>'


def a_menu() -> str:
    made = VoiceResponse()
    menu = Gather(
        input="dtmf speech",
        action="/voice/turn?step=1",
        action_on_empty_result=True,
        speech_timeout="2",
        num_digits=1,
        language="fr-CA",
        hints="nourriture, logement",
        profanity_filter=False,
    )
    said = menu.say("Bonjour. ", language="fr-CA", voice="Google.fr-CA-Neural2-A")
    said.break_(time="300ms")
    said.say_as("911", interpret_as="digits")
    menu.pause(length=1)
    made.append(menu)
    made.redirect("/voice/turn?step=1", method="POST")
    return str(made)


def a_transfer() -> str:
    made = VoiceResponse()
    dial = Dial(caller_id="+14165550100", answer_on_bridge=True, timeout=20, action="/voice/dialled?step=2")
    dial.number("+14165550142", url="/voice/whisper", status_callback_event="answered completed")
    made.append(dial)
    return str(made)


def a_room() -> str:
    made = VoiceResponse()
    dial = Dial()
    dial.conference("room-1", beep="false", end_conference_on_exit=True, status_callback_event="join leave")
    made.append(dial)
    return str(made)


@pytest.mark.parametrize("xml", [a_menu(), a_transfer(), a_room(), "<Response/>", response("<!-- so --><Hangup/>")])
def test_good_documents_have_no_problems(xml: str) -> None:
    assert valid(xml) == []


def test_messages_have_a_vocabulary_of_their_own() -> None:
    made = MessagingResponse()
    made.message("Bonjour", to="+14165550142")
    assert valid(str(made)) == []
    assert valid(str(made), VOICE)
    assert valid(response("<Say>Hello</Say>"), MESSAGING)
    nested = "<Message><Body>Hello</Body><Media>https://example.org/map.png</Media></Message>"
    assert valid(response(nested)) == []


WRONG = {
    "<Talk>Hello</Talk>": "<Talk> may not stand here",
    "<say>Hello</say>": "<say> may not stand here",
    "<Gather><Gather/></Gather>": "<Gather> may not stand here",
    "<Gather><Dial>+14165550142</Dial></Gather>": "<Dial> may not stand here",
    "<Number>+14165550142</Number>": "<Number> may not stand here",
    "<Dial><Conference><Say>Hello</Say></Conference></Dial>": "<Say> may not stand here",
    '<Say tone="kind">Hello</Say>': "tone='kind' is no attribute here",
    '<Say language="so-SO">Hello</Say>': "is not one of the",
    '<Say language="fa-IR">Hello</Say>': "is not one of the",
    '<Say voice="Nobody">Hello</Say>': "is not one of the",
    '<Say loop="twice">Hello</Say>': "is no whole number",
    "<Say/>": "holds no text",
    '<Gather language="pa-IN"/>': "is not one of the",
    '<Gather input="voice"/>': "is not one of dtmf, speech",
    '<Gather input="dtmf voice"/>': "is not one of dtmf, speech",
    '<Gather input=""/>': "is empty",
    '<Gather actionOnEmptyResult="True"/>': "is neither true nor false",
    '<Gather action_on_empty_result="true"/>': "is no attribute here",
    '<Gather method="PUT"/>': "is neither GET nor POST",
    '<Gather speechTimeout="0"/>': "is neither auto nor a positive number",
    '<Gather speechTimeout="1.5"/>': "is neither auto nor a positive number",
    '<Gather speechTimeout="auto" speechModel="phone_call"/>': "13327",
    '<Gather finishOnKey="##"/>': "is no single key",
    '<Gather numDigits="0"/>': "positive numbers",
    "<Gather>Hello</Gather>": "holds text",
    "Hello": "holds text",
    "<Redirect/>": "holds no text",
    "<Hangup/><Say>Hello</Say>": "never reached",
    "<Redirect>/again</Redirect><Say>Hello</Say>": "never reached",
    "<Dial/>": "nobody to dial",
    "<Dial>" + "<Number>+14165550142</Number>" * 11 + "</Dial>": "more than ten",
    '<Dial record="always">+14165550142</Dial>': "is not one of do-not-record",
    '<Dial timeout="long">+14165550142</Dial>': "is no whole number",
    '<Dial><Conference beep="loud">room</Conference></Dial>': "is not one of false, onEnter, onExit, true",
    '<Dial><Number statusCallbackEvent="done">+14165550142</Number></Dial>': "is not one of",
    "<Play/>": "neither an address nor digits",
    '<Reject reason="tired"/>': "is not one of busy, rejected",
    "<Say>" + "a" * 4097 + "</Say>": "longer than 4096",
    "<!--" + "a" * 70_000 + "-->": "the largest document",
}


@pytest.mark.parametrize("inside", WRONG, ids=[one[:60] for one in WRONG])
def test_each_mistake_is_named(inside: str) -> None:
    problems = valid(response(inside))
    assert any(WRONG[inside] in problem for problem in problems), problems


@pytest.mark.parametrize(
    "xml", ["", "Hello", "<Response>", "<html/>", b"\xff\xfe", '<!DOCTYPE a [<!ENTITY b "c">]><a/>']
)
def test_what_is_no_document_is_said_to_be_none(xml: str | bytes) -> None:
    assert valid(xml)


@pytest.mark.parametrize("name", [VOICE, MESSAGING])
def test_every_element_that_twilios_library_writes_is_known(name: str) -> None:
    """The typings say which method makes which class; the tags themselves stand in the code beside them."""
    written = (npm.folder() / "twilio" / "lib" / "twiml" / f"{name}.js").read_text(encoding="utf-8")
    assert _tags(read(name), set()) == set(re.findall(r'\.ele\("([\w-]+)"', written))


def _tags(element: Element, seen: set[int]) -> set[str]:
    if id(element) in seen:
        return set()
    seen.add(id(element))
    return set(element.children).union(*(_tags(child, seen) for child in element.children.values()))


def test_typings_that_cannot_be_read_do_not_let_everything_pass() -> None:
    with pytest.raises(ValueError, match="not written as they were"):
        parse(VOICE, "export type VoiceResponse = unknown;")
