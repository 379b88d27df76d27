"""Short-lived notes that a browser carries for us between two steps of a sign-in, signed and dated."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

from bot.conversations.identity import Keys


def signed(keys: Keys, purpose: str, content: Any) -> str:
    """The note as text; it can be read by whoever has it, and changed by nobody."""
    return str(_serializer(keys, purpose).dumps(content))


def opened(keys: Keys, purpose: str, text: str | None, seconds: int) -> Any:
    """The content of a note; None when it is missing, changed, for another purpose or too old."""
    if not text:
        return None
    try:
        return _serializer(keys, purpose).loads(text, max_age=seconds)
    except BadData:
        return None


def _serializer(keys: Keys, purpose: str) -> URLSafeTimedSerializer:
    key = hmac.new(keys.pseudonyms, b"notes of the console", hashlib.sha256).digest()
    return URLSafeTimedSerializer(key, salt=purpose, signer_kwargs={"digest_method": hashlib.sha256})
