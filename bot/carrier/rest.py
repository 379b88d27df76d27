"""The carrier's REST interface: sending a text, and finding out whether one was taken.

twilio's own client builds and reads the requests; they go through an HTTP client of ours (its documented way to bring
one: https://www.twilio.com/docs/libraries/python/custom-http-clients-python), because the answer to a failed request
must tell two things apart that matter to a person: it was certainly not taken, or nobody knows.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import aiohttp
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

from bot.settings import Settings

TIMEOUT = 6.0
"""Seconds that one request may take. The carrier usually needs 0.1 to 0.3."""
_QUIET = logging.Logger("carrier", logging.CRITICAL)  # twilio's own lines would hold numbers of people
_PAGE = 50
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError)
"""What twilio's client raises over an answer in another form than it expects."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A text to be sent. `status_callback` is where the carrier reports what became of it."""

    to: str
    from_: str
    body: str
    status_callback: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A text that the carrier has taken: its id, where it stands, and the error if it failed since."""

    sid: str
    status: str
    error_code: int | None = None
    body: str = ""
    created_at: datetime | None = None


class Refused(Exception):
    """The carrier did not take the text, and said so."""

    def __init__(self, code: int | None, status: int, retry_after: float | None = None) -> None:
        super().__init__(f"refused with status {status}, error {code}")
        self.code = code
        self.status = status
        self.retry_after = retry_after


class Away(Exception):
    """No usable answer. `perhaps` says whether the carrier may have taken the text all the same; `silent` that there
    was no answer at all, so that the request may still be on its way there."""

    def __init__(self, problem: str, *, perhaps: bool, silent: bool = False) -> None:
        super().__init__(problem)
        self.perhaps = perhaps
        self.silent = silent


class Carrier:
    """The carrier's side of texts. One of it serves a process; it belongs to the event loop of its first request."""

    def __init__(self, account: str, token: str, api_url: str, timeout: float = TIMEOUT) -> None:
        self._http = _Http(api_url, timeout)
        from twilio.rest import Client  # a second to load, for operators with an account alone

        self._client = Client(account, token, http_client=self._http)

    @classmethod
    def from_settings(cls, settings: Settings) -> Carrier | None:
        """None without an account."""
        if not settings.twilio_account_sid or settings.twilio_auth_token is None:
            return None
        token = settings.twilio_auth_token.get_secret_value()
        return cls(settings.twilio_account_sid, token, settings.twilio_api_url)

    async def send(self, outgoing: Outgoing) -> Sent:
        """Hands over a text.

        Raises:
            Refused: it was not taken.
            Away: it was not taken, or perhaps it was.
        """
        try:
            taken = await self._client.messages.create_async(
                to=outgoing.to, from_=outgoing.from_, body=outgoing.body, status_callback=outgoing.status_callback
            )
            return _sent(taken)
        except _UNREADABLE:  # a success, but of what?
            raise Away("unreadable answer", perhaps=True) from None

    async def recent(self, to: str, from_: str, since: datetime) -> list[Sent]:
        """Texts of ours to a person since a moment, newest first.

        The carrier's own filter by date is not used: it is by the time of sending, which a text that still waits in
        the carrier's queue does not have.

        Raises:
            Refused, Away: nothing could be learnt.
        """
        try:
            listed = await self._client.messages.list_async(to=to, from_=from_, limit=_PAGE, page_size=_PAGE)
            found = [_sent(one) for one in listed if str(one.direction) != "inbound"]
        except _UNREADABLE:
            raise Away("unreadable answer", perhaps=False) from None
        return [one for one in found if one.created_at is None or one.created_at >= since]

    async def close(self) -> None:
        await self._http.close()


def _sent(message: Any) -> Sent:
    if not message.sid:
        raise ValueError("an answer without an id")
    created = message.date_created
    if created is not None and created.tzinfo is None:
        created = created.replace(tzinfo=UTC)
    code = int(message.error_code) if message.error_code else None
    return Sent(message.sid, str(message.status or "queued"), code, message.body or "", created)


class _Http(AsyncHttpClient):  # type: ignore[misc]
    """Carries twilio's requests over aiohttp, to the configured base address, and speaks of failures in our words."""

    def __init__(self, base: str, timeout: float) -> None:
        super().__init__(_QUIET, True, timeout)
        self._base = urlsplit(base.rstrip("/"))
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One request, without repeats.

        Raises:
            Refused: for an answer of 300 to 499.
            Away: for none, or one of 500 and more.
        """
        try:
            async with self._opened().request(
                method,
                self._address(url, params),
                data=urlencode(data, doseq=True) if data else None,
                headers={**(headers or {}), **({"Authorization": aiohttp.encode_basic_auth(*auth)} if auth else {})},
                allow_redirects=allow_redirects,
            ) as answer:
                text = await answer.text()
                status, retry_after = answer.status, answer.headers.get("retry-after")
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as problem:
            raise Away(type(problem).__name__, perhaps=False) from None
        except (aiohttp.ClientError, TimeoutError, UnicodeDecodeError) as problem:
            raise Away(type(problem).__name__, perhaps=True, silent=True) from None
        if status >= 500:  # it may have failed after the text was taken
            raise Away(f"status {status}", perhaps=True)
        if status >= 300:
            raise Refused(_code(text), status, seconds(retry_after, datetime.now(UTC)))
        return Response(status, text, {})

    def _address(self, url: str, params: dict[str, object] | None) -> str:
        """The address with the configured base instead of twilio's."""
        _, _, path, query, _ = urlsplit(url)
        query = "&".join(part for part in (query, urlencode(params, doseq=True) if params else "") if part)
        return urlunsplit((self._base.scheme, self._base.netloc, self._base.path + path, query, ""))

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self.timeout, sock_connect=min(3.0, self.timeout)),
                connector=aiohttp.TCPConnector(limit=64),
                trust_env=self._base.scheme == "https",  # an operator's proxy, but never for a peer on loopback
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def _code(text: str) -> int | None:
    """The carrier's code in the body of a refusal."""
    try:
        code = json.loads(text)["code"]
        return int(code) if code is not None else None
    except (ValueError, TypeError, KeyError):
        return None


def seconds(retry_after: str | None, now: datetime) -> float | None:
    """What a Retry-After header asks for: seconds or a date (RFC 9110, 10.2.3), an hour at most; None if unreadable."""
    if retry_after is None:
        return None
    try:
        wait = float(retry_after) if retry_after.strip().isdigit() else _until(parsedate_to_datetime(retry_after), now)
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, 0.0), 3600.0)


def _until(moment: datetime, now: datetime) -> float:
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now) / timedelta(seconds=1)
