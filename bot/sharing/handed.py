"""How the call to a partner line went, which a person is handed on to: one place for the desk and for the telephone."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from bot.console.models import PartnerTransfer
from bot.sharing import checking
from bot.staff.record import record

Went = Literal["connected", "no_answer", "busy", "refused", "unknown"]
NOBODY_TOLD = ("no_answer", "busy", "refused")
"""The call did not come about: what was to be told was told to nobody."""


def settle(session: Session, row: PartnerTransfer, went: str, *, by: str, now: datetime, heard: bool = False) -> None:
    """Writes down how it went, in the caller's transaction.

    Args:
        went: one of `Went`.
        by: id of the member of staff, or "system" where the telephones themselves say it.
        heard: the partner has heard what was agreed before it said no; then the disclosure stands.
    """
    row.state, row.ended_at = went, now
    if went in NOBODY_TOLD and not heard:
        checking.take_back(session, row.id, now)
    record(
        session, by, "partner_ended", conversation=row.conversation_id, door=row.door, at=now, line=row.line, state=went
    )
