"""Whatever order the carrier's results come in: a caller is never in silence, in a circle, or at 9-1-1."""

from __future__ import annotations

import itertools
import re
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import update
from sqlalchemy.orm import Session
from twilio.twiml.voice_response import VoiceResponse

from bot.conversations.carrier_models import Call
from bot.conversations.models import Audit, Conversation
from bot.safety.levels import KINDS
from bot.service import Service, assemble
from bot.settings import Settings
from bot.understanding import Ears
from bot.voice import transfer
from bot.voice.calls import Calling, Calls
from bot.voice.chain import CALLBACK, QUEUE
from bot.voice.results import Transfers
from bot.voice.stops import Transfer
from directory_client.lines import lines
from tests.bot.conftest import FakeEngine
from tests.bot.voice.conftest import LINE, NUMBERS, PUBLIC, YOUTH_LINE
from tests.peers.carrier import TOKEN
from tests.peers.twiml import valid

PERSON = "+14165550142"
REASONS = ["risk", "asked", "language", "failures", "held", "problem", *(f"line:{name}" for name in lines())]
_ADDRESS = re.compile(r"/voice/(?:transfer|leg)/[a-z]+\?[^\"<]+")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, ears: Ears) -> Iterator[Service]:
    var = tmp_path_factory.mktemp("order")
    (var / "numbers.yml").write_text(NUMBERS, encoding="utf-8")
    made = assemble(
        Settings(
            var=var, database_url=None, directory_url=None, test_clock=None, log_level="ERROR", public_url=PUBLIC,
            twilio_account_sid="AC0", twilio_auth_token=SecretStr(TOKEN), specialists_by_phone=True,
        ),
        engine=FakeEngine(),  # type: ignore[arg-type]
        ears=ears,
    )  # fmt: skip
    yield made
    made.ledger.engine.dispose()
    made.directory.engine.dispose()


