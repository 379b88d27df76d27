"""A specialist who speaks with a caller rings a partner line into the call: a warm transfer with all three on the line.

    ring ──→ whisper ──key 1──→ in the conference ──→ the specialist leaves, the other two go on
                 └─ key 2, no key, busy ──→ the specialist is told, nothing else changes

A conference ends for all when one leaves who is to end it. While there are two beside the caller neither does; of the
last one it is true again, so that a caller whose other has gone is asked what next without any request of ours. Where
the carrier cannot be reached for that, the caller is moved on when the last one has left.
"""

from __future__ import annotations

from dataclasses import replace

import structlog
from anyio import to_thread
from sqlalchemy.orm import Session

from bot.console.models import PartnerTransfer
from bot.conversations.carrier_models import Call
from bot.safety.levels import Level
from bot.service import Service
from bot.sharing.handed import Went, settle, to_tell
from bot.voice import legs, stops
from bot.voice.calls import Calling, Calls
from bot.voice.conference import Summary
from bot.voice.legs import Leg
from bot.voice.placing import NotPlaced, Placing
from bot.voice.stops import Transfer
from bot.voice.telephones import Telephones, callers
from directory_client.lines import Line

log = structlog.get_logger(__name__)
_WENT: dict[str, Went] = {"busy": "busy", "refused": "refused"}
"""What became of a telephone that nobody took, in the words of the desk; everything else is no answer."""


class Bringing:
    """Rings partners into calls, and keeps the conference alive for whoever stays."""

    def __init__(self, service: Service, telephones: Telephones) -> None:
        self.service = service
        self.telephones = telephones

    async def ring(self, caller: str, line: Line, transfer: str) -> bool:
        """Rings a partner line for a call that a specialist is in.

        Args:
            caller: the id of the person's call.
            transfer: the id of the partner transfer, which says what was agreed to be told.

        Returns:
            False when the line could not be rung.
        """
        calling = await to_thread.run_sync(Calls(self.service.ledger).load, caller)
        if calling is None or not line.dial:
            return False
        return await self.telephones.ring(
            calling, role="partner", who=line.id, number=line.dial, language=language_of(line, calling), handed=transfer
        )

    def summary(self, caller: Calling, whole: Summary, transfer: str) -> Summary:
        """Of what there is to say, what the person agreed at the desk that this partner is told. Blocks."""
        with Session(self.service.ledger.reader) as session:
            row = session.get(PartnerTransfer, transfer)
            mine = row is not None and row.conversation_id == caller.conversation_id
            fields = to_tell(session, row, self.service.clock()) if row is not None and mine else frozenset()
        return replace(
            whole,
            language=whole.language if "language" in fields else None,
            need=whole.need if "needs" in fields else None,
            place=whole.place if "place" in fields else None,
            danger="risk" in fields and caller.risk_level >= Level.HIGH,
            shared=bool(fields),
        )

    async def came(self, caller: str) -> None:
        """A partner is about to enter the conference: the specialist may leave it from now on."""
        for one in await to_thread.run_sync(self._joined, caller):
            if one.handed is None:
                await self._ends(caller, one, False)

    async def left(self, caller: str, leg: Leg) -> None:
        """Somebody has left the conference of a caller, or their telephone was not taken."""
        if leg.status != "joined":
            return
        there = await to_thread.run_sync(self._joined, caller)
        if len(there) == 1 and there[0].loose:
            await self._ends(caller, there[0], True)
        elif not there and leg.loose and (path := await to_thread.run_sync(self._onward, caller)):
            await self.telephones.move(caller, path)

    def settled(self, session: Session, leg: Leg, why: str) -> None:
        """Writes how it went with a partner who was rung into a call, in the transaction that changes the leg.

        Args:
            leg: as it was before.
            why: "joined", or why it ended.
        """
        row = session.get(PartnerTransfer, leg.handed) if leg.handed else None
        if row is None or row.state != "offered":  # the specialist has said already
            return
        went: Went = "connected" if why == "joined" else _WENT.get(why, "no_answer")
        settle(session, row, went, by="system", now=self.service.clock())

    async def _ends(self, caller: str, leg: Leg, ends: bool) -> None:
        placing = self.telephones.placing
        if placing is None:
            return
        try:
            await placing.ending(caller, leg.sid, ends)
        except NotPlaced as problem:
            log.info("conference not changed", call=caller, problem=str(problem))
            return
        await to_thread.run_sync(self._noted, leg.sid, not ends)

    # blocking, for threads

    def _joined(self, caller: str) -> list[Leg]:
        with Session(self.service.ledger.reader) as session:
            call = session.get(Call, caller)
            return legs.joined(session, call.conversation_id, caller) if call is not None else []

    def _onward(self, caller: str) -> str | None:
        """Where a caller goes who is alone in the conference; None when they have gone, or gone on, themselves."""
        with Session(self.service.ledger.reader) as session:
            call = session.get(Call, caller)
            transfer = Transfer.of(call.state) if call is not None and call.ended_at is None else None
        if transfer is None or transfer.chain.ended or transfer.chain.stop.kind not in stops.CONFERRING:
            return None
        return stops.url("transfer/room", n=transfer.n, leg=transfer.chain.at)

    def _noted(self, sid: str, loose: bool) -> None:
        with self.service.ledger.writing() as session:
            legs.noted(session, sid, loose=loose)


def language_of(line: Line, calling: Calling) -> str:
    """The language in which a partner is told: the caller's where the line speaks it, French at a French line."""
    if calling.language in line.languages:
        return calling.language
    return line.languages[0] if line.languages and "en" not in line.languages else "en"


def held(service: Service, conversation_id: str, specialist: str) -> str | None:
    """The call in which this specialist speaks with the person now; None when there is none. Blocks."""
    with Session(service.ledger.reader) as session:
        for sid in callers(session, conversation_id):
            if any(one.who == specialist for one in legs.joined(session, conversation_id, sid)):
                return sid
    return None


def ringable(service: Service, conversation_id: str, line: Line, specialist: str) -> str | None:
    """The call that a partner line can be rung into now; None where there is none, or nobody can be rung. Blocks."""
    possible = Placing.possible(service.settings) and line.dial
    return held(service, conversation_id, specialist) if possible else None


def rings(session: Session, conversation_id: str, caller: str, transfer: str) -> bool:
    """Whether the line rings for this transfer already, or is in the call."""
    known = legs.legs(session, conversation_id, caller)
    return any(one.handed == transfer and one.status in legs.OPEN for one in known)
