"""The fake carrier answers as its published description says, and calls the product back as the real one does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from twilio.request_validator import RequestValidator

from tests.peers import magic, npm
from tests.peers.carrier import ACCOUNT, TOKEN, Carrier, Chances
from tests.peers.client import Local
from tests.peers.posting import Webhooks
from tests.peers.records import Participant
from tests.peers.rest import routes, serving

OURS, PERSON = "+14165550100", "+14165550142"
STATUS = "https://example.org/sms/status?out=7"
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


class Product:
    """What the carrier calls back: keeps the forms whose signature twilio's own library accepts."""

    def __init__(self) -> None:
        self.forms: list[dict[str, str]] = []
        self.app = Starlette(routes=[Route("/{path:path}", self.take, methods=["POST"])])

    async def take(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        signed = request.headers["x-twilio-signature"]
        if not RequestValidator(TOKEN).validate(str(request.url), form, signed):
            return Response(status_code=403)
        self.forms.append(form)
        return Response(status_code=204)


class Clock:
    def __init__(self) -> None:
        self.now = 1_780_000_000.0

    def __call__(self) -> float:
        return self.now


def a_carrier(product: Product | None = None, **options: Any) -> Carrier:
    webhooks = Webhooks(TOKEN, app=(product or Product()).app)
    return Carrier(product=webhooks, clock=Clock(), **options)


def send(carrier: Carrier, to: str = PERSON, body: str = "Hello", **more: str) -> httpx.Response:
    form = {"To": to, "From": OURS, "Body": body, "StatusCallback": STATUS, **more}
    return ask(carrier, "POST", MESSAGES, data=form)


def ask(carrier: Carrier, method: str, path: str, **more: Any) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(routes(carrier))
        more.setdefault("auth", (ACCOUNT, TOKEN))
        async with httpx.AsyncClient(transport=transport, base_url="http://carrier") as client:
            return await client.request(method, path, **more)

    return asyncio.run(asked())


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    described: dict[str, Any] = json.loads(npm.description().read_text(encoding="utf-8"))
    return described


def holds(schemas: dict[str, Any], name: str, shown: dict[str, Any]) -> None:
    """Valid by the schema, with every field that the schema names, and no other."""
    schema = _nullable({"$ref": f"#/components/schemas/{name}", "components": schemas["components"]})
    problems = [f"{list(error.path)}: {error.message}" for error in Draft202012Validator(schema).iter_errors(shown)]
    assert not problems
    assert set(shown) - {"annotation"} == set(schemas["components"]["schemas"][name]["properties"])


def _nullable(node: Any) -> Any:
    """OpenAPI 3.0's `nullable` in words of JSON Schema."""
    if isinstance(node, list):
        return [_nullable(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {key: _nullable(value) for key, value in node.items() if key != "nullable"}
    if node.get("nullable") is True and isinstance(node.get("type"), str):
        made["type"] = [node["type"], "null"]
    return made


def test_resources_have_the_published_fields(schemas: dict[str, Any]) -> None:
    carrier = a_carrier()
    carrier.owns(OURS)
    carrier.caller_ids.append(OURS)
    account = f"/2010-04-01/Accounts/{ACCOUNT}"
    holds(schemas, "api.v2010.account", ask(carrier, "GET", f"{account}.json").json())
    holds(schemas, "api.v2010.account.message", send(carrier).json())
    numbers = ask(carrier, "GET", f"{account}/IncomingPhoneNumbers.json").json()["incoming_phone_numbers"]
    holds(schemas, "api.v2010.account.incoming_phone_number", numbers[0])
    ids = ask(carrier, "GET", f"{account}/OutgoingCallerIds.json").json()["outgoing_caller_ids"]
    holds(schemas, "api.v2010.account.outgoing_caller_id", ids[0])
    call = {"To": PERSON, "From": OURS, "Url": "https://example.org/voice"}
    holds(schemas, "api.v2010.account.call", ask(carrier, "POST", f"{account}/Calls.json", data=call).json())
    room = f"{account}/Conferences/room-1/Participants.json"
    joined = ask(carrier, "POST", room, data={"To": PERSON, "From": OURS}).json()
    holds(schemas, "api.v2010.account.conference.participant", joined)
    listed = ask(carrier, "GET", f"{account}/Conferences.json?FriendlyName=room-1").json()["conferences"]
    # The schema forbids null, its own description and examples have it while the conference goes on.
    assert listed[0].pop("reason_conference_ended") is None
    holds(schemas, "api.v2010.account.conference", listed[0] | {"reason_conference_ended": "last-participant-left"})


def test_a_message_is_delivered_and_each_state_called_back_with_a_good_signature() -> None:
    product = Product()
    carrier = a_carrier(product)
    answer = send(carrier)
    assert (answer.status_code, answer.json()["status"]) == (201, "queued")
    asyncio.run(carrier.settle())
    assert [form["MessageStatus"] for form in product.forms] == ["queued", "sending", "sent", "delivered"]
    assert {form["MessageSid"] for form in product.forms} == {answer.json()["sid"]}
    assert carrier.to(PERSON)[0].status == "delivered"
    assert {status for _, _, status in carrier.callbacks} == {204}


def test_nothing_happens_before_its_time() -> None:
    product = Product()
    carrier = a_carrier(product, pace=1.0)
    send(carrier)
    asyncio.run(carrier.tick())
    assert [form["MessageStatus"] for form in product.forms] == ["queued"]
    carrier.clock.now += 2.0  # type: ignore[attr-defined]
    asyncio.run(carrier.tick())
    assert [form["MessageStatus"] for form in product.forms] == ["queued", "sending", "sent"]


@pytest.mark.parametrize("number", sorted(magic.REFUSED))
def test_a_magic_number_is_refused_with_its_code(number: str) -> None:
    refusal = magic.REFUSED[number]
    carrier = a_carrier()
    answer = send(carrier, number)
    assert (answer.status_code, answer.json()["code"]) == (refusal.status, refusal.code)
    assert not carrier.messages


@pytest.mark.parametrize("number", sorted(magic.LOST))
def test_a_magic_number_is_accepted_and_not_reached(number: str) -> None:
    product = Product()
    carrier = a_carrier(product)
    assert send(carrier, number).status_code == 201
    asyncio.run(carrier.settle())
    last = product.forms[-1]
    assert (last["MessageStatus"], last["ErrorCode"]) == (magic.LOST[number].status, str(magic.LOST[number].code))


def test_a_number_that_fails_once_is_reached_the_second_time() -> None:
    carrier = a_carrier()
    for _ in range(2):
        send(carrier, "+14165550133")
    asyncio.run(carrier.settle())
    assert [message.status for message in carrier.to("+14165550133")] == ["undelivered", "delivered"]


def test_who_texted_stop_is_refused_until_start() -> None:
    carrier = a_carrier()
    assert carrier.heard(PERSON, OURS, " stop ") == "STOP"
    assert send(carrier).json()["code"] == 21610
    assert carrier.heard(PERSON, OURS, "Start") == "START"
    assert send(carrier).status_code == 201


def test_whatsapp_is_open_for_a_day_after_the_person_wrote() -> None:
    carrier = a_carrier()
    person, line = f"whatsapp:{PERSON}", f"whatsapp:{OURS}"
    carrier.heard(person, line, "Bonjour")
    for hours in (23, 2):
        carrier.clock.now += 3600 * hours  # type: ignore[attr-defined]
        send(carrier, person, From=line)
    asyncio.run(carrier.settle())
    assert [(one.status, one.error) for one in carrier.to(person)] == [("delivered", None), ("undelivered", 63016)]


def test_a_sender_that_is_too_fast_is_slowed_down() -> None:
    carrier = a_carrier(rate=2)
    assert [send(carrier).status_code for _ in range(3)] == [201, 201, 429]
    carrier.clock.now += 1.0  # type: ignore[attr-defined]
    assert send(carrier).status_code == 201


def test_an_answer_can_be_lost_although_the_message_was_accepted() -> None:
    carrier = a_carrier()
    carrier.lose_next()
    assert send(carrier).status_code == 500
    assert len(carrier.to(PERSON)) == 1


def test_refusals_can_be_ordered() -> None:
    carrier = a_carrier()
    carrier.refuse_next(magic.TOO_MANY, magic.AWAY)
    assert [send(carrier).status_code for _ in range(3)] == [429, 503, 201]


def test_callbacks_come_twice_and_out_of_order_when_asked_to() -> None:
    product = Product()
    carrier = a_carrier(product, chances=Chances(duplicates=0.5, reordered=0.5))
    for _ in range(40):
        send(carrier)
    asyncio.run(carrier.settle())
    seen: dict[str, list[str]] = {}
    for form in product.forms:
        seen.setdefault(form["MessageSid"], []).append(form["MessageStatus"])
    order = ["queued", "sending", "sent", "delivered"]
    assert any(len(states) > len(set(states)) for states in seen.values())
    assert any(states != sorted(states, key=order.index) for states in seen.values())
    assert all(set(states) == set(order) for states in seen.values())


def test_the_list_is_filtered_by_numbers_and_date() -> None:
    carrier = a_carrier()
    send(carrier, body="old")
    asyncio.run(carrier.settle())
    carrier.clock.now += 60  # type: ignore[attr-defined]
    send(carrier, body="new")
    send(carrier, "+14165550143", "other")
    send_at = carrier.clock.now  # type: ignore[attr-defined]
    asyncio.run(carrier.settle())

    def bodies(**filters: str) -> list[str]:
        answer = ask(carrier, "GET", MESSAGES, params={name.replace("_", ""): v for name, v in filters.items()})
        return [message["body"] for message in answer.json()["messages"]]

    assert bodies(To=PERSON) == ["new", "old"]
    since = httpx.QueryParams({"To": PERSON, "From": OURS, "DateSent>": f"{_iso(send_at - 30)}"})
    assert [m["body"] for m in ask(carrier, "GET", f"{MESSAGES}?{since}").json()["messages"]] == ["new"]


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_stranger_gets_nothing() -> None:
    carrier = a_carrier()
    answer = ask(carrier, "GET", MESSAGES, auth=(ACCOUNT, "wrong"))
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)


def test_a_call_ends_its_conference_when_it_was_to() -> None:
    product = Product()
    carrier = a_carrier(product)
    first = carrier.place({"To": PERSON, "From": OURS, "Url": "https://example.org/v"})
    second = carrier.place({"To": "+14165550143", "From": OURS, "Url": "https://example.org/v"})
    assert not isinstance(first, magic.Refusal) and not isinstance(second, magic.Refusal)
    events = "start end join leave"
    room = carrier.join("room", Participant(first.sid, ends_it=True), callback="https://example.org/c", events=events)
    carrier.join("room", Participant(second.sid))
    assert room.status == "in-progress"
    carrier.reach(first, "completed")
    assert (room.status, room.ended_because) == ("completed", "participant-with-end-conference-on-exit-left")
    asyncio.run(carrier.settle())
    assert [form["StatusCallbackEvent"] for form in product.forms] == [
        "participant-join",
        "participant-join",
        "conference-start",
        "participant-leave",
        "conference-end",
    ]


@pytest.fixture
def served() -> Iterator[tuple[Carrier, Local]]:
    carrier = Carrier(pace=0.001)
    with serving(carrier) as url:
        yield carrier, Local(url)


def test_twilios_own_client_understands_the_answers(served: tuple[Carrier, Local]) -> None:
    carrier, client = served
    for number in range(3):
        sent = client.messages.create(to=PERSON, from_=OURS, body=f"Text {number}")
    assert sent.status == "queued" and sent.date_created is not None
    assert carrier.idle()
    assert [message.body for message in client.messages.list(to=PERSON, page_size=2)] == ["Text 2", "Text 1", "Text 0"]
    assert client.messages(sent.sid).fetch().status == "delivered"
    call = client.calls.create(to=PERSON, from_=OURS, url="https://example.org/voice")
    assert client.calls(call.sid).update(status="completed").status == "completed"
