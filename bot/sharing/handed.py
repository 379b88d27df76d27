"""What a partner line may hear of a person who is handed on to it, and how the call went: for desk and telephone."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.models import PartnerTransfer
from bot.conversations.carrier_models import Call
from bot.sharing import checking
from bot.sharing.models import Disclosure
from bot.staff.record import record

Went = Literal["connected", "no_answer", "busy", "refused", "unknown"]
NOBODY_TOLD = ("no_answer", "busy", "refused")
"""The call did not come about: what was to be told was told to nobody, unless a telephone has spoken it."""


def to_tell(session: Session, row: PartnerTransfer, now: datetime) -> frozenset[str]:
    """The fields that the line may hear now: those of the disclosure on record, while it stands."""
    known = session.get(Disclosure, row.id)
    stands = known is not None and known.withdrawn_at is None and known.ends_at > now
    return frozenset(known.fields) if known is not None and stands else frozenset()


def settle(session: Session, row: PartnerTransfer, went: str, *, by: str, now: datetime) -> None:
    """Writes down how it went, in the caller's transaction; nothing when that is on record already.

    A disclosure that nobody heard is taken back. What a telephone has spoken was heard, whatever came of the call.

    Args:
        went: one of `Went`.
        by: id of the member of staff, or "system" where the telephones themselves say it.
    """
    if row.state == went and row.ended_at is not None:
        return
    row.state, row.ended_at = went, now
    if went in NOBODY_TOLD and not _heard(session, row):
        checking.take_back(session, row.id, now)
    record(
        session, by, "partner_ended", conversation=row.conversation_id, door=row.door, at=now, line=row.line, state=went
    )


def _heard(session: Session, row: PartnerTransfer) -> bool:
    """Whether a telephone that was rung for this transfer has spoken what was agreed."""
    calls = session.scalars(select(Call).where(Call.conversation_id == row.conversation_id))
    return any(call.state.get("handed") == row.id and call.state.get("heard") for call in calls)
