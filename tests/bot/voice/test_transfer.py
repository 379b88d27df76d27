"""Transfers as a caller meets them: from the carrier's requests to what is said, dialled and written down."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.requests import Request
from twilio.twiml.voice_response import VoiceResponse

from bot.conversations.carrier_models import Call, Callback, CallPage
from bot.conversations.models import Audit, Message
from bot.service import Service, assemble
from bot.settings import Settings
from bot.understanding import Ears
from bot.voice.calls import Calls as VoiceCalls
from bot.voice.leg_routes import LegRoutes
from bot.voice.placing import Placing
from bot.voice.routes import routes
from bot.voice.telephones import Telephones
from bot.voice.transfer import without_database
from tests.bot.conftest import FakeEngine
from tests.bot.voice.conftest import LINE, NUMBERS, PUBLIC, YOUTH_LINE, carrier_of
from tests.peers.caller import Caller
from tests.peers.carrier import TOKEN, Carrier
from tests.peers.lines import BROKEN, BUSY, NOBODY, SHORT, Line
from tests.peers.posting import Webhooks
from tests.peers.rest import serving

Calls = Callable[..., Caller]
GOOD2TALK, CONNEX, CRISIS = "+18669255454", "+18665312600", "988"


@pytest.fixture(scope="module")
def telephone(tmp_path_factory: pytest.TempPathFactory, ears: Ears) -> Iterator[Starlette]:
    """A telephone with transfers and all, once for all of these tests: each has a caller of its own."""
    var = tmp_path_factory.mktemp("telephone")
    (var / "numbers.yml").write_text(NUMBERS, encoding="utf-8")
    settings = Settings(
        var=var, database_url=None, directory_url=None, test_clock=None, log_level="ERROR", public_url=PUBLIC,
        twilio_account_sid="AC0", specialists_by_phone=True, twilio_auth_token=SecretStr(TOKEN),
    )  # fmt: skip
    service = assemble(settings, engine=FakeEngine(), ears=ears)  # type: ignore[arg-type]
    app = Starlette(routes=routes(service))
    app.state.service = service
    yield app
    service.ledger.engine.dispose()
    service.directory.engine.dispose()


@pytest.fixture
def carrier(telephone: Starlette) -> Carrier:
    return carrier_of(telephone)


@pytest.fixture
def person() -> str:
    """The number of somebody who has not called before."""
    return next(PEOPLE)


PEOPLE = (f"+1416555{number:04}" for number in range(200, 300))


def played(*acts: Callable[[], Awaitable[Any]]) -> None:
    async def all_of_them() -> None:
        for act in acts:
            await act()

    asyncio.run(all_of_them())


def at_the_students_door(calls: Calls, lines: dict[str, Line], person: str) -> Caller:
    """A student who has chosen English and asks for a person."""
    call = calls(person, line=YOUTH_LINE, lines=lines)
    played(call.dial, lambda: call.press("1"), lambda: call.press("0"))
    return call


def audit(app: Starlette, call: Caller, action: str) -> list[dict[str, Any]]:
    service: Service = app.state.service
    with Session(service.ledger.engine) as session:
        conversation = session.get_one(Call, call.call.sid).conversation_id
        rows = session.scalars(select(Audit).where(Audit.action == action, Audit.conversation_id == conversation))
        return [row.detail for row in rows]


def outcomes(app: Starlette, call: Caller) -> list[tuple[str, str]]:
    found = sorted(audit(app, call, "transfer"), key=lambda detail: detail["stop"])
    return [(detail["to"], detail["outcome"]) for detail in found]


def test_a_student_s_call_goes_from_line_to_line_until_one_answers_and_talks(
    telephone: Starlette, calls: Calls, person: str
) -> None:
    call = at_the_students_door(calls, {GOOD2TALK: BUSY, CONNEX: SHORT}, person)
    played(lambda: call.press("2"))
    assert [number for number, _ in call.dialled] == [GOOD2TALK, CONNEX, CRISIS]
    assert outcomes(telephone, call) == [
        ("good2talk", "busy"),
        ("connexontario", "short"),
        ("suicide-988", "connected"),
    ]
    assert not call.over, "the assistant takes the call on"


def test_who_is_back_from_a_line_and_asks_for_a_person_again_gets_the_next_one(calls: Calls, person: str) -> None:
    call = at_the_students_door(calls, {}, person)
    played(lambda: call.press("2"))
    assert [number for number, _ in call.dialled] == [GOOD2TALK]
    played(lambda: call.press("0"))
    assert [number for number, _ in call.dialled] == [GOOD2TALK, CONNEX]
    assert call.caller_ids == [YOUTH_LINE] * 2, "what was refused stays refused"


def test_danger_after_a_line_begins_with_the_lines_for_danger(calls: Calls, person: str) -> None:
    call = at_the_students_door(calls, {}, person)
    played(lambda: call.press("2"), lambda: call.say("I want to kill myself"))
    assert [number for number, _ in call.dialled] == [GOOD2TALK, GOOD2TALK]


def test_a_line_sees_our_number_and_never_the_caller_s_without_a_yes(
    telephone: Starlette, calls: Calls, person: str
) -> None:
    call = at_the_students_door(calls, {GOOD2TALK: BUSY, CONNEX: BROKEN, CRISIS: NOBODY}, person)
    assert call.dialled == [], "the caller is asked first"
    played(call.wait)
    assert call.caller_ids == [YOUTH_LINE] * 3
    assert audit(telephone, call, "consent") == [{"what": "number", "given": False}]


def test_with_a_yes_the_line_sees_the_caller_s_number(telephone: Starlette, calls: Calls, person: str) -> None:
    call = at_the_students_door(calls, {}, person)
    played(lambda: call.press("1"))
    assert call.caller_ids == [person]
    assert audit(telephone, call, "consent") == [{"what": "number", "given": True}]


@pytest.mark.parametrize("hidden", ["anonymous", "+266696687"])
def test_who_hides_the_number_is_not_asked_about_it_and_it_is_not_shown(calls: Calls, hidden: str) -> None:
    call = at_the_students_door(calls, {}, person=hidden)
    assert call.caller_ids == [YOUTH_LINE]


def test_in_danger_no_question_comes_before_the_line(telephone: Starlette, calls: Calls, person: str) -> None:
    call = calls(person, line=YOUTH_LINE)
    played(call.dial, lambda: call.press("1"), lambda: call.say("I want to kill myself"))
    assert [number for number, _ in call.dialled] == [GOOD2TALK]
    assert "9 8 8" in str(call.transcript).split(GOOD2TALK)[0]


def test_who_leaves_while_it_rings_is_noted_as_left_and_nothing_else_is_dialled(
    telephone: Starlette, calls: Calls, person: str
) -> None:
    call = at_the_students_door(calls, {GOOD2TALK: Line("canceled")}, person)
    played(lambda: call.press("2"))
    assert call.over
    assert [number for number, _ in call.dialled] == [GOOD2TALK]
    assert outcomes(telephone, call) == [("good2talk", "left")]


def test_when_nobody_comes_the_caller_is_offered_to_be_called_back(
    telephone: Starlette, calls: Calls, person: str
) -> None:
    call = calls(person)
    played(call.dial, lambda: call.press("1"), lambda: call.press("0"))
    played(lambda: call.until(offered, times=60))
    played(*[lambda key=key: call.press(key) for key in ("1", "1", "2", "2")])
    service: Service = telephone.state.service
    with Session(service.ledger.engine) as session:
        (row,) = session.scalars(select(Callback))
        assert service.keys.opened(row.number or b"") == person
        assert (row.safe_hours, row.may_leave_message) == ("morning", False)
    assert outcomes(telephone, call) == [("queue", "no_answer"), ("callback", "asked")]
    assert not call.over


def test_a_key_in_the_queue_leads_to_the_callback_at_once(telephone: Starlette, calls: Calls, person: str) -> None:
    call = calls(person)
    played(call.dial, lambda: call.press("1"), lambda: call.press("0"), lambda: call.press("1"))
    assert offered(call)


def offered(call: Caller) -> bool:
    return "Nobody can take your call" in call.words


def test_a_number_typed_on_the_keys_stands_in_no_stored_page(telephone: Starlette, calls: Calls, person: str) -> None:
    call = calls("anonymous")
    played(call.dial, lambda: call.press("1"), lambda: call.press("0"))
    played(lambda: call.until(offered, times=60))
    played(lambda: call.press("1"), lambda: call.press("6475550123#"))
    assert "6 4 7" in call.words.replace(",", "")
    service: Service = telephone.state.service
    with Session(service.ledger.engine) as session:
        stored = "".join([*session.scalars(select(CallPage.page)), *map(str, session.scalars(select(Call.state)))])
    digits = "".join(letter for letter in stored if letter.isalnum() or letter in " ,")
    assert "6475550123" not in digits.replace(" ", "").replace(",", "")


def test_a_yes_may_be_said_and_anything_unclear_is_no_yes(telephone: Starlette, calls: Calls, person: str) -> None:
    call = at_the_students_door(calls, {}, person)
    played(lambda: call.say("yes please"))
    assert call.caller_ids == [person]
    other = at_the_students_door(calls, {}, next(PEOPLE))
    played(lambda: other.say("yes", confidence=0.2))
    assert other.caller_ids == [YOUTH_LINE]
    assert audit(telephone, other, "consent") == [{"what": "number", "given": False}]


def test_danger_that_is_said_to_a_question_about_the_number_is_taken(
    telephone: Starlette, calls: Calls, person: str
) -> None:
    call = at_the_students_door(calls, {}, person)
    assert call.dialled == [], "the caller is asked first"
    played(lambda: call.say("I want to kill myself"))
    assert "9 8 8" in str(call.transcript).split(GOOD2TALK)[0]
    assert [number for number, _ in call.dialled] == [GOOD2TALK]
    assert call.caller_ids == [YOUTH_LINE]


def test_danger_that_is_said_to_the_offer_of_a_callback_is_taken(
    telephone: Starlette, calls: Calls, person: str
) -> None:
    call = calls(person)
    played(call.dial, lambda: call.press("1"), lambda: call.press("0"))
    played(lambda: call.until(offered, times=60))
    played(lambda: call.say("he is breaking down the door he has a knife"))
    assert "dial 9 1 1" in str(call.transcript).split("he is breaking down the door")[1]
    service: Service = telephone.state.service
    with Session(service.ledger.engine) as session:
        said = session.scalars(select(Message.text).where(Message.author == "person")).all()
    assert "he is breaking down the door he has a knife" in said, "the specialist reads it"


def test_a_telephone_number_may_be_said(telephone: Starlette, calls: Calls) -> None:
    call = calls("anonymous")
    played(call.dial, lambda: call.press("1"), lambda: call.press("0"))
    played(lambda: call.until(offered, times=60))
    played(lambda: call.press("1"), lambda: call.say("647-555-0123"))
    assert "6 4 7" in call.words.replace(",", "")


def test_a_doubled_result_gets_the_same_page_and_counts_once(telephone: Starlette, calls: Calls, person: str) -> None:
    call = at_the_students_door(calls, {GOOD2TALK: BUSY, CONNEX: BUSY, CRISIS: BUSY}, person)
    played(lambda: call.press("2"))
    before = outcomes(telephone, call)
    first = next(page for page in call.pages if GOOD2TALK in page)
    start = first.index("/voice/transfer/line")
    url = "https://porchlight.example.org" + first[start : first.index('"', start)].replace("&amp;", "&")

    async def again() -> list[str]:
        return [(await call._post(url, "POST", {"DialCallStatus": status})).text for status in ("busy", "completed")]

    one, other = asyncio.run(again())
    assert one == other
    assert CONNEX in one
    assert outcomes(telephone, call) == before


def test_the_audit_names_no_number_of_anybody(telephone: Starlette, calls: Calls, person: str) -> None:
    call = at_the_students_door(calls, {GOOD2TALK: NOBODY}, person)
    played(lambda: call.press("1"))
    service: Service = telephone.state.service
    with Session(service.ledger.engine) as session:
        rows = str([row.detail for row in session.scalars(select(Audit))])
    assert person not in rows and YOUTH_LINE not in rows and GOOD2TALK not in rows


def test_without_a_call_of_that_name_the_caller_is_given_back_to_the_assistant(telephone: Starlette) -> None:
    async def asked() -> httpx.Response:
        posting = Webhooks(TOKEN, app=telephone)
        url = "https://porchlight.example.org/voice/transfer/line?n=1&leg=0"
        return await posting.post(url, {"CallSid": "CA" + "0" * 32, "DialCallStatus": "busy"})

    answer = asyncio.run(asked())
    assert answer.status_code == 200
    assert "/voice/back" in answer.text


@pytest.mark.parametrize("path", ["line", "queue", "room", "callback", "asked", "ask", "wait", "key"])
def test_an_unsigned_result_is_refused(telephone: Starlette, path: str) -> None:
    async def asked() -> httpx.Response:
        posting = Webhooks("another-token", app=telephone)
        return await posting.post(f"https://porchlight.example.org/voice/transfer/{path}?n=1&leg=0", {"CallSid": "CA1"})

    assert asyncio.run(asked()).status_code == 403


def test_the_way_without_a_database_dials_ten_digits_and_never_ourselves() -> None:
    response, own = VoiceResponse(), VoiceResponse()
    without_database(LINE, response)
    without_database("+18773303213", own)
    assert "+18773303213" in str(response) and f'callerId="{LINE}"' in str(response) and "action" not in str(response)
    assert "<Dial" not in str(own)


# -- a specialist at their own telephone


async def specialist_takes(app: Starlette, carrier: Carrier, call: Caller, number: str = "+16475550123") -> Caller:
    """The console's part: rings the specialist's telephone through the fake of the REST interface."""
    service: Service = app.state.service
    with serving(carrier) as url:
        placing = Placing(carrier.account, carrier.token, url)
        with Session(service.ledger.engine) as session:
            conversation = session.get_one(Call, call.call.sid).conversation_id
        assert await Telephones(service, placing).take(conversation, "specialist-1", number)
        await placing.close()
    (record,) = [one for one in carrier.calls.values() if one.to == number and one.direction == "outbound-api"]
    return Caller.of(carrier, record)


async def waiting(call: Caller) -> None:
    await call.dial()
    await call.press("1")
    await call.press("0")


def test_a_specialist_hears_the_summary_presses_1_and_speaks_with_the_caller(
    telephone: Starlette, carrier: Carrier, calls: Calls, person: str
) -> None:
    call = calls(person)

    async def story() -> Caller:
        await waiting(call)
        other = await specialist_takes(telephone, carrier, call)
        await other.answer()
        assert "The caller speaks English" in other.words
        await other.press("1")
        assert other.wants == "conference"
        await call.until(lambda one: one.wants == "conference")
        await call.wait(300)
        await other.hang_up()
        await call.until(lambda one: one.wants == "input")
        return other

    other = asyncio.run(story())
    assert other.caller_ids == []
    assert other.call.from_ == LINE, "the specialist sees our number, not the caller's"
    assert outcomes(telephone, call) == [("queue", "connected")]
    assert [row["who"] for row in audit(telephone, call, "leg_joined")] == ["specialist-1"]
    assert not call.over


@pytest.mark.parametrize("keys", ["2", ""])
def test_a_specialist_who_does_not_press_1_is_not_connected(
    telephone: Starlette, carrier: Carrier, calls: Calls, person: str, keys: str
) -> None:
    call = calls(person)

    async def story() -> Caller:
        await waiting(call)
        other = await specialist_takes(telephone, carrier, call)
        await other.answer()
        await (other.press(keys) if keys else other.wait())
        return other

    other = asyncio.run(story())
    assert other.over
    assert not audit(telephone, call, "leg_joined")
    assert not call.over


def test_a_specialist_who_answers_after_the_caller_has_left_is_told_so(
    telephone: Starlette, carrier: Carrier, calls: Calls, person: str
) -> None:
    call = calls(person)

    async def story() -> Caller:
        await waiting(call)
        other = await specialist_takes(telephone, carrier, call)
        await call.hang_up()
        await carrier.settle()
        await other.answer()
        return other

    other = asyncio.run(story())
    assert "The caller has left" in other.words
    assert other.over


def test_of_two_specialists_who_press_1_the_first_gets_the_caller(
    telephone: Starlette, carrier: Carrier, calls: Calls, person: str
) -> None:
    call = calls(person)

    async def story() -> tuple[Caller, Caller]:
        await waiting(call)
        one = await specialist_takes(telephone, carrier, call, "+16475550123")
        two = await specialist_takes(telephone, carrier, call, "+16475550124")
        for other in (one, two):
            await other.answer()
        for other in (one, two):
            await other.press("1")
        return one, two

    one, two = asyncio.run(story())
    assert one.wants == "conference"
    assert two.over and "The caller has left" in two.words


def test_a_specialist_s_telephone_that_may_not_be_dialled_is_not_rung(
    telephone: Starlette, carrier: Carrier, calls: Calls, person: str
) -> None:
    call = calls(person)

    async def story() -> None:
        await waiting(call)
        with pytest.raises(AssertionError):
            await specialist_takes(telephone, carrier, call, "911")

    asyncio.run(story())
    assert not [one for one in carrier.calls.values() if one.to == "911"]


def test_who_is_left_alone_in_the_conference_goes_on_to_the_offer_of_a_callback(
    telephone: Starlette, carrier: Carrier, calls: Calls, person: str
) -> None:
    call = calls(person)
    service: Service = telephone.state.service

    async def story() -> None:
        await waiting(call)
        other = await specialist_takes(telephone, carrier, call)
        await other.answer()
        await other.press("1")
        # The caller is on the way into the conference when the specialist hangs up.
        queue = next(page for page in call.pages if "/voice/transfer/queue" in page)
        assert "Enqueue" in queue
        await call.until(lambda one: one.wants == "conference")
        room = next(iter(carrier.conferences.values()))
        room.status = "init"
        await other.hang_up()
        await carrier.settle()
        with serving(carrier) as url:
            placing = Placing(carrier.account, carrier.token, url)
            mine = LegRoutes(service, Telephones(service, placing))
            asked = Request({"type": "http", "query_string": f"caller={call.call.sid}&n=1&leg=0".encode()})
            await mine.hold(asked, {})
            await placing.close()
        await call.until(offered, times=20)

    asyncio.run(story())
    assert any(method == "POST" and f"Calls/{call.call.sid}" in path for method, path, _ in carrier.requests)
    assert not call.over


@pytest.mark.parametrize(("how", "owner"), [(Line(seconds=300), "bot"), (BUSY, "waiting")])
def test_specialists_are_asked_for_when_the_line_that_was_chosen_cannot_help_and_not_before(
    telephone: Starlette, calls: Calls, person: str, how: Line, owner: str
) -> None:
    call = calls(person, line=YOUTH_LINE, lines={number: how for number in (GOOD2TALK, CONNEX, CRISIS)})

    async def story() -> None:
        await call.dial()
        for key in ("1", "1", "2"):
            await call.press(key)

    asyncio.run(story())
    calling = VoiceCalls(telephone.state.service.ledger).load(call.call.sid)
    assert calling is not None and calling.owner == owner
    assert call.dialled[0][0] == GOOD2TALK
