"""bin/porchlight twilio: what an operator sees of the check, and the signing client for trials."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from bot.carrier.reach import reach_findings
from bot.carrier.signature import Signatures
from bot.commands import twilio as command
from bot.commands.__main__ import main
from tests.bot.carrier.fake_account import PUBLIC, SID, TOKEN, FakeAccount, number, served
from tests.bot.carrier.test_reach import gateway
from tests.peers import signing

NUMBERS = '- number: "+15550100"\n  door: good2talk\n  voice: true\n'


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAccount]:
    """An account whose one number leads to a gateway at the public address."""
    (tmp_path / "numbers.yml").write_text(NUMBERS)
    client = httpx.Client(transport=httpx.MockTransport(gateway()))
    monkeypatch.setattr(command, "reach_findings", partial(reach_findings, client=client))
    with served(FakeAccount(numbers=[number("+15550100")])) as fake:
        for name, value in {
            "TWILIO_ACCOUNT_SID": SID,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_API_URL": fake.url,
            "PUBLIC_URL": PUBLIC,
            "NUMBERS_FILE": str(tmp_path / "numbers.yml"),
        }.items():
            monkeypatch.setenv(f"PORCHLIGHT_{name}", value)
        monkeypatch.delenv("PORCHLIGHT_TWILIO_AUTH_TOKEN_SECONDARY", raising=False)
        yield fake


def test_an_account_that_fits_ends_well(account: FakeAccount, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["twilio", "check"]) == 0
    shown = capsys.readouterr().out
    assert "fine   +15550100: Its texts come here." in shown
    assert "fine   public address: Signed webhooks are taken there and forged ones refused." in shown
    assert shown.splitlines()[-1].startswith("0 wrong, ")


def test_what_is_wrong_comes_first_with_what_to_do_and_a_failing_exit_code(
    account: FakeAccount, capsys: pytest.CaptureFixture[str]
) -> None:
    account.numbers[0]["voice_url"] = "https://demo.example.org/welcome"
    assert main(["twilio", "check"]) == 1
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "WRONG  +15550100: Its calls go to https://demo.example.org/welcome."
    assert shown[1] == (
        "       What to do: Set “A call comes in” at the number in the console to "
        "https://chat.example.org/voice/inbound, HTTP POST."
    )
    assert shown[-1].startswith("1 wrong, ")


def test_the_findings_are_there_for_programs_too(account: FakeAccount, capsys: pytest.CaptureFixture[str]) -> None:
    account.numbers = []
    assert main(["twilio", "check", "--json"]) == 1
    *found, last = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert found[0] == {
        "level": "wrong",
        "about": "+15550100",
        "says": "The account does not have it.",
        "do": found[0]["do"],
    }
    assert last["counts"]["wrong"] == 1
    assert last["total"] == len(found)


@pytest.mark.parametrize(("public", "asked"), [("https://Chat.example.org", False), ("http://127.0.0.1:8000", True)])
def test_the_public_address_is_asked_when_it_is_an_address(
    account: FakeAccount, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], public: str, asked: bool
) -> None:
    monkeypatch.setenv("PORCHLIGHT_PUBLIC_URL", public)
    assert main(["twilio", "check"]) == 1
    assert ("The gateway answers there." in capsys.readouterr().out) is asked


def test_a_second_token_that_was_left_is_named(
    account: FakeAccount, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORCHLIGHT_TWILIO_AUTH_TOKEN_SECONDARY", "left-over")
    assert main(["twilio", "check"]) == 0
    shown = capsys.readouterr().out
    assert "Webhooks of a second token are taken." in shown
    assert "left-over" not in shown


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("TWILIO_ACCOUNT_SID", "", "there is no account to check: set PORCHLIGHT_TWILIO_ACCOUNT_SID"),
        ("TWILIO_AUTH_TOKEN", " ", "there is no token: set PORCHLIGHT_TWILIO_AUTH_TOKEN"),
        ("TWILIO_AUTH_TOKEN", "wrong-token", "the carrier refuses PORCHLIGHT_TWILIO_ACCOUNT_SID"),
    ],
)
def test_settings_that_open_no_account_end_in_one_sentence(
    account: FakeAccount,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
    says: str,
) -> None:
    monkeypatch.setenv(f"PORCHLIGHT_{name}", value)
    assert main(["twilio", "check"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"bin/porchlight: {says}")
    assert "wrong-token" not in line


def test_a_broken_file_of_numbers_ends_in_one_sentence(
    account: FakeAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "numbers.yml").write_text('- number: "+15550100"\n  door: nowhere\n')
    assert main(["twilio", "check"]) == 1
    assert "there is no door 'nowhere'" in capsys.readouterr().err


@pytest.mark.parametrize("sha256", [False, True])
def test_a_form_is_signed_as_the_carrier_signs_it(
    account: FakeAccount, capsys: pytest.CaptureFixture[str], sha256: bool
) -> None:
    fields = {"MessageSid": "SM1", "Body": "J'ai faim = à Ajax", "Empty": ""}
    arguments = [part for pair in fields.items() for part in ("-p", "=".join(pair))]
    assert main(["twilio", "sign", "--url", "/sms/inbound?a=1", *arguments, *(["--sha256"] if sha256 else [])]) == 0
    head, _, body = capsys.readouterr().out.partition("\n\n")
    first, *lines = head.splitlines()
    headers = dict(line.split(": ", 1) for line in lines)
    url = f"{PUBLIC}/sms/inbound?a=1"
    assert first == f"POST {url}"
    assert (
        headers["X-Twilio-Signature"] == signing.signed("POST", url, fields, TOKEN, sha256=sha256)["X-Twilio-Signature"]
    )
    assert Signatures([TOKEN], PUBLIC).accepts("POST", "/sms/inbound", "a=1", headers, body.strip().encode())


def test_a_signed_request_can_be_sent_behind_the_proxy(
    account: FakeAccount, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sent: list[httpx.Request] = []

    def post(url: str, *, content: bytes, headers: dict[str, str], timeout: float) -> httpx.Response:
        sent.append(httpx.Request("POST", url, content=content, headers=headers))
        return gateway()(sent[-1])

    monkeypatch.setattr(httpx, "post", post)
    assert (
        main(["twilio", "sign", "--url", "/sms/events", "--json", '{"a": "é"}', "--to", "http://127.0.0.1:8000"]) == 1
    )
    assert str(sent[0].url).startswith("http://127.0.0.1:8000/sms/events?bodySHA256=")
    assert capsys.readouterr().out.startswith("HTTP 400")  # the signature was taken; there is no such event


@pytest.mark.parametrize("arguments", [["-p", "Body"], ["-p", "=x"], ["-p", "a=b", "--json", "{}"], []])
def test_arguments_that_make_no_request_are_refused(
    account: FakeAccount, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    url = ["--url", "/sms/inbound"] if arguments else []
    assert main(["twilio", "sign", *url, *arguments]) == 2
    assert capsys.readouterr().err
