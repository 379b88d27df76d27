"""The follow-up that a specialist has agreed with somebody at the end: in a week, the way they came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from bot.after import store
from bot.after.models import FollowUp
from bot.clock import TORONTO
from bot.console.api.asked import Asked
from bot.conversations.models import Conversation

VERSION = "desk-1"
"""The wording that specialists ask with: the canned reply "follow-up". A new wording gets a new name."""
AFTER = timedelta(days=7)


def agreed(session: Session, asked: Asked, conversation: Conversation, needs: Sequence[str]) -> FollowUp:
    """Plans it, unless the person has agreed to one with the assistant already: then that one holds.

    Args:
        needs: what it will ask about; those that were not met first.
    """
    before = store.open_follow_up(session, conversation.id)
    if before is not None and before.state != "agreeing":
        return before
    if before is not None:
        session.delete(before)
    row = store.new(
        session, conversation, asked.now, version=VERSION, language=conversation.language, by=asked.member.id,
        needs=needs or None,
    )  # fmt: skip
    row.number = store.own_number(session, conversation.id)
    row.channel = conversation.channel if row.number is not None else "web"
    row.day = (asked.now + AFTER).astimezone(TORONTO).date()
    store.plan(row)
    session.flush()
    return row
