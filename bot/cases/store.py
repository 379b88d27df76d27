"""What becomes of a case, written down: each move is one conditional change, a count, and a row of the record."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from bot.intake.models import CaseFile, ConsentGiven, DoorEvent
from bot.sharing.passing import recipient_of, taken_back
from bot.staff.record import record

OPEN = ("offered", "accepted", "booked")
STATES = (*OPEN, "returned")
REASONS = ("region", "not_fit", "unreached")
"""Why a case is given back; each has a sentence for the person, case_reason_<code>."""
MOVES: dict[str, tuple[str, ...]] = {
    "accepted": ("offered",),
    "booked": OPEN,  # a time may be changed
    "returned": OPEN,
}
"""New state → the states that a case may have before."""


def cases(session: Session, doors: Collection[str] | None, state: str) -> Sequence[CaseFile]:
    """The cases of these doors (None: all) in a state, the longest waiting first."""
    wanted = select(CaseFile).where(CaseFile.state == state, _agreed())
    if doors is not None:
        wanted = wanted.where(CaseFile.door.in_(sorted(doors)))
    order: ColumnElement[Any] = CaseFile.created_at.asc()
    if state == "returned":
        order = CaseFile.changed_at.desc()
    elif state == "booked":
        order = CaseFile.booked_for.asc()
    return session.scalars(wanted.order_by(order, CaseFile.id).limit(200)).all()


def case(session: Session, case_id: str) -> CaseFile | None:
    """A case whose consent still holds; None for one that was never there, was withdrawn or taken back."""
    return session.scalars(
        select(CaseFile).where(CaseFile.id == case_id, CaseFile.state.in_(STATES), _agreed())
    ).one_or_none()


def moved(
    session: Session,
    found: CaseFile,
    to: str,
    worker: str,
    now: datetime,
    *,
    reason: str | None = None,
    booked_for: datetime | None = None,
) -> bool:
    """Moves a case on, in the caller's transaction. False when a colleague has moved it otherwise meanwhile.

    Args:
        found: as it was read.
        to: accepted, booked or returned.
        worker: the member of staff.
        reason: of a return, one of `REASONS`.
        booked_for: of a booking.

    Raises:
        ValueError: for a return without a known reason, or a booking without a time.
    """
    if (to == "returned") != (reason in REASONS) or (to == "booked") != (booked_for is not None):
        raise ValueError(f"a case cannot be {to} like this")
    values: dict[str, Any] = {"state": to, "worker": worker, "changed_at": now, "reason": reason}
    if booked_for is not None:
        values["booked_for"] = booked_for
    changed = session.execute(
        update(CaseFile)
        .where(CaseFile.id == found.id, CaseFile.state == found.state, CaseFile.state.in_(MOVES[to]))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        return False
    counted(session, found, to, now, reason)
    record(
        session, worker, f"case_{to}", conversation=found.conversation_id, door=found.door, at=now, case=found.id,
        **({"reason": reason} if reason else {}),
    )  # fmt: skip
    return True


def counted(session: Session, found: CaseFile, code: str, now: datetime, detail: str | None = None) -> None:
    """A count of the door, which outlives the case."""
    session.add(
        DoorEvent(
            door=found.door, event="case", code=code, detail=detail, place=None, language=found.language,
            channel=found.channel, created_at=now,
        )
    )  # fmt: skip


def erased(session: Session, conversation_id: str, now: datetime) -> None:
    """The person has their conversation erased: what no case-worker has taken yet is taken back, with its answers.

    A case that was accepted stays with the service that the person agreed to pass it to.
    """
    waiting = session.scalars(
        select(CaseFile).where(CaseFile.conversation_id == conversation_id, CaseFile.state.in_(("offered", "returned")))
    ).all()
    for one in waiting:
        if one.state == "offered":
            one.state, one.changed_at = "withdrawn", now
            counted(session, one, "withdrawn", now)
            taken_back(session, conversation_id, recipient_of("door", one.door), now)
        one.answers = None
    session.flush()


def _agreed() -> ColumnElement[bool]:
    """The consent was given and not taken back. A case without one on record is nobody's to read."""
    given = select(ConsentGiven.id).where(ConsentGiven.given, ConsentGiven.withdrawn_at.is_(None))
    return CaseFile.consent_id.in_(given)
