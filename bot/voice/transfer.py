"""Transfers: the call is handed on, until a person, a line or a callback has it.

`begin` starts one from the flow of the call; the routes take what the carrier says afterwards (`results`, and
`leg_routes` for the telephones of those who may take it). What is decided stands in `chain`, `dialling`,
`conference` and `callbacks`, which are pure.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.routing import Route
from twilio.twiml.voice_response import VoiceResponse

from bot.carrier.signature import Form
from bot.doors.loading import door_named
from bot.safety.levels import NO_RISK, Level, Risk
from bot.service import Service
from bot.sharing.by_phone import partners
from bot.voice import dialling, stops
from bot.voice.callers import safe_to_dial
from bot.voice.calls import Calling, Calls
from bot.voice.chain import CALLBACK, QUEUE, Chain, chain_for
from bot.voice.results import Transfers
from bot.voice.speaking import speaker_for
from bot.voice.stops import LINE, Transfer
from directory_client.lines import HELPLINE, lines
from directory_client.phones import dialled

if TYPE_CHECKING:
    from bot.voice.webhook import Webhooks

type Overheard = Callable[[Request, Form], Awaitable[str | None]]
OUR_PEOPLE_FIRST = frozenset(("language", "failures", "problem"))
"""Reasons that a line elsewhere cannot mend: an interpreter, or somebody who listens, is ours to give."""


def begin(service: Service, calling: Calling, reason: str, response: VoiceResponse) -> Mapping[str, Any]:
    """Starts a transfer: appends words and what starts it to the page.

    Args:
        calling: the call; the danger that the conversation found decides the lines.
        reason: "risk" (no question comes first), "asked", "language" (an interpreter), "failures", "held" (a
            specialist holds the conversation), "problem", or "line:" and the id of a line that the caller chose.

    Returns:
        Where the transfer stands; whoever stores the page stores it in the same transaction, so that a copy of the
        request in another process finds both or neither.
    """
    transfer = started(service, calling, reason)
    transfer = stops.put(response, transfer, calling, speaker_for(service, calling.language), service.keys)
    return transfer.as_json()


def started(service: Service, calling: Calling, reason: str) -> Transfer:
    """A transfer at its first stop; at the next one where a line was no help and a person is asked for again."""
    before = Transfer.of(calling.state)
    danger = reason == "risk" or calling.risk_level >= Level.HIGH
    if before and reason == "asked" and before.chain.could_go_on and before.danger == danger:
        return replace(before, chain=before.chain.onward(), n=before.n + 1, asks=None, request=None, k=0)
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
    now = service.clock()
    with Session(service.ledger.reader) as session:
        # Whoever is in danger is put through at once: no line is told about them first, and none has to press a key.
        warm = frozenset[str]() if danger else partners(session, now)
    return chain_for(
        door_named(calling.door),
        calling.language,
        now,
        risk=Risk(level, calling.risk_kind, ()) if danger else NO_RISK,
        line=reason.removeprefix(LINE) if reason.startswith(LINE) else None,
        person=reason in OUR_PEOPLE_FIRST,
        staffed=service.settings.specialists_by_phone,
        ours=frozenset(service.numbers.by_address),
        warm=warm,
    )


def without_database(our_number: str | None, response: VoiceResponse) -> None:
    """A way to a person when nothing else works: the ten-digit number of 211, without a question to us.

    What the page has behind it is said when nobody answers. Nothing is appended when the number is our own.
    """
    for number in lines()[HELPLINE].other_voice:
        code = dialled(number)
        if our_number and code != our_number and safe_to_dial(code):
            response.dial(
                caller_id=our_number, timeout=dialling.PATIENCE, answer_on_bridge=True, record="do-not-record"
            ).number(code)
            return


def routes(webhooks: Webhooks, overheard: Overheard) -> list[Route]:
    """Where the carrier says how a transfer goes on, for the caller and for whoever takes the call.

    Args:
        overheard: takes words about danger that were said to a question; the page, or None where it goes on.
    """
    from bot.voice.leg_routes import leg_routes

    mine = Transfers(webhooks.service, Calls(webhooks.service.ledger), started)
    answers: dict[str, Callable[[Mapping[str, str], Form], VoiceResponse | str]] = {
        "asked": mine.asked,
        "line": mine.line,
        "queue": mine.queue,
        "key": mine.key,
        "room": mine.room,
        "callback": mine.callback,
        "ask": mine.ask,
    }
    questions = (mine.asked, mine.callback)

    async def answer(
        what: Callable[[Mapping[str, str], Form], VoiceResponse | str], request: Request, form: Form
    ) -> VoiceResponse | str:
        if what in questions and (page := await overheard(request, form)) is not None:
            return page
        return await to_thread.run_sync(what, request.query_params, form)

    own = [webhooks.route(f"/voice/transfer/{name}", partial(answer, what)) for name, what in answers.items()]
    return [*own, *leg_routes(webhooks)]
