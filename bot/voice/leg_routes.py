"""What the carrier asks while a caller waits, and on the telephones of those who may take the call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import structlog
from anyio import to_thread
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.routing import Route
from twilio.twiml.voice_response import VoiceResponse

from bot.conversations.carrier_models import Call
from bot.doors.loading import door_named
from bot.language.names import english_name, french_name, known
from bot.service import Service
from bot.voice import conference, dialling, stops
from bot.voice.callbacks import YES
from bot.voice.calls import Calling, Calls
from bot.voice.conference import Summary
from bot.voice.legs import Leg, Role, accepted, begun, ended, legs
from bot.voice.placing import NotPlaced, Placing
from bot.voice.speaking import speaker
from bot.voice.speech import Speech
from bot.voice.stops import Transfer
from directory_client.lines import Line

if TYPE_CHECKING:
    from bot.voice.webhook import Webhooks

log = structlog.get_logger(__name__)
Form = Mapping[str, str]


def leg_routes(webhooks: Webhooks) -> list[Route]:
    """Routes of the queue's rounds, the conference's quiet and the legs."""
    mine = LegRoutes(webhooks.service, Placing.from_settings(webhooks.service.settings))
    return [
        webhooks.route("/voice/transfer/wait", mine.wait),
        webhooks.route("/voice/leg/hold", mine.hold),
        webhooks.route("/voice/leg/answer", mine.answer),
        webhooks.route("/voice/leg/key", mine.key),
        webhooks.route("/voice/leg/over", mine.over),
    ]


class LegRoutes:
    """Answers the carrier about legs."""

    def __init__(self, service: Service, placing: Placing | None) -> None:
        self.service = service
        self.placing = placing
        self.calls = Calls(service.ledger)

    async def wait(self, request: Request, form: Form) -> VoiceResponse:
        """A round in the queue. Nothing is stored: it may come as often as it likes."""
        calling = await to_thread.run_sync(self.calls.load, form.get("CallSid", ""))
        transfer = Transfer.of(calling.state) if calling else None
        if calling is None or transfer is None or transfer.to_callback or transfer.chain.stop.kind not in _WAITING:
            return conference.leave()
        found = await to_thread.run_sync(self._legs, calling)
        waited = dialling.seconds(form.get("QueueTime", ""))
        line = transfer.chain.line
        if transfer.chain.stop.kind == "warm" and line is not None:
            if not any(leg.who == line.id for leg in found):
                rings = await self.ring(
                    calling, role="partner", who=line.id, number=line.dial or "", language=_of(line, calling)
                )
                if not rings:
                    return conference.leave()
            elif not any(leg.who == line.id and leg.status != "ended" for leg in found):
                return conference.leave()  # the partner could not take it
        if conference.decide(found, waited, danger=transfer.danger, held=transfer.held) != "wait":
            return conference.leave()
        key = stops.url("transfer/key", n=transfer.n, leg=transfer.chain.at)
        speak = speaker(Speech(self.service.catalogue), calling.language, self.service.settings.public_url)
        return conference.wait(speak, danger=transfer.danger, key_action=key, first=waited < conference.ROUND)

    async def hold(self, request: Request, form: Form) -> VoiceResponse:
        """The caller is alone in the conference, or the other is, for a moment. Nobody is left alone there."""
        page = VoiceResponse()
        calling = await to_thread.run_sync(self.calls.load, request.query_params.get("caller", ""))
        if calling is None:
            page.hangup()
            return page
        found = await to_thread.run_sync(self._legs, calling)
        if self.placing and not any(leg.status == "joined" for leg in found):
            query = {"n": request.query_params.get("n", ""), "leg": request.query_params.get("leg", "")}
            try:
                await self.placing.pull(calling.sid, self._absolute(stops.url("transfer/room", **query)))
            except NotPlaced as problem:
                log.warning("caller not moved", conversation=calling.conversation_id, problem=str(problem))
        speak = speaker(Speech(self.service.catalogue), calling.language, self.service.settings.public_url)
        speak(page, "voice_person_still_waiting")
        page.pause(length=conference.ROUND)
        return page

    async def answer(self, request: Request, form: Form) -> VoiceResponse:
        """Somebody has answered: the whisper, and a question for a key."""
        query = request.query_params
        caller = await to_thread.run_sync(self.calls.load, query.get("caller", ""))
        language = query.get("language", "en")
        page = VoiceResponse()
        speak = speaker(Speech(self.service.catalogue), language, self.service.settings.public_url)
        transfer = Transfer.of(caller.state) if caller else None
        if caller is None or transfer is None or await to_thread.run_sync(self._gone, caller.sid):
            speak(page, "voice_whisper_gone")
            page.hangup()
            return page
        role: Role = "partner" if query.get("role") == "partner" else "specialist"
        await to_thread.run_sync(self._begun, caller, form.get("CallSid", ""), role, query.get("who", ""), language)
        return conference.whisper(
            speak,
            self._summary(caller, transfer, role, language),
            action=stops.url("leg/key", language=language),
            service=door_named(caller.door).name(language),
            languages={code: (french_name if language == "fr" else english_name)(code) for code in known()},
        )

    async def key(self, request: Request, form: Form) -> VoiceResponse:
        """The key after the whisper."""
        page, sid = VoiceResponse(), form.get("CallSid", "")
        caller = await to_thread.run_sync(self._accepted, sid, form.get("Digits", ""))
        if caller is not None:
            hold = stops.url("leg/hold", caller=caller)
            conference.room(page, caller, action=stops.url("leg/over"), wait_url=hold, person=False)
            return page
        if form.get("Digits") == YES:
            language = request.query_params.get("language", "en")
            speaker(Speech(self.service.catalogue), language, self.service.settings.public_url)(
                page, "voice_whisper_gone"
            )
        page.hangup()
        return page

    async def over(self, request: Request, form: Form) -> VoiceResponse:
        """A leg has left the conference, or its call has ended (status callback)."""
        status = form.get("CallStatus", "") or "completed"
        await to_thread.run_sync(self._ended, form.get("CallSid", ""), status.replace("-", "_")[:20])
        page = VoiceResponse()
        page.hangup()
        return page

    async def ring(self, calling: Calling, *, role: Role, who: str, number: str, language: str) -> bool:
        """Rings the telephone of somebody who may take the call. False when the carrier does not."""
        if self.placing is None:
            return False
        query = {"caller": calling.sid, "role": role, "who": who, "language": language}
        try:
            sid = await self.placing.place(
                to=number,
                our_number=calling.line,
                url=self._absolute(stops.url("leg/answer", **query)),
                status_url=self._absolute(stops.url("leg/over")),
            )
        except NotPlaced as problem:
            log.warning("telephone not rung", conversation=calling.conversation_id, role=role, problem=str(problem))
            return False
        await to_thread.run_sync(self._begun, calling, sid, role, who, language)
        return True

    def _absolute(self, path: str) -> str:
        return f"{self.service.settings.public_url}{path}"

    def _summary(self, caller: Calling, transfer: Transfer, role: Role, language: str) -> Summary:
        """Ours read the conversation anyway; a partner hears what it is about only after a yes."""
        codes, catalogue = caller.memory.get("need") or [], self.service.catalogue
        message = f"need_{str(codes[0]).replace('.', '_')}" if codes else ""
        place = caller.memory.get("place") or {}
        return Summary(
            language=caller.language,
            need=catalogue.say(message, language) if message in catalogue.sources else None,
            place=str(place.get("name") or "") or None,
            danger=transfer.danger,
            shared=role == "specialist" or transfer.shared,
        )

    # blocking, for threads

    def _legs(self, calling: Calling) -> list[Leg]:
        with Session(self.service.ledger.reader) as session:
            return legs(session, calling.conversation_id, calling.sid)

    def _gone(self, caller: str) -> bool:
        with Session(self.service.ledger.reader) as session:
            call = session.get(Call, caller)
            return call is None or call.ended_at is not None

    def _begun(self, caller: Calling, sid: str, role: Role, who: str, language: str) -> None:
        with self.service.ledger.writing() as session:
            begun(
                session, caller.sid, caller.conversation_id, sid=sid, role=role, who=who, line=caller.line,
                language=language, now=self.service.clock(),
            )  # fmt: skip

    def _accepted(self, sid: str, digits: str) -> str | None:
        with self.service.ledger.writing() as session:
            taken = accepted(session, sid, digits, self.service.clock())
            leg = session.get(Call, sid) if taken else None
            return str(leg.state["caller"]) if leg else None

    def _ended(self, sid: str, why: str) -> None:
        with self.service.ledger.writing() as session:
            ended(session, sid, why, self.service.clock())


_WAITING = ("queue", "warm")


def _of(line: Line, calling: Calling) -> str:
    """The language in which a partner is told: the caller's where the line speaks it, French at a French line."""
    if calling.language in line.languages:
        return calling.language
    return line.languages[0] if line.languages and "en" not in line.languages else "en"
