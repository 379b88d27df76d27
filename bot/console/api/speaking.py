"""Previewing and sending: exactly what was previewed is sent, doubtful translations only when confirmed."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anyio import to_thread
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.channels.web import LONGEST
from bot.console.api import saying
from bot.console.api.access import may_write, readable, written_under_lock
from bot.console.api.asked import Asked, Problem, body_of, id_in, text_in
from bot.console.api.drafts import NO_PACKAGE, Draft, To, draft
from bot.console.api.saying import Words
from bot.console.api.texting import consented, texting_route
from bot.console.api.warnings import barred
from bot.console.canned import by_id, worded
from bot.conversations.models import Conversation, Message
from bot.handoff.people import first_name
from bot.staff.record import record

_KEPT = 500
"""Drafts that are kept between their preview and their sending."""
_LOCKS = 2_000


@dataclass(frozen=True, slots=True)
class _Written:
    """What the page sends: words, the language they are in, and what the specialist has decided about them."""

    text: str
    language: str
    as_written: bool
    confirmed: bool
    seen: str | None
    message: str | None
    consent: bool


class Speaking:
    """Keeps the order in which each conversation is spoken to, and the drafts that were previewed."""

    def __init__(self) -> None:
        self._locks: OrderedDict[str, asyncio.Lock] = OrderedDict()
        self._drafts: OrderedDict[tuple[Any, ...], Draft] = OrderedDict()

    def lock(self, conversation: str) -> asyncio.Lock:
        """Whoever came first speaks first, although their translations take different times."""
        lock = self._locks.setdefault(conversation, asyncio.Lock())
        self._locks.move_to_end(conversation)
        while len(self._locks) > _LOCKS and not next(iter(self._locks.values())).locked():
            self._locks.popitem(last=False)
        return lock

    def keep(self, key: tuple[Any, ...], made: Draft) -> None:
        self._drafts[key] = made
        self._drafts.move_to_end(key)
        while len(self._drafts) > _KEPT:
            self._drafts.popitem(last=False)

    def kept(self, key: tuple[Any, ...]) -> Draft | None:
        return self._drafts.get(key)

    def forget(self, key: tuple[Any, ...]) -> None:
        self._drafts.pop(key, None)


def speaking_of(request: Request) -> Speaking:
    speaking: Speaking = request.app.state.desk.speaking
    return speaking


async def preview(request: Request, asked: Asked) -> Response:
    """What would be sent of these words."""
    body = await body_of(request)
    conversation_id = request.path_params["id"]
    to = await to_thread.run_sync(_addressee, asked, conversation_id, bool(body.get("consent")))
    written = await _written(asked, body, to)
    made = await _draft(request, asked, conversation_id, written, to, back=True)
    return JSONResponse(as_json(made, asked))


async def send(request: Request, asked: Asked) -> Response:
    """Sends words to the person. 202 also for an id that was sent before; 409 "confirm" for a doubtful translation."""
    body = await body_of(request)
    conversation_id, client_id = request.path_params["id"], id_in(body)
    async with speaking_of(request).lock(conversation_id):
        known = await to_thread.run_sync(_known, asked, conversation_id, client_id)
        if known:
            return JSONResponse({"id": client_id, "messages": known}, status_code=202)
        to = await to_thread.run_sync(_addressee, asked, conversation_id, bool(body.get("consent")))
        written = await _written(asked, body, to)
        made = await _draft(request, asked, conversation_id, written, to, back=False)
        other = written.seen is not None and written.seen != made.text
        if other or (not made.sure and not written.confirmed):
            shown = {"preview": as_json(made, asked)}
            raise Problem(409, "confirm", beside=shown)
        ids = await to_thread.run_sync(_store, asked, conversation_id, client_id, made, written)
        speaking_of(request).forget(_key(conversation_id, written, to))
    asked.service.heard_of(conversation_id)
    return JSONResponse({"id": client_id, "messages": ids, "how": made.how}, status_code=202)


async def typing(request: Request, asked: Asked) -> Response:
    """The specialist writes, or has stopped. Nothing is stored."""
    body = await body_of(request)
    conversation_id = request.path_params["id"]
    await to_thread.run_sync(_may_type, asked, conversation_id)
    asked.service.bus.ring(conversation_id, "typing", who="specialist", by=asked.member.id, on=bool(body.get("on")))
    return Response(status_code=204)


async def back(request: Request, asked: Asked) -> Response:
    """A message translated back: what a machine makes of the words that the person got or wrote."""
    body = await body_of(request)
    message_id = body.get("message")
    if not isinstance(message_id, str):
        raise Problem(400, "request")
    text, language = await to_thread.run_sync(_message, asked, request.path_params["id"], message_id)
    made = await to_thread.run_sync(asked.service.translator.attempt, text, language, asked.language)
    return JSONResponse(
        {
            "text": made.text,
            "language": asked.language,
            "how": "machine" if made.text is not None else "none",
            "sure": made.text is not None and made.reason is None,
            "reason": made.reason,
        }
    )


def as_json(made: Draft, asked: Asked) -> dict[str, Any]:
    """A draft for the page: what will be sent, how it was made, and why if there is a doubt."""
    return {
        "text": made.text,
        "language": made.replies[-1].language if made.replies else made.to.language,
        "to_language": made.to.language,
        "how": made.how,
        "sure": made.sure,
        "back": made.back,
        "parts": [reply.text for reply in made.replies],
        "reason": made.reason,
        "reason_label": asked.labels.known(f"draft_{made.reason}", made.reason) if made.reason else None,
    }


async def _written(asked: Asked, body: Mapping[str, Any], to: To) -> _Written:
    text = text_in(body, "text", LONGEST)
    language = body.get("language")
    message = None
    if body.get("canned"):
        message, own = await to_thread.run_sync(_canned, asked, body.get("canned"), to.language, text)
        language = language or own
    if language is None:
        language = await to_thread.run_sync(_language_of, asked, text, to.language)
    elif language not in (asked.language, to.language, "en", "fr"):
        raise Problem(400, "request")
    seen = body.get("seen")
    return _Written(
        text, str(language), bool(body.get("as_written")), bool(body.get("confirmed")),
        seen if isinstance(seen, str) else None, message, bool(body.get("consent")),
    )  # fmt: skip


def _language_of(asked: Asked, text: str, person: str) -> str:
    """The language that a specialist writes in: that of the interface, or the person's if they know it and use it."""
    if person == asked.language or person not in asked.member.languages:
        return asked.language
    found = asked.service.turns.ears.identifier.identify(text, session_language=person).language
    return asked.language if found == asked.language else person