FORMS = st.fixed_dictionaries(
    {},
    optional={
        "DialCallStatus": st.sampled_from(["busy", "no-answer", "failed", "completed", "answered", "canceled", "new"]),
        "DialCallDuration": st.sampled_from(["0", "3", "9", "10", "600", "-1", "x"]),
        "CallStatus": st.sampled_from(["in-progress", "completed"]),
        "QueueResult": st.sampled_from(["leave", "hangup", "error", "queue-full", "bridged", "redirected"]),
        "Digits": st.sampled_from(["", "0", "1", "2", "3", "4", "9", "*", "6475550123", "911"]),
        "RecordingSid": st.just("RE" + "0" * 32),
        "RecordingDuration": st.sampled_from(["0", "7"]),
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(REASONS),
    st.sampled_from(["211", "good2talk"]),
    st.sampled_from(["en", "fr", "pa", "so"]),
    st.sampled_from([0, 2, 3]),
    st.sampled_from([*KINDS, None]),
    st.lists(st.tuples(st.integers(0, 60), FORMS), max_size=25),
)
def test_whatever_comes_in_whatever_order_every_page_leads_on(
    service: Service,
    reason: str,
    door: str,
    language: str,
    level: int,
    kind: str | None,
    results: list[tuple[int, dict[str, str]]],
) -> None:
    calls, sid = Calls(service.ledger), "CA" + uuid.uuid4().hex
    started_at(service, sid, door, language, level)
    known: dict[str, None] = {}
    dialled: list[str] = []

    def seen(page: str) -> None:
        assert valid(page) == [], page
        root = fromstring(page)
        assert root.find(".//Dial") is not None or {node.tag for node in root} & LEADS_ON, f"silence: {page}"
        for number in root.iter("Number"):
            assert re.fullmatch(r"\+1\d{10}|988", number.text or "")
            dialled.append(f"{number.text}@{page.partition('action=')[2][:60]}")
        assert all(dial.get("callerId") for dial in root.iter("Dial") if dial.find("Conference") is None)
        assert not [dial for dial in root.iter("Dial") if dial.get("record") != "do-not-record"]
        known.update(dict.fromkeys(found.replace("&amp;", "&") for found in _ADDRESS.findall(page)))

    response = VoiceResponse()
    calling = calls.load(sid)
    assert calling is not None
    begun = Calling(**{**{name: getattr(calling, name) for name in calling.__slots__}, "risk_kind": kind})
    state = transfer.begin(service, begun, reason, response)
    calls.answer(sid, "begin", str(response), service.clock(), transfer=state)
    seen(str(response))
    for which, form in results:
        # Any address that any page has named so far, also one that was answered: late and doubled results.
        address = list(known)[which % len(known)]
        page = answered(service, sid, address, form)
        if page is not None:
            seen(page)
    # Now the caller stays and everything fails: in a few steps it comes to an end.
    for _ in range(40):
        stored = calls.load(sid)
        now = Transfer.of(stored.state if stored else {})
        assert now is not None
        if now.chain.ended:
            break
        page = answered(service, sid, current(now), {"DialCallStatus": "busy", "QueueResult": "leave", "Digits": ""})
        assert page is not None
        seen(page)
    else:
        raise AssertionError("the transfer goes round in a circle")
    for one in set(dialled):
        assert dialled.count(one) <= 1 + len(results), "a line is dialled again and again"


LEADS_ON = {"Dial", "Gather", "Enqueue", "Redirect", "Record", "Leave"}


def current(now: Transfer) -> str:
    """The address that the page of the present stop names."""
    at = f"n={now.n}&leg={now.chain.at}"
    if now.asks:
        return f"/voice/transfer/asked?n={now.n}"
    match now.chain.stop.kind:
        case "line":
            return f"/voice/transfer/line?{at}"
        case "callback":
            return f"/voice/transfer/callback?n={now.n}&k={now.k}"
        case _:
            return f"/voice/transfer/queue?{at}"


def answered(service: Service, sid: str, address: str, form: dict[str, str]) -> str | None:
    """The page for a request to an address of ours; None for those that only the queue asks."""
    parts = urlsplit(address)
    name = parts.path.rpartition("/")[2]
    mine = Transfers(service, Calls(service.ledger), transfer.started)
    handler = getattr(mine, name, None) if parts.path.startswith("/voice/transfer/") else None
    if handler is None:
        return None
    query = dict(parse_qsl(parts.query))
    given: dict[str, Any] = {"CallSid": sid, "From": PERSON, **form}
    return str(handler(query, given))


def started_at(service: Service, sid: str, door: str, language: str, level: int) -> None:
    calls = Calls(service.ledger)
    line = LINE if door == "211" else YOUTH_LINE
    opened = calls.open(
        sid, line=line, door=door, caller=None if level == 3 else f"+1416{next(COUNT):07}", keys=service.keys,
        language=language, now=service.clock(),
    )  # fmt: skip
    with Session(service.ledger.engine) as session, session.begin():
        session.execute(update(Conversation).where(Conversation.id == opened.conversation_id).values(risk_level=level))


COUNT = itertools.count(5_550_000)


def test_connected_is_written_only_for_a_call_that_was_completed_and_lasted(service: Service) -> None:
    found = [("completed", "9", "short"), ("completed", "10", "connected"), ("busy", "600", "busy")]
    for status, seconds, wanted in found:
        sid = "CA" + uuid.uuid4().hex
        started_at(service, sid, "good2talk", "en", 2)
        calls = Calls(service.ledger)
        calling = calls.load(sid)
        assert calling is not None
        state = transfer.begin(service, calling, "risk", VoiceResponse())
        calls.answer(sid, "begin", str(VoiceResponse()), service.clock(), transfer=state)
        form = {"DialCallStatus": status, "DialCallDuration": seconds}
        for _ in range(3):
            answered(service, sid, "/voice/transfer/line?n=1&leg=0", form)
        with Session(service.ledger.engine) as session:
            conversation = session.get_one(Call, sid).conversation_id
            rows = session.query(Audit).filter_by(conversation_id=conversation, action="transfer").all()
            assert [row.detail["outcome"] for row in rows] == [wanted]


@pytest.mark.parametrize(("somebody", "waits"), [(True, True), (False, False)])
def test_nobody_is_kept_in_a_queue_that_nobody_watches(
    service: Service, monkeypatch: pytest.MonkeyPatch, somebody: bool, waits: bool
) -> None:
    monkeypatch.setattr(service, "settings", service.settings.model_copy(update={"specialists_by_phone": somebody}))
    sid = "CA" + uuid.uuid4().hex
    started_at(service, sid, "211", "es", 2)
    calling = Calls(service.ledger).load(sid)
    assert calling is not None
    stops = transfer.started(service, calling, "risk").chain.stops
    assert (QUEUE in stops) is waits
    assert stops[-1] == CALLBACK
