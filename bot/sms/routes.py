"""The carrier's webhooks for texts: one that came in, and what became of one that we sent.

Whoever signed nothing, or something else, is refused before a field is read, and the log says only that.
"""

from __future__ import annotations

import structlog
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.carrier.signature import Form, NotAForm, Signatures, form_of
from bot.service import Service
from bot.sms import status
from bot.sms.intake import Intake
from bot.sms.reading import NotATextMessage, read

log = structlog.get_logger(__name__)
TAKEN = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
"""The carrier's acknowledgement: we have it, and say nothing in this breath."""


class Webhooks:
    """The two webhooks of one gateway."""

    def __init__(self, service: Service, signatures: Signatures) -> None:
        self.service = service
        self.signatures = signatures
        self.intake = Intake(service)

    def routes(self) -> list[Route]:
        return [
            Route("/sms/inbound", self.inbound, methods=["POST"]),
            Route("/sms/status", self.status, methods=["POST"]),
        ]

    async def inbound(self, request: Request) -> Response:
        """Stores a text and acknowledges it. Only what is stored is acknowledged: else the carrier tries again."""
        form = await signed_form(request, self.signatures)
        if form is None:
            return refused("sms")
        try:
            texted = read(form)
        except NotATextMessage as problem:
            log.warning("text is malformed", problem=str(problem))
            return Response(str(problem), 400)
        ours = self.service.numbers.of(texted.to)
        if ours is None or not ours.sms:
            log.warning("text to a number that is not in the file of numbers")
            return Response("This number is not in the file of numbers, or not for texts.", 404)
        await self.intake.take(texted, ours)
        return Response(TAKEN, media_type="text/xml")

    async def status(self, request: Request) -> Response:
        """Notes what the carrier says of a text that we sent."""
        form = await signed_form(request, self.signatures)
        if form is None:
            return refused("status")
        sid, said = form.get("MessageSid", "")[:64], form.get("MessageStatus", "")[:20]
        if not sid or not said:
            return Response("MessageSid and MessageStatus are needed.", 400)
        code = form.get("ErrorCode", "")
        out = request.query_params.get("out")

        def taken() -> str:
            with self.service.ledger.writing() as session:
                return status.take(session, sid, out, said, int(code) if code.isdigit() else None, self.service.clock())

        if await to_thread.run_sync(taken) == "again":
            self.service.to_deliver.set()
        return Response(status_code=204)


async def signed_form(request: Request, signatures: Signatures) -> Form | None:
    """The form of a request that the carrier signed; None for any other."""
    body = await request.body()
    raw_path = request.scope.get("raw_path") or request.url.path.encode()
    path = raw_path.partition(b"?")[0].decode("latin-1")
    query = request.scope["query_string"].decode("latin-1")
    if not signatures.accepts(request.method, path, query, request.headers, body):
        return None
    try:
        return form_of(body)
    except NotAForm:
        return None


def refused(what: str) -> Response:
    log.warning("webhook refused: not signed by the carrier", webhook=what)
    return Response("This request does not carry the carrier's signature.", 403)
