"""Transfers: the call is handed on, until a person, a line or a callback has it.

`begin` starts one from the flow of the call; the routes take what the carrier says afterwards. What is decided
stands in `chain`, `dialling`, `conference` and `callbacks`, which are pure. Here it is stored and answered: page,
state and audit rows of a result are one transaction. A result that comes twice gets the page that it got
before; one that is late gets the present stop, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from anyio import to_thread
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.routing import Route
from twilio.twiml.voice_response import VoiceResponse

from bot.conversations.models import Audit
from bot.doors.loading import door_named
from bot.safety.levels import NO_RISK, Level, Risk
from bot.service import Service
from bot.voice import callbacks, conference, dialling, stops
from bot.voice.callbacks import YES
from bot.voice.callers import safe_to_dial
from bot.voice.calls import Calling, Calls
from bot.voice.chain import CALLBACK, QUEUE, Chain, Outcome, chain_for
from bot.voice.legs import legs
from bot.voice.speaking import Speak, shown, speaker
from bot.voice.speech import Speech
from bot.voice.stops import Transfer, back
from directory_client.lines import lines
from directory_client.phones import dialled

if TYPE_CHECKING:
    from bot.voice.webhook import Webhooks

Form = Mapping[str, str]
OUR_PEOPLE_FIRST = frozenset(("language", "failures", "problem"))
"""Reasons that a line elsewhere cannot mend: an interpreter, or somebody who listens, is ours to give."""
_HOME = "211-ontario"


def begin(service: Service, calling: Calling, reason: str, response: VoiceResponse) -> None:
    """Starts a transfer: appends words and what starts it to the page, and stores where it stands.

    Args:
        calling: the call; the danger that the conversation found decides the lines.
        reason: "risk" (no question comes first), "asked", "language" (an interpreter), "failures", "held" (a
            specialist holds the conversation), "problem", "onward" (back from a line that could not help: the
            next one), or "line:" and the id of a line that the caller chose.
    """
    transfer = started(service, calling, reason)
    transfer = stops.put(response, transfer, calling, _speaker(service, calling), service.keys)
    Calls(service.ledger).note(calling.sid, "transfer", transfer.as_json())


def started(service: Service, calling: Calling, reason: str) -> Transfer:
    """A transfer at its first stop."""
    before = Transfer.of(calling.state)
    danger = reason == "risk" or calling.risk_level >= Level.HIGH
    if before and reason == "onward":
        return replace(before, chain=before.chain.onward(), n=before.n + 1, danger=danger, asks=None, request=None, k=0)
    chain = Chain((QUEUE, CALLBACK)) if reason == "held" else _chain(service, calling, reason, danger)
    first = chain.stop.kind
    asks: stops.Asks | None = "summary" if first == "warm" else None
    if first == "line" and not calling.withheld:
        asks = "number"
    return Transfer(
        chain,
        n=before.n + 1 if before else 1,
        danger=danger,
        interpreter=reason == "language",
        held=reason == "held",
        asks=None if danger else asks,
    )


def _chain(service: Service, calling: Calling, reason: str, danger: bool) -> Chain:
    level = Level(min(max(calling.risk_level, int(Level.HIGH)), int(Level.EMERGENCY)))
    return chain_for(
        door_named(calling.door),
        calling.language,
        service.clock(),
        risk=Risk(level, calling.risk_kind, ()) if danger else NO_RISK,
        line=reason.removeprefix("line:") if reason.startswith("line:") else None,
        person=reason in OUR_PEOPLE_FIRST,
        ours=frozenset(service.numbers.by_address),
    )


def without_database(our_number: str | None, response: VoiceResponse) -> None:
    """A way to a person when nothing else works: the ten-digit number of 211, without a question to us.

    What the page has behind it is said when nobody answers. Nothing is appended when the number is our own.
    """
    for number in lines()[_HOME].other_voice:
        code = dialled(number)
        if our_number and code != our_number and safe_to_dial(code):
            response.dial(
                caller_id=our_number, timeout=dialling.PATIENCE, answer_on_bridge=True, record="do-not-record"
            ).number(code)
            return


def routes(webhooks: Webhooks) -> list[Route]:
    """Where the carrier says how a transfer goes on, for the caller and for whoever takes the call."""
    from bot.voice.leg_routes import leg_routes

    mine = Transfers(webhooks.service, Calls(webhooks.service.ledger))
    answers: dict[str, Callable[[Mapping[str, str], Form], VoiceResponse | str]] = {
        "asked": mine.asked,
        "line": mine.line,
        "queue": mine.queue,
        "key": mine.key,
        "room": mine.room,
        "callback": mine.callback,
    }

    async def answer(
        what: Callable[[Mapping[str, str], Form], VoiceResponse | str], request: Request, form: Form
    ) -> VoiceResponse | str:
        return await to_thread.run_sync(what, request.query_params, form)

    own = [webhooks.route(f"/voice/transfer/{name}", partial(answer, what)) for name, what in answers.items()]
    return [*own, *leg_routes(webhooks)]


@dataclass(slots=True)
class Transfers:
    """Answers the carrier. All methods block; `query` is that of our own address, `form` what the carrier adds."""

    service: Service
    calls: Calls

    def asked(self, query: Mapping[str, str], form: Form) -> VoiceResponse | str:
        """Yes or no to a consent. Silence is no."""

        def step(calling: Calling, transfer: Transfer, speak: Speak, page: VoiceResponse) -> _Done:
            if transfer.asks is None:
                return _Done(self._put(page, transfer, calling, speak, form))
            what, yes = transfer.asks, form.get("Digits") == YES
            after = self._put(page, transfer.agreed(yes), calling, speak, form)
            now = self.service.clock()

            def also(session: Session) -> None:
                detail = {"what": what, "given": yes}
                row = Audit(conversation_id=calling.conversation_id, actor="person", action="consent", detail=detail)
                row.created_at = now
                session.add(row)

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
            request = callbacks.answered(asked, form, caller=caller, keys=self.service.keys)
            if request.stage == "person":
                again = started(self.service, calling, "asked")
                return _Done(self._put(page, again, calling, speak, form))
            after, also = self._answered(page, calling, replace(transfer, request=request, k=transfer.k + 1), speak)
            return _Done(after, also)

        return self._step(query, form, f"c{query.get('k', '')[:4]}", step)

    def _answered(
        self, page: VoiceResponse, calling: Calling, transfer: Transfer, speak: Speak
    ) -> tuple[Transfer, Callable[[Session], None]]:
        """The next question about a callback, or its end; and what is kept of it."""
        request, keys, now = transfer.request, self.service.keys, self.service.clock()
        assert request is not None
        leg, outcome = transfer.chain.at, None
        if request.stage in callbacks.ASKING:
            action = stops.url("transfer/callback", n=transfer.n, k=transfer.k)
            callbacks.put(page, request, speak, keys, action=action)
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
        """The page after a result: the next stop, or the assistant again, or nothing when the caller has gone."""
        leg = _leg(query)
        also = self._recorded(calling, transfer, leg, outcome, seconds)
        after = replace(transfer, chain=transfer.chain.after(leg, outcome))
        if after.chain.ended == "left":
            page.hangup()
        else:
            after = self._put(page, after, calling, speak, form, leg)
        return _Done(after, also)

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
        speak = _speaker(self.service, calling)
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


def _speaker(service: Service, calling: Calling) -> Speak:
    return speaker(Speech(service.catalogue), calling.language, service.settings.public_url)


__all__ = ["begin", "routes", "shown", "started", "without_database"]
