"""What reports are counted from, read from the database: codes, days and doors. No words and nobody's id are given on.

Conversations that their person erased are counted from what `bot.reports.outlive` has left of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.after.models import NeedOutcome
from bot.console.floor.rows import end_of
from bot.console.models import DeskOutcome, PartnerTransfer, Referral
from bot.conversations.models import Conversation, Message, NeedFound, PlaceFound, ReferralShown, UnmetNeed
from bot.doors.door import Door
from bot.handoff.models import Handoff
from bot.intake.models import DoorEvent
from bot.reports.areas import AreaOf
from bot.reports.counts import NONE, Count, Span, Wait, day_of
from bot.reports.outlive import CONTACT, NEED, SHOWN, outcome_of

Doors = Collection[str] | None
"""The doors that are counted; None for all."""
_EVENTS = {"verdict": "verdicts", "outcome": "ended", "consent": "consents", "case": "cases", "entered": "entered"}


def counts(session: Session, span: Span, doors: Doors, area_of: AreaOf, files: Mapping[str, Door]) -> list[Count]:
    """Everything that is counted in a span. `files`: the doors, for the codes that their fields may have."""
    return [
        *_contacts(session, span, doors, area_of),
        *_unmet(session, span, doors, area_of),
        *_asks(session, span, doors),
        *_referred(session, span, doors),
        *_followed(session, span, doors, area_of),
        *_events(session, span, doors, area_of),
        *_closing(session, span, doors, files),
    ]


def waits(session: Session, span: Span, doors: Doors) -> list[Wait]:
    """The times of the requests for a person; those who are called back do not wait on the line."""
    wanted = select(
        Handoff.door, Handoff.language, Handoff.channel, Handoff.asked_at, Handoff.claimed_at, Handoff.first_answer_at,
        Handoff.outcome, Handoff.ended_at, Handoff.reason,
    ).where(_within(Handoff.asked_at, span), *_at(Handoff.door, doors))  # fmt: skip
    return [
        Wait(
            row.door, row.language, row.channel, _seconds(row.asked_at, row.claimed_at),
            _seconds(row.asked_at, row.first_answer_at),
        )
        for row in session.execute(wanted)
        if _end(row) == "answered"
    ]  # fmt: skip


def _seconds(began: datetime, ended: datetime | None) -> float | None:
    return None if ended is None else max(0.0, (ended - began).total_seconds())


def _end(row: Any) -> str:
    return end_of(row.outcome, row.reason, claimed=row.claimed_at is not None, ended=row.ended_at is not None)


def _contacts(session: Session, span: Span, doors: Doors, area_of: AreaOf) -> Iterator[Count]:
    """Conversations in which the person said something, their needs, and the needs for which services were shown."""
    spoke = select(Message.id).where(Message.conversation_id == Conversation.id, Message.direction == "in").exists()
    these = and_(_within(Conversation.created_at, span), spoke, *_at(Conversation.door, doors))
    found = {
        row.id: row
        for row in session.execute(
            select(
                Conversation.id, Conversation.door, Conversation.channel, Conversation.language,
                Conversation.risk_level, Conversation.created_at,
            ).where(these)
        )
    }  # fmt: skip

    def beside(table: Any, *columns: Any) -> Any:
        return session.execute(
            select(table.conversation_id, *columns)
            .join(Conversation, Conversation.id == table.conversation_id)
            .where(these)
        )

    needs: dict[str, set[str]] = {}
    for id_, code in beside(NeedFound, NeedFound.code):
        needs.setdefault(id_, set()).add(code)
    shown: dict[str, set[str]] = {}
    for id_, need in beside(ReferralShown, ReferralShown.need):
        shown.setdefault(id_, set()).add(need or NONE)
    places: dict[str, tuple[datetime, str]] = {}
    for id_, at, name in beside(PlaceFound, PlaceFound.created_at, PlaceFound.name):
        places[id_] = max(places.get(id_, (at, name)), (at, name))
    asks: dict[str, tuple[datetime, tuple[str | None, bool, bool]]] = {}
    for id_, at, outcome, claimed, ended in beside(
        Handoff, Handoff.asked_at, Handoff.outcome, Handoff.claimed_at, Handoff.ended_at
    ):
        if id_ not in asks or at > asks[id_][0]:
            asks[id_] = (at, (outcome, claimed is not None, ended is not None))
    for id_, row in found.items():
        day = day_of(row.created_at)
        keys = {"language": row.language, "channel": row.channel}
        area = {"area": area_of(places[id_][1] if id_ in places else None)}
        ended = outcome_of(asks[id_][1] if id_ in asks else None, id_ in shown, row.risk_level)
        yield Count("contacts", row.door, day, keys | area | {"risk": str(row.risk_level), "outcome": ended})
        for code in needs.get(id_) or {NONE}:
            yield Count("needs", row.door, day, keys | area | {"need": code})
        for code in shown.get(id_, ()):
            yield Count("shown", row.door, day, keys | {"need": code})


def _unmet(session: Session, span: Span, doors: Doors, area_of: AreaOf) -> Iterator[Count]:
    """Searches that found nothing, and needs that a specialist closed as unmet."""
    searched = select(
        UnmetNeed.door, UnmetNeed.need, UnmetNeed.place, UnmetNeed.language, UnmetNeed.reason, UnmetNeed.created_at
    ).where(_within(UnmetNeed.created_at, span), *_at(UnmetNeed.door, doors))
    for row in session.execute(searched):
        keys = {"need": row.need, "area": area_of(row.place), "language": row.language}
        reason = row.reason or "nothing_found"
        yield Count("unmet", row.door, day_of(row.created_at), keys | {"reason": reason, "source": "search"})
    for one in session.scalars(
        select(DeskOutcome).where(_within(DeskOutcome.created_at, span), *_at(DeskOutcome.door, doors))
    ):
        for unmet in one.unmet:
            keys = {"need": str(unmet.get("need") or NONE), "area": NONE, "language": one.language}
            keys["source"] = "specialist"
            yield Count("unmet", one.door, day_of(one.created_at), keys | {"reason": str(unmet.get("reason") or NONE)})


def _asks(session: Session, span: Span, doors: Doors) -> Iterator[Count]:
    """Requests for a person, and those among them for a language that the product does not write."""
    wanted = select(
        Handoff.door, Handoff.channel, Handoff.language, Handoff.asked_at, Handoff.claimed_at, Handoff.outcome,
        Handoff.ended_at, Handoff.reason, Handoff.mark,
    ).where(_within(Handoff.asked_at, span), *_at(Handoff.door, doors))  # fmt: skip
    for row in session.execute(wanted):
        kind, _, rest = row.reason.partition(":")
        day, keys = day_of(row.asked_at), {"language": row.language, "channel": row.channel}
        mark = f"{row.door}:{row.mark}" if row.mark else NONE
        yield Count("asks", row.door, day, keys | {"end": _end(row), "why": kind, "mark": mark})
        if kind == "language" and rest:
            yield Count("gaps", row.door, day, {"language": rest, "channel": row.channel})


def _referred(session: Session, span: Span, doors: Doors) -> Iterator[Count]:
    """Services that specialists gave, and people who were handed on to other lines, with what became of it."""
    given = select(Referral.door, Referral.need, Referral.state, Referral.created_at).where(
        _within(Referral.created_at, span), *_at(Referral.door, doors)
    )
    for row in session.execute(given):
        yield Count("referrals", row.door, day_of(row.created_at), {"state": row.state, "need": row.need or NONE})
    handed = select(
        PartnerTransfer.door, PartnerTransfer.line, PartnerTransfer.state, PartnerTransfer.created_at
    ).where(
        _within(PartnerTransfer.created_at, span), *_at(PartnerTransfer.door, doors)
    )  # fmt: skip
    for row in session.execute(handed):
        yield Count("transfers", row.door, day_of(row.created_at), {"line": row.line, "state": row.state})


def _followed(session: Session, span: Span, doors: Doors, area_of: AreaOf) -> Iterator[Count]:
    """What follow-ups found out about needs."""
    wanted = select(NeedOutcome).where(
        NeedOutcome.day >= span.first, NeedOutcome.day <= span.last, *_at(NeedOutcome.door, doors)
    )
    for one in session.scalars(wanted):
        keys = {"state": one.state, "need": one.need or NONE, "area": area_of(one.place), "language": one.language}
        yield Count(
            "followed", one.door, one.day, keys | {"reason": one.reason or NONE, "income": one.income_group or NONE}
        )


def _events(session: Session, span: Span, doors: Doors, area_of: AreaOf) -> Iterator[Count]:
    """What happened at doors, and what is left of conversations that were erased."""
    wanted = select(
        DoorEvent.door, DoorEvent.event, DoorEvent.code, DoorEvent.detail, DoorEvent.place, DoorEvent.language,
        DoorEvent.channel, DoorEvent.created_at,
    ).where(
        _within(DoorEvent.created_at, span), *_at(DoorEvent.door, doors),
        or_(DoorEvent.event.in_(tuple(_EVENTS)), DoorEvent.event.in_((CONTACT, NEED, SHOWN))),
    )  # fmt: skip
    for row in session.execute(wanted):
        day, keys = day_of(row.created_at), {"language": row.language, "channel": row.channel}
        code, area = row.code or NONE, {"area": area_of(row.place)}
        if row.event == CONTACT:
            yield Count("contacts", row.door, day, keys | area | {"outcome": code, "risk": row.detail or "0"})
        elif row.event == NEED:
            yield Count("needs", row.door, day, keys | area | {"need": code})
        elif row.event == SHOWN:
            yield Count("shown", row.door, day, keys | {"need": code})
        else:
            yield Count(_EVENTS[row.event], row.door, day, keys | _happened(row.event, row.door, code, row.detail))


def _happened(event: str, door: str, code: str, detail: str | None) -> dict[str, str]:
    if event == "verdict":
        return {"verdict": code, "rule": f"{door}:{detail or NONE}"}
    if event == "outcome":
        return {"door_outcome": f"{door}:{code}"}
    if event == "entered":
        return {"mark": f"{door}:sign:{detail}" if detail else f"{door}:{code}" if code != NONE else NONE}
    if event == "case" and code == "returned" and detail:
        return {"case": f"{code}:{detail}"}
    return {event: code}


def _closing(session: Session, span: Span, doors: Doors, files: Mapping[str, Door]) -> Iterator[Count]:
    """What specialists chose at the end, of the door's own fields: diverted or returned, and why. Never a text."""
    wanted = select(DeskOutcome).where(_within(DeskOutcome.created_at, span), *_at(DeskOutcome.door, doors))
    for one in session.scalars(wanted):
        asked = files[one.door].closing if one.door in files else ()
        for name, codes in ((field.id, field.choices) for field in asked):
            value = one.fields.get(name)
            if isinstance(value, bool) or value in codes:
                chosen = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
                keys = {"field": f"{one.door}:{name}:{chosen}", "language": one.language, "channel": one.channel}
                yield Count("closing", one.door, day_of(one.created_at), keys)


def _within(moment: InstrumentedAttribute[datetime], span: Span) -> ColumnElement[bool]:
    return (moment >= span.begins) & (moment < span.ends)


def _at(door: InstrumentedAttribute[str], doors: Doors) -> tuple[ColumnElement[bool], ...]:
    return () if doors is None else (door.in_(sorted(doors)),)
