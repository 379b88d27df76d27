"""A carrier's request: its form, if the carrier signed it. Nothing of another one is read or logged."""

from __future__ import annotations

from starlette.requests import ClientDisconnect, Request

from bot.carrier.signature import Form, NotAForm, Signatures, form_of


class NotSigned(Exception):
    """The request does not carry the carrier's signature."""


async def signed_form(request: Request, signatures: Signatures) -> Form:
    """The fields of a signed request.

    Raises:
        NotSigned: it is not signed, or for something else.
        NotAForm: it is signed and no form, or was cut off.
    """
    try:
        body = await request.body()
    except ClientDisconnect:
        raise NotAForm("cut off") from None
    path = request.scope.get("raw_path") or request.scope["path"].encode()
    query = request.scope["query_string"].decode("latin-1")
    # The headers themselves, not a plain dictionary of them: one that stands there twice is a forgery.
    if not signatures.accepts(request.method, path.partition(b"?")[0].decode("latin-1"), query, request.headers, body):
        raise NotSigned
    return form_of(body)
