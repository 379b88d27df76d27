"""A call with what its conversation says about it, as everything about a call reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.carrier_models import Call
from bot.conversations.models import Conversation, RiskFinding
from bot.safety import Level


@dataclass(frozen=True, slots=True)
class Calling:
    """A call as it stands, with what the conversation says about it."""

    sid: str
    conversation_id: str
    door: str
    line: str
    """The number of ours that was called."""
    language: str
    withheld: bool
    owner: str
    risk_level: int
    risk_kind: str | None
    step: int = 0
    ended: bool = False
    memory: Mapping[str, Any] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)


def calling_of(session: Session, sid: str) -> Calling | None:
    found = session.execute(
        select(Call, Conversation).join(Conversation, Conversation.id == Call.conversation_id).where(Call.sid == sid)
    ).one_or_none()
    if found is None:
        return None
    call, conversation = found
    kind = session.scalars(
        select(RiskFinding.kind)
        .where(RiskFinding.conversation_id == conversation.id, RiskFinding.level >= int(Level.HIGH))
        .order_by(RiskFinding.created_at.desc(), RiskFinding.level.desc())
        .limit(1)
    ).first()
    return Calling(
        sid=call.sid,
        conversation_id=conversation.id,
        door=conversation.door,
        line=call.line,
        language=conversation.language,
        withheld=call.withheld,
        owner=conversation.owner,
        risk_level=conversation.risk_level,
        risk_kind=kind,
        step=call.step,
        ended=call.ended_at is not None,
        memory=dict(conversation.memory),
        state=dict(call.state),
    )
