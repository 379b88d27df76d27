"""The desk at a glance: who waits and why, what one holds oneself, who is in danger. One look serves every console."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from anyio import to_thread
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.console.api.asked import Asked
from bot.console.api.labels import Labels
from bot.conversations.models import Conversation, Message
from bot.handoff import presence, queue
from bot.handoff.models import Handoff
from bot.handoff.queue import Waiting
from bot.language.catalogue import RTL
from bot.service import Service
from bot.staff.models import Staff
from bot.staff.rights import Right
from bot.staff.sessions import Member

FRESH = 0.25
"""Seconds for which a look at the database serves all who ask: thirty consoles hear of a change at the same moment."""
_WAITED = re.compile(r'"waited_s": \d+')
QUEUE_SHOWN = 100
"""Of a longer queue the first are shown; how many wait is told."""


@dataclass(frozen=True, slots=True)
class Held:
    """A conversation that somebody holds."""

    conversation: str
    holder: str
    door: str
    channel: str
    language: str
    risk_level: int
    risk_kind: str | None
    since: datetime
    last_words: str
    last_seq: int
    unanswered: int
    newest: int
    """Number of its last message, whoever wrote it."""
    raised: bool
    """Danger rose while it was held, and the holder has not said that they saw it."""
    holder_name: str = ""
    online: bool | None = None
    """Whether the person has the web chat open; None where that is not known, and on other channels."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Those who wait, as JSON. `still` is the same without the seconds, which alone are no news."""

    rows: str
    still: str
    count: int
    alarms: int


@dataclass(frozen=True, slots=True)
class Shown:
    """The desk of a member as JSON, and what of it tells whether it has changed."""

    text: str
    still: str


@dataclass(frozen=True, slots=True)
class Glance:
    """All of the desk at a moment, for every door."""

    at: datetime
    waiting: tuple[Waiting, ...]
    held: tuple[Held, ...]
    statuses: Mapping[str, str]
    encoded: dict[tuple[str, str, bool], str] = field(default_factory=dict)
    """Rows of the queue as JSON, by language, conversation and fit: the same row is sent to thirty consoles."""
    queues: dict[Any, Queue] = field(default_factory=dict)
    """Whole queues, by what decides their order and words."""

    def holder(self, conversation: str) -> str | None:
        return next((one.holder for one in self.held if one.conversation == conversation), None)

    def newest(self, conversation: str) -> int | None:
        """Number of the last message of a held conversation; None when nobody holds it."""
        return next((one.newest for one in self.held if one.conversation == conversation), None)

    def waits(self, conversation: str) -> bool:
        return any(one.conversation == conversation for one in self.waiting)


