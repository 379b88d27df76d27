"""Danger that somebody has to see now: people in danger whom nobody has claimed, and danger that rose while held.

The desk shows and rings what stands here; `watch` repeats it, takes it to the supervisors, and to the telephone of
whoever is on call. A claim ends the first kind; an answer to the person, or "seen", ends the second.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.conversations.models import Conversation
from bot.handoff.models import Handoff
from bot.safety.levels import Level


@dataclass(frozen=True, slots=True)
class Alarm:
    """One of them. `holder` is the account of whoever holds it; None while nobody does."""

    conversation: str
    handoff: str
    door: str
    risk_level: int
    risk_kind: str | None
    why: Literal["waiting", "risen"]
    since: datetime
    escalated: bool
    holder: str | None


def alarms(session: Session, doors: Collection[str] = ("*",)) -> list[Alarm]:
    """All open alarms at these doors, the gravest and oldest first."""
    danger = or_(Handoff.risk_level >= Level.HIGH, Conversation.risk_level >= Level.HIGH)
    risen = (Conversation.owner == "held") & Handoff.raised_at.is_not(None) & Handoff.raise_seen_at.is_(None)
    statement = (
        select(Conversation, Handoff)
        .join(Handoff, (Handoff.conversation_id == Conversation.id) & Handoff.ended_at.is_(None))
        .where(((Conversation.owner == "waiting") & danger) | risen)
        .execution_options(populate_existing=True)
    )
    if "*" not in doors:
        statement = statement.where(Conversation.door.in_(sorted(doors)))
    found = [_alarm(conversation, handoff) for conversation, handoff in session.execute(statement)]
    return sorted(found, key=lambda one: (-one.risk_level, one.since, one.conversation))


def rings_for(alarm: Alarm, staff_id: str, *, supervisor: bool) -> bool:
    """Whether the console of somebody rings: for whoever may claim while nobody has; for the holder and the supervisors
    when it rose."""
    return alarm.why == "waiting" or supervisor or alarm.holder == staff_id


def _alarm(conversation: Conversation, handoff: Handoff) -> Alarm:
    held = conversation.owner == "held"
    since = handoff.raised_at if held and handoff.raised_at else handoff.asked_at
    return Alarm(
        conversation.id, handoff.id, conversation.door, max(handoff.risk_level, conversation.risk_level), handoff.kind,
        "risen" if held else "waiting", since, handoff.escalated_at is not None, conversation.holder if held else None,
    )  # fmt: skip