def _canned(asked: Asked, canned: Any, person: str, text: str) -> tuple[str | None, str | None]:
    """Of a canned reply: the id in the catalogue behind it, and the language that its words are in if unchanged."""
    with Session(asked.service.ledger.reader) as session:
        one = by_id(session, canned) if isinstance(canned, str) else None
    if one is None:
        return None, None
    own, language, _ = worded(one, person, asked.language, asked.service.catalogue)
    return one.message, language if own.strip() == text else None


async def _draft(
    request: Request, asked: Asked, conversation_id: str, written: _Written, to: To, *, back: bool
) -> Draft:
    """The draft that was previewed, or a new one."""
    speaking, key = speaking_of(request), _key(conversation_id, written, to)
    made = speaking.kept(key)
    if made is None:
        made = await to_thread.run_sync(
            lambda: draft(
                asked.service, written.text, written.language, to,
                as_written=written.as_written, message=written.message, back=back,
            )
        )  # fmt: skip
        if made.reason != "late":
            speaking.keep(key, made)
    return made


def _key(conversation_id: str, written: _Written, to: To) -> tuple[Any, ...]:
    return conversation_id, written.text, written.language, written.as_written, written.message, to


def _addressee(asked: Asked, conversation_id: str, consent: bool) -> To:
    """Whom a text goes to now; Problem when it cannot be sent."""
    with Session(asked.service.ledger.reader) as session:
        try:
            conversation = readable(session, asked.member, conversation_id)
        except Problem as problem:
            if problem.code != "not_yours":
                raise
            # They held it a moment ago, or a page is out of date: what helps is who has it now.
            holder = session.scalar(select(Conversation.holder).where(Conversation.id == conversation_id))
            raise Problem(409, "not_held", by=first_name(session, holder) or "–") from None
        return _to(session, asked, conversation, consent)


