"""The gateway takes a webhook only when the carrier signed exactly this request."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.carrier.signature import MOST_FIELDS, NotAForm, Signatures, form_of
from bot.settings import Settings
from tests.peers import signing
from tests.peers.signing import Request

TOKEN = "0123456789abcdef0123456789abcdef"
SECOND = "fedcba9876543210fedcba9876543210"
PUBLIC = "https://chat.example.org"
INBOUND = f"{PUBLIC}/sms/inbound"
TEXT = {"MessageSid": "SM" + "0" * 32, "From": "+15550100", "To": "+15550199", "Body": "J'ai faim, je suis à Ajax"}
BROKEN = yaml.safe_load((Path(__file__).parents[2] / "broken" / "carrier" / "requests.yml").read_text("utf-8"))


def accepts(request: Request, *tokens: str, public: str = PUBLIC, **changed: object) -> bool:
    """Hands a request in as a server would, with parts of it changed."""
    url = urlsplit(request.url)
    parts: dict[str, object] = {
        "method": request.method,
        "raw_path": url.path,
        "raw_query": url.query,
        "headers": request.headers,
        "body": request.body,
    }
    return Signatures(tokens or (TOKEN,), public).accepts(**{**parts, **changed})  # type: ignore[arg-type]


def test_the_example_of_the_carriers_documentation_is_accepted() -> None:
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+12349013030",
        "Digits": "1234",
        "From": "+12349013030",
        "To": "+18005551212",
    }
    headers = signing.signed("POST", "https://mycompany.com/myapp.php?foo=1&bar=2", fields, "12345")
    assert headers["X-Twilio-Signature"] == "0/KCTR6DLpKmkAf8muzZqo1nDgQ="
    assert Signatures(["12345"], "https://mycompany.com").accepts(
        "POST", "/myapp.php", "foo=1&bar=2", headers, urlencode(fields).encode()
    )


@pytest.mark.parametrize("sha256", [False, True])
def test_a_form_and_a_json_body_that_the_carrier_signed_are_accepted(sha256: bool) -> None:
    assert accepts(signing.form(INBOUND, TEXT, TOKEN, sha256=sha256))
    assert accepts(signing.form(f"{PUBLIC}/sms/status?out=17&x=%20é".replace("é", "%C3%A9"), TEXT, TOKEN))
    assert accepts(signing.json(f"{PUBLIC}/sms/events?a=1", b'{"a": "\xc3\xa9"}', TOKEN, sha256=sha256))


def test_a_get_is_signed_by_its_address_and_has_no_body() -> None:
    url = f"{PUBLIC}/voice/inbound?CallSid=CA1&Digits="
    request = Request("GET", url, signing.signed("GET", url, {}, TOKEN), b"")
    assert accepts(request)
    assert not accepts(request, body=b"Digits=1")


def test_blank_fields_and_white_space_are_part_of_what_is_signed() -> None:
    fields = {**TEXT, "Body": "  \n", "FromCity": "", "NumMedia": "0"}
    request = signing.form(INBOUND, fields, TOKEN)
    assert accepts(request)
    assert not accepts(request, body=urlencode({**fields, "FromCity": " "}).encode())
    assert not accepts(request, body=urlencode({**fields, "Body": ""}).encode())


def test_unknown_fields_repeated_ones_and_any_script_are_accepted_when_signed() -> None:
    pairs = [
        *TEXT.items(),
        ("SomethingNew", "ਪੰਜਾਬੀ 🙂"),
        ("Tag", "b"),
        ("Tag", "a"),
        ("Tag", "a"),
        ("a", "1"),
        ("Z", "2"),
    ]
    assert accepts(signing.form(INBOUND, pairs, TOKEN))


def test_either_of_two_tokens_is_accepted_and_no_other() -> None:
    assert accepts(signing.form(INBOUND, TEXT, TOKEN), TOKEN, SECOND)
    assert accepts(signing.form(INBOUND, TEXT, SECOND), TOKEN, SECOND)
    assert not accepts(signing.form(INBOUND, TEXT, "x" * 32), TOKEN, SECOND)


@pytest.mark.parametrize("tokens", [[], [""], ["", "  "]])
def test_without_a_token_nothing_is_accepted(tokens: list[str]) -> None:
    request = signing.form(INBOUND, TEXT, "")
    assert not Signatures(tokens, PUBLIC).accepts("POST", "/sms/inbound", "", request.headers, request.body)


def test_the_settings_give_both_tokens_and_the_public_address() -> None:
    settings = Settings(
        twilio_auth_token=f"{TOKEN}\n",
        twilio_auth_token_secondary=SECOND,
        public_url=f"{PUBLIC}/",
    )
    signatures = Signatures.from_settings(settings)
    for token in (TOKEN, SECOND):
        request = signing.form(INBOUND, TEXT, token)
        assert signatures.accepts("POST", "/sms/inbound", "", request.headers, request.body)
    assert not Signatures.from_settings(Settings(public_url=PUBLIC)).accepts(
        "POST", "/sms/inbound", "", signing.form(INBOUND, TEXT, "").headers, b""
    )


def test_the_port_may_stand_in_the_address_or_not() -> None:
    assert accepts(signing.form("https://chat.example.org:443/sms/inbound", TEXT, TOKEN))
    assert accepts(signing.form("http://127.0.0.1:8000/sms/inbound", TEXT, TOKEN), public="http://127.0.0.1:8000")


def test_the_overrides_in_a_fragment_are_neither_sent_nor_signed() -> None:
    assert accepts(signing.form(f"{INBOUND}#rc=2&rt=3000", TEXT, TOKEN))
    request = signing.form(f"{INBOUND}?out=1", TEXT, TOKEN)
    assert not accepts(request, raw_query="out=1#rc=2")
    assert not accepts(request, raw_path="/sms/inbound#", raw_query="out=1")


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("raw_path", "/sms/inbound/"),
        ("raw_path", "/sms/Inbound"),
        ("raw_path", "/sms/in\nbound"),
        ("raw_path", "/sms/inbound;"),
        ("raw_path", "/sms/inbound?out=1"),
        ("raw_path", "sms/inbound"),
        ("raw_query", "out=2"),
        ("raw_query", "out=1&"),
        ("raw_query", "out=1\t"),
        ("raw_query", "out=%31"),
        ("raw_query", ""),
        ("body", urlencode({**TEXT, "Body": "STOP"}).encode()),
        ("body", urlencode({**TEXT, "More": "1"}).encode()),
        ("body", b""),
        ("body", b"\xff\xfe"),
        ("body", urlencode(TEXT).encode() + b"%ff"),
        ("method", "GET"),
        ("method", "PUT"),
        ("public", "http://chat.example.org"),
        ("public", "https://chat.example.org/more"),
        ("public", "https://internal.example.org"),
        ("public", "https://[chat"),
        ("public", "https://chat.example.org:port"),
    ],
)
def test_a_request_that_was_changed_on_its_way_is_refused(part: str, value: object) -> None:
    request = signing.form(f"{INBOUND}?out=1", TEXT, TOKEN)
    assert accepts(request)
    assert not accepts(request, **{part: value})  # type: ignore[arg-type]


def test_the_same_letters_cut_in_other_places_are_another_request() -> None:
    request = signing.form(f"{INBOUND}?out=1", TEXT, TOKEN)
    assert not accepts(request, raw_path="/sms/inbound?out=1", raw_query="")
    assert not accepts(request, public=PUBLIC[:-1], raw_path="g/sms/inbound")


def test_what_a_forged_header_says_stands_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    request = signing.form(INBOUND, TEXT, TOKEN)
    settings = {"X-Twilio-Webhooks-Signature-Settings": "algorithm=+15550100 wrote this"}
    assert not accepts(request, headers={**request.headers, **settings})
    assert caplog.records == []


@pytest.mark.parametrize(("what", "headers"), BROKEN["headers"].items())
def test_missing_and_malformed_headers_are_refused(what: str, headers: dict[str, str]) -> None:
    request = signing.form(INBOUND, TEXT, TOKEN)
    signature = request.headers["X-Twilio-Signature"]
    given_headers = {name: value.replace("{signature}", signature) for name, value in headers.items()}
    assert not accepts(request, headers=given_headers), what


def test_a_header_that_stands_there_twice_is_refused() -> None:
    request = signing.form(INBOUND, TEXT, TOKEN)
    assert not accepts(request, headers={**request.headers, "x-twilio-signature": "bm8="})
    assert accepts(request, headers={name.upper(): value for name, value in request.headers.items()})


def test_a_signature_of_one_kind_does_not_pass_for_the_other() -> None:
    old, new = (signing.form(INBOUND, TEXT, TOKEN, sha256=kind) for kind in (False, True))
    assert not accepts(old, headers={**new.headers, "X-Twilio-Signature": old.headers["X-Twilio-Signature"]})
    assert not accepts(new, headers={**old.headers, "X-Twilio-Signature": new.headers["X-Twilio-Signature"]})


@pytest.mark.parametrize("url", [f"{INBOUND}", f"{INBOUND}?bodySHA256=", f"{INBOUND}?bodySHA256=00&bodySHA256=00"])
def test_json_without_the_hash_of_its_body_is_refused(url: str) -> None:
    assert not accepts(Request("POST", url, signing.signed("POST", url, b"{}", TOKEN), b"{}"))


def test_json_with_another_body_is_refused_also_when_it_calls_itself_a_form() -> None:
    request = signing.json(INBOUND, b'{"a": 1}', TOKEN)
    form = {**request.headers, "Content-Type": "application/x-www-form-urlencoded"}
    assert accepts(request)
    assert not accepts(request, body=b'{"a": 2}')
    assert not accepts(request, body=b"", headers=form)
    assert not accepts(request, body=b"", headers={"X-Twilio-Signature": request.headers["X-Twilio-Signature"]})


def test_a_form_is_read_as_it_was_signed() -> None:
    form = form_of(b"Body=+a%2Bb%0A&Empty=&Bare&Tag=1&Tag=2&Name=%C3%A9")
    assert dict(form) == {"Body": " a+b\n", "Empty": "", "Bare": "", "Tag": "2", "Name": "é"}
    assert form.getlist("Tag") == ["1", "2"]


@pytest.mark.parametrize("body", [b"\xff", b"a=%ff", b"&".join([b"a=1"] * (MOST_FIELDS + 1))])
def test_what_is_no_form_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(NotAForm):
        form_of(body)


ANY = st.text(max_size=40)


@given(
    pairs=st.lists(st.tuples(ANY, ANY), max_size=8),
    query=st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#"), max_size=40),
    sha256=st.booleans(),
)
def test_whatever_the_carrier_signs_is_accepted(pairs: list[tuple[str, str]], query: str, sha256: bool) -> None:
    url = f"{PUBLIC}/sms/inbound" + (f"?{query}" if query else "")
    request = signing.form(url, pairs, TOKEN, sha256=sha256)
    assert accepts(request, raw_query=query)


@given(
    method=st.sampled_from(["POST", "GET", "post", "", "\ud800"]) | ANY,
    path=ANY | ANY.map(lambda text: "/" + quote(text)) | st.just("/sms/inbound"),
    query=ANY | st.just("bodySHA256=\ud800") | st.just("bodySHA256="),
    headers=st.dictionaries(
        st.sampled_from(["X-Twilio-Signature", "X-Twilio-Webhooks-Signature-Settings", "Content-Type"]) | ANY,
        st.sampled_from(["application/json", "application/x-www-form-urlencoded", "key=a,algorithm=HMAC_SHA256"]) | ANY,
    ),
    body=st.binary(max_size=200) | st.text(max_size=50).map(str.encode),
    public=st.sampled_from([PUBLIC, "http://[", "https://a:b", "", "\ud800"]) | ANY,
)
def test_nothing_that_nobody_signed_is_accepted_or_raises(
    method: str, path: str, query: str, headers: Mapping[str, str], body: bytes, public: str
) -> None:
    assert Signatures([TOKEN], public).accepts(method, path, query, headers, body) is False
