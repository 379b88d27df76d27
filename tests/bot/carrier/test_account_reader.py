"""The account is read as it is, part by part, and a part that cannot be read does not hide the others."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator

import pytest

from bot.carrier.account import Hook
from bot.carrier.account_reader import Unreadable, read
from tests.bot.carrier.fake_account import PUBLIC, SID, TOKEN, FakeAccount, number, served


@pytest.fixture
def account() -> Iterator[FakeAccount]:
    with served(FakeAccount(numbers=[number("+15550100")])) as fake:
        yield fake


def test_all_pages_of_numbers_are_read_with_where_they_lead(account: FakeAccount) -> None:
    account.numbers = [number(f"+1555010{last}") for last in range(5)]
    account.numbers[4] |= {"sms_url": None, "capabilities": {"sms": False, "voice": True}}
    found = read(SID, TOKEN, account.url)
    assert sorted(found.senders) == [f"+1555010{last}" for last in range(5)]
    assert found.senders["+15550100"].texts == Hook(
        f"{PUBLIC}/sms/inbound", "POST", "https://fallback.example.org/crisis.xml"
    )
    assert (found.senders["+15550104"].can_text, found.senders["+15550104"].texts.url) == (False, "")
    assert (found.name, found.state, found.trial, found.unread) == ("A helpline", "active", False, {})


def test_an_application_takes_the_place_of_the_addresses_at_the_number(account: FakeAccount) -> None:
    account.applications["AP1"] = {"sid": "AP1", "friendly_name": "Old", "sms_url": "https://old.example.org/s",
                                   "voice_url": "https://old.example.org/v", "voice_method": "GET"}  # fmt: skip
    account.numbers = [number("+15550100", sms_application_sid="AP1", voice_application_sid="AP1")]
    sender = read(SID, TOKEN, account.url).senders["+15550100"]
    assert sender.texts == Hook("https://old.example.org/s", through="the application “Old”")
    assert sender.calls == Hook("https://old.example.org/v", "GET", through="the application “Old”")


@pytest.mark.parametrize(("by_number", "url"), [(False, "https://pool.example.org/"), (True, f"{PUBLIC}/sms/inbound")])
def test_a_messaging_service_decides_where_texts_go_unless_it_leaves_that_to_the_number(
    account: FakeAccount, by_number: bool, url: str
) -> None:
    account.services = [
        {"sid": "MG1", "friendly_name": "Pool", "inbound_request_url": "https://pool.example.org/",
         "use_inbound_webhook_on_number": by_number, "smart_encoding": True}
    ]  # fmt: skip
    account.senders = {"MG1": ["+15550100"]}
    found = read(SID, TOKEN, account.url)
    assert found.senders["+15550100"].texts.url == url
    service = found.service_of("+15550100")
    assert service is not None
    assert service.rewrites


def test_short_codes_whatsapp_and_verifications_are_asked_for_when_they_are_used(account: FakeAccount) -> None:
    account.short_codes = [{"sid": "SC1", "short_code": "55501", "sms_url": f"{PUBLIC}/sms/inbound"}]
    account.whatsapp = [
        {"sid": "XE1", "sender_id": "whatsapp:+15550101", "status": "ONLINE", "webhook": {"callback_url": "https://x/"}}
    ]
    account.verifications = [{"sid": "HH1", "tollfree_phone_number_sid": "PN1", "status": "IN_REVIEW"}]
    account.caller_ids = ["+15550107"]
    found = read(SID, TOKEN, account.url, ["short", "whatsapp", "tollfree"])
    assert found.senders["55501"].texts.url == f"{PUBLIC}/sms/inbound"
    assert found.senders["whatsapp:+15550101"].texts.url == "https://x/"
    assert found.verified == {"PN1": "IN_REVIEW"}
    assert found.caller_ids == {"+15550107"}
    account.asked.clear()
    read(SID, TOKEN, account.url, ["long"])
    assert not [path for path in account.asked if "ShortCodes" in path or "Channels" in path or "Tollfree" in path]


def test_a_part_that_cannot_be_read_is_named_and_the_rest_is_there(account: FakeAccount) -> None:
    account.broken = {"/v1/Services": (403, '{"code": 20003, "message": "no", "status": 403}'),
                      f"/2010-04-01/Accounts/{SID}/OutgoingCallerIds": (200, "<html>")}  # fmt: skip
    found = read(SID, TOKEN, account.url)
    assert set(found.senders) == {"+15550100"}
    assert found.unread == {"messaging services": "HTTP 403", "caller ids": "JSONDecodeError"}


@pytest.mark.parametrize(
    ("sid", "token", "broken", "says"),
    [
        (SID, "another", {}, "refuses PORCHLIGHT_TWILIO_ACCOUNT_SID with PORCHLIGHT_TWILIO_AUTH_TOKEN: copy both"),
        ("AC9", TOKEN, {}, "copy both"),
        (SID, TOKEN, {"/": (404, "{}")}, "does not know PORCHLIGHT_TWILIO_ACCOUNT_SID"),
        (SID, TOKEN, {"/": (503, "busy")}, r"cannot be read \(HTTP 503\)"),
        (SID, TOKEN, {"/": (200, "[1]")}, "cannot be read"),
        (SID, TOKEN, {f"/2010-04-01/Accounts/{SID}/Inc": (500, "")}, r"cannot be read \(HTTP 500\)"),
    ],
)
def test_an_account_that_cannot_be_read_says_why_and_what_to_do(
    account: FakeAccount, sid: str, token: str, broken: dict[str, tuple[int, str]], says: str
) -> None:
    account.broken = broken
    with pytest.raises(Unreadable, match=says) as raised:
        read(sid, token, account.url)
    assert token not in str(raised.value)


def test_a_carrier_that_is_away_is_said_to_be_away() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(Unreadable, match="cannot be reached"):
        read(SID, TOKEN, url)


def test_nothing_of_the_account_stands_in_a_log(account: FakeAccount, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        read(SID, TOKEN, account.url)
    assert "twilio" not in {record.name.partition(".")[0] for record in caplog.records}
