"""A caller's telephone does what the carrier does with TwiML, and tells the product what the carrier tells."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from twilio.request_validator import RequestValidator

from tests.peers.caller import Caller
from tests.peers.carrier import TOKEN, Carrier
from tests.peers.following import BrokenPage
from tests.peers.lines import BUSY, NOBODY, SHORT, Line
from tests.peers.magic import Refusal
from tests.peers.posting import Webhooks
from tests.peers.records import Call, Participant
from tests.peers.transcript import Clock

OURS, PERSON, OTHER = "+14165550100", "+14165550142", "+14165550150"
FIRST = "/voice/inbound"
BASE = "https://example.org"


class Script:
    """A product whose pages are written down, by path; what it was asked is kept."""

    def __init__(self, **pages: str) -> None:
        self.pages = {"/" + name.replace("_", "/"): page for name, page in pages.items()}
        self.forms: list[tuple[str, dict[str, str]]] = []
        app = Starlette(routes=[Route("/{path:path}", self.take, methods=["GET", "POST"])])
        self.carrier = Carrier(product=Webhooks(TOKEN, app=app), clock=Clock())
        self.carrier.owns(OURS, voice_url=BASE + FIRST)

    async def take(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        if not RequestValidator(TOKEN).validate(str(request.url), form, request.headers["x-twilio-signature"]):
            return Response(status_code=403)
        self.forms.append((request.url.path, form or dict(request.query_params)))
        page = self.pages.get(request.url.path)
        if page is None:
            return Response("no such page", 404)
        return Response(f"<Response>{page}</Response>", media_type="text/xml")

    def caller(self, other: Line | None = None) -> Caller:
        """Somebody who calls; `other` tells how the telephone OTHER answers."""
        return Caller(self.carrier, PERSON, OURS, lines={OTHER: other} if other else {})

    def form(self, path: str) -> dict[str, str]:
        """The last parameters for a path."""
        return [form for asked, form in self.forms if asked == path][-1]

    def asked(self) -> list[str]:
        return [path for path, _ in self.forms]


def play(call: Caller, *acts: Callable[[], Awaitable[None]]) -> Caller:
    async def all_of_them() -> None:
        await call.dial()
        for act in acts:
            await act()

    asyncio.run(all_of_them())
    return call


def test_the_first_request_has_the_parameters_of_a_ringing_call() -> None:
    script = Script(voice_inbound="<Say>Hello</Say>")
    call = play(script.caller())
    path, form = script.forms[0]
    assert path == FIRST
    assert (form["CallStatus"], form["Direction"], form["From"], form["To"]) == ("ringing", "inbound", PERSON, OURS)
    assert form["CallSid"] == call.call.sid and form["FromCity"] == ""
    assert call.words == "Hello" and call.over


def test_keys_and_speech_go_to_the_action_of_the_question() -> None:
    script = Script(
        voice_inbound='<Gather input="dtmf speech" numDigits="1" action="a?step=1"><Say>Yes?</Say></Gather>',
        voice_a='<Gather input="dtmf speech" action="b"><Say>And?</Say></Gather>',
        voice_b="<Hangup/>",
    )
    call = script.caller()
    play(call, lambda: call.press("3"))
    assert script.form("/voice/a")["Digits"] == "3"
    assert script.form("/voice/a")["CallStatus"] == "in-progress"
    assert call.words == "And?"
    asyncio.run(call.say("I need food", 0.42))
    assert (script.form("/voice/b")["SpeechResult"], float(script.form("/voice/b")["Confidence"])) == (
        "I need food",
        0.42,
    )
    assert call.over and call.call.status == "completed"


@pytest.mark.parametrize(("empty", "asked"), [("true", [FIRST, "/voice/a"]), ("false", [FIRST, "/voice/late"])])
def test_silence_asks_the_action_only_where_it_is_wanted(empty: str, asked: list[str]) -> None:
    gather = f'<Gather action="/voice/a" actionOnEmptyResult="{empty}" timeout="4"><Say>Yes?</Say></Gather>'
    script = Script(
        voice_inbound=gather + "<Redirect>/voice/late</Redirect>", voice_a="<Hangup/>", voice_late="<Hangup/>"
    )
    call = script.caller()
    start = script.carrier.clock()
    play(call, call.wait)
    assert script.asked() == asked
    assert script.carrier.clock() - start >= 4


def test_words_are_silence_to_a_line_that_listens_for_keys() -> None:
    script = Script(
        voice_inbound='<Gather input="dtmf" action="/voice/a"/><Say>I heard nothing</Say>', voice_a="<Hangup/>"
    )
    call = script.caller()
    play(call, lambda: call.say("help"))
    assert "/voice/a" not in script.asked() and "I heard nothing" in call.words


def test_pound_ends_the_keys_and_more_than_asked_is_a_mistake() -> None:
    script = Script(voice_inbound='<Gather numDigits="6" action="/voice/a"/>', voice_a="<Hangup/>")
    call = script.caller()
    play(call, lambda: call.press("123#"))
    assert script.form("/voice/a")["Digits"] == "123"
    call = script.caller()
    with pytest.raises(ValueError, match="asks for 6"):
        play(call, lambda: call.press("1234567"))


def test_with_no_finishing_key_pound_is_a_key() -> None:
    script = Script(voice_inbound='<Gather numDigits="1" finishOnKey="" action="/voice/a"/>', voice_a="<Hangup/>")
    call = script.caller()
    play(call, lambda: call.press("#"))
    assert script.form("/voice/a")["Digits"] == "#"


DIAL = f'<Dial callerId="{OURS}" action="/voice/after" timeout="20"><Number>{OTHER}</Number></Dial>'


@pytest.mark.parametrize(
    ("line", "status", "seconds"),
    [
        (BUSY, "busy", None),
        (NOBODY, "no-answer", None),
        (SHORT, "completed", "2"),
        (Line(seconds=90), "completed", "90"),
    ],
)
def test_the_action_of_a_dial_hears_what_became_of_it(line: Line, status: str, seconds: str | None) -> None:
    script = Script(voice_inbound=DIAL, voice_after="<Hangup/>")
    call = play(script.caller(line))
    form = script.form("/voice/after")
    assert (form["DialCallStatus"], form.get("DialCallDuration")) == (status, seconds)
    assert call.caller_ids == [OURS]
    assert [number for number, _ in call.dialled] == [OTHER]


def test_a_caller_who_does_not_wait_is_gone_and_the_action_is_told() -> None:
    script = Script(voice_inbound=DIAL, voice_after="<Say>Nobody hears this</Say>")
    call = play(script.caller(Line("canceled")))
    assert call.over and "Nobody" not in call.words
    assert script.form("/voice/after")["CallStatus"] == "completed"


WHISPER = f'<Dial callerId="{OURS}" action="/voice/after"><Number url="/voice/whisper">{OTHER}</Number></Dial>'
ASK = '<Gather numDigits="1" action="/voice/taken"><Say>Somebody needs you. Press 1.</Say></Gather><Hangup/>'


@pytest.mark.parametrize(
    ("line", "bridged"), [(Line(keys=("1",)), "true"), (Line(), "false"), (Line(hangs_up=True), "false")]
)
def test_a_whisper_is_heard_by_who_was_dialled_and_decides(line: Line, bridged: str) -> None:
    script = Script(voice_inbound=WHISPER, voice_whisper=ASK, voice_taken="", voice_after="<Hangup/>")
    call = play(script.caller(line))
    assert script.form("/voice/after")["DialBridged"] == bridged
    assert script.form("/voice/whisper")["ParentCallSid"] == call.call.sid
    assert "needs you" not in str(call.transcript) and "needs you" in str(call.whispered[0].transcript)


QUEUE = '<Enqueue waitUrl="/voice/wait" action="/voice/left">helpline</Enqueue>'


def test_a_queue_is_waited_in_round_by_round_until_it_is_left() -> None:
    script = Script(voice_inbound=QUEUE, voice_wait="<Say>Please wait</Say><Pause length='8'/>", voice_left="<Hangup/>")
    call = script.caller()
    play(call, call.wait)
    assert call.wants == "queue"
    assert int(script.form("/voice/wait")["QueueTime"]) >= 8
    script.pages["/voice/wait"] = "<Leave/>"
    asyncio.run(call.wait())
    assert script.form("/voice/left")["QueueResult"] == "leave" and call.over


def test_hanging_up_in_a_queue_is_told() -> None:
    script = Script(voice_inbound=QUEUE, voice_wait="<Pause/>", voice_left="<Say>Nobody hears this</Say>")
    call = script.caller()
    play(call, call.hang_up)
    form = script.form("/voice/left")
    assert (form["QueueResult"], form["CallStatus"]) == ("hangup", "completed")
    assert call.over


def test_a_key_in_a_queue_is_followed_there() -> None:
    page = '<Gather numDigits="1" action="/voice/key" timeout="3"><Say>Press 1 to be called back</Say></Gather>'
    script = Script(voice_inbound=QUEUE, voice_wait=page, voice_key="<Leave/>", voice_left="<Say>Good</Say><Hangup/>")
    call = script.caller()
    play(call, call.wait, call.wait)
    assert script.asked().count("/voice/wait") == 2
    asyncio.run(call.press("1"))
    assert "Good" in call.words


ROOM = """<Dial action="/voice/after"><Conference endConferenceOnExit="true" startConferenceOnEnter="false"
 waitUrl="/voice/music" statusCallback="/voice/room" statusCallbackEvent="start end">room-1</Conference></Dial>"""


def test_a_conference_begins_with_the_second_one_and_ends_with_who_ends_it() -> None:
    script = Script(
        voice_inbound=ROOM, voice_music="<Say>One moment</Say>", voice_room="", voice_after="<Say>Bye</Say>"
    )
    call = script.caller()
    play(call)
    assert (call.wants, call.words) == ("conference", "One moment")
    room = script.carrier.conference("room-1")
    assert room.status == "init"
    other = script.carrier.place({"To": OTHER, "From": OURS, "Url": BASE + "/voice/x"})
    assert isinstance(other, Call)
    script.carrier.join("room-1", Participant(other.sid, ends_it=True))
    assert room.status == "in-progress"
    script.carrier.reach(other, "completed")
    asyncio.run(call.wait())
    assert script.form("/voice/after")["DialCallStatus"] == "answered" and call.words == "Bye"
    asyncio.run(script.carrier.settle())
    assert [form["StatusCallbackEvent"] for path, form in script.forms if path == "/voice/room"] == [
        "conference-start",
        "conference-end",
    ]


def test_a_call_that_the_product_places_is_answered_or_not() -> None:
    script = Script(voice_leg=ASK, voice_taken="<Say>Thank you</Say>", voice_state="")
    form = {"To": OTHER, "From": OURS, "Url": BASE + "/voice/leg", "StatusCallback": BASE + "/voice/state"}
    placed = [script.carrier.place(form | {"StatusCallbackEvent": "answered completed"}) for _ in range(2)]
    assert not any(isinstance(one, Refusal) for one in placed)
    first, second = (Caller.of(script.carrier, one) for one in placed if isinstance(one, Call))

    async def both() -> None:
        await first.answer()
        await first.press("1")
        second.decline("busy")
        await script.carrier.settle()

    asyncio.run(both())
    assert first.words == "Thank you" and second.over
    states = [form["CallStatus"] for path, form in script.forms if path == "/voice/state"]
    assert states == ["in-progress", "completed", "busy"]


def test_the_product_can_move_a_caller_out_of_a_queue() -> None:
    script = Script(voice_inbound=QUEUE, voice_wait="<Pause/>", voice_left="<Hangup/>", voice_other="<Say>Here</Say>")
    call = script.caller()
    play(call)
    call.call.url, call.call.changed = BASE + "/voice/other", True
    asyncio.run(call.wait())
    assert call.words == "Here"
    assert script.form("/voice/left")["QueueResult"] == "redirected"


@pytest.mark.parametrize("hang_up", [True, False])
def test_a_message_is_recorded_and_told(hang_up: bool) -> None:
    record = '<Record action="/voice/kept" maxLength="60"/><Say>Nothing was said</Say>'
    script = Script(voice_inbound=record, voice_kept="<Say>Thank you</Say>")
    call = script.caller()
    play(call)
    assert call.wants == "message"
    asyncio.run(call.record(90, hang_up=hang_up))
    form = script.form("/voice/kept")
    assert (form["RecordingDuration"], form["Digits"]) == ("60", "hangup" if hang_up else "")
    assert ("Thank you" in call.words) is not hang_up


def test_silence_on_the_tone_is_no_message() -> None:
    script = Script(voice_inbound='<Record action="/voice/kept"/><Say>Nothing was said</Say>')
    call = script.caller()
    play(call, call.wait)
    assert "Nothing was said" in call.words


def test_the_end_is_told_to_the_number() -> None:
    script = Script(voice_inbound="<Pause length='61'/>", voice_status="")
    script.carrier.owns(OURS, voice_url=BASE + FIRST, status_callback=BASE + "/voice/status")
    play(script.caller())
    asyncio.run(script.carrier.settle())
    form = script.form("/voice/status")
    assert (form["CallStatus"], form["CallDuration"], form["Duration"]) == ("completed", "61", "2")


@pytest.mark.parametrize("page", ["<Say language='so-SO'>Salaan</Say>", "<Talk>Hello</Talk>", "<Say>"])
def test_a_page_that_is_wrong_fails_the_test(page: str) -> None:
    with pytest.raises(BrokenPage):
        play(Script(voice_inbound=page).caller())


def test_a_page_that_is_missing_fails_or_falls_back() -> None:
    with pytest.raises(BrokenPage, match="404"):
        play(Script().caller())
    script = Script(fallback="<Say>Call 9-8-8</Say>")
    script.carrier.owns(OURS, voice_url=BASE + FIRST, voice_fallback_url=BASE + "/fallback")
    call = play(script.caller())
    assert call.words == "Call 9-8-8" and script.form("/fallback")["ErrorUrl"] == BASE + FIRST


def test_pages_that_go_round_in_a_circle_are_noticed() -> None:
    with pytest.raises(BrokenPage, match="circle"):
        play(Script(voice_inbound="<Redirect>/voice/inbound</Redirect>").caller())


def test_who_was_dialled_cannot_dial_on() -> None:
    script = Script(voice_inbound=WHISPER, voice_whisper=DIAL, voice_after="<Hangup/>")
    with pytest.raises(BrokenPage, match="may not hold <Dial>"):
        play(script.caller(Line()))


def test_pages_may_be_asked_for_by_get() -> None:
    script = Script(voice_inbound='<Redirect method="GET">/voice/next?step=2</Redirect>', voice_next="<Hangup/>")
    play(script.caller())
    assert script.form("/voice/next")["step"] == "2" and script.form("/voice/next")["To"] == OURS


def test_the_transcript_can_be_read() -> None:
    script = Script(
        voice_inbound='<Gather numDigits="1" action="/voice/a"><Say language="fr-CA">Bonjour</Say></Gather>',
        voice_a=DIAL,
        voice_after="<Hangup/>",
    )
    call = script.caller(Line(seconds=30))
    play(call, lambda: call.press("2"))
    assert str(call.transcript).splitlines() == [
        f"00:00 - (ringing) {PERSON} calls {OURS}",
        "00:00 < [fr-CA] Bonjour",
        "00:00 > (pressed) 2",
        f"00:00 - (dials) {OTHER} as {OURS}",
        f"00:34 - (dialled) {OTHER}: 30 s",
        "00:34 < (hangs up)",
    ]
