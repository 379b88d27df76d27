"""A texter's messages reach the product as the carrier's, and the answers come back to them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import parse_qsl

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from twilio.request_validator import RequestValidator

from tests.peers.carrier import TOKEN, Carrier
from tests.peers.posting import Webhooks
from tests.peers.texter import Texter
from tests.peers.transcript import Clock

OURS, PERSON = "+14165550100", "+14165550142"
EMPTY = "<Response/>"


class Line:
    """A product that keeps what it is sent and answers what it is told to."""

    def __init__(self, answer: str = EMPTY, status: int = 200) -> None:
        self.answer = answer
        self.status = status
        self.forms: list[dict[str, str]] = []
        self.paths: list[str] = []

    async def take(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        if not RequestValidator(TOKEN).validate(str(request.url), form, request.headers["x-twilio-signature"]):
            return Response(status_code=403)
        self.forms.append(form)
        self.paths.append(request.url.path)
        status = 200 if "fallback" in request.url.path else self.status
        return Response(self.answer, status, media_type="text/xml")

    def texter(self, person: str = PERSON, line: str = OURS, **options: bool) -> Texter:
        app = Starlette(routes=[Route("/{path:path}", self.take, methods=["POST"])])
        carrier = Carrier(product=Webhooks(TOKEN, app=app), clock=Clock(), **options)  # type: ignore[arg-type]
        carrier.owns(
            line, sms_url="https://example.org/sms/inbound?a=1", sms_fallback_url="https://example.org/fallback"
        )
        return Texter(carrier, person, line)


def test_a_text_is_posted_signed_with_the_carriers_parameters_and_blanks() -> None:
    line = Line()
    texter = line.texter()
    answer = asyncio.run(texter.send("Où êtes-vous ?"))
    assert answer.status_code == 200
    form = line.forms[0]
    assert (form["From"], form["To"], form["Body"], form["NumMedia"]) == (PERSON, OURS, "Où êtes-vous ?", "0")
    assert form["MessageSid"] == form["SmsSid"] and form["MessageSid"].startswith("SM")
    assert form["FromCity"] == ""


def test_the_same_message_can_come_twice() -> None:
    line = Line()
    texter = line.texter()

    async def twice() -> None:
        await texter.send("Hello")
        await texter.again()

    asyncio.run(twice())
    assert line.forms[0] == line.forms[1]


def test_pictures_and_places_have_their_parameters() -> None:
    line = Line()
    texter = line.texter(f"whatsapp:{PERSON}", f"whatsapp:{OURS}")

    async def both() -> None:
        await texter.send("", media=["image/jpeg", "text/vcard"])
        await texter.send("", place=(43.85, -79.02))

    asyncio.run(both())
    assert (line.forms[0]["NumMedia"], line.forms[0]["MediaContentType1"]) == ("2", "text/vcard")
    assert line.forms[0]["MessageSid"].startswith("MM")
    assert (line.forms[1]["Latitude"], line.forms[1]["WaId"]) == ("43.85", "14165550142")


def test_answers_come_by_rest_or_in_the_page_and_only_from_that_number() -> None:
    line = Line("<Response><Message>At once</Message></Response>")
    texter = line.texter()

    async def talk() -> list[str]:
        await texter.send("Hello")
        texter.carrier.accept({"To": PERSON, "From": OURS, "Body": "Later"})
        texter.carrier.accept({"To": PERSON, "From": "+14165550199", "Body": "Another's"})
        return await texter.hears(2)

    assert asyncio.run(talk()) == ["At once", "Later"]
    assert str(texter.transcript) == "00:00 > Hello\n00:00 < At once\n00:00 < Later"


def test_waiting_drives_the_delivery_and_gives_up_in_the_end() -> None:
    texter = Line().texter()

    async def deliver() -> None:
        if not texter.received():
            texter.carrier.accept({"To": PERSON, "From": OURS, "Body": "Delivered"})

    texter.deliver = deliver

    async def talk() -> tuple[list[str], list[str]]:
        return await texter.hears(), await texter.hears(timeout=0.05)

    assert asyncio.run(talk()) == (["Delivered"], [])


@pytest.mark.parametrize("answer", ["<Response><Text>Hello</Text></Response>", "Hello"])
def test_an_answer_that_is_no_twiml_fails_the_test(answer: str) -> None:
    with pytest.raises(AssertionError):
        asyncio.run(Line(answer).texter().send("Hello"))


def test_the_fallback_is_asked_when_the_product_fails() -> None:
    line = Line(status=500)
    asyncio.run(line.texter().send("Hello"))
    assert line.paths == ["/sms/inbound", "/fallback"]
    assert line.forms[1]["ErrorCode"] == "11200"


@pytest.mark.parametrize(("advanced", "words", "told"), [(False, "ARRET", None), (True, "ARRET", "STOP")])
def test_opt_outs_are_told_as_the_account_is_set_up(advanced: bool, words: str, told: str | None) -> None:
    line = Line()
    texter = line.texter(advanced_opt_out=advanced)
    asyncio.run(texter.send(words))
    assert line.forms[0].get("OptOutType") == told
    refused: Callable[..., object] = texter.carrier.accept
    answer = refused({"To": PERSON, "From": OURS, "Body": "Still here"})
    assert (getattr(answer, "code", None) == 21610) is advanced
