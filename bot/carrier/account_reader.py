"""Reads an account at the carrier through its REST interface; changes nothing.

The resources are described at https://www.twilio.com/docs/phone-numbers/api,
https://www.twilio.com/docs/messaging/api/service-resource and https://www.twilio.com/docs/usage/api/applications.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from bot.carrier.account import Account, Hook, MessagingService, Sender
from bot.carrier.numbers import Kind

TWILIO = "https://api.twilio.com"
TIMEOUT = 15.0
_NOT_READ = (TwilioException, requests.RequestException, ValueError, AttributeError, KeyError, TypeError)
"""Refused, away, or an answer that is not the carrier's: twilio's client does not look at the form of what it gets."""


class Unreadable(Exception):
    """The account cannot be read. The text says why and what to do."""


class _Elsewhere(TwilioHttpClient):  # type: ignore[misc]
    """Sends every request to another base address; says nothing in a log, where numbers would stand."""

    def __init__(self, base: str) -> None:
        quiet = logging.Logger("quiet", logging.CRITICAL)
        super().__init__(timeout=TIMEOUT, logger=quiet)
        self._base = None if base.rstrip("/") == TWILIO else urlsplit(base.rstrip("/"))

    def request(self, method: str, url: str, *args: Any, **more: Any) -> Any:
        if self._base is not None:
            _, _, path, query, fragment = urlsplit(url)
            url = urlunsplit((self._base.scheme, self._base.netloc, self._base.path + path, query, fragment))
        return super().request(method, url, *args, **more)


def read(sid: str, token: str, api_url: str, kinds: Iterable[Kind] = ()) -> Account:
    """Reads the account.

    Args:
        kinds: kinds of numbers that the operator has; what only others need is not asked for.

    Raises:
        Unreadable: when the account itself, or its numbers, cannot be read.
    """
    client = Client(sid, token, http_client=_Elsewhere(api_url))
    wanted = set(kinds)
    try:
        account = client.api.v2010.accounts(sid).fetch()
        numbers = [_number(client, one) for one in client.incoming_phone_numbers.list()]
    except _NOT_READ as problem:
        raise Unreadable(_why(problem, api_url)) from None
    unread: dict[str, str] = {}

    def part(name: str, reading: Callable[[], Any], otherwise: Any) -> Any:
        try:
            return reading()
        except _NOT_READ as problem:
            unread[name] = _reason(problem)
            return otherwise

    if "short" in wanted:
        numbers += part("short codes", lambda: [_short_code(one) for one in client.short_codes.list()], [])
    if "whatsapp" in wanted:
        found = part("WhatsApp senders", lambda: client.messaging.v2.channels_senders.list(channel="whatsapp"), [])
        numbers += [_channel(one) for one in found]
    services = part("messaging services", lambda: _services(client, "whatsapp" in wanted), ())
    caller_ids = part("caller ids", lambda: [one.phone_number for one in client.outgoing_caller_ids.list()], [])
    verified: dict[str, str] = {}
    if "tollfree" in wanted:
        found = part("toll-free verifications", lambda: client.messaging.v1.tollfree_verifications.list(), [])
        verified = {one.tollfree_phone_number_sid: str(one.status) for one in found}
    senders = {one.address: one for one in numbers}
    for service in services:
        for address in service.senders & senders.keys():
            if not service.by_number:
                senders[address] = replace(senders[address], texts=service.texts)
    return Account(
        sid=sid,
        name=account.friendly_name or "",
        state=str(account.status or ""),
        trial=account.type == "Trial",
        senders=senders,
        services=services,
        caller_ids=frozenset(caller_ids),
        verified=verified,
        unread=unread,
    )


def _number(client: Any, one: Any) -> Sender:
    able = one.capabilities if isinstance(one.capabilities, dict) else {}
    texts = Hook(one.sms_url or "", one.sms_method or "", one.sms_fallback_url or "")
    calls = Hook(one.voice_url or "", one.voice_method or "", one.voice_fallback_url or "")
    if one.sms_application_sid:
        app = client.applications(one.sms_application_sid).fetch()
        texts = Hook(app.sms_url or "", app.sms_method or "", app.sms_fallback_url or "", _application(app))
    if one.voice_application_sid:
        app = client.applications(one.voice_application_sid).fetch()
        calls = Hook(app.voice_url or "", app.voice_method or "", app.voice_fallback_url or "", _application(app))
    if one.trunk_sid:
        calls = Hook(through=f"the SIP trunk {one.trunk_sid}")
    return Sender(
        address=one.phone_number or "",
        sid=one.sid or "",
        can_text=able.get("sms"),
        can_call=able.get("voice"),
        texts=texts,
        calls=calls,
        status=Hook(one.status_callback or "", one.status_callback_method or ""),
        looks_up_callers=bool(one.voice_caller_id_lookup),
        takes_faxes=one.voice_receive_mode == "fax",
    )


def _application(app: Any) -> str:
    return f"the application “{app.friendly_name or app.sid}”"


def _short_code(one: Any) -> Sender:
    texts = Hook(one.sms_url or "", one.sms_method or "", one.sms_fallback_url or "")
    return Sender(one.short_code or "", one.sid or "", can_text=True, can_call=False, texts=texts)


def _channel(one: Any) -> Sender:
    webhook = one.webhook if isinstance(one.webhook, dict) else {}
    texts = Hook(
        webhook.get("callback_url") or "", webhook.get("callback_method") or "", webhook.get("fallback_url") or ""
    )
    return Sender(one.sender_id or "", one.sid or "", can_text=True, texts=texts, state=str(one.status or ""))


def _services(client: Any, channels: bool) -> tuple[MessagingService, ...]:
    found = []
    for one in client.messaging.v1.services.list():
        senders = {number.phone_number for number in one.phone_numbers.list()}
        senders |= {code.short_code for code in one.short_codes.list()}
        if channels:
            senders |= {channel.sender for channel in one.channel_senders.list()}
        name = one.friendly_name or one.sid
        texts = Hook(
            one.inbound_request_url or "", one.inbound_method or "", one.fallback_url or "",
            f"the messaging service “{name}”",
        )  # fmt: skip
        by_number, rewrites = bool(one.use_inbound_webhook_on_number), bool(one.smart_encoding)
        found.append(MessagingService(one.sid, name, texts, by_number, rewrites, frozenset(senders)))
    return tuple(found)


def _why(problem: Exception, api_url: str) -> str:
    """The sentence for the operator when nothing can be read."""
    if isinstance(problem, requests.RequestException):
        return (
            f"{urlsplit(api_url).hostname or api_url} cannot be reached ({type(problem).__name__}): look at this "
            "machine's network, its proxy settings and PORCHLIGHT_TWILIO_API_URL, and run this again."
        )
    if _status(problem) in (401, 403):
        return (
            "the carrier refuses PORCHLIGHT_TWILIO_ACCOUNT_SID with PORCHLIGHT_TWILIO_AUTH_TOKEN: copy both from the "
            "first page of the console (the live ones, not the test credentials), and run this again."
        )
    if _status(problem) == 404:
        return "the carrier does not know PORCHLIGHT_TWILIO_ACCOUNT_SID: copy it from the first page of the console."
    return f"the account cannot be read ({_reason(problem)}): try again, and look at status.twilio.com if it stays so."


def _reason(problem: Exception) -> str:
    """What went wrong, without addresses or numbers: a code where there is one."""
    status, code = _status(problem), getattr(problem, "code", None)
    if status:
        return f"HTTP {status}" + (f", error {code}" if code and code != status else "")
    return type(problem).__name__


def _status(problem: Exception) -> int | None:
    status = getattr(problem, "status", None)
    if status is None and len(problem.args) > 1:  # a page of a list: the answer is the second argument
        status = getattr(problem.args[1], "status_code", None)
    return status if isinstance(status, int) else None
