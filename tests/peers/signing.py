"""Signs requests as the carrier does. Written from its documentation, without twilio's own validator.

https://www.twilio.com/docs/usage/webhooks/webhooks-security: the full address with its query but without a fragment;
for a form every field, sorted by name in the order of bytes, name and value without anything between them; for JSON
the hash of the body in the address, and the address alone; HMAC-SHA1 with the token, in base64.
https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys: HMAC-SHA256 with a shared key, named in a header.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

Fields = Mapping[str, str] | Iterable[tuple[str, str]]
KEY = "webhooks_sharedkey_01sample00000000000000000"


@dataclass(frozen=True, slots=True)
class Request:
    """A signed request, ready to be sent."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


def signed(method: str, url: str, content: Fields | bytes, token: str, *, sha256: bool = False) -> dict[str, str]:
    """The headers of a request.

    Args:
        content: the fields of a form, or the bytes of a JSON body; then the address must have its hash (`hashed`).
        sha256: sign with the newer setting; the token is then the secret of a shared key.
    """
    text = url.partition("#")[0]
    headers = {}
    if isinstance(content, bytes):
        headers["Content-Type"] = "application/json"
    else:
        text += "".join(name + value for name, value in sorted(set(_pairs(content)), key=_bytes))
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha256 if sha256 else hashlib.sha1).digest()
    headers["X-Twilio-Signature"] = base64.b64encode(digest).decode()
    if sha256:
        headers["X-Twilio-Webhooks-Signature-Settings"] = f"key={KEY},algorithm=HMAC_SHA256"
    return headers


def hashed(url: str, body: bytes) -> str:
    """The address with the hash of a JSON body."""
    url = url.partition("#")[0]
    return f"{url}{'&' if '?' in url else '?'}bodySHA256={hashlib.sha256(body).hexdigest()}"


def form(url: str, fields: Fields, token: str, *, sha256: bool = False) -> Request:
    """A signed POST of a form."""
    pairs = _pairs(fields)
    return Request(
        "POST", url.partition("#")[0], signed("POST", url, pairs, token, sha256=sha256), urlencode(pairs).encode()
    )


def json(url: str, body: bytes, token: str, *, sha256: bool = False) -> Request:
    """A signed POST of JSON."""
    url = hashed(url, body)
    return Request("POST", url, signed("POST", url, body, token, sha256=sha256), body)


def _pairs(fields: Fields) -> list[tuple[str, str]]:
    return list(fields.items() if isinstance(fields, Mapping) else fields)


def _bytes(pair: tuple[str, str]) -> tuple[bytes, bytes]:
    return pair[0].encode(), pair[1].encode()
