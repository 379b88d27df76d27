"""What the carrier asks while a caller waits, and on the telephones of those who may take the call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from anyio import to_thread
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.routing import Route
from twilio.twiml.voice_response import VoiceResponse

from bot.conversations.carrier_models import Call
from bot.conversations.models import Conversation
from bot.doors.loading import door_named
from bot.language.names import english_name, french_name, known
from bot.service import Service
from bot.sharing.by_phone import told
from bot.voice import conference, dialling, stops
from bot.voice.bringing import Bringing, language_of
from bot.voice.calls import Calling, Calls
from bot.voice.conference import Summary
from bot.voice.legs import Leg, Role, accepted, ended, leg_of, legs, noted
from bot.voice.placing import Placing
from bot.voice.speaking import speaker_for
from bot.voice.spoken_keys import NO, YES
from bot.voice.stops import Transfer
from bot.voice.telephones import Telephones
from directory_client.lines import Line

if TYPE_CHECKING:
    from bot.voice.webhook import Webhooks

Form = Mapping[str, str]


def leg_routes(webhooks: Webhooks) -> list[Route]:
    """Routes of the queue's rounds, the conference's quiet and the legs."""
    service = webhooks.service
    mine = LegRoutes(service, Telephones(service, Placing.from_settings(service.settings)))
    return [
        webhooks.route("/voice/transfer/wait", mine.wait),
        webhooks.route("/voice/leg/hold", mine.hold),
        webhooks.route("/voice/leg/answer", mine.answer),
        webhooks.route("/voice/leg/key", mine.key),
        webhooks.route("/voice/leg/over", mine.over),
        webhooks.route("/voice/leg/gone", mine.gone),
    ]


class LegRoutes:
    """Answers the carrier about legs."""

    def __init__(self, service: Service, telephones: Telephones) -> None:
        self.service = service
        self.telephones = telephones
        self.bringing = Bringing(service, telephones)
        self.calls = Calls(service.ledger)

    async def wait(self, request: Request, form: Form) -> VoiceResponse:
        """A round in the queue. Nothing is stored: it may come as often as it likes."""
        calling = await to_thread.run_sync(self.calls.load, form.get("CallSid", ""))
        transfer = Transfer.of(calling.state) if calling else None
        if (
            calling is None
            or transfer is None
            or transfer.to_callback
            or transfer.chain.stop.kind not in stops.CONFERRING
        ):
            return conference.leave()
        found = await to_thread.run_sync(self._legs, calling)
        waited = dialling.seconds(form.get("QueueTime", ""))
        line = transfer.chain.line
        if transfer.chain.stop.kind == "warm" and line is not None:
            if not any(leg.who == line.id for leg in found):
                if not await self._ring(calling, line):
                    return conference.leave()
            elif not any(leg.who == line.id and leg.status != "ended" for leg in found):
                return conference.leave()  # the partner could not take it
        if conference.decide(found, waited, danger=transfer.danger, held=transfer.held) != "wait":
            return conference.leave()
        key = stops.url("transfer/key", n=transfer.n, leg=transfer.chain.at)
        speak = speaker_for(self.service, calling.language)
        return conference.wait(speak, danger=transfer.danger, key_action=key, first=waited < conference.ROUND)

    async def hold(self, request: Request, form: Form) -> VoiceResponse:
        """Somebody is alone in the conference for a moment. Nobody is left alone there: whoever waits for one who
        does not come is taken out."""
        page, query = VoiceResponse(), request.query_params
        calling = await to_thread.run_sync(self.calls.load, query.get("caller", ""))
        taker = query.get("taker")
        if taker:
            if calling is None or await to_thread.run_sync(self._elsewhere, calling):
                await self.telephones.move(taker, stops.url("leg/gone", language=query.get("language", "en")))
            page.pause(length=conference.ROUND)
            return page
        if calling is not None:
            found = await to_thread.run_sync(self._legs, calling)
            if not any(leg.status == "joined" for leg in found):
                at = {"n": query.get("n", ""), "leg": query.get("leg", "")}
                await self.telephones.move(calling.sid, stops.url("transfer/room", **at))
            speak = speaker_for(self.service, calling.language)
            speak(page, "voice_person_still_waiting")
        page.pause(length=conference.ROUND)
        return page

    async def answer(self, request: Request, form: Form) -> VoiceResponse:
        """Somebody has answered: the whisper, and a question for a key."""
        query = request.query_params
        caller = await to_thread.run_sync(self.calls.load, query.get("caller", ""))
        language = query.get("language", "en")
        speak = speaker_for(self.service, language)
        transfer = Transfer.of(caller.state) if caller else None
        if caller is None or transfer is None or await to_thread.run_sync(self._gone, caller.sid):
            return self._farewell(request)
        role: Role = "partner" if query.get("role") == "partner" else "specialist"
        # The carrier may be quicker than the answer to our own request.
        sid, who = form.get("CallSid", ""), query.get("who", "")
        handed = query.get("handed") if role == "partner" else None
        await self.telephones.begun(caller, sid, role, who, language, handed)
        summary = self._summary(caller, transfer, language)
        if handed:
            summary = await to_thread.run_sync(self.bringing.summary, caller, summary, handed)
            await to_thread.run_sync(self._heard, sid)
        elif role == "partner":
            summary = await to_thread.run_sync(self._agreed, caller, transfer, summary, who, sid)
        return conference.whisper(
            speak,
            summary,
            action=stops.url("leg/key", language=language),
            service=door_named(caller.door).name(language),
            languages={code: (french_name if language == "fr" else english_name)(code) for code in known()},
        )

    async def key(self, request: Request, form: Form) -> VoiceResponse:
        """The key after the whisper."""
        page, sid = VoiceResponse(), form.get("CallSid", "")
        leg, caller = await to_thread.run_sync(self._accepted, sid, form.get("Digits", ""))
        if leg is not None and caller is not None:
            if leg.handed:
                await self.bringing.came(caller)
            language = request.query_params.get("language", "en")
            hold = stops.url("leg/hold", caller=caller, taker=sid, language=language)
            over = stops.url("leg/over")
            conference.room(page, caller, action=over, wait_url=hold, person=False, ends=not leg.loose)
            return page
        return self._farewell(request) if form.get("Digits") == YES else _hung_up(page)

    async def gone(self, request: Request, form: Form) -> VoiceResponse:
        """The caller has left before they were connected."""
        await to_thread.run_sync(self._ended, form.get("CallSid", ""), "caller_left")
        return self._farewell(request)

    async def over(self, request: Request, form: Form) -> VoiceResponse:
        """A leg has left the conference, or its call has ended (status callback)."""
        status = form.get("CallStatus", "") or "completed"
        leg, caller = await to_thread.run_sync(self._ended, form.get("CallSid", ""), status.replace("-", "_")[:20])
        if leg is not None and caller is not None:
            await self.bringing.left(caller, leg)
        return _hung_up(VoiceResponse())

    async def _ring(self, calling: Calling, line: Line) -> bool:
        return await self.telephones.ring(
            calling, role="partner", who=line.id, number=line.dial or "", language=language_of(line, calling)
        )

    def _farewell(self, request: Request) -> VoiceResponse:
        page, language = VoiceResponse(), request.query_params.get("language", "en")
        speaker_for(self.service, language)(page, "voice_whisper_gone")
        return _hung_up(page)

    def _summary(self, caller: Calling, transfer: Transfer, language: str) -> Summary:
        """What there is to say. Ours read the conversation anyway."""
        codes, catalogue = caller.memory.get("need") or [], self.service.catalogue
        message = f"need_{str(codes[0]).replace('.', '_')}" if codes else ""
        place = caller.memory.get("place") or {}
        return Summary(
            language=caller.language,
            need=catalogue.say(message, language) if message in catalogue.sources else None,
            place=str(place.get("name") or "") or None,
            danger=transfer.danger,
            shared=True,
        )

    # blocking, for threads

    def _agreed(self, caller: Calling, transfer: Transfer, summary: Summary, who: str, leg: str) -> Summary:
        """Of that, what a partner hears: after the caller's yes, what its agreement names, and it is on record."""
        nothing = replace(summary, need=None, place=None, shared=False)
        if not transfer.shared:
            return nothing
        facts = {"language": english_name(caller.language), "needs": summary.need, "place": summary.place}
        service = self.service
        with service.ledger.writing() as session:
            conversation = session.get_one(Conversation, caller.conversation_id, with_for_update=True)
            given = {name: value for name, value in facts.items() if value}
            fields = told(session, conversation, who, given, service.keys, leg, service.clock())
        if not fields:
            return nothing
        return replace(
            summary,
            need=summary.need if "needs" in fields else None,
            place=summary.place if "place" in fields else None,
        )

    def _legs(self, calling: Calling) -> list[Leg]:
        with Session(self.service.ledger.reader) as session:
            return legs(session, calling.conversation_id, calling.sid)

    def _gone(self, caller: str) -> bool:
        with Session(self.service.ledger.reader) as session:
            call = session.get(Call, caller)
            return call is None or call.ended_at is not None

    def _elsewhere(self, calling: Calling) -> bool:
        """Whether the caller has gone, or waits for nobody any more."""
        transfer = Transfer.of(calling.state)
        waits = transfer is not None and not transfer.chain.ended and transfer.chain.stop.kind in stops.CONFERRING
        return not waits or self._gone(calling.sid)

    def _accepted(self, sid: str, digits: str) -> tuple[Leg | None, str | None]:
        """The leg and the call of the caller, when this leg takes it."""
        with self.service.ledger.writing() as session:
            before = leg_of(session, sid)
            taken = accepted(session, sid, digits, self.service.clock())
            if before is not None and before.status == "ringing":
                self.bringing.settled(session, before, "joined" if taken else "refused" if digits == NO else "no_key")
            call = session.get(Call, sid) if taken else None
            return (leg_of(session, sid), str(call.state["caller"])) if call else (None, None)

    def _ended(self, sid: str, why: str) -> tuple[Leg | None, str | None]:
        """The leg as it was before, and the call of the caller; nothing when it was over already."""
        with self.service.ledger.writing() as session:
            before, call = leg_of(session, sid), session.get(Call, sid)
            if before is None or call is None or not ended(session, sid, why, self.service.clock()):
                return None, None
            if before.status == "ringing":
                self.bringing.settled(session, before, why)
            return before, str(session.get_one(Call, sid).state["caller"])

    def _heard(self, sid: str) -> None:
        with self.service.ledger.writing() as session:
            noted(session, sid, heard=True)


def _hung_up(page: VoiceResponse) -> VoiceResponse:
    page.hangup()
    return page
