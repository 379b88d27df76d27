"""What stays of a conversation that its person has erased: that there was a contact, its needs, and how it ended.

Rows of `door_event` without conversation, hour or words. Places shrink to a town or the first half of a postal code.
"""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import TORONTO
from bot.conversations.models import Conversation, Message, NeedFound, PlaceFound, ReferralShown
from bot.handoff.models import Handoff
from bot.intake.models import DoorEvent
from bot.reports.counts import NONE
from bot.safety.levels import Level

CONTACT, NEED, SHOWN = "contact", "need", "shown"
OUTCOMES = (
    "specialist", "partner", "with_specialist", "waiting", "callback", "left", "unanswered", "returned", "crisis",
    "services", "talked",
)  # fmt: skip
"""How contacts end; the first that holds, of the last request for a person if there was one."""
_ENDED = {"closed": "specialist", "erased": "left"}


def outcome_of(handoff: tuple[str | None, bool, bool] | None, shown: bool, risk: int) -> str:
    """How a contact ended, or where it stands.

    Args:
        handoff: of the last request for a person: its outcome, whether it was claimed, whether it has ended.
        shown: whether services were named.
        risk: the highest level of danger.
    """
    if handoff is not None:
        outcome, claimed, ended = handoff
        if not ended:
            return "with_specialist" if claimed else "waiting"
        return _ENDED.get(outcome or "", outcome if outcome in OUTCOMES else "unanswered")
    if shown:
        return "services"
    return "crisis" if risk >= Level.HIGH else "talked"


def left_behind(session: Session, conversation_id: str) -> None:
    """Writes the counts of a conversation that is about to be erased, in the caller's transaction."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is None:
        return
    spoke = session.scalar(
        select(Message.id).where(Message.conversation_id == conversation_id, Message.direction == "in").limit(1)
    )
    if spoke is None:
        return
    needs = set(session.scalars(select(NeedFound.code).where(NeedFound.conversation_id == conversation_id)))
    shown = set(session.scalars(select(ReferralShown.need).where(ReferralShown.conversation_id == conversation_id)))
    place = session.execute(
        select(PlaceFound.name, PlaceFound.kind)
        .where(PlaceFound.conversation_id == conversation_id)
        .order_by(PlaceFound.created_at.desc())
        .limit(1)
    ).one_or_none()
    last = session.execute(
        select(Handoff.outcome, Handoff.claimed_at, Handoff.ended_at)
        .where(Handoff.conversation_id == conversation_id)
        .order_by(Handoff.asked_at.desc())
        .limit(1)
    ).one_or_none()
    handoff = (last.outcome, last.claimed_at is not None, last.ended_at is not None) if last else None
    ended = outcome_of(handoff, bool(shown), conversation.risk_level)
    ended = {"waiting": "left", "with_specialist": "left"}.get(ended, ended)
    coarse = (place.name[:3] if place.kind == "postal_code" else place.name) if place else None
    # Noon: the day is counted, the hour of an erased conversation is nobody's business any more.
    noon = datetime.combine(conversation.created_at.astimezone(TORONTO).date(), time(12), TORONTO)
    rows: list[tuple[str, str, str | None]] = [(CONTACT, ended, str(conversation.risk_level))]
    rows += [(NEED, code, None) for code in sorted(needs) or [NONE]]
    rows += [(SHOWN, code or NONE, None) for code in sorted(shown, key=str)]
    for event, code, detail in rows:
        session.add(
            DoorEvent(
                door=conversation.door, event=event, code=code, detail=detail, place=coarse,
                language=conversation.language, channel=conversation.channel, created_at=noon,
            )
        )  # fmt: skip
    session.flush()