class Desk:
    """Looks at the database at most once in `FRESH` seconds, however many consoles ask."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._looking = asyncio.Lock()
        self._glance: Glance | None = None
        self._looked = 0.0

    async def glance(self, not_before: float = 0.0) -> Glance:
        """The desk, at most `FRESH` old, and not from before a moment of the monotonic clock."""
        asked = time.monotonic()
        if self._glance and self._looked >= not_before and asked - self._looked < FRESH:
            return self._glance
        async with self._looking:
            if self._glance and self._looked >= max(not_before, asked):
                return self._glance  # somebody looked while we waited for our turn
            began = time.monotonic()
            self._glance = await to_thread.run_sync(self._look)
            self._looked = began
            return self._glance

    def _look(self) -> Glance:
        now = self._service.clock()
        with Session(self._service.ledger.reader) as session:
            waiting = tuple(queue.waiting(session, now))
            held = tuple(self._with_people(_held(session)))
            staff = {one.holder for one in held}
            on = {one.staff_id: one.status for one in presence.on_duty(session, now)}
            statuses = {**dict.fromkeys(staff, "offline"), **on}
        return Glance(now, waiting, held, statuses)

    def _with_people(self, held: Iterable[Held]) -> Iterable[Held]:
        online = self._service.online
        return (replace(one, online=online.of(one.conversation)) if one.channel == "web" else one for one in held)


def _watches(member: Member, door: str) -> bool:
    """Whether danger that rises in colleagues' conversations at a door rings at this member's desk too."""
    return member.may(Right.FLOOR) and member.at(door)


def seen_by(glance: Glance, member: Member, labels: Labels) -> Shown:
    """What one member is shown: the queue of their doors in their order, and what they hold."""
    waiting = _queue_of(glance, member, labels)
    mine = [one for one in glance.held if one.holder == member.id]
    watched = [one for one in glance.held if one.raised and one.holder != member.id and _watches(member, one.door)]
    alarms = waiting.alarms + sum(1 for one in mine if one.raised) + len(watched)
    rest = {
        "me": {
            "id": member.id,
            "name": member.name,
            "status": glance.statuses.get(member.id, "offline"),
            "capacity": member.capacity,
            "holding": len(mine),
            "languages": list(member.languages),
            "rights": sorted(str(right) for right in member.rights),
            "interface": member.interface,
        },
        "waiting": waiting.count,
        "mine": [_mine(one, labels) for one in mine],
        "watched": [_watched(one, labels) for one in watched],
        "danger_open": alarms,
        "sound": "ring" if alarms else None,
    }
    head = json.dumps(rest, ensure_ascii=False)[:-1]
    text = f'{head}, "now": "{glance.at.isoformat()}", "queue": [{waiting.rows}]}}'
    return Shown(text, f"{head}{waiting.still}")


def _queue_of(glance: Glance, member: Member, labels: Labels) -> Queue:
    """The queue as JSON; colleagues with the same doors, languages and skills share it."""
    key = (labels.language, member.doors, frozenset(member.languages), frozenset(member.skills))
    if key not in glance.queues:
        own_doors = [one for one in glance.waiting if member.at(one.door)]
        fitting = [replace(one, skill_fits=queue.fits(one, member.languages, member.skills)) for one in own_doors]
        waiting = queue.in_order(fitting)
        rows = ",".join(_encoded(one, glance, labels) for one in waiting[:QUEUE_SHOWN])
        alarms = sum(1 for one in waiting if one.alert)
        glance.queues[key] = Queue(rows, _WAITED.sub("", rows), len(waiting), alarms)
    return glance.queues[key]


def _encoded(one: Waiting, glance: Glance, labels: Labels) -> str:
    key = (labels.language, one.conversation, one.skill_fits)
    if key not in glance.encoded:
        glance.encoded[key] = json.dumps(_waiting(one, glance.at, labels), ensure_ascii=False)
    return glance.encoded[key]


async def desk(request: Request, asked: Asked) -> Response:
    """The desk, once. The page gets it by `events` afterwards."""
    looking: Desk = request.app.state.desk.desk
    glance = await looking.glance()
    return Response(seen_by(glance, asked.member, asked.labels).text, media_type="application/json")


def _waiting(one: Waiting, now: datetime, labels: Labels) -> dict[str, Any]:
    return {
        "conversation": one.conversation,
        "handoff": one.handoff,
        "door": one.door,
        "door_name": labels.door(one.door),
        "channel": one.channel,
        "channel_name": labels.channel(one.channel),
        "language": one.language,
        "language_name": labels.language_name(one.language),
        "risk": labels.risk(one.risk_level, one.risk_kind, one.reasons),
        "why": one.why,
        "why_label": labels.why(one.why),
        "skill": one.skill,
        "since": one.since.isoformat(),
        "waited_s": max(0, int((now - one.since).total_seconds())),
        "last_words": one.last_words,
        "last_seq": one.last_seq,
        "last_language": one.last_language,
        "last_rtl": one.last_language in RTL,
        "skill_fits": one.skill_fits,
        "alert": one.alert,
        "before": one.before,
        "callback": one.callback,
        "came": labels.came(one.door, one.mark, one.sign),
    }


def _told(one: Held, labels: Labels) -> dict[str, Any]:
    """Whose door, which language, how urgent."""
    return {
        "conversation": one.conversation,
        "door": one.door,
        "door_name": labels.door(one.door),
        "language": one.language,
        "language_name": labels.language_name(one.language),
        "risk": labels.risk(one.risk_level, one.risk_kind),
        "raised": one.raised,
    }


def _mine(one: Held, labels: Labels) -> dict[str, Any]:
    return {
        **_told(one, labels),
        "channel": one.channel,
        "channel_name": labels.channel(one.channel),
        "since": one.since.isoformat(),
        "unread": one.unanswered,
        "last_words": one.last_words,
        "last_seq": one.last_seq,
        "last_rtl": one.language in RTL,
        "person_online": one.online,
    }


def _watched(one: Held, labels: Labels) -> dict[str, Any]:
    """Danger that rose in a colleague's conversation: what to look at and whose it is, and no words."""
    return {**_told(one, labels), "holder": one.holder_name}


def _held(session: Session) -> Sequence[Held]:
    rows = session.execute(
        select(Conversation, Handoff, Staff.name)
        .outerjoin(Handoff, (Handoff.conversation_id == Conversation.id) & Handoff.ended_at.is_(None))
        .outerjoin(Staff, Staff.id == Conversation.holder)
        .where(Conversation.owner == "held")
        .order_by(Conversation.waiting_since, Conversation.id)
    ).all()
    ids = [conversation.id for conversation, _, _ in rows]
    last = queue.last_words(session, ids)
    unanswered = _unanswered(session, ids)
    newest = _newest(session, ids)
    return [
        Held(
            conversation=conversation.id, holder=str(conversation.holder), door=conversation.door,
            channel=conversation.channel, language=conversation.language,
            risk_level=max(conversation.risk_level, handoff.risk_level if handoff else 0),
            risk_kind=handoff.kind if handoff else None,
            since=(handoff.claimed_at if handoff else None) or conversation.updated_at,
            last_words=last[conversation.id][0] if conversation.id in last else "",
            last_seq=last[conversation.id][1] if conversation.id in last else 0,
            unanswered=unanswered.get(conversation.id, 0),
            newest=newest.get(conversation.id, 0),
            raised=bool(handoff and handoff.raised_at and not handoff.raise_seen_at),
            holder_name=name or "",
        )
        for conversation, handoff, name in rows
    ]  # fmt: skip


def _newest(session: Session, conversations: Sequence[str]) -> dict[str, int]:
    if not conversations:
        return {}
    rows = session.execute(
        select(Message.conversation_id, func.max(Message.seq))
        .where(Message.conversation_id.in_(conversations))
        .group_by(Message.conversation_id)
    )
    return {conversation: seq for conversation, seq in rows}


def _unanswered(session: Session, conversations: Sequence[str]) -> dict[str, int]:
    """How many messages of the person came after the last of a specialist: what nobody has answered."""
    if not conversations:
        return {}
    answered = (
        select(Message.conversation_id, func.max(Message.seq).label("seq"))
        .where(Message.conversation_id.in_(conversations), Message.author == "specialist")
        .group_by(Message.conversation_id)
        .subquery()
    )
    rows = session.execute(
        select(Message.conversation_id, func.count())
        .outerjoin(answered, answered.c.conversation_id == Message.conversation_id)
        .where(
            Message.conversation_id.in_(conversations),
            Message.direction == "in",
            Message.seq > func.coalesce(answered.c.seq, 0),
        )
        .group_by(Message.conversation_id)
    )
    return {conversation: count for conversation, count in rows}
