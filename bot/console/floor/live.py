"""The floor at this moment: who is on, who holds what and for how long, who waits, where danger is open.

Ids, codes and times alone: what people say stays in their conversations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.models import Conversation
from bot.handoff import presence
from bot.handoff.models import Handoff
from bot.handoff.queue import Waiting, waiting
from bot.safety.levels import Level
from bot.staff.models import Staff
from bot.staff.rights import EVERY_DOOR, Right, rights_of


@dataclass(frozen=True, slots=True)
class Held:
    """A conversation that somebody holds."""

    conversation: str
    door: str
    channel: str
    language: str
    risk_level: int
    kind: str | None
    seconds: int
    unseen: bool
    """Danger was found in it that its holder has not seen."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who takes conversations. `elsewhere` counts what they hold at doors that the reader does not see."""

    id: str
    name: str
    status: str
    since: datetime | None
    languages: tuple[str, ...]
    skills: tuple[str, ...]
    capacity: int
    held: tuple[Held, ...]
    elsewhere: int

    @property
    def holding(self) -> int:
        return len(self.held) + self.elsewhere

    @property
    def longest(self) -> int | None:
        return max((one.seconds for one in self.held), default=None)


@dataclass(frozen=True, slots=True)
class Floor:
    """All of it. People on duty first; who waits in the order in which they should be taken."""

    at: datetime
    colleagues: tuple[Colleague, ...]
    away: int
    """Staff who could take conversations and are not on."""
    waiting: tuple[Waiting, ...]

    @property
    def danger_open(self) -> int:
        waits = sum(one.risk_level >= Level.HIGH for one in self.waiting)
        return waits + sum(held.unseen for one in self.colleagues for held in one.held)

    @property
    def longest_wait(self) -> int | None:
        return max((one.waited_s for one in self.waiting if not one.callback), default=None)

    @property
    def held(self) -> int:
        return sum(one.holding for one in self.colleagues)

    @property
    def free(self) -> int:
        """Conversations that those who are available could still take."""
        return sum(max(0, one.capacity - one.holding) for one in self.colleagues if one.status == "available")


class Reader(Protocol):
    """Whoever looks at the floor, as the gate of the console gives them."""

    @property
    def doors(self) -> Collection[str]: ...
    def at(self, door: str) -> bool: ...


def floor_now(session: Session, reader: Reader, now: datetime) -> Floor:
    """Reads the floor: the doors at which the reader works; what is at others is counted and not shown."""
    at = reader.at
    on = {one.staff_id: one for one in presence.on_duty(session, now)}
    held, elsewhere = _held(session, at, now)
    colleagues, away = [], 0
    for one in session.scalars(select(Staff).where(Staff.state == "active").order_by(Staff.name)):
        if Right.DESK not in rights_of(one.roles) or not _shares_door(one, at):
            continue
        here = on.get(one.id)
        if here is None and one.id not in held and one.id not in elsewhere:
            away += 1
            continue
        colleagues.append(
            Colleague(
                one.id, one.name, here.status if here else "offline", here.since if here else None,
                tuple(one.languages), tuple(one.skills), one.capacity, tuple(held[one.id]), elsewhere[one.id],
            )
        )  # fmt: skip
    colleagues.sort(key=lambda one: (("available", "busy", "away", "offline").index(one.status), one.name.casefold()))
    return Floor(now, tuple(colleagues), away, tuple(waiting(session, now, reader.doors, words=False)))


def _shares_door(one: Staff, at: Callable[[str], bool]) -> bool:
    return EVERY_DOOR in one.doors or any(at(door) for door in one.doors)


def _held(
    session: Session, at: Callable[[str], bool], now: datetime
) -> tuple[defaultdict[str, list[Held]], defaultdict[str, int]]:
    held: defaultdict[str, list[Held]] = defaultdict(list)
    elsewhere: defaultdict[str, int] = defaultdict(int)
    rows = session.execute(
        select(Conversation, Handoff)
        .outerjoin(Handoff, (Handoff.conversation_id == Conversation.id) & Handoff.ended_at.is_(None))
        .where(Conversation.owner == "held", Conversation.holder.isnot(None))
    )
    for conversation, handoff in rows:
        holder = conversation.holder or ""
        if not at(conversation.door):
            elsewhere[holder] += 1
            continue
        since = (handoff.claimed_at if handoff else None) or conversation.updated_at
        held[holder].append(
            Held(
                conversation.id, conversation.door, conversation.channel, conversation.language,
                max(conversation.risk_level, handoff.risk_level if handoff else 0), handoff.kind if handoff else None,
                _seconds(since, now), bool(handoff and handoff.raised_at and not handoff.raise_seen_at),
            )
        )  # fmt: skip
    for one in held.values():
        one.sort(key=lambda held: (-held.unseen, -held.risk_level, -held.seconds))
    return held, elsewhere


def _seconds(since: datetime, now: datetime) -> int:
    return max(0, int((now - since).total_seconds()))
