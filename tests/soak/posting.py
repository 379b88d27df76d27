"""The carrier's client for many webhooks at once: on aiohttp, which does not slow down with the number that wait."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from urllib.parse import urlencode

import aiohttp
import httpx

from tests.peers.posting import Webhooks
from tests.peers.signing import Fields, signed


class Quick(Webhooks):
    """`Webhooks` that posts forms only, once, where the URL says; for a process that does little else."""

    def __init__(self, token: str) -> None:
        super().__init__(token, retries=0)
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str, form: Fields) -> httpx.Response:
        """Raises httpx.TransportError when there is no answer."""
        pairs = list(form.items() if isinstance(form, Mapping) else form)
        headers = {
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
            "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
            **signed("POST", url, pairs, self.token),
        }
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=15, sock_connect=5),
                connector=aiohttp.TCPConnector(limit=200),
                trust_env=False,
            )
        try:
            async with self._session.post(url, data=urlencode(pairs).encode(), headers=headers) as answer:
                return httpx.Response(answer.status, content=await answer.read())
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            raise httpx.TransportError(type(problem).__name__) from None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None
