"""A caller who waits on the telephone is taken at the specialist's own telephone, after the claim."""

from __future__ import annotations

from functools import partial

from anyio import to_thread
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.carrier_models import Call
from bot.conversations.models import Conversation
from bot.handoff.claims import Also, Claimed, Refused, claim, release
from bot.handoff.people import Taker, account
from bot.service import Service
from bot.voice.legs import OPEN, legs
from bot.voice.placing import Placing
from bot.voice.telephones import Telephones


async def claim_call(
    service: Service,
    conversation: str,
    member: Taker,
    *,
    also: Also | None = None,
    telephones: Telephones | None = None,
) -> Claimed | Refused:
    """Claims a conversation and, when its person waits on the phone, rings the specialist.

    Without a number in their account, or when the telephone cannot be rung, the claim is taken back at once: nobody
    is to be held by somebody who cannot hear them. Whoever has hung up is held all the same, and called back.

    Returns:
        As `claims.claim`; `Refused("no_phone")` when the telephone could not be rung.
    """
    claimed = await to_thread.run_sync(partial(claim, service, conversation, member, also=also))
    if not isinstance(claimed, Claimed) or not claimed.fresh:
        return claimed
    telephones = telephones or Telephones(service, Placing.from_settings(service.settings))
    if not await to_thread.run_sync(telephones.on_the_line, conversation):
        return claimed
    number = await to_thread.run_sync(_number, service, member.id)
    language = "fr" if getattr(member, "interface", "en") == "fr" else "en"
    if number is not None and await telephones.take(conversation, member.id, number, language):
        return claimed
    await to_thread.run_sync(release, service, conversation, member)
    return Refused("no_phone")


def _number(service: Service, staff_id: str) -> str | None:
    with Session(service.ledger.reader) as session:
        found = account(session, staff_id)
        return service.keys.opened(found.phone) if found is not None and found.phone else None


TRIES = 3
"""Times that a holder's telephone rings for one caller by itself; after that they press the button themselves."""


async def ring_the_holders(service: Service, telephones: Telephones) -> int:
    """Rings specialists who hold a conversation whose caller has come to the queue only after the claim."""
    if telephones.placing is None:
        return 0
    rung = 0
    for conversation, holder in await to_thread.run_sync(_held_and_unrung, service):
        number = await to_thread.run_sync(_number, service, holder)
        if number is not None and await telephones.take(conversation, holder, number):
            rung += 1
    return rung


def _held_and_unrung(service: Service) -> list[tuple[str, str]]:
    with Session(service.ledger.reader) as session:
        rows = session.execute(
            select(Conversation.id, Conversation.holder, Call.sid)
            .join(Call, Call.conversation_id == Conversation.id)
            .where(Conversation.owner == "held", Conversation.holder.is_not(None), Call.ended_at.is_(None))
        ).all()
        found: list[tuple[str, str]] = []
        for conversation, holder, sid in rows:
            call = session.get(Call, sid)
            if call is None or "role" in call.state:
                continue
            known = legs(session, conversation, sid)
            if any(leg.status == "joined" for leg in known):
                continue  # somebody speaks with them: also a partner whom the specialist has left them with
            rung = [leg for leg in known if leg.role == "specialist"]
            if not any(leg.status in OPEN for leg in rung) and sum(leg.who == holder for leg in rung) < TRIES:
                found.append((conversation, str(holder)))
        return found
