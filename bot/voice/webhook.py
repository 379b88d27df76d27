"""The carrier's requests about calls: signed, or refused; and whatever goes wrong here, the caller is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from twilio.twiml.voice_response import VoiceResponse

from bot.carrier.signature import Form, NotAForm, Signatures
from bot.carrier.webhooks import NotSigned, signed_form
from bot.service import Service
from bot.voice import pages
from bot.voice.calls import Calls
from bot.voice.speech import Speech
from directory_client.lines import CRISIS, EMERGENCY, lines

log = structlog.get_logger(__name__)
type Answer = VoiceResponse | str | None
"""A page, or nothing for a request that only tells."""
type Handler = Callable[[Request, Form], Awaitable[Answer]]
PATIENCE = 12.0
"""Seconds for a page. The carrier waits 15 (https://www.twilio.com/docs/voice/twiml) and then says what it likes."""


@dataclass(slots=True)
class Webhooks:
    """What every webhook about a call shares."""

    service: Service
    signatures: Signatures
    calls: Calls
    speech: Speech

    def route(self, path: str, handler: Handler) -> Route:
        """A route of the carrier: only what it signed reaches the handler."""

        async def endpoint(request: Request) -> Response:
            return await self._answer(request, handler)

        return Route(path, endpoint, methods=["POST"], name=path)

    async def _answer(self, request: Request, handler: Handler) -> Response:
        try:
            form = await signed_form(request, self.signatures)
            if not form.get("CallSid"):
                raise NotAForm("no CallSid")
        except NotSigned:
            log.warning("webhook refused", route=request.url.path, reason="signature")
            return PlainTextResponse("This is for the carrier, whose signature is missing or wrong.", 403)
        except NotAForm:
            log.warning("webhook refused", route=request.url.path, reason="form")
            return PlainTextResponse("This is not the form of a call.", 400)
        try:
            page = await asyncio.wait_for(handler(request, form), PATIENCE)
        except Exception as problem:
            # A mistake of ours, or the database is away: the caller hears what to do, and a person.
            log.error("voice page failed", route=request.url.path, problem=type(problem).__name__, exc_info=True)
            page = self.problem(form)
        return Response(str(page if page is not None else VoiceResponse()), media_type="text/xml")

    def problem(self, form: Form) -> VoiceResponse:
        """The page when all else fails: that something is wrong, the numbers, a person. Needs no database."""
        from bot.voice.transfer import without_database

        response = VoiceResponse()
        known = lines()
        facts = {
            "voice_problem": {},
            "voice_hang_up_911": {"line_911": known[EMERGENCY].voice or ""},
            "concern_lines": {"line_988": known[CRISIS].voice or ""},
        }
        said = [
            self.speech.say(message, language, **given) for language in ("en", "fr") for message, given in facts.items()
        ]
        pages.speak(response, said, self.service.settings.public_url)
        ours = self.service.numbers.of(form.get("To", ""))
        without_database(ours.number if ours else None, response)
        pages.speak(response, said, self.service.settings.public_url)  # nobody answered there
        return response
