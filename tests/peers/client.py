"""Twilio's own client of the REST API, with another base address than its own."""

from __future__ import annotations

from typing import Any

from twilio.rest import Client

from tests.peers.carrier import ACCOUNT, TOKEN


class Local(Client):  # type: ignore[misc]
    def __init__(self, base: str, account: str = ACCOUNT, token: str = TOKEN) -> None:
        super().__init__(account, token)
        self.base = base

    def request(self, method: str, uri: str, *args: Any, **kwargs: Any) -> Any:
        return super().request(method, uri.replace("https://api.twilio.com", self.base), *args, **kwargs)
