"""A person whose last conversation is gone is forgotten too: their number has no reason left to be here."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from bot.conversations.ledger import Ledger
from bot.conversations.models import Conversation, Outbox, Person

REST = timedelta(minutes=10)
"""A person and their first conversation are written together; nobody younger than this is looked at."""
AT_ONCE = 500


def forget_people(ledger: Ledger, now: datetime) -> int:
    """Erases everybody who has no conversation and nothing left to be sent. Blocks. Gives how many."""
    alone = (
        Person.created_at < now - REST,
        ~exists().where(Conversation.person_id == Person.id),
        ~exists().where(Outbox.person_id == Person.id, Outbox.state.in_(("ready", "sending"))),
    )
    with Session(ledger.reader) as session:
        found = list(session.scalars(select(Person.id).where(*alone).limit(AT_ONCE)))
    if found:
        with ledger.writing() as session:
            session.execute(
                delete(Person).where(Person.id.in_(found), *alone).execution_options(synchronize_session=False)
            )
    return len(found)
