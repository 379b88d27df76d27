"""The record of what staff saw, changed and took out. Rows are added; the database refuses to change them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.staff.models import StaffAudit

VIEW_SPAN = timedelta(minutes=15)
"""Looking at one conversation again and again within this time is one view."""
_LONGEST_CODE = 80


def record(
    session: Session,
    actor: str,
    action: str,
    *,
    conversation: str | None = None,
    door: str | None = None,
    at: datetime | None = None,
    **codes: Any,
) -> None:
    """Adds a row, in the caller's transaction: the change and its row are stored together or not at all.

    Args:
        actor: id of the account; "system", "command" (somebody at the machine) or "unknown" (a sign-in that failed).
        action: what was done, as a code such as "viewed" or "exported".
        conversation: its id; kept as a plain number when the conversation is erased.
        at: the product's time; the system's when not given.
        codes: facts as ids, codes and counts.

    Raises:
        ValueError: for a fact that could hold somebody's words.
    """
    for name, value in codes.items():
        _codes_only(name, value)
    session.add(
        StaffAudit(
            at=at or datetime.now(UTC),
            actor=actor,
            action=action,
            conversation_id=conversation,
            door=door,
            codes=codes,
        )
    )


def record_view(
    session: Session, actor: str, conversation: str, door: str | None, at: datetime, *, what: str = "viewed"
) -> None:
    """Notes that somebody looked at a conversation: one row in fifteen minutes for each of them and each kind."""
    noted = session.scalar(
        select(StaffAudit.id)
        .where(
            StaffAudit.conversation_id == conversation,
            StaffAudit.actor == actor,
            StaffAudit.action == what,
            StaffAudit.at > at - VIEW_SPAN,
        )
        .limit(1)
    )
    if noted is None:
        record(session, actor, what, conversation=conversation, door=door, at=at)


def _codes_only(name: str, value: Any) -> None:
    if value is None or isinstance(value, bool | int | float):
        return
    if isinstance(value, str) and len(value) <= _LONGEST_CODE and value.isprintable() and value.count(" ") == 0:
        return
    if isinstance(value, list | tuple | set | frozenset):
        for one in value:
            _codes_only(name, one)
        return
    raise ValueError(f"the record holds codes and ids, no words: look at {name!r}")
