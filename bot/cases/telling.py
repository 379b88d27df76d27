"""What the person hears of their case: a sentence of the catalogue in their language, on the channel they use."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import answers
from bot.answers import Fact, Piece
from bot.clock import TORONTO
from bot.conversations.models import Conversation
from bot.handoff.saying import tell
from bot.intake.models import CaseFile
from bot.service import Service


def pieces_for(door: str, to: str, *, reason: str | None = None, booked_for: datetime | None = None) -> list[Piece]:
    """What is said about a case that was accepted, booked or returned."""
    facts: dict[str, Fact] = {"door": {"message": f"{door}/door_name"}}
    if booked_for is not None:
        local = booked_for.astimezone(TORONTO)
        facts |= {"day": {"date": local.date().isoformat()}, "time": f"{local:%H:%M}"}
    if reason is not None:
        facts["reason"] = {"message": f"case_reason_{reason}"}
    choices = [answers.PERSON] if to == "returned" else []
    return [answers.say(f"case_{to}", choices, **facts)]


def told(
    service: Service,
    session: Session,
    case: CaseFile,
    to: str,
    now: datetime,
    *,
    reason: str | None = None,
    booked_for: datetime | None = None,
) -> bool:
    """Tells the person, in the caller's transaction. False when that is not possible: the case-worker calls them.

    On the phone nothing can be said after the call; and whoever had their conversation erased has no place for it.
    """
    if not reachable(session, case):
        return False
    assert case.conversation_id is not None
    tell(service, session, case.conversation_id, pieces_for(case.door, to, reason=reason, booked_for=booked_for), now)
    return True


def reachable(session: Session, case: CaseFile) -> bool:
    """Whether the person can be told in the conversation from which the case came."""
    if case.conversation_id is None:
        return False
    channel = session.scalar(select(Conversation.channel).where(Conversation.id == case.conversation_id))
    return channel is not None and channel != "voice"
