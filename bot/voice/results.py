"""What the carrier says during a transfer, and how the call goes on: one method for each kind of result.

Page, state and audit rows of a result are one transaction. A result that comes twice gets the page that it got
before; one that is late gets the present stop, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session
from twilio.twiml.voice_response import VoiceResponse

from bot.conversations.models import Audit
from bot.service import Service
from bot.voice import callbacks, conference, dialling, stops
from bot.voice.calls import Calling, Calls
from bot.voice.chain import Outcome
from bot.voice.heard import Heard
from bot.voice.legs import legs
from bot.voice.speaking import Speak, speaker_for
from bot.voice.spoken_keys import YES, keys_of
from bot.voice.stops import Transfer, back

Form = Mapping[str, str]
Start = Callable[[Service, Calling, str], Transfer]


@dataclass(slots=True)
class Transfers:
    """Answers the carrier. All methods block; `query` is that of our own address, `form` what the carrier adds."""

    service: Service
    calls: Calls
    start: Start
    """Begins another transfer of the same call: `transfer.started`."""

    def asked(self, query: Mapping[str, str], form: Form) -> VoiceResponse | str:
        """Yes or no to a consent. Silence is no."""

        def step(calling: Calling, transfer: Transfer, speak: Speak, page: VoiceResponse) -> _Done:
            if transfer.asks is None:
                return _Done(self._put(page, transfer, calling, speak, form))
            what, yes = transfer.asks, keys_of(Heard.read(form), calling.language, either=True) == YES
            after = self._put(page, transfer.agreed(yes), calling, speak, form)
            now = self.service.clock()

            def also(session: Session) -> None:
                detail = {"what": what, "given": yes}
                session.add(
                    Audit(
                        conversation_id=calling.conversation_id, actor="person", action="consent", detail=detail,
                        created_at=now,
                    )
                )  # fmt: skip

            return _Done(after, also)

        return self._step(query, form, "asked", step)

    def line(self, query: Mapping[str, str], form: Form) -> VoiceResponse | str:
        """How the call to a line ended."""
        heard = dialling.heard(form)

        def step(calling: Calling, transfer: Transfer, speak: Speak, page: VoiceResponse) -> _Done:
            return self._onward(page, calling, transfer, speak, form, query, heard.outcome, heard.seconds)

        return self._step(query, form, "line", step)

    def queue(self, query: Mapping[str, str], form: Form) -> VoiceResponse | str:
        """The caller has left the queue: to whoever took the call, or onward."""
        outcome = dialling.queue_heard(form)
        seconds = dialling.seconds(form.get("QueueTime", ""))

        def step(calling: Calling, transfer: Transfer, speak: Speak, page: VoiceResponse) -> _Done:
            if outcome == "no_answer" and transfer.to_callback:
                moved = replace(transfer, chain=transfer.chain.to_callback(), to_callback=False)
                also = self._recorded(calling, transfer, _leg(query), outcome, seconds)
                return _Done(self._put(page, moved, calling, speak, form), also)
            if outcome == "no_answer" and _leg(query) == transfer.chain.at and self._taken(calling):
                at = {"n": transfer.n, "leg": transfer.chain.at}
                hold = stops.url("leg/hold", caller=calling.sid, **at)
                speak(page, "voice_person_joined")
                action = stops.url("transfer/room", **at)
                conference.room(page, calling.sid, action=action, wait_url=hold, person=True)
                return _Done(transfer)
            return self._onward(page, calling, transfer, speak, form, query, outcome, seconds)

        return self._step(query, form, "queue", step)

    def key(self, query: Mapping[str, str], form: Form) -> VoiceResponse | str:
        """A key while waiting: to be called back. In danger nobody leaves the queue by a slip of the finger."""

        def step(calling: Calling, transfer: Transfer, speak: Speak, page: VoiceResponse) -> _Done:
            if form.get("Digits") == conference.CALLBACK_KEY and not transfer.danger:
                page.leave()
                return _Done(replace(transfer, to_callback=True))
            page.redirect(stops.url("transfer/wait", n=query.get("n", ""), leg=query.get("leg", "")), method="POST")
            return _Done(transfer)

        return self._step(query, form, "key", step, once=form.get("Digits") == conference.CALLBACK_KEY)

    def room(self, query: Mapping[str, str], form: Form) -> VoiceResponse | str:
        """The conference is over, or the caller was taken out of an empty one."""
        heard = dialling.heard(form)

        def step(calling: Calling, transfer: Transfer, speak: Speak, page: VoiceResponse) -> _Done:
            return self._onward(page, calling, transfer, speak, form, query, heard.outcome, heard.seconds)

        return self._step(query, form, "room", step)

    def callback(self, query: Mapping[str, str], form: Form) -> VoiceResponse | str:
        """An answer about a callback or a message."""

        def step(calling: Calling, transfer: Transfer, speak: Speak, page: VoiceResponse) -> _Done:
            asked = transfer.request or callbacks.Request(hidden=calling.withheld, danger=transfer.danger)
            if transfer.chain.stop.kind != "callback" or transfer.chain.ended or query.get("k") != str(transfer.k):
                return _Done(self._put(page, transfer, calling, speak, form))
            caller = None if calling.withheld else form.get("From")
            request = callbacks.answered(asked, form, caller=caller, keys=self.service.keys, language=calling.language)
            if request.stage == "person":
                again = self.start(self.service, calling, "asked")
                return _Done(self._put(page, again, calling, speak, form))
            after, also = self._answered(page, calling, replace(transfer, request=request, k=transfer.k + 1), speak)
            return _Done(after, also)

        return self._step(query, form, f"c{query.get('k', '')[:4]}", step)

    def ask(self, query: Mapping[str, str], form: Form) -> VoiceResponse | str:
        """The question that holds the number which the person entered."""

        def step(calling: Calling, transfer: Transfer, speak: Speak, page: VoiceResponse) -> _Done:
            if transfer.request is None or transfer.chain.ended:
                return _Done(self._put(page, transfer, calling, speak, form))
            action = stops.to_callback(transfer, calling)
            callbacks.put(page, transfer.request, speak, self.service.keys, action=action, language=calling.language)
            return _Done(transfer)

        return self._step(query, form, "ask", step, once=False)

    def _answered(
        self, page: VoiceResponse, calling: Calling, transfer: Transfer, speak: Speak
    ) -> tuple[Transfer, Callable[[Session], None]]:
        """The next question about a callback, or its end; and what is kept of it."""
        request, keys, now = transfer.request, self.service.keys, self.service.clock()
        assert request is not None
        leg, outcome = transfer.chain.at, None
        if request.stage in callbacks.ASKING:
            stops.put(page, transfer, calling, speak, keys)
        elif request.stage == "done":
            callbacks.put(page, request, speak, keys, action="")
            back(page, "ended")
            outcome = "asked"
        else:
            back(page, "declined" if request.stage == "back" else "nobody")
            outcome = "refused"
        recorded = self._recorded(calling, transfer, leg, outcome, 0) if outcome else None  # type: ignore[arg-type]

        def also(session: Session) -> None:
            callbacks.keep(
                session, request, conversation_id=calling.conversation_id, call_sid=f"{calling.sid}:{transfer.n}",
                language=calling.language, now=now,
            )  # fmt: skip
            if recorded:
                recorded(session)

        chain = transfer.chain.after(leg, outcome) if outcome else transfer.chain  # type: ignore[arg-type]
        return replace(transfer, chain=chain), also

    def _onward(
        self, page: VoiceResponse, calling: Calling, transfer: Transfer, speak: Speak, form: Form,
        query: Mapping[str, str], outcome: Outcome, seconds: int,
    ) -> _Done:  # fmt: skip
        """The page after a result: the next stop, or the assistant again.

        It is the same when the caller has left: nobody hears it then, and who was taken for gone is not cut off.
        """
        leg = _leg(query)
        recorded = self._recorded(calling, transfer, leg, outcome, seconds)
        after = transfer.onward(leg, outcome)
        asks = after.chain.stop.kind == "queue" and not after.chain.ended and calling.owner == "bot"
        asked = self.calls.person_asked(calling, "asked", self.service.clock()) if asks else None

        def also(session: Session) -> None:
            recorded(session)
            if asked:  # the caller had chosen a line, and comes to our specialists now
                asked(session)

        return _Done(self._put(page, after, calling, speak, form, leg), also)

    def _recorded(
        self, calling: Calling, transfer: Transfer, leg: int, outcome: Outcome, seconds: int
    ) -> Callable[[Session], None]:
        now = self.service.clock()
        return lambda session: stops.record(session, calling, transfer, leg, outcome, seconds, now)

    def _put(
        self,
        page: VoiceResponse,
        transfer: Transfer,
        calling: Calling,
        speak: Speak,
        form: Form,
        leg: int | None = None,
    ) -> Transfer:
        caller = None if calling.withheld else form.get("From")
        return stops.put(page, transfer, calling, speak, self.service.keys, leg=leg, caller=caller)

    def _taken(self, calling: Calling) -> bool:
        """Whether somebody waits in the conference for the caller."""
        with Session(self.service.ledger.reader) as session:
            return any(leg.status == "joined" for leg in legs(session, calling.conversation_id, calling.sid))

    def _step(
        self,
        query: Mapping[str, str],
        form: Form,
        name: str,
        step: Callable[[Calling, Transfer, Speak, VoiceResponse], _Done],
        *,
        once: bool = True,
    ) -> VoiceResponse | str:
        """Answers once: the page of a result that came before is given again."""
        page = VoiceResponse()
        calling = self.calls.load(form.get("CallSid", ""))
        transfer = Transfer.of(calling.state) if calling else None
        if calling is None or transfer is None:
            back(page, "nobody")
            return page
        stored = f"t{query.get('n', '')[:4]}.{query.get('leg', '')[:3]}.{name}"
        known = self.calls.page(calling.sid, stored) if once else None
        if known is not None:
            return known
        speak = speaker_for(self.service, calling.language)
        if query.get("n") != str(transfer.n):  # of an older transfer of this call: the present one goes on
            self._put(page, transfer, calling, speak, form)
            return page
        done = step(calling, transfer, speak, page)
        if not once:
            return page
        state = done.transfer.as_json()
        return self.calls.answer(calling.sid, stored, str(page), self.service.clock(), transfer=state, also=done.also)


@dataclass(frozen=True, slots=True)
class _Done:
    transfer: Transfer
    also: Callable[[Session], None] | None = None


def _leg(query: Mapping[str, str]) -> int:
    text = query.get("leg", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1
