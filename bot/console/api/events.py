"""The desk live: one stream a console, which is also its heartbeat.

What changed is looked up when the bus says that something has; the bus carries no words. Nothing is sent to a console
that its member may not read at that moment.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from anyio import to_thread
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response

from bot.bus import DESK, LOOK, News
from bot.channels.streaming import while_stored
from bot.console.api import messages
from bot.console.api.access import may_read, readable
from bot.console.api.asked import Asked, Problem
from bot.console.api.context import note_json
from bot.console.api.conversation import reader_of
from bot.console.api.desk import Desk, Glance, seen_by
from bot.console.api.reading import Readings
from bot.console.models import Note
from bot.conversations.models import Conversation, Message, Outbox
from bot.handoff import presence
from bot.handoff.people import first_name
from bot.staff.gate import still_in
from bot.staff.record import record, record_view

DEBOUNCE = 0.25
"""Seconds between two looks at the desk that one console gets."""
BEAT = 10.0
"""Seconds between two signs of life; also when a session that was ended is noticed."""
CHECK = 2.0
"""Seconds after which deliveries of the open conversation are looked at, while some are under way."""
OVERLAP = timedelta(seconds=15)
"""What was said so shortly before the stream began is sent once more: the page may have opened just before."""
RECENT = 40
UNDER_WAY = ("ready", "sending", "sent")
_HOLDS_ON = frozenset(("joined", "partner", "seen", "presence"))


async def events(request: Request, asked: Asked) -> Response:
    """The stream. `open` names the conversation that the page shows beside those that its member holds."""
    opened = request.query_params.get("open") or None
    if opened is not None:
        await to_thread.run_sync(_must_read, asked, opened)
    parts = request.app.state.desk

    async def alive() -> bool:
        return not await request.is_disconnected() and await still_in(request)

    stream = Stream(asked, parts.desk, parts.readings, opened)
    return EventSourceResponse(while_stored(stream.run(alive)), ping=60)


@dataclass(slots=True)
class Stream:
    """What one console follows."""

    asked: Asked
    desk: Desk
    readings: Readings
    opened: str | None = None
    _after: dict[str, int] = field(default_factory=dict)
    """The last message that was sent, by conversation."""
    _deliveries: dict[str, tuple[str, Any]] = field(default_factory=dict)
    _stood: dict[str, str | None] = field(default_factory=dict)
    """Who held a followed conversation: a member, "" while it waits, None for anything else."""
    _how: dict[str, News] = field(default_factory=dict)
    _last: str = ""
    _viewed: dict[str, float] = field(default_factory=dict)

    async def run(self, alive: Callable[[], Awaitable[bool]]) -> AsyncGenerator[ServerSentEvent]:
        """Events until the console leaves or its session ends."""
        await to_thread.run_sync(self._begin)
        beat = time.monotonic()
        followed: frozenset[str] = frozenset()
        due: float | None = beat
        changed_at = next_look = 0.0
        while True:
            # Subscribed before it is looked: what happens in between is heard.
            async with self.asked.service.bus.listening({DESK, *followed}) as news:
                while True:
                    if due is not None and time.monotonic() >= due:
                        due = None
                        glance = await self.desk.glance(changed_at)
                        # What came in during the look says who did it, and that another look is due.
                        while (one := await news.next(0)) is not None:
                            if one.topic == DESK:
                                self._note(one)
                                changed_at = time.monotonic()
                                due = changed_at + DEBOUNCE
                            else:
                                async for event in self._heard(one):
                                    yield event
                        wanted = self._followed(glance)
                        if wanted != followed:
                            # Looked at anew once the new ones are listened to, and from no earlier moment.
                            due, followed, changed_at = 0.0, wanted, time.monotonic()
                            break
                        for event in await self._looked(glance):
                            yield event
                        next_look = time.monotonic() + DEBOUNCE
                    now = time.monotonic()
                    until = min(beat + BEAT, now + CHECK if self._under_way() else beat + BEAT)
                    if due is not None:
                        until = min(until, due)
                    one = await news.next(max(0.0, until - now))
                    if one is not None:
                        if one.topic == DESK:
                            self._note(one)
                            changed_at = time.monotonic()
                            due = due if due is not None else max(next_look, changed_at)
                        else:
                            async for event in self._heard(one):
                                yield event
                    elif self._under_way():
                        for event in await self._delivered():
                            yield event
                    if time.monotonic() - beat >= BEAT:
                        beat = time.monotonic()
                        if not await alive():
                            return
                        await to_thread.run_sync(self._seen)
                        yield _event("ping", {"at": self.asked.now.isoformat()})

    # -- the desk

    def _followed(self, glance: Glance) -> frozenset[str]:
        mine = {one.conversation for one in glance.held if one.holder == self.asked.member.id}
        return frozenset(mine | ({self.opened} if self.opened else set()))

    async def _looked(self, glance: Glance) -> list[ServerSentEvent]:
        """The desk as it is now, if it looks different, and what has gone from the followed conversations."""
        found = []
        shown = seen_by(glance, self.asked.member, self.asked.labels)
        if shown.still != self._last:
            self._last = shown.still
            found.append(ServerSentEvent(shown.text, event="desk"))
        member = self.asked.member.id
        for conversation in {*self._stood, *self._followed(glance)}:
            stands = "" if glance.waits(conversation) else glance.holder(conversation)
            before = self._stood.get(conversation, stands)
            self._stood[conversation] = stands
            if before != stands and stands != member and before in (member, ""):
                found.append(await to_thread.run_sync(self._gone, conversation, stands))
            if conversation not in self._followed(glance):
                self._stood.pop(conversation)
        for conversation in self._followed(glance):
            newest = glance.newest(conversation)
            # A desk holds several, and looks four times a second when much goes on: only where there is something.
            if newest is None or newest > self._after.get(conversation, -1):
                found += await self._new(conversation)
        return found

    def _note(self, news: News) -> None:
        conversation = news.data.get("conversation")
        if news.kind == "handoff" and conversation and news.data.get("how") not in _HOLDS_ON:
            self._how[str(conversation)] = news
            while len(self._how) > RECENT:
                self._how.pop(next(iter(self._how)))

    def _gone(self, conversation: str, holder: str | None) -> ServerSentEvent:
        """It is no longer with this member: who has it, and how that came."""
        news = self._how.pop(conversation, None)
        how = str(news.data.get("how")) if news else ("taken" if holder else "left")
        by = holder or (str(news.data.get("by")) if news and news.data.get("by") else None)
        with Session(self.asked.service.ledger.reader) as session:
            name = first_name(session, by) if by else ""
        self._after.pop(conversation, None)
        return _event("gone", {"conversation": conversation, "by": name or None, "how": how})

    # -- conversations

    async def _heard(self, news: News) -> AsyncIterator[ServerSentEvent]:
        conversation = news.topic
        if news.kind == "typing":
            if news.data.get("by") != self.asked.member.id:
                who = "person" if news.data.get("by") == "person" else "specialist"
                yield _event("typing", {"conversation": conversation, "on": news.data.get("on") is True, "who": who})
            return
        if news.kind == "note":
            note = await to_thread.run_sync(self._a_note, conversation, str(news.data.get("note")))
            if note:
                yield _event("note", {"conversation": conversation, "note": note})
            return
        if news.kind == "reading":
            for event in await self._new(conversation, only=str(news.data.get("message"))):
                yield event
            return
        for event in await self._new(conversation):
            yield event
        for event in await self._delivered():
            yield event
        if news.kind == LOOK:
            self._last = ""

    async def _new(self, conversation: str, only: str | None = None) -> list[ServerSentEvent]:
        found = await to_thread.run_sync(self._read, conversation, only)
        if found is None:
            return []
        page, seq = found
        if only is None:
            self._after[conversation] = max(seq, self._after.get(conversation, 0))
            if page.pending:
                self.readings.want(conversation, page.pending, reader_of(self.asked))
        return [_event("message", {"conversation": conversation, "message": one}) for one in page.shown]

    async def _delivered(self) -> list[ServerSentEvent]:
        if self.opened is None:
            return []
        changed = await to_thread.run_sync(self._read_deliveries, self.opened)
        return [_event("delivery", {"conversation": self.opened, **one}) for one in changed]

    def _under_way(self) -> bool:
        return any(state in UNDER_WAY for state, _ in self._deliveries.values())

    # -- in threads

    def _begin(self) -> None:
        """The first sign of life. Whoever sees the queue sees last words, so that is on record."""
        asked = self.asked
        with asked.service.ledger.writing() as session:
            presence.seen(session, asked.member.id, asked.now)
            record(session, asked.member.id, "desk", at=asked.now)
        asked.service.bus.ring(DESK, "presence", by=asked.member.id)

    def _seen(self) -> None:
        service, member = self.asked.service, self.asked.member
        with Session(service.ledger.reader) as session:
            if not presence.must_be_seen(session, member.id, self.asked.now):
                return
        with service.ledger.writing() as session:
            presence.seen(session, member.id, self.asked.now)

    def _read(self, conversation_id: str, only: str | None) -> tuple[messages.Page, int] | None:
        """New messages of a conversation that the member may read now, or one of them again."""
        asked = self.asked
        with Session(asked.service.ledger.reader) as session:
            conversation = session.get(Conversation, conversation_id)
            if conversation is None or not asked.member.at(conversation.door):
                return None
            if not may_read(session, asked.member, conversation):
                return None
            if only is not None:
                found = [one for one in [session.get(Message, only)] if one and one.conversation_id == conversation_id]
            else:
                if conversation_id not in self._after:
                    self._after[conversation_id] = _before(session, asked, conversation_id)
                found = messages.after(session, conversation_id, self._after[conversation_id])
            if not found:
                return None
            page = messages.page(session, asked.service, conversation, found, reader_of(asked), asked.labels, asked.now)
            door = conversation.door
        self._on_record(conversation_id, door)
        return page, max(one.seq for one in found)

    def _on_record(self, conversation_id: str, door: str) -> None:
        """A conversation that stays open is seen again and again; so the record says every fifteen minutes."""
        if time.monotonic() - self._viewed.get(conversation_id, -1e9) < 60:
            return
        self._viewed[conversation_id] = time.monotonic()
        with self.asked.service.ledger.writing() as session:
            record_view(session, self.asked.member.id, conversation_id, door, self.asked.now)

    def _read_deliveries(self, conversation_id: str) -> list[Mapping[str, Any]]:
        with Session(self.asked.service.ledger.reader) as session:
            rows = session.execute(
                select(Message, Outbox)
                .join(Outbox, Outbox.message_id == Message.id)
                .where(Message.conversation_id == conversation_id, Message.author == "specialist")
                .order_by(Message.seq.desc())
                .limit(RECENT)
            ).all()
            told: list[Mapping[str, Any]] = [
                {"message": message.id, **(messages.delivery(message, row, self.asked.labels) or {})}
                for message, row in rows
            ]
        first = not self._deliveries
        changed = [one for one in told if self._deliveries.get(one["message"]) != (one["state"], one["code"])]
        self._deliveries = {one["message"]: (one["state"], one["code"]) for one in told}
        return [] if first else changed

    def _a_note(self, conversation_id: str, client_id: str) -> dict[str, Any] | None:
        asked = self.asked
        with Session(asked.service.ledger.reader) as session:
            try:
                readable(session, asked.member, conversation_id)
            except Problem:
                return None
            wanted = select(Note).where(Note.conversation_id == conversation_id, Note.client_id == client_id)
            note = session.scalars(wanted).one_or_none()
            return note_json(note) if note else None


def _before(session: Session, asked: Asked, conversation_id: str) -> int:
    """The last message that was said a while before this stream began."""
    wanted = select(func.max(Message.seq)).where(
        Message.conversation_id == conversation_id, Message.created_at < asked.now - OVERLAP
    )
    return session.scalar(wanted) or 0


def _must_read(asked: Asked, conversation_id: str) -> None:
    with Session(asked.service.ledger.reader) as session:
        readable(session, asked.member, conversation_id)


def _event(name: str, data: Mapping[str, Any]) -> ServerSentEvent:
    return ServerSentEvent(json.dumps(data, ensure_ascii=False), event=name)
