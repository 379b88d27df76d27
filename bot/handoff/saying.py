"""What a person is told about their handoff: sentences of the catalogue, on the channel that they use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.answers import Piece
from bot.carrier.addresses import CHANNELS as TEXTING
from bot.conversations.models import Conversation
from bot.conversations.saying import say
from bot.service import Service
from bot.sms.wording import texts

AUTHOR = "system"
"""Neither the bot nor a specialist speaks: it is said that somebody comes, goes, or cannot come."""


def tell(service: Service, session: Session, conversation_id: str, pieces: Sequence[Piece], now: datetime) -> None:
    """Says something about the handoff in the person's language, in the caller's transaction.

    On the phone nothing is stored: a caller hears about it from the call itself, where they stand.
    """
    conversation = session.get_one(Conversation, conversation_id, populate_existing=True)
    if conversation.channel == "voice":
        return
    language = conversation.language
    replies = service.words.replies(pieces, language, service.directory.find(now), now)
    if conversation.channel in TEXTING:
        ours = service.numbers.of(conversation.line) if conversation.line else None
        replies = texts(replies, service.words.catalogue.say, language, ours.kind if ours else "long")
    say(session, conversation_id, conversation.channel, list(replies), None, now, author=AUTHOR)
    options = [dict(option) for reply in replies for option in reply.options]
    if options:  # a number that is typed next means one of these
        session.execute(
            update(Conversation)
            .where(Conversation.id == conversation_id)
            .values(options=options)
            .execution_options(synchronize_session=False)
        )
