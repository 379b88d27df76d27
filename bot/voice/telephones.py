"""The telephones of specialists and partners: rung for a caller who waits, and let go again."""

from __future__ import annotations

import structlog
from anyio import to_thread
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.carrier_models import Call
from bot.service import Service
from bot.voice import legs, stops
from bot.voice.calls import Calling, Calls
from bot.voice.legs import Role
from bot.voice.placing import NotPlaced, Placing
from bot.voice.stops import Transfer

log = structlog.get_logger(__name__)


class Telephones:
    """Rings people and moves calls. Without an account at the carrier it does nothing and says so."""

    def __init__(self, service: Service, placing: Placing | None) -> None:
        self.service = service
        self.placing = placing

    async def take(self, conversation_id: str, specialist: str, number: str, language: str = "en") -> bool:
        """A specialist takes a call that waits, at their own telephone. For the console, after the claim.

        Args:
            specialist: the id of their account.
            number: theirs, as E.164; it is neither stored nor logged.
            language: in which they are told what it is about.

        Returns:
            False when nobody waits on the phone in this conversation, or the telephone could not be rung.
        """
        calling = await to_thread.run_sync(self._waiting, conversation_id)
        if calling is None:
            return False
        return await self.ring(calling, role="specialist", who=specialist, number=number, language=language)

    def on_the_line(self, conversation_id: str) -> bool:
        """Whether the person of a conversation is in a call with us now. Blocks."""
        with Session(self.service.ledger.reader) as session:
            return bool(callers(session, conversation_id))

    async def ring(
        self, calling: Calling, *, role: Role, who: str, number: str, language: str, handed: str | None = None
    ) -> bool:
        """Rings somebody who may take a caller's call, or comes into it (`handed`). False when the carrier does not."""
        if self.placing is None:
            return False
        query = {"caller": calling.sid, "role": role, "who": who, "language": language}
        query |= {"handed": handed} if handed else {}
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
        await self.begun(calling, sid, role, who, language, handed)
        return True

    async def begun(
        self, calling: Calling, sid: str, role: Role, who: str, language: str, handed: str | None = None
    ) -> None:
        """Notes that a telephone rings, unless it is noted."""
        await to_thread.run_sync(self._begun, calling, sid, role, who, language, handed)

    async def move(self, sid: str, path: str) -> bool:
        """Takes a call out of an empty conference, to another page. False when it stays."""
        if self.placing is None:
            return False
        try:
            await self.placing.pull(sid, self._absolute(path))
        except NotPlaced as problem:
            log.warning("call not moved", problem=str(problem))
            return False
        return True

    def _absolute(self, path: str) -> str:
        return f"{self.service.settings.public_url}{path}"

    def _begun(self, calling: Calling, sid: str, role: Role, who: str, language: str, handed: str | None) -> None:
        with self.service.ledger.writing() as session:
            legs.begun(
                session, calling.sid, calling.conversation_id, sid=sid, role=role, who=who, line=calling.line,
                language=language, now=self.service.clock(), handed=handed,
            )  # fmt: skip

    def _waiting(self, conversation_id: str) -> Calling | None:
        with Session(self.service.ledger.reader) as session:
            sids = callers(session, conversation_id)
        calling = Calls(self.service.ledger).load(sids[0]) if sids else None
        transfer = Transfer.of(calling.state) if calling else None
        waits = transfer is not None and not transfer.chain.ended and transfer.chain.stop.kind == "queue"
        return calling if waits else None


def callers(session: Session, conversation_id: str) -> list[str]:
    """The calls of the person of a conversation that go on now, newest first."""
    found = session.scalars(
        select(Call)
        .where(Call.conversation_id == conversation_id, Call.ended_at.is_(None))
        .order_by(Call.created_at.desc())
    )
    return [call.sid for call in found if "role" not in call.state]
