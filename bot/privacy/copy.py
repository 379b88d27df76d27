"""Everything that is kept about one conversation, for the person whose it is. Nothing of anybody else, no notes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.after.models import FollowUp
from bot.conversations.carrier_models import Callback
from bot.conversations.identity import Keys
from bot.conversations.models import Conversation, Message, NeedFound, PlaceFound, ReferralShown
from bot.intake.models import CaseFile, ConsentGiven
from bot.intake.store import answers_of
from bot.sharing.models import Disclosure, Exclusion


def copy_of(session: Session, keys: Keys, conversation_id: str, now: datetime) -> dict[str, Any]:
    """The copy, as plain JSON. Numbers that the person gave are opened: they are their own."""
    conversation = session.get_one(Conversation, conversation_id)

    def mine(table: Any) -> Sequence[Any]:
        wanted = select(table).where(table.conversation_id == conversation_id).order_by(table.created_at)
        return session.scalars(wanted).all()

    return {
        "made": now.isoformat(),
        "conversation": {
            "door": conversation.door, "channel": conversation.channel, "language": conversation.language,
            "began": conversation.created_at.isoformat(), "last": conversation.updated_at.isoformat(),
            "danger_level_found": conversation.risk_level, "state": conversation.owner,
        },
        "messages": [
            {"at": one.created_at.isoformat(), "from": one.author, "language": one.language, "text": one.text}
            for one in sorted(mine(Message), key=lambda one: one.seq)
        ],
        "needs": [one.code for one in mine(NeedFound)],
        "places": [one.name for one in mine(PlaceFound)],
        "services_shown": [one.listing_id for one in mine(ReferralShown)],
        "answers": answers_of(session, conversation_id, keys),
        "consents": [
            {
                "at": one.created_at.isoformat(), "said": "yes" if one.given else "no", "to": one.receiver,
                "fields": one.fields, "wording": one.version, "language": one.language,
            }
            for one in mine(ConsentGiven)
        ],
        "passed_on": [
            {
                "at": one.created_at.isoformat(), "to": one.recipient, "purpose": one.purpose, "fields": one.fields,
                "ground": one.ground, "until": one.ends_at.isoformat(), "withdrawn": one.withdrawn_at is not None,
            }
            for one in mine(Disclosure)
        ],
        "must_not_know": [one.kind or one.recipient for one in mine(Exclusion) if one.lifted_at is None],
        "cases": [
            {
                "at": one.created_at.isoformat(), "door": one.door, "state": one.state,
                "answers": _opened(keys, one.answers),
            }
            for one in mine(CaseFile)
        ],
        "call_backs": [
            {"at": one.created_at.isoformat(), "number": _number(keys, one.number), "hours": one.safe_hours}
            for one in mine(Callback)
        ],
        "follow_ups": [
            {"state": one.state, "number": _number(keys, one.number), "agreed": one.consent_at.isoformat()}
            for one in mine(FollowUp)
        ],
    }  # fmt: skip


def _number(keys: Keys, sealed: bytes | None) -> str | None:
    return keys.opened(sealed) if sealed else None


def _opened(keys: Keys, sealed: bytes | None) -> Any:
    return json.loads(keys.opened(sealed)) if sealed else None
