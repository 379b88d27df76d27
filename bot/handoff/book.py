"""What is written down of a handoff while the owner of its conversation changes. Called by `ownership` alone, in the
transaction of the change, so that neither can be forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.conversations.carrier_models import Callback
from bot.conversations.models import Conversation, RiskFinding
from bot.handoff.models import Handoff, Taking
from bot.safety.levels import Level

DANGER = 100
"""Priority of a conversation with a finding of high; emergencies get twice as much."""
BY_CALLBACK = ("callback", "voicemail")
"""Reasons of those who do not wait on the line: they are called back."""


def priority_of(level: int) -> int:
    """The priority that a risk level gives."""
    return DANGER * (level - 1) if level >= Level.HIGH else 0


def level_of(priority: int) -> int:
    """The risk level that a priority stands for; 0 for an ordinary one."""
    return min(priority // DANGER + 1, int(Level.EMERGENCY)) if priority >= DANGER else 0


def open_handoff(session: Session, conversation_id: str) -> Handoff | None:
    """The handoff of a conversation that has not ended, as the database has it now."""
    return session.scalars(
        select(Handoff)
        .where(Handoff.conversation_id == conversation_id, Handoff.ended_at.is_(None))
        .execution_options(populate_existing=True)
    ).one_or_none()


def opened(
    session: Session, conversation_id: str, reason: str, priority: int, now: datetime,
    *, skill: str | None = None, mark: str | None = None,
) -> Handoff:  # fmt: skip
    """A new wait. Its risk is that of the conversation, or what the priority stands for.

    Args:
        skill: of whoever should take it; a reason "language:pa" stands for one too.
        mark: how they came, when the door's route says so; else the one that they came in with.
    """
    conversation = session.get_one(Conversation, conversation_id, populate_existing=True)
    level, kind = max(conversation.risk_level, level_of(priority)), None
    if level:
        kind = session.scalars(
            select(RiskFinding.kind)
            .where(RiskFinding.conversation_id == conversation_id, RiskFinding.level >= level)
            .order_by(RiskFinding.created_at.desc())
            .limit(1)
        ).first()
    callback = None
    if reason in BY_CALLBACK:
        callback = session.scalars(
            select(Callback.id)
            .where(Callback.conversation_id == conversation_id, Callback.state == "open")
            .order_by(Callback.created_at.desc())
            .limit(1)
        ).first()
    handoff = Handoff(
        conversation_id=conversation_id, door=conversation.door, channel=conversation.channel,
        language=conversation.language, reason=reason[:40], risk_level=level, kind=kind, priority=priority,
        skill=skill or (reason[:40] if reason.startswith("language:") else None),
        mark=mark or conversation.memory.get("mark"), sign=_sign(conversation.memory), asked_at=now,
        callback_id=callback,
    )  # fmt: skip
    session.add(handoff)
    session.flush()
    return handoff


def raised(session: Session, conversation_id: str, level: int, kind: str | None, now: datetime) -> bool:
    """Notes what the screen found while a handoff is open. True when a specialist holds it and must be told.

    They are told of danger that is higher than before or of another kind. The alarm of those who wait begins anew.
    """
    handoff = open_handoff(session, conversation_id)
    if handoff is None or not level:
        return False
    danger = level >= Level.HIGH
    higher, other = level > handoff.risk_level, danger and kind is not None and kind != handoff.kind
    if higher or other:
        handoff.kind = kind
    if higher:
        handoff.risk_level = level
        handoff.priority = max(handoff.priority, priority_of(level))
        if danger:
            handoff.alerted_at = handoff.escalated_at = None
        session.execute(
            update(Conversation)
            .where(Conversation.id == conversation_id, Conversation.priority < handoff.priority)
            .values(priority=handoff.priority)
            .execution_options(synchronize_session=False)
        )
    told = danger and (higher or other) and handoff.claimed_by is not None
    if told:
        handoff.raised_at, handoff.raise_seen_at = now, None
    session.flush()
    return told


def taken(session: Session, conversation_id: str, staff: str, how: str, now: datetime) -> Handoff | None:
    """Somebody holds it from now on."""
    handoff = open_handoff(session, conversation_id)
    if handoff is None:
        return None
    if handoff.claimed_by is not None:
        _left(session, handoff.id, how, now, staff=handoff.claimed_by)
    handoff.claimed_by = staff
    handoff.claimed_at = handoff.claimed_at or now
    handoff.raise_seen_at = now if handoff.raised_at else None
    session.add(Taking(handoff_id=handoff.id, staff_id=staff, how=how, started_at=now))
    session.flush()
    return handoff


def freed(session: Session, conversation_id: str, how: str, now: datetime, *, skill: str | None = None) -> None:
    """Nobody holds it any more, and it goes on waiting with the time and the risk that it had."""
    handoff = open_handoff(session, conversation_id)
    if handoff is not None:
        _left(session, handoff.id, how, now)
        handoff.claimed_by = None
        handoff.alerted_at = handoff.escalated_at = handoff.told_at = None
        handoff.skill = skill or handoff.skill
        session.flush()


def ended(session: Session, conversation_id: str, outcome: str, how: str, now: datetime) -> None:
    """The wait is over, or what came of it."""
    handoff = open_handoff(session, conversation_id)
    if handoff is not None:
        _left(session, handoff.id, how, now)
        handoff.ended_at, handoff.outcome, handoff.claimed_by = now, outcome, None
        session.flush()


def joined(session: Session, conversation_id: str, staff: str, now: datetime) -> bool:
    """A supervisor writes beside the holder from now on. False when they did already."""
    handoff = open_handoff(session, conversation_id)
    if handoff is None or beside(session, handoff.id, staff):
        return False
    session.add(Taking(handoff_id=handoff.id, staff_id=staff, how="join", started_at=now))
    session.flush()
    return True


def beside(session: Session, handoff_id: str, staff: str) -> bool:
    """Whether somebody has an open taking of a handoff: holds it or has joined."""
    mine = select(Taking.id).where(Taking.handoff_id == handoff_id, Taking.staff_id == staff, Taking.ended_at.is_(None))
    return session.scalars(mine.limit(1)).first() is not None


def _left(session: Session, handoff_id: str, how: str, now: datetime, *, staff: str | None = None) -> None:
    statement = update(Taking).where(Taking.handoff_id == handoff_id, Taking.ended_at.is_(None))
    if staff is not None:
        statement = statement.where(Taking.staff_id == staff)
    session.execute(statement.values(ended_at=now, ended_how=how).execution_options(synchronize_session=False))


def _sign(memory: Mapping[str, Any]) -> str | None:
    """The number of the sign that somebody has read."""
    return str(memory["sign"])[:20] if memory.get("sign") else None
