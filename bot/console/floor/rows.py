"""What the figures are counted from, read from the database: codes and times, no words and nobody's id."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.clock import TORONTO
from bot.console.floor.figures import Ask, Contact, End
from bot.conversations.models import Conversation, Message
from bot.handoff.book import BY_CALLBACK
from bot.handoff.models import Handoff
from bot.safety.levels import Level


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days in Toronto, the first and the last included."""

    first: date
    last: date

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.first, time(), TORONTO)

    @property
    def ends(self) -> datetime:
        """The moment after the last day."""
        return datetime.combine(self.last + timedelta(days=1), time(), TORONTO)


def asks(session: Session, span: Span, doors: Collection[str] | None = None) -> list[Ask]:
    """The requests for a person that began in the span; `doors` narrows them (None: all)."""
    wanted = select(
        Handoff.door, Handoff.channel, Handoff.language, Handoff.asked_at, Handoff.claimed_at, Handoff.outcome,
        Handoff.ended_at, Handoff.reason, Handoff.risk_level,
    ).where(_within(Handoff.asked_at, span), *_at(Handoff.door, doors))  # fmt: skip
    return [
        Ask(
            row.door, row.channel, row.language, row.asked_at, row.claimed_at,
            end_of(row.outcome, row.reason, claimed=row.claimed_at is not None, ended=row.ended_at is not None),
            row.risk_level >= Level.HIGH,
        )
        for row in session.execute(wanted)
    ]  # fmt: skip


def contacts(session: Session, span: Span, doors: Collection[str] | None = None) -> list[Contact]:
    """The conversations that began in the span and in which the person said something."""
    spoke = select(Message.id).where(Message.conversation_id == Conversation.id, Message.direction == "in").exists()
    wanted = select(Conversation.door, Conversation.channel, Conversation.language, Conversation.created_at).where(
        _within(Conversation.created_at, span), spoke, *_at(Conversation.door, doors)
    )
    return [Contact(*row) for row in session.execute(wanted)]


def end_of(outcome: str | None, reason: str, *, claimed: bool, ended: bool) -> End:
    """How an ask ended, for the figures. Whoever is to be called back does not wait on the line."""
    if reason in BY_CALLBACK:
        return "callback"
    if claimed:
        return "answered"
    if not ended:
        return "open"
    if outcome in ("left", "erased"):
        return "left"
    return "callback" if outcome == "callback" else "unanswered"


def _within(moment: InstrumentedAttribute[datetime], span: Span) -> ColumnElement[bool]:
    return (moment >= span.begins) & (moment < span.ends)


def _at(door: InstrumentedAttribute[str], doors: Collection[str] | None) -> Sequence[ColumnElement[bool]]:
    return () if doors is None else (door.in_(sorted(doors)),)
