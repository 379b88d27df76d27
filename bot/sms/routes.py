"""The carrier's webhooks for texts: one that came in, and what became of one that we sent.

Whoever signed nothing, or something else, is refused before a field is read, and the log says only that.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.carrier.signature import Form, NotAForm, Signatures
from bot.carrier.webhooks import NotSigned, signed_form
from bot.conversations.together import Together
from bot.service import Service
from bot.sms import status
from bot.sms.intake import Intake
from bot.sms.reading import NotATextMessage, read

log = structlog.get_logger(__name__)
INBOUND, STATUS = "/sms/inbound", "/sms/status"
COMPANY = 0.05
"""Seconds that a report on a text waits for others: four come for each text that is answered, and no person waits."""
MOST_AT_ONCE = 100
"""Requests of one kind that are worked on; further ones are sent away. After a time of absence the carrier brings what
was written meanwhile, again and again: a queue that is longer than its patience is worked off for nobody."""
CROWD = 16
"""Texts that wait to be stored, from which on ordinary turns give way."""
LATER = 2
"""Seconds after which whoever was sent away may come again; the carrier has a rhythm of its own."""
TAKEN = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
"""The carrier's acknowledgement: we have it, and say nothing in this breath."""


class Webhooks:
    """The two webhooks of one gateway."""

    def __init__(self, service: Service, signatures: Signatures) -> None:
        self.service = service
        self.signatures = signatures
        self.intake = Intake(service)
        self.reports = Together(service.ledger.writing, status.take_all, pause=COMPANY)
        self._at_work = {INBOUND: 0, STATUS: 0}
        service.turns.crowded = self.crowded

    def crowded(self) -> bool:
        return self._at_work[INBOUND] > CROWD

    def routes(self) -> list[Route]:
        return [self._route(INBOUND, self.inbound), self._route(STATUS, self.status)]

    def _route(self, path: str, handler: Callable[[Request, Form], Awaitable[Response]]) -> Route:
        """A route of the carrier: only what it signed reaches the handler, and only so much at once."""

        async def endpoint(request: Request) -> Response:
            if self._at_work[path] >= MOST_AT_ONCE:
                return Response("Busy. Please try again.", 503, {"Retry-After": str(LATER)})
            self._at_work[path] += 1
            try:
                return await handler(request, await signed_form(request, self.signatures))
            except NotSigned:
                log.warning("webhook refused", route=path, reason="signature")
                return Response("This is for the carrier, whose signature is missing or wrong.", 403)
            except NotAForm:
                log.warning("webhook refused", route=path, reason="form")
                return Response("This is not the form of a text.", 400)
            finally:
                self._at_work[path] -= 1

        return Route(path, endpoint, methods=["POST"], name=path)

    async def inbound(self, request: Request, form: Form) -> Response:
        """Stores a text and acknowledges it. Only what is stored is acknowledged: else the carrier tries again."""
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

    async def status(self, request: Request, form: Form) -> Response:
        """Notes what the carrier says of a text that we sent."""
        sid, said = form.get("MessageSid", "")[:64], form.get("MessageStatus", "")[:20]
        if not sid or not said:
            return Response("MessageSid and MessageStatus are needed.", 400)
        code = form.get("ErrorCode", "")
        out = request.query_params.get("out")

        error = int(code) if code.isdigit() else None
        if await self.reports.run(status.Report(sid, out, said, error, self.service.clock())) == "again":
            self.service.may_deliver()
        return Response(status_code=204)
