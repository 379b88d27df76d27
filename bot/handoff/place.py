"""The place in line, and a time only when the last hour bears it out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.conversations.models import Conversation
from bot.handoff.models import Handoff
from bot.handoff.presence import On, on_duty
from bot.handoff.queue import waiting
from bot.safety.levels import Level
from bot.staff.models import Staff
from bot.staff.rights import Right, rights_of

LOOK_BACK = timedelta(hours=1)
ENOUGH = 4
"""Claims within the last hour; from fewer nobody can tell how fast it goes."""
LONGEST = 60
"""Minutes; a longer guess says nothing, and is not made."""
ROUND = 5


@dataclass(frozen=True, slots=True)
class PlaceInLine:
    """Where somebody stands.

    Attributes:
        ahead: people who are taken before them.
        minutes: a guess, rounded up; None when it would be made up: nobody on duty, too few claims lately, or danger,
            where the alarm decides and not the line.
        specialists_on: those on duty at this door who are available or busy.
    """

    ahead: int
    minutes: int | None
    specialists_on: int


def place_of(session: Session, conversation_id: str, now: datetime) -> PlaceInLine | None:
    """The place of somebody who waits, or that they would get at the end of the line; None without a conversation."""
    conversation = session.get(Conversation, conversation_id, populate_existing=True)
    if conversation is None:
        return None
    staff = specialists(session, conversation.door, now)
    doors = _doors_of(staff, conversation.door)
    line = [one for one in waiting(session, now, doors, words=False) if not one.callback]
    places = [place for place, one in enumerate(line) if one.conversation == conversation_id]
    ahead = places[0] if places else len(line)
    danger = bool(places) and line[ahead].risk_level >= Level.HIGH
    minutes = None if danger or not staff else _minutes(session, doors, ahead, now)
    return PlaceInLine(ahead, minutes, len(staff))


def specialists(session: Session, door: str, now: datetime) -> list[Staff]:
    """Those who can take somebody at a door now: on duty, available or busy, with the right to."""
    on: dict[str, On] = {one.staff_id: one for one in on_duty(session, now) if one.status in ("available", "busy")}
    if not on:
        return []
    found = session.scalars(select(Staff).where(Staff.id.in_(sorted(on)), Staff.state == "active"))
    return [one for one in found if ("*" in one.doors or door in one.doors) and Right.DESK in rights_of(one.roles)]


def _doors_of(staff: list[Staff], door: str) -> set[str]:
    """The doors whose people stand in the same line: those that the specialists of this one serve too."""
    return {door}.union(*(set(one.doors) for one in staff))


def _minutes(session: Session, doors: set[str], ahead: int, now: datetime) -> int | None:
    """By how many were taken in the last hour: so many a minute, for everybody ahead and oneself."""
    taken = select(func.count()).where(Handoff.claimed_at > now - LOOK_BACK, Handoff.claimed_at <= now)
    if "*" not in doors:
        taken = taken.where(Handoff.door.in_(sorted(doors)))
    claims = int(session.scalar(taken) or 0)
    if claims < ENOUGH:
        return None
    guess = (ahead + 1) * LOOK_BACK.total_seconds() / 60 / claims
    minutes = max(ROUND, math.ceil(guess / ROUND) * ROUND)
    return minutes if minutes <= LONGEST else None
