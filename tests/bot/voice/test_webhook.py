"""Requests of the carrier: forged, repeated, at once, late; and a mistake of ours in the middle of a call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.conversations.carrier_models import Call
from bot.conversations.models import Conversation, Message
from bot.logs import set_up_logs
from bot.service import Service
from bot.voice import dialogue
from bot.voice.calls import Calls as Stored
from tests.bot.conftest import FakeEngine
from tests.bot.voice.conftest import LINE, PUBLIC, Calls, Handed
from tests.peers.carrier import TOKEN, Carrier
from tests.peers.posting import Webhooks
from tests.peers.records import new_sid
from tests.peers.twiml import VOICE, valid

pytestmark = pytest.mark.anyio
Post = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def sid() -> str:
    return str(new_sid("CA"))


@pytest.fixture
def post(telephone: Starlette, sid: str, person: str) -> Post:
    webhooks = Webhooks(TOKEN, app=telephone)

    async def posted(path: str, **form: str) -> httpx.Response:
        return await webhooks.post(f"{PUBLIC}{path}", {"CallSid": sid, "From": person, "To": LINE, **form})

    return posted


def count(helpline: Service, model: Any, *where: Any) -> int:
    with Session(helpline.ledger.reader) as session:
        return session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def said_by(helpline: Service, sid: str) -> int:
    return count(helpline, Message, Message.channel_id.startswith(sid))


@pytest.mark.parametrize(
    "path", ["/voice/inbound", "/voice/step?n=1", "/voice/wait?n=1&t=1", "/voice/back?why=ended", "/voice/status"]
)
async def test_a_request_that_the_carrier_did_not_sign_is_refused_and_nothing_is_stored(
    telephone: Starlette, helpline: Service, sid: str, path: str
) -> None:
    form = {"CallSid": sid, "From": "+14165550142", "To": LINE, "SpeechResult": "I want to die"}
    before = count(helpline, Conversation)
    transport = httpx.ASGITransport(telephone)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
        for headers in ({}, {"x-twilio-signature": ""}, {"x-twilio-signature": "Zm9yZ2Vk"}):
            answer = await client.post(path, data=form, headers=headers)
            assert answer.status_code == 403
        other = await Webhooks("another-token", app=telephone).post(f"{PUBLIC}{path}", form)
        assert other.status_code == 403
    assert count(helpline, Conversation) == before and count(helpline, Call, Call.sid == sid) == 0


@pytest.mark.parametrize("body", [b"", b"To=1", b"CallSid=", b"\xff\xfe", b"CallSid=%ff"])
async def test_a_signed_form_that_is_no_call_is_refused_in_words(telephone: Starlette, body: bytes) -> None:
    from tests.peers.signing import signed

    pairs = [tuple(one.split("=")) for one in body.decode("latin-1").split("&") if "=" in one]
    headers = signed("POST", f"{PUBLIC}/voice/inbound", pairs, TOKEN)  # type: ignore[arg-type]
    transport = httpx.ASGITransport(telephone)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
        answer = await client.post("/voice/inbound", content=body, headers=headers)
    assert answer.status_code in (400, 403)


async def test_a_step_that_comes_twice_gets_the_same_page_and_one_turn(post: Post, helpline: Service, sid: str) -> None:
    first = await post("/voice/inbound")
    assert (await post("/voice/inbound")).text == first.text
    await post("/voice/step?n=1", Digits="1")
    one = await post("/voice/step?n=2", Digits="1")
    again = await post("/voice/step?n=2", Digits="1")
    assert one.text == again.text and "<Gather" in one.text
    assert said_by(helpline, sid) == 1


async def test_two_copies_of_a_step_at_the_same_moment_make_one_turn_and_one_page(
    post: Post, helpline: Service, sid: str
) -> None:
    await asyncio.gather(post("/voice/inbound"), post("/voice/inbound"))
    await post("/voice/step?n=1", Digits="1")
    pages = await asyncio.gather(*(post("/voice/step?n=2", SpeechResult="I need food") for _ in range(4)))
    assert len({page.text for page in pages}) == 1
    assert said_by(helpline, sid) == 1
    assert count(helpline, Call, Call.sid == sid) == 1


async def test_two_copies_of_a_cry_for_help_start_one_transfer(
    post: Post, handed: Handed, helpline: Service, sid: str
) -> None:
    await post("/voice/inbound")
    pages = await asyncio.gather(*(post("/voice/step?n=1", Digits="0") for _ in range(4)))
    assert len({page.text for page in pages}) == 1 and handed.reasons == ["asked"]
    calling = Stored(helpline.ledger).load(sid)
    assert calling is not None and calling.state["transfer"] == {"n": 1}


async def test_a_slow_answer_is_waited_for_with_a_word_and_not_in_silence(
    post: Post, engine: FakeEngine, helpline: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialogue, "PATIENCE", 0.05)
    ready = asyncio.Event()
    engine.away, engine.before = False, ready.wait
    await post("/voice/inbound")
    await post("/voice/step?n=1", Digits="1")
    moment = await post("/voice/step?n=2", SpeechResult="I need food")
    assert "One moment" in moment.text and "/voice/wait?n=2&amp;t=1" in moment.text
    longer = await post("/voice/wait?n=2&t=1")
    assert "still working" in longer.text and valid(longer.text, VOICE) == []
    ready.set()
    await helpline.turns.settle()
    answer = await post("/voice/wait?n=2&t=2")
    assert "What do you need help with" in answer.text and 'action="/voice/step?n=3"' in answer.text
    assert (await post("/voice/wait?n=2&t=2")).text == answer.text


async def test_an_answer_that_never_comes_ends_with_a_person(
    post: Post, handed: Handed, engine: FakeEngine, helpline: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialogue, "PATIENCE", 0.01)
    never = asyncio.Event()
    engine.away, engine.before = False, never.wait
    await post("/voice/inbound")
    await post("/voice/step?n=1", Digits="1")
    await post("/voice/step?n=2", SpeechResult="I need food")
    for wait in range(1, dialogue.MOST_WAITS + 1):
        await post(f"/voice/wait?n=2&t={wait}")
    assert handed.reasons == ["problem"]
    never.set()
    await helpline.turns.settle()


async def test_a_mistake_of_ours_is_a_page_with_the_numbers_and_a_line_never_an_error(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("the database is away")

    await post("/voice/inbound")
    for name in ("load", "open", "page", "answer", "ended"):
        monkeypatch.setattr(Stored, name, broken)
    for path in ("/voice/inbound", "/voice/step?n=1", "/voice/wait?n=1&t=1", "/voice/back", "/voice/status"):
        answer = await post(path, Digits="1", CallStatus="completed")
        assert answer.status_code == 200 and valid(answer.text, VOICE) == []
        assert "9 1 1" in answer.text and "9 8 8" in answer.text
        assert f'callerId="{LINE}"' in answer.text and ">911<" not in answer.text


async def test_after_the_call_has_ended_nothing_is_said_or_done_any_more(
    post: Post, helpline: Service, sid: str
) -> None:
    await post("/voice/inbound")
    await post("/voice/status", CallStatus="completed")
    late = await post("/voice/step?n=1", SpeechResult="I need food")
    assert late.status_code == 200 and "<Say" not in late.text
    assert said_by(helpline, sid) == 0


async def test_a_call_that_begins_in_the_middle_is_greeted(post: Post) -> None:
    answer = await post("/voice/step?n=7", SpeechResult="hello")
    assert "automated assistant" in answer.text


async def test_a_call_that_comes_in_again_after_a_fault_goes_on_and_does_not_answer_old_pages(post: Post) -> None:
    await post("/voice/inbound")
    await post("/voice/step?n=1", Digits="1")
    again = await post("/voice/inbound")
    assert 'action="/voice/step?n=2"' in again.text


async def test_our_own_number_calling_us_is_answered_with_the_numbers_and_nothing_more(post: Post) -> None:
    answer = await post("/voice/inbound", From=LINE)
    assert "<Gather" not in answer.text and "<Dial" not in answer.text and "9 1 1" in answer.text


@pytest.mark.parametrize("query", ["n=x", "n=-1", "n=99999999999", "", "n=1&n=2", "n=٣"])
async def test_a_step_with_an_odd_number_is_answered(post: Post, query: str) -> None:
    await post("/voice/inbound")
    answer = await post(f"/voice/step?{query}", Digits="1")
    assert answer.status_code in (200, 403) and ("<Response" in answer.text or answer.status_code == 403)


async def test_recordings_are_played_to_the_carrier(telephone: Starlette) -> None:
    transport = httpx.ASGITransport(telephone)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
        assert (await client.get("/voice/recordings/so/voice_moment.mp3")).status_code == 200
        assert (await client.get("/voice/recordings/so/none.mp3")).status_code == 404
        assert (await client.get("/voice/recordings/..%2f..%2fsettings.py")).status_code == 404


async def test_where_somebody_calls_from_plays_no_part(calls: Calls, carrier: Carrier) -> None:
    heard = []
    for geo in ({}, {"FromCity": "THUNDER BAY", "FromState": "ON", "CallerZip": "P7B 1A1"}):
        caller = calls(geo=geo)
        await caller.dial()
        await caller.press("1")
        heard.append(caller.words)
        await caller.hang_up()
    assert heard[0] == heard[1]


async def test_the_log_holds_neither_numbers_nor_words(
    post: Post, person: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("DEBUG")
    await post("/voice/inbound")
    monkeypatch.setattr(Stored, "page", lambda *_: 1 / 0)
    await post("/voice/step?n=1", SpeechResult="my secret words")
    set_up_logs("ERROR")
    logged = capsys.readouterr().out
    assert "voice page failed" in logged
    assert person not in logged and person[1:] not in logged and "secret" not in logged
