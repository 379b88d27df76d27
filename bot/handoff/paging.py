"""The telephone of whoever is on call: a text when nobody has seen to a danger in time.

It says that somebody waits, how long and at which door, and where the console is. No word, number or place of the
person: a telephone lies about, and its texts go through many hands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from anyio import to_thread
from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from bot.carrier.rest import Away, Carrier, Outgoing, Refused
from bot.console.interface import Interface
from bot.handoff.alarms import Alarm, alarms
from bot.handoff.models import Handoff
from bot.service import Service

log = structlog.get_logger(__name__)
AGAIN = timedelta(minutes=5)
MOST = 3
"""Texts about one danger: who has read three knows."""
SOON = timedelta(seconds=30)
"""After a text that the carrier did not take, until the next try."""


@dataclass(slots=True)
class Paging:
    """Texts the on-call phone. One of it serves a process."""

    service: Service
    carrier: Carrier | None
    words: Interface

    async def page(self) -> int:
        """Texts about each danger that was taken to the supervisors and that still nobody has claimed."""
        phone = self.service.settings.oncall_phone
        if phone is None:
            return 0
        sent = 0
        for alarm in await to_thread.run_sync(self._late):
            from_ = self.service.numbers.find("sms", alarm.door)
            if self.carrier is None or from_ is None:
                log.error("the on-call phone cannot be texted: no number of ours can send texts")
                return sent
            now = self.service.clock()
            if not await to_thread.run_sync(self._claim, alarm, now):
                continue
            callback = f"{self.service.settings.public_url}/sms/status?out={alarm.handoff}"
            outgoing = Outgoing(phone.get_secret_value(), from_.number, self.text(alarm, now), callback)
            try:
                await self.carrier.send(outgoing)
            except (Refused, Away) as problem:
                log.error("the on-call phone was not reached", handoff=alarm.handoff, problem=str(problem))
                if not (isinstance(problem, Away) and problem.perhaps):
                    await to_thread.run_sync(self._take_back, alarm, now)
                continue
            log.warning("on-call phone texted", handoff=alarm.handoff)
            sent += 1
        return sent

    def text(self, alarm: Alarm, now: datetime) -> str:
        """What it says."""
        language = self.service.settings.default_language
        door = self.service.doors.get(alarm.door)
        return self.words.say(
            f"page_{alarm.why}",
            language,
            minutes=max(1, int((now - alarm.since).total_seconds() // 60)),
            door=door.name(language) if door else alarm.door,
            address=f"{self.service.settings.public_url}/console",
        )

    # blocking

    def _late(self) -> list[Alarm]:
        with Session(self.service.ledger.reader) as session:
            return [one for one in alarms(session) if one.escalated]

    def _claim(self, alarm: Alarm, now: datetime) -> bool:
        """One process sends it. It is written down before, so that a crash means a text too few, not hundreds."""
        with self.service.ledger.writing() as session:
            changed = session.execute(
                update(Handoff)
                .where(
                    Handoff.id == alarm.handoff, Handoff.ended_at.is_(None), Handoff.pages < MOST,
                    or_(Handoff.paged_at.is_(None), Handoff.paged_at <= now - AGAIN),
                )
                .values(paged_at=now, pages=Handoff.pages + 1)
                .execution_options(synchronize_session=False)
            )  # fmt: skip
            return bool(changed.rowcount == 1)  # type: ignore[attr-defined]

    def _take_back(self, alarm: Alarm, now: datetime) -> None:
        """The carrier has certainly not taken it: it does not count, and is tried again soon."""
        with self.service.ledger.writing() as session:
            session.execute(
                update(Handoff)
                .where(Handoff.id == alarm.handoff, Handoff.paged_at == now)
                .values(paged_at=now - AGAIN + SOON, pages=Handoff.pages - 1)
                .execution_options(synchronize_session=False)
            )
