"""Both sides are held to the published description: the product's requests and the fake carrier's answers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.peers.carrier import ACCOUNT, TOKEN, Carrier
from tests.peers.client import Local
from tests.peers.prism import Prism, proxied
from tests.peers.records import Message
from tests.peers.rest import serving

OURS, PERSON = "+14165550100", "+14165550142"


@pytest.fixture(scope="module")
def line() -> Iterator[tuple[Carrier, Prism]]:
    carrier = Carrier(pace=0.001)
    carrier.owns(OURS, sms_url="https://example.org/sms/inbound")
    carrier.caller_ids.append(OURS)
    with serving(carrier) as upstream, proxied(upstream) as prism:
        yield carrier, prism


def ask(prism: Prism, method: str, path: str, **more: Any) -> httpx.Response:
    with httpx.Client(base_url=prism.url, trust_env=False, auth=(ACCOUNT, TOKEN)) as client:
        return client.request(method, f"/2010-04-01/Accounts/{ACCOUNT}/{path}", **more)


def test_everything_that_the_fake_answers_is_as_published(line: tuple[Carrier, Prism]) -> None:
    _, prism = line
    before = prism.refused()
    client = Local(prism.url)
    sent = client.messages.create(to=PERSON, from_=OURS, body="Où êtes-vous ?", status_callback="https://example.org/s")
    assert client.messages(sent.sid).fetch().sid == sent.sid
    assert [message.sid for message in client.messages.list(to=PERSON, from_=OURS)] == [sent.sid]
    assert client.incoming_phone_numbers.list()[0].sms_url == "https://example.org/sms/inbound"
    assert client.outgoing_caller_ids.list()[0].phone_number == OURS
    assert client.api.accounts(ACCOUNT).fetch().status == "active"
    events = ["initiated", "answered", "completed"]
    call = client.calls.create(to=PERSON, from_=OURS, url="https://example.org/v", status_callback_event=events)
    assert client.calls(call.sid).update(twiml="<Response><Hangup/></Response>").sid == call.sid
    joined = client.conferences("room-1").participants.create(to=PERSON, from_=OURS, label="guest")
    room = client.conferences.list(friendly_name="room-1")[0]
    assert client.conferences(room.sid).participants(joined.call_sid).update(muted=True).muted
    loose = client.conferences(room.sid).participants(joined.call_sid).update(end_conference_on_exit=False)
    assert loose.end_conference_on_exit is False
    assert [one.label for one in client.conferences(room.sid).participants.list()] == ["guest"]
    assert client.conferences(room.sid).update(status="completed").status == "completed"
    assert prism.refused() == before


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("Messages.json", {"From": OURS, "Body": "nobody to send it to"}),
        ("Calls.json", {"From": OURS, "Url": "https://example.org/v"}),
        ("Calls.json", {"To": PERSON, "From": OURS, "Url": "https://example.org/v", "Timeout": "soon"}),
        ("Telegrams.json", {"To": PERSON}),
    ],
)
def test_requests_that_the_description_does_not_have_are_refused(
    line: tuple[Carrier, Prism], path: str, form: dict[str, str]
) -> None:
    carrier, prism = line
    count = len(carrier.requests)
    assert ask(prism, "POST", path, data=form).status_code in (404, 422)
    assert len(carrier.requests) == count
    end = time.monotonic() + 10
    while not any(path in refused for refused in prism.refused(quiet=0.05)):
        assert time.monotonic() < end, "the refusal does not stand in the log"


def test_requests_without_the_account_are_refused(line: tuple[Carrier, Prism]) -> None:
    _, prism = line
    answer = httpx.get(f"{prism.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", trust_env=False)
    assert answer.status_code == 401


def test_an_answer_that_breaks_the_description_is_an_error(
    line: tuple[Carrier, Prism], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, prism = line
    shown = Message.shown
    monkeypatch.setattr(Message, "shown", lambda self, account: shown(self, account) | {"status": "on its way"})
    answer = ask(prism, "POST", "Messages.json", data={"To": PERSON, "From": OURS, "Body": "Hello"})
    assert answer.status_code == 500 and "VIOLATIONS" in answer.text


def test_errors_of_the_carrier_come_through_as_they_are(line: tuple[Carrier, Prism]) -> None:
    _, prism = line
    answer = ask(prism, "POST", "Messages.json", data={"To": "+15005550001", "From": OURS, "Body": "Hello"})
    assert (answer.status_code, answer.json()["code"]) == (400, 21211)
