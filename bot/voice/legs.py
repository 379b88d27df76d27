"""Legs: the telephones of specialists and partners that ring for a caller, as rows beside the caller's own call.

ringing ──key 1──→ joined ──→ ended
   └── key 2, no key, no answer, taken by another ──→ ended
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.conversations.carrier_models import Call
from bot.conversations.models import Audit
from bot.voice.spoken_keys import NO, YES

Role = Literal["specialist", "partner"]
OPEN = ("ringing", "joined")


@dataclass(frozen=True, slots=True)
class Leg:
    """A call to somebody who may take a caller. `who` is a specialist's account or the id of a line.

    `handed` is the id of the partner transfer of a partner whom a specialist rings into the call that they hold.
    `loose`: the conference goes on when this one leaves it.
    """

    sid: str
    role: Role
    who: str
    status: str
    handed: str | None = None
    loose: bool = False


def begun(
    session: Session, caller: str, conversation_id: str, *, sid: str, role: Role, who: str, line: str, language: str,
    now: datetime, handed: str | None = None,
) -> None:  # fmt: skip
    """Notes a leg that was placed for the call `caller`. No number of anybody is kept."""
    if session.get(Call, sid) is None:
        state: dict[str, Any] = {"role": role, "who": who, "caller": caller, "language": language}
        if handed is not None:
            # Comes into a conference that is on: their leaving must not end it for the other two.
            state |= {"handed": handed, "loose": True}
        session.add(
            Call(sid=sid, conversation_id=conversation_id, line=line, status="ringing", state=state, created_at=now)
        )
        _audit(session, conversation_id, "leg_called", now, role=role, who=who)
        session.flush()


def legs(session: Session, conversation_id: str, caller: str) -> list[Leg]:
    """The legs of a caller's call, oldest first."""
    found = session.scalars(
        select(Call).where(Call.conversation_id == conversation_id, Call.sid != caller).order_by(Call.created_at)
    )
    return [_leg(call) for call in found if call.state.get("caller") == caller and "role" in call.state]


def joined(session: Session, conversation_id: str, caller: str) -> list[Leg]:
    """Who is in the conference with a caller."""
    return [leg for leg in legs(session, conversation_id, caller) if leg.status == "joined"]


def leg_of(session: Session, sid: str) -> Leg | None:
    """A leg by the id of its call."""
    call = session.get(Call, sid)
    return _leg(call) if call is not None and "role" in call.state else None


def noted(session: Session, sid: str, **facts: bool) -> None:
    """Keeps facts beside a leg: `loose`, or `heard` when the summary was spoken."""
    call = session.get(Call, sid)
    if call is not None:
        call.state = {**call.state, **facts}
        session.flush()


def _leg(call: Call) -> Leg:
    state = call.state
    return Leg(call.sid, state["role"], state["who"], call.status, state.get("handed"), bool(state.get("loose")))


def accepted(session: Session, sid: str, digits: str, now: datetime) -> bool:
    """Reads the key after the whisper. True when this leg takes the call; of two that press at once, one does.

    The first of the two changes the row of the caller's call, and the database lets only one do it.
    """
    leg = session.get(Call, sid)
    if leg is None or leg.state.get("role") is None:
        return False
    if leg.status == "joined":
        return True  # the carrier asks twice
    caller = session.get(Call, leg.state["caller"])
    if digits != YES or caller is None or caller.ended_at is not None:
        ended(session, sid, "refused" if digits == NO else "no_key", now)
        return False
    # Serialises those who press at once: the second waits for the row and then sees the first's leg.
    session.execute(
        update(Call).where(Call.sid == caller.sid).values(line=Call.line).execution_options(synchronize_session=False)
    )
    taken = [one for one in legs(session, leg.conversation_id, caller.sid) if one.status == "joined"]
    # Who is rung into a call has somebody to talk to there, or the call has gone on without them.
    alone = leg.state.get("handed") is not None and not taken
    if alone or any(one.role == leg.state["role"] for one in taken):
        ended(session, sid, "taken", now)
        return False
    moved = _move(session, sid, ("ringing",), "joined")
    if moved:
        _audit(session, leg.conversation_id, "leg_joined", now, role=leg.state["role"], who=leg.state["who"])
    return moved


def ended(session: Session, sid: str, why: str, now: datetime) -> bool:
    """A leg is over; false when it was before."""
    leg = session.get(Call, sid)
    if leg is None or leg.state.get("role") is None or not _move(session, sid, OPEN, "ended"):
        return False
    session.execute(
        update(Call).where(Call.sid == sid).values(ended_at=now).execution_options(synchronize_session=False)
    )
    session.expire(leg)
    _audit(session, leg.conversation_id, "leg_ended", now, role=leg.state["role"], who=leg.state["who"], why=why)
    return True


def _move(session: Session, sid: str, before: tuple[str, ...], after: str) -> bool:
    changed = session.execute(
        update(Call)
        .where(Call.sid == sid, Call.status.in_(before))
        .values(status=after)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def _audit(session: Session, conversation_id: str, action: str, now: datetime, **detail: Any) -> None:
    session.add(Audit(conversation_id=conversation_id, actor="system", action=action, detail=detail, created_at=now))
