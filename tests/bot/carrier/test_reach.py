"""The public address is asked whether this gateway lives there and knows the carrier's signature."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from bot.carrier.reach import address_findings, reach_findings
from bot.carrier.signature import Signatures

PUBLIC = "https://chat.example.org"
TOKEN = "0123456789abcdef0123456789abcdef"


def gateway(token: str = TOKEN, public: str = PUBLIC) -> Callable[[httpx.Request], httpx.Response]:
    signatures = Signatures([token], public)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/health/live":
            return httpx.Response(200, json={"live": True})
        path, _, query = request.url.raw_path.decode().partition("?")
        good = signatures.accepts(request.method, path, query, dict(request.headers), request.read())
        return httpx.Response(400 if good else 403)

    return answer


def asked(answer: Callable[[httpx.Request], httpx.Response], public: str = PUBLIC) -> list[tuple[str, str]]:
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        found = list(reach_findings(public, TOKEN, client))
    assert all(one.do for one in found if one.level != "fine")
    return [(one.level, one.says) for one in found]


def test_a_gateway_that_takes_signed_webhooks_and_refuses_forged_ones_is_fine() -> None:
    assert [level for level, _ in asked(gateway(), f"{PUBLIC}/")] == ["fine", "fine"]


def unreachable(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED]")


def live_but(status: int) -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: (
        httpx.Response(200, json={"live": True}) if request.url.path == "/health/live" else httpx.Response(status)
    )


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (gateway(token="another"), "signed rightly is refused"),
        (gateway(public="http://chat.example.org"), "signed rightly is refused"),
        (lambda request: httpx.Response(200, text="<html>Welcome"), "Something else answers"),
        (lambda request: httpx.Response(502), "Something else answers there (HTTP 502"),
        (lambda request: httpx.Response(301, headers={"location": "https://www.example.org/"}), "redirects"),
        (live_but(200), "forged webhook is answered with HTTP 200"),
        (live_but(404), "forged webhook is answered with HTTP 404"),
        (unreachable, "its certificate is not valid"),
    ],
)
def test_each_way_of_not_being_there_is_told_apart(
    answer: Callable[[httpx.Request], httpx.Response], says: str
) -> None:
    level, said = asked(answer)[-1]
    assert level == "wrong"
    assert says in said


def test_a_gateway_that_breaks_on_a_signed_webhook_is_sent_to_its_log() -> None:
    signed = gateway()

    def answer(request: httpx.Request) -> httpx.Response:
        given = signed(request)
        return httpx.Response(500) if given.status_code == 400 else given

    assert asked(answer)[-1] == ("wrong", "A signed webhook without a message is answered with HTTP 500.")


@pytest.mark.parametrize(
    ("public", "says"),
    [
        ("http://127.0.0.1:8000", "names this machine only"),
        ("https://localhost", "names this machine only"),
        ("http://chat.example.org", "not https"),
        ("https://Chat.example.org", "not a plain address"),
        ("https://user:secret@chat.example.org", "not a plain address"),
        ("https://chat.example.org?x=1", "not a plain address"),
        ("https://chat.example.org:port", "not a plain address"),
        ("https://[", "not a plain address"),
        ("chat.example.org", "not a plain address"),
        ("", "not a plain address"),
    ],
)
def test_an_address_that_the_carrier_cannot_call_or_sign_is_refused(public: str, says: str) -> None:
    (found,) = address_findings(public)
    assert (found.level, bool(found.do)) == ("wrong", True)
    assert says in found.says
    assert "secret" not in found.says + found.do


def test_a_public_https_address_is_fine() -> None:
    assert [one.level for one in address_findings(f"{PUBLIC}:8443/porchlight")] == ["fine"]
