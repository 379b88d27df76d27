"""Whose turn it is: crisis first, in order within a conversation, fair between conversations, at each number's pace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import BindParameter, Integer, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from bot.carrier.addresses import CHANNELS
from bot.carrier.numbers import OurNumber
from bot.conversations.models import Moment, Outbox

LEASE = timedelta(seconds=20)
"""How long a claim holds. Much longer than the time in which a request may begin (`delivery.START`) and end (its time
limit), so that a process that was merely slow does not send what another has taken over."""


def due_in(session: Session, now: datetime) -> float | None:
    """Seconds until the next text is due or a claim runs out; None without any. Cheap, for an idle worker."""
    soonest = [
        session.scalar(
            select(Outbox.next_at)
            .where(Outbox.state == state, Outbox.next_at.is_not(None))
            .order_by(Outbox.next_at)
            .limit(1)
        )
        for state in ("ready", "sending")
    ]
    waits = [(moment - now) / timedelta(seconds=1) for moment in soonest if moment is not None]
    return max(0.0, min(waits)) if waits else None


def lines_with_work(session: Session, now: datetime) -> Sequence[str | None]:
    """Our numbers that have a text to send."""
    due = select(Outbox.line).where(Outbox.state == "ready", Outbox.next_at <= now, Outbox.channel.in_(CHANNELS))
    return session.scalars(due.distinct()).all()


def allowance(session: Session, ours: OurNumber, now: datetime) -> int:
    """How many texts the number may send at this moment: so many in a second, or one in several."""
    burst = max(1, int(ours.per_second))
    since = now + LEASE - timedelta(seconds=burst / ours.per_second)
    claimed = (
        select(func.count())
        .select_from(Outbox)
        .where(
            Outbox.state.in_(("sending", "sent", "delivered", "failed")),
            Outbox.next_at > since,
            Outbox.line == ours.number,
        )
    )
    return burst - (session.scalar(claimed) or 0)


def heads(session: Session, line: str | None, now: datetime, limit: int) -> list[tuple[int, Outbox]]:
    """The first text of each conversation that waits on a line, with its urgency: most urgent, longest waiting first.

    A conversation is as urgent as the most urgent of its texts, so that what stands before a crisis reply does not hold
    it up. A text waits for those before it that the carrier has not taken; only a crisis reply passes one that is to be
    tried again later.
    """
    if limit <= 0:
        return []
    ask, given = _questions(anywhere=line is None), {"now": now, "line": line, "limit": limit}
    urgencies = {conversation: priority for conversation, priority in session.execute(ask.urgencies, given)}
    found: list[tuple[int, Outbox]] = []
    if urgencies:
        urgent = session.scalars(ask.urgent, {**given, "urgent": list(urgencies)}).all()
        found = sorted(((urgencies[one.conversation_id], one) for one in urgent), key=lambda head: -head[0])[:limit]
    if len(found) < limit:
        rest = {**given, "urgent": list(urgencies), "limit": limit - len(found)}
        found += [(0, one) for one in session.scalars(ask.rest, rest)]
    return found


@dataclass(frozen=True, slots=True)
class _Questions:
    """Two questions and not one that sorts everything: the last reads an index in its order and ends early."""

    urgencies: Select[str, int]
    urgent: Select[Outbox]
    rest: Select[Outbox]


@cache
def _questions(*, anywhere: bool) -> _Questions:
    """Put together once: that took longer than the database did to answer them.

    Args:
        anywhere: for texts without a line.
    """
    row, before = aliased(Outbox), aliased(Outbox)
    now: BindParameter[datetime] = bindparam("now", type_=Moment())
    stands_before = or_(
        before.state == "sending",
        and_(
            before.state == "ready",
            or_(before.priority >= row.priority, before.attempts == 0, before.next_at <= now),
        ),
    )
    blocked = exists().where(
        before.conversation_id == row.conversation_id,
        before.channel.in_(CHANNELS),
        before.seq < row.seq,
        before.sid.is_(None),
        stands_before,
    )
    due = [row.state == "ready", row.next_at <= now, row.channel.in_(CHANNELS)]
    due.append(row.line.is_(None) if anywhere else row.line == bindparam("line"))
    urgent: BindParameter[str] = bindparam("urgent", expanding=True)
    waiting = select(row).where(*due, ~blocked).order_by(row.next_at, row.created_at, row.seq)
    return _Questions(
        select(row.conversation_id, func.max(row.priority)).where(*due, row.priority > 0).group_by(row.conversation_id),
        waiting.where(row.conversation_id.in_(urgent)),
        waiting.where(row.conversation_id.not_in(urgent)).limit(bindparam("limit", type_=Integer())),
    )
