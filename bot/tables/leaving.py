"""Names leave on schedule: who it is, why, and the way back to the conversation. Risk factors and outcomes stay."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from bot.service import Service
from bot.staff.record import record
from bot.tables.models import Situation


def due(session: Session, now: datetime) -> list[str]:
    """Situations whose names are to leave now."""
    rows = select(Situation.id).where(Situation.names_left_at.is_(None), Situation.names_until <= now)
    return list(session.scalars(rows.order_by(Situation.names_until)))


def leave(session: Session, situation: str, now: datetime) -> bool:
    """Erases the names of one of them; what was never decided has lapsed.

    False when that was done already: of several gateways one does it.
    """
    done = session.execute(
        update(Situation)
        .where(Situation.id == situation, Situation.names_left_at.is_(None), Situation.names_until <= now)
        .values(
            identity=None, why=None, conversation_id=None, names_left_at=now,
            state=case((Situation.state == "referred", "lapsed"), else_=Situation.state),
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    if done.rowcount != 1:  # type: ignore[attr-defined]
        return False
    record(session, "system", "situation_names_left", at=now, situation=situation)
    return True


def names_leave(service: Service) -> int:
    """One look of the watch. Gives how many left."""
    now = service.clock()
    with Session(service.ledger.reader) as session:
        late = due(session, now)
    left = 0
    for one in late:
        with service.ledger.writing() as session:
            left += leave(session, one, now)
    return left
