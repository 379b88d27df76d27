"""A listing of the directory for the person: the same card as the bot's, in their language, recorded as given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from anyio import to_thread
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.carrier.addresses import CHANNELS as TEXTING
from bot.console.api import saying
from bot.console.api.access import readable, written_under_lock
from bot.console.api.asked import Asked, Problem, body_of
from bot.console.api.saying import Route, Words
from bot.console.api.speaking import speaking_of
from bot.console.api.texting import consented, texting_route
from bot.console.api.warnings import barred
from bot.console.models import REFERRAL_STATES, Referral
from bot.conversations.models import Conversation, NeedFound
from bot.sms.wording import texts
from bot.staff.record import record
from bot.words import Reply
from directory_client.needs import NEEDS

_LONGEST = 80


async def insert(request: Request, asked: Asked) -> Response:
    """Sends a listing in the person's language and records it as given. An id of the page's own makes it once."""
    body = await body_of(request)
    listing, conversation_id = body.get("listing"), request.path_params["id"]
    if not isinstance(listing, str) or not 1 <= len(listing) <= _LONGEST:
        raise Problem(400, "request")
    client_id = saying.own_id(body, f"listing-{listing}")
    async with speaking_of(request).lock(conversation_id):
        answer = await to_thread.run_sync(_inserted, asked, conversation_id, listing, client_id, body)
    asked.service.heard_of(conversation_id)
    return JSONResponse(answer, status_code=202)


async def refer(request: Request, asked: Asked) -> Response:
    """Changes what became of a referral, or records one that was given in words."""
    body = await body_of(request)
    listing, state, conversation_id = body.get("listing"), body.get("state", "given"), request.path_params["id"]
    if not isinstance(listing, str) or not 1 <= len(listing) <= _LONGEST or state not in REFERRAL_STATES:
        raise Problem(400, "request")

    def changed() -> dict[str, Any]:
        now = asked.now
        with asked.service.ledger.writing() as session:
            conversation = readable(session, asked.member, conversation_id)
            if asked.service.directory.find(now)(listing, None) is None:
                raise Problem(404, "no_listing")
            row = _referred(session, asked, conversation, listing, body, now)
            if row.state != state:
                row.state, row.changed_at = str(state), now
            record(
                session, asked.member.id, "referral", conversation=conversation_id, door=conversation.door, at=now,
                listing=listing[:60].replace(" ", "_"), state=state,
            )  # fmt: skip
            session.flush()
            return {"id": row.id, "listing": row.listing_id, "state": row.state}

    return JSONResponse(await to_thread.run_sync(changed))


def _inserted(
    asked: Asked, conversation_id: str, listing: str, client_id: str, body: Mapping[str, Any]
) -> dict[str, Any]:
    service, now = asked.service, asked.now
    # Worded before the row is locked: a description may wait for the translator.
    with Session(service.ledger.reader) as session:
        conversation = readable(session, asked.member, conversation_id)
        language, channel, line, memory = (
            conversation.language, conversation.channel, conversation.line, conversation.memory,
        )  # fmt: skip
        if channel == "voice":
            consented(conversation, bool(body.get("consent")))
            to = texting_route(session, service, conversation)
            channel, line = to.channel, to.line
    place = memory.get("place") or {}
    near = {"lat": place["lat"], "lon": place["lon"]} if place.get("lat") is not None else None
    piece = {"listings": [listing], "near": near, "need": None, "detail": True}
    replies: list[Reply] = service.words.replies([piece], language, service.directory.find(now), now)
    if not replies:
        raise Problem(404, "no_listing")
    if channel in TEXTING:
        ours = service.numbers.of(line) if line else None
        replies = texts(replies, service.catalogue.say, language, ours.kind if ours else "long")
    with service.ledger.writing() as session:
        conversation = written_under_lock(session, asked.member, conversation_id)
        known = saying.said_before(session, conversation_id, client_id)
        if not known:
            route: Route | None = None
            if conversation.channel == "voice":
                route = texting_route(session, service, conversation, now)
            elif reason := barred(session, service, conversation, now):
                raise Problem(409, reason)
            known = saying.say(session, conversation, asked.member, Words(client_id, replies), now, route)
            record(
                session, asked.member.id, "wrote", conversation=conversation_id, door=conversation.door, at=now,
                how="catalogue", listing=True, parts=len(known), **({"consent": "text"} if route else {}),
            )  # fmt: skip
        row = _referred(session, asked, conversation, listing, body, now)
        return {"id": client_id, "messages": known, "referral": {"id": row.id, "state": row.state}}


def _referred(
    session: Session, asked: Asked, conversation: Conversation, listing: str, body: Mapping[str, Any], now: datetime
) -> Referral:
    """The referral of a listing in a conversation, made when missing. One conversation refers to a listing once."""
    mine = select(Referral).where(Referral.conversation_id == conversation.id, Referral.listing_id == listing)
    row = session.scalars(mine.limit(1)).one_or_none()
    if row is not None:
        return row
    need = body.get("need")
    if need not in NEEDS:
        need = session.scalar(
            select(NeedFound.code)
            .where(NeedFound.conversation_id == conversation.id)
            .order_by(NeedFound.created_at.desc(), NeedFound.rank)
            .limit(1)
        )
    row = Referral(
        conversation_id=conversation.id, door=conversation.door, listing_id=listing, need=need,
        given_by=asked.member.id, state="given", created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row