def _to(session: Session, asked: Asked, conversation: Conversation, consent: bool) -> To:
    service = asked.service
    channel, line = conversation.channel, conversation.line
    if channel == "voice":
        route = texting_route(session, service, conversation)
        consented(conversation, consent)
        channel, line = route.channel, route.line
    elif reason := barred(session, service, conversation, asked.now):
        raise Problem(409, reason)
    ours = service.numbers.of(line) if line else None
    told = to_told(session, conversation.id)
    return To(conversation.language, channel, ours.kind if ours else "long", told)


def to_told(session: Session, conversation_id: str) -> bool:
    """Whether the person was told in this conversation that nobody can translate here."""
    payloads = session.scalars(
        select(Message.payload)
        .where(
            Message.conversation_id == conversation_id,
            Message.direction == "out",
            Message.author.in_(("system", "specialist")),
        )
        .order_by(Message.seq.desc())
        .limit(100)
    )
    return any(piece.get("say") == NO_PACKAGE for payload in payloads for piece in payload.get("pieces") or ())


def _known(asked: Asked, conversation_id: str, client_id: str) -> list[str]:
    with Session(asked.service.ledger.reader) as session:
        return saying.said_before(session, conversation_id, client_id)


def _store(asked: Asked, conversation_id: str, client_id: str, made: Draft, written: _Written) -> list[str]:
    """Everything is asked again under the row's lock: whether they still hold it, and whether it can be sent."""
    now = asked.now
    with asked.service.ledger.writing() as session:
        conversation = written_under_lock(session, asked.member, conversation_id)
        known = saying.said_before(session, conversation_id, client_id)
        if known:
            return known
        to = _to(session, asked, conversation, written.consent)
        if (to.language, to.channel, to.line_kind) != (made.to.language, made.to.channel, made.to.line_kind):
            raise Problem(409, "changed")
        route = None
        if conversation.channel == "voice":
            route = texting_route(session, asked.service, conversation, now)
        marks: dict[str, Any] = {"machine_translated": True} if made.translated else {}
        first: dict[str, Any] = {}
        if made.translated:
            first = {"original": made.original, "original_language": made.original_language}
        words = Words(client_id, made.replies, marks, first)
        ids = saying.say(session, conversation, asked.member, words, now, route)
        record(
            session, asked.member.id, "wrote", conversation=conversation_id, door=conversation.door, at=now,
            how=made.how, sure=made.sure, parts=len(ids), **({"consent": "text"} if route else {}),
        )  # fmt: skip
        return ids


def _may_type(asked: Asked, conversation_id: str) -> None:
    with Session(asked.service.ledger.reader) as session:
        conversation = readable(session, asked.member, conversation_id)
        if not may_write(session, asked.member, conversation):
            raise Problem(409, "not_held")


def _message(asked: Asked, conversation_id: str, message_id: str) -> tuple[str, str]:
    with Session(asked.service.ledger.reader) as session:
        conversation = readable(session, asked.member, conversation_id)
        message = session.get(Message, message_id)
        if message is None or message.conversation_id != conversation_id:
            raise Problem(404, "gone")
        language = conversation.language if message.language == "und" else message.language
        return message.text, language


__all__ = ["Speaking", "as_json", "back", "preview", "send", "typing"]
