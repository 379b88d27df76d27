"""What a program does with a form: opens it, says yes or no. The learner is told in the chat, in their language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.answers import PERSON, Choice, Piece, choice, say
from bot.conversations.models import Conversation
from bot.handoff.saying import tell
from bot.learners.models import LearnerReferral
from bot.service import Service

SAID = {"received": "received_at", "accepted": "decided_at", "not_accepted": "decided_at"}


def changed(
    service: Service,
    session: Session,
    referral_id: str,
    state: str,
    by: str,
    now: datetime,
    *,
    reason: str | None = None,
    step: str | None = None,
    step_day: date | None = None,
) -> LearnerReferral | None:
    """Changes a form's state and tells the learner, once.

    Returns:
        The form; None when it does not stand where this could follow, so that two people do not answer it twice.
    """
    before = {"received": ("given",), "accepted": ("received",), "not_accepted": ("received",)}[state]
    values: dict[str, Any] = {
        "state": state, SAID[state]: now, "worker": by, "reason": reason, "step": step, "step_day": step_day,
    }  # fmt: skip
    done = session.execute(
        update(LearnerReferral)
        .where(LearnerReferral.id == referral_id, LearnerReferral.state.in_(before))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        return None
    row = session.get_one(LearnerReferral, referral_id, populate_existing=True)
    if row.conversation_id and session.get(Conversation, row.conversation_id) is not None:
        tell(service, session, row.conversation_id, told(row, _then(service, row)), now)
    return row


def _then(service: Service, row: LearnerReferral) -> list[Choice]:
    """What the door offers after a form was sent, such as asking where it is."""
    door = service.doors.get(row.door)
    route = door.route(row.route) if door else None
    return [choice({"message": one.label}, "choose_route", route=one.to) for one in route.then] if route else []


def told(row: LearnerReferral, then: Sequence[Choice] = ()) -> list[Piece]:
    """The sentence for the learner, and what they can do next."""
    program = {"listing": row.listing_id}
    phone = {"listing_phone": row.listing_id}
    if row.state == "accepted":
        name = f"common/referral_step_{row.step or 'call'}"
        facts: dict[str, Any] = {"program_phone": phone}
        if row.step == "class" and row.step_day:
            facts["day"] = {"date": row.step_day.isoformat()}
        step = {"sentence": {"id": name, "facts": facts}}
        return [say("common/referral_told_accepted", [PERSON], program=program, step=step)]  # type: ignore[arg-type]
    if row.state == "not_accepted":
        why = {"message": f"common/referral_reason_{row.reason or 'other'}"}
        again = [choice({"need": row.need}, "need", need=[row.need])] if row.need else []
        return [say("common/referral_told_not_accepted", [*again, PERSON], program=program, reason=why)]
    return [say("common/referral_told_received", [*then, PERSON], program=program)]
