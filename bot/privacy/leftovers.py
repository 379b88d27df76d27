"""What nobody needs any more: people without a conversation, what was told under a disclosure that has ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from anyio import to_thread
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.privacy.people import forget_people
from bot.service import Service
from bot.sharing.checking import forget_ended
from bot.sharing.models import Override
from bot.sharing.rule import rule_in_force

EVERY = timedelta(minutes=10)


class Leftovers:
    """Looks every ten minutes; between that a look costs nothing."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._next: datetime | None = None

    async def look(self) -> int:
        """Forgets what is due. Gives how many rows lost something or went."""
        now = self._service.clock()
        if self._next is not None and now < self._next:
            return 0
        self._next = now + EVERY
        return await to_thread.run_sync(forget, self._service, now)


def forget(service: Service, now: datetime) -> int:
    """One look. Blocks."""
    people = forget_people(service.ledger, now)
    with service.ledger.writing() as session:
        return people + forget_ended(session, now) + _forget_reasons(session, now)


def _forget_reasons(session: Session, now: datetime) -> int:
    """The words in which an override was asked for, once it can be neither decided nor used."""
    over = now - timedelta(hours=2 * rule_in_force().override_hours)
    old = select(Override.id).where(Override.words.is_not(None), Override.asked_at < over)
    ids = session.scalars(old).all()
    if ids:
        session.execute(
            update(Override).where(Override.id.in_(ids)).values(words=None).execution_options(synchronize_session=False)
        )
    return len(ids)
