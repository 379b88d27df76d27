"""Whether a webhook comes from the carrier: its signature over the address and the form, or over the body's hash.

Source of the rules: https://www.twilio.com/docs/usage/webhooks/webhooks-security, and for the newer setting with
SHA-256 https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys. The comparing is twilio's own
`RequestValidator`; what stands here keeps away from it the requests at which it would raise or look away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from hmac import compare_digest
from urllib.parse import parse_qs, parse_qsl, urlparse

from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import (
    HMAC_SHA1,
    HMAC_SHA256,
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

from bot.settings import Settings

Form = ImmutableMultiDict[str, str]
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
BODY_HASH = "bodySHA256"
MOST_FIELDS = 500
"""Fields of one form; the carrier sends about forty."""
_AS_SENT = re.compile(r"[!-~]+")
"""What an address may hold on the wire."""


class NotAForm(ValueError):
    """The body of a webhook is not the form that carriers send."""


class Signatures:
    """Knows the carrier's requests by the tokens of the account.

    Args:
        tokens: the account's auth token; a second one while they are rotated, or the secret of a shared key.
        public_url: the address that the carrier sees, without a path of a webhook.
    """

    def __init__(self, tokens: Sequence[str], public_url: str) -> None:
        # An empty token would be a key that everybody knows.
        self._validators = tuple(RequestValidator(token.strip()) for token in tokens if token.strip())
        self._base = public_url.rstrip("/")

    @classmethod
    def from_settings(cls, settings: Settings) -> Signatures:
        tokens = (settings.twilio_auth_token, settings.twilio_auth_token_secondary)
        return cls([token.get_secret_value() for token in tokens if token is not None], settings.public_url)

    def accepts(self, method: str, raw_path: str, raw_query: str, headers: Mapping[str, str], body: bytes) -> bool:
        """True when one of the tokens signed exactly this request. Never raises, and never logs.

        Args:
            method: as received; a GET has nothing in its body, since no signature would cover it.
            raw_path: the path as received, not decoded.
            raw_query: what follows the question mark, as received; a fragment never reaches a server.
            headers: names in any case; a header that stands there twice is a forgery.
            body: as received.
        """
        try:
            return self._accepts(method.upper(), raw_path, raw_query, headers, body)
        except (ValueError, TypeError, KeyError):
            # No address, no form, no text: whatever twilio's validator stumbles over was not signed by twilio.
            return False

    def _accepts(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> bool:
        signature = _only(headers, SIGNATURE_HEADER)
        algorithm = get_signature_algorithm(_only(headers, SIGNATURE_SETTINGS_HEADER)).upper()
        if not signature or algorithm not in (HMAC_SHA1, HMAC_SHA256):
            return False
        url = self._base + path + (f"?{query}" if query else "")
        if not path.startswith("/") or "?" in path or not _unchanged(url):
            return False
        signed = _signed_content(method, _only(headers, "content-type"), query, body)
        # All tokens are tried, so that the time does not tell which one fits.
        return any([validator.validate(url, signed, signature, algorithm) for validator in self._validators])


def form_of(body: bytes) -> Form:
    """The fields of a form, blank ones kept, nothing trimmed: the same reading that the signature covers.

    Raises:
        NotAForm: for bytes that are no UTF-8, or too many fields.
    """
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as problem:
        raise NotAForm(type(problem).__name__) from None
    return ImmutableMultiDict(pairs)


def _signed_content(method: str, content_type: str, query: str, body: bytes) -> Form | str:
    """What the signature covers besides the address.

    Raises:
        ValueError: for content that no signature of the carrier can cover.
    """
    hashes = parse_qs(query, keep_blank_values=True).get(BODY_HASH, [])
    kind = content_type.partition(";")[0].strip().lower()
    # The hash belongs to JSON; were it passed over in a form, a signed JSON request could come again as an empty form.
    if (hashes or kind == JSON) and (len(hashes) != 1 or not _has_hash(body, hashes[0])):
        raise ValueError("the body is not the one that was signed")
    if method == "GET":
        if body:
            raise ValueError("a GET has no body")
        return ImmutableMultiDict()
    if method != "POST":
        raise ValueError("carriers use GET and POST")
    if kind == JSON:
        return body.decode()
    if body and kind != FORM:
        raise ValueError("neither a form nor JSON")
    return form_of(body)


def _unchanged(url: str) -> bool:
    """True when the address survives Python's URL functions, which twilio's validator uses before it signs.

    They drop tabs, line ends and an empty `;` in silence: such a request would pass for another one. A fragment is cut
    off by whoever sends, so one that arrives was put there by somebody else.
    """
    kept = urlparse(url).geturl().lower() == url.lower()  # the scheme alone comes back in small letters
    return kept and "#" not in url and _AS_SENT.fullmatch(url) is not None


def _has_hash(body: bytes, expected: str) -> bool:
    return compare_digest(sha256(body).hexdigest().encode(), expected.encode())


def _only(headers: Mapping[str, str], name: str) -> str:
    """The header's value; empty without one.

    Raises:
        ValueError: when it stands there more than once.
    """
    found = [value for key, value in headers.items() if key.lower() == name.lower()]
    if len(found) > 1:
        raise ValueError(f"{name} more than once")
    return found[0] if found else ""
