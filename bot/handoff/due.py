"""What time alone brings about: the hold of somebody who is gone ends, alarms ring again and go higher, a wait that
nobody answers ends with other help.

Each function looks with a reader, and then changes row by row with the old state in the condition. So several gateways
may all do it: what one has done, the others find done. All block.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from bot.bus import DESK
from bot.conversations import ownership
from bot.conversations.carrier_models import Call
from bot.conversations.models import Audit, Conversation
from bot.doors.loading import door_named
from bot.handoff import presence
from bot.handoff.alarms import Alarm, alarms
from bot.handoff.book import BY_CALLBACK
from bot.handoff.models import Handoff, Taking
from bot.handoff.saying import tell
from bot.safety.levels import Level
from bot.service import Service
from bot.staff.record import record
from bot.waiting import wording

log = structlog.get_logger(__name__)
RING_AGAIN = timedelta(seconds=20)


def release_the_gone(service: Service) -> int:
    """Gives back to those who wait what is held by somebody whose console has been silent for two minutes.

    Not while they speak with the caller on the telephone: then they are there, whatever their console does.
    """
    now = service.clock()
    with Session(service.ledger.reader) as session:
        gone = [one for one in presence.gone(session, now) if not on_the_phone(session, *one)]
    released = 0
    for conversation, holder in gone:
        with service.ledger.writing() as session:
            if presence.locked(session, holder, now).seen_at >= now - presence.GONE:
                continue  # they came back at this moment
            if not ownership.release(session, conversation, holder, now, how="disconnected"):
                continue
            tell(service, session, conversation, wording.released_pieces(), now)
            record(session, "system", "released_gone", conversation=conversation, at=now, holder=holder)
        released += 1
        log.warning("released: the specialist's console is gone", conversation=conversation, staff=holder)
        service.heard_of(conversation)
        service.bus.ring(DESK, "handoff", conversation=conversation, how="disconnected", by=holder)
    return released


def on_the_phone(session: Session, conversation: str, staff: str) -> bool:
    """Whether somebody speaks with the person of a conversation on the telephone now."""
    calls = session.scalars(select(Call).where(Call.conversation_id == conversation, Call.status == "joined"))
    return any(call.state.get("role") == "specialist" and call.state.get("who") == staff for call in calls)


def ring(service: Service) -> int:
    """Rings for each danger that nobody has seen to, every twenty seconds until somebody does."""
    now = service.clock()
    rung = [one for one in _alarms(service) if _mark(service, one, now, _rings_again(now), alerted_at=now)]
    for one in rung:
        service.bus.ring(DESK, "alarm", conversation=one.conversation, level=one.risk_level, why=one.why)
    return len(rung)


def escalate(service: Service) -> int:
    """Takes alarms that rang too long to the supervisors."""
    now = service.clock()
    limit = timedelta(seconds=service.settings.alarm_limit)

    def noted(session: Session) -> None:
        detail = {"after_s": int((now - one.since).total_seconds()), "why": one.why}
        session.add(
            Audit(conversation_id=one.conversation, actor="system", action="escalated", detail=detail, created_at=now)
        )

    late = [one for one in _alarms(service) if now - one.since >= limit and not one.escalated]
    done = 0
    for one in late:
        if _mark(service, one, now, Handoff.escalated_at.is_(None), also=noted, escalated_at=now):
            log.warning("danger unclaimed for too long", conversation=one.conversation, level=one.risk_level)
            service.bus.ring(DESK, "escalated", conversation=one.conversation, level=one.risk_level, why=one.why)
            done += 1
    return done


def end_the_unanswered(service: Service) -> int:
    """Nobody came within the limit: lines that answer now and the offer of a call back, and the bot goes on.

    Somebody in danger is told the lines and stays where they are: their alarm rings until a person has seen to it.
    Somebody who asked to be called back is not left either; the call stands in the worklist.
    """
    now = service.clock()
    since = now - timedelta(minutes=service.settings.wait_limit)
    let_go = (
        select(func.max(Taking.ended_at)).where(Taking.handoff_id == Handoff.id).correlate(Handoff).scalar_subquery()
    )
    statement = (
        select(Handoff.id, Conversation.id)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .where(
            Conversation.owner == "waiting", Handoff.ended_at.is_(None), Handoff.told_at.is_(None),
            Handoff.asked_at <= since, or_(let_go.is_(None), let_go <= since),
        )
    )  # fmt: skip
    with Session(service.ledger.reader) as session:
        late = [(row[0], row[1]) for row in session.execute(statement)]
    return sum(_ended(service, handoff, conversation, now) for handoff, conversation in late)


def _ended(service: Service, handoff_id: str, conversation_id: str, now: datetime) -> bool:
    with service.ledger.writing() as session:
        told = session.execute(
            update(Handoff)
            .where(
                Handoff.id == handoff_id, Handoff.told_at.is_(None), Handoff.ended_at.is_(None),
                Handoff.claimed_by.is_(None),
            )
            .values(told_at=now)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        if told.rowcount != 1:  # type: ignore[attr-defined]
            return False
        handoff = session.get_one(Handoff, handoff_id, populate_existing=True)
        conversation = session.get_one(Conversation, conversation_id, populate_existing=True)
        danger = max(handoff.risk_level, conversation.risk_level) >= Level.HIGH
        called_back = handoff.callback_id is not None or handoff.reason in BY_CALLBACK
        if not danger:
            ownership.stop_waiting(session, conversation_id, "callback" if called_back else "unanswered", now)
        if not (called_back and handoff.reason in BY_CALLBACK):  # whoever only asked for a call expects no more
            door, language = door_named(conversation.door), conversation.language
            pieces = wording.unanswered_pieces(door, language, now, danger=danger, called_back=called_back)
            tell(service, session, conversation_id, pieces, now)
    service.heard_of(conversation_id)
    service.bus.ring(DESK, "handoff", conversation=conversation_id, how="unanswered")
    return True


def _alarms(service: Service) -> list[Alarm]:
    with Session(service.ledger.reader) as session:
        return alarms(session)


def _rings_again(now: datetime) -> object:
    return or_(Handoff.alerted_at.is_(None), Handoff.alerted_at <= now - RING_AGAIN)


def _mark(
    service: Service,
    alarm: Alarm,
    now: datetime,
    unless_done: object,
    *,
    also: Callable[[Session], None] | None = None,
    **values: object,
) -> bool:
    """Writes that something was done about an alarm, once, as long as it is open."""
    with service.ledger.writing() as session:
        done = session.execute(
            update(Handoff)
            .where(Handoff.id == alarm.handoff, Handoff.ended_at.is_(None), unless_done)  # type: ignore[arg-type]
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        if done.rowcount != 1:  # type: ignore[attr-defined]
            return False
        if also is not None:
            also(session)
    return True
