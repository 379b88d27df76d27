"""Requests to the product as the carrier makes them: signed, within its time limits, with its one retry.

Times and the retry are those of Twilio's page "Webhooks: connection overrides": 5 s to connect, 15 s in all, once more
when the connection could not be made.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

import httpx

from tests.peers.signing import Fields, signed


class Webhooks:
    """The carrier's client. `app` is the product in this process; `send_to` is where it really listens when the
    public URL is a name that only carriers know. What is signed is always the public URL."""

    def __init__(
        self,
        token: str,
        *,
        app: Callable[..., Awaitable[None]] | None = None,
        send_to: str | None = None,
        retries: int = 1,
        sha256: bool = False,
    ) -> None:
        self.token = token
        self.send_to = send_to
        self.retries = retries
        self.sha256 = sha256
        # An error inside the product is the answer 500, as a carrier would see it.
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=False) if app else None
        self._client: httpx.AsyncClient | None = None

    async def post(self, url: str, form: Fields) -> httpx.Response:
        """Posts a form; raises httpx.TransportError when the product cannot be reached."""
        return await self.send("POST", url, form)

    async def send(self, method: str, url: str, form: Fields) -> httpx.Response:
        """The same by GET, as some attributes of TwiML ask: then the parameters are in the URL, and signed there."""
        pairs = list(form.items() if isinstance(form, Mapping) else form)
        url = url.partition("#")[0]
        if method == "GET" and pairs:
            url += ("&" if "?" in url else "?") + urlencode(pairs)
            pairs = []
        headers = {
            "user-agent": "TwilioProxy/1.1",
            "accept": "*/*",
            "i-twilio-idempotency-token": str(uuid.uuid4()),
            **signed(method, url, pairs, self.token, sha256=self.sha256),
        }
        content = urlencode(pairs).encode() if method == "POST" else None
        for attempt in range(self.retries + 1):
            try:
                return await self._http.request(method, self._address(url), content=content, headers=headers)
            except httpx.TransportError:
                if attempt == self.retries:
                    raise
        raise AssertionError("unreachable")

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    @property
    def _http(self) -> httpx.AsyncClient:
        # Made by the first request, so that it belongs to the loop that is then running.
        if self._client is None or self._client.is_closed:
            limits = httpx.Timeout(15, connect=5)
            self._client = httpx.AsyncClient(transport=self._transport, timeout=limits, trust_env=False)
        return self._client

    def _address(self, url: str) -> str:
        if self.send_to is None:
            return url
        place, base = urlsplit(url), urlsplit(self.send_to)
        return urlunsplit((base.scheme, base.netloc, place.path, place.query, ""))
