"""Who may read and write which conversation. Everything that shows words asks here first."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.api.asked import Problem
from bot.conversations.models import Conversation
from bot.handoff import claims
from bot.handoff.models import Handoff, Taking
from bot.handoff.people import first_name
from bot.staff.rights import Right
from bot.staff.sessions import Member


def readable(session: Session, member: Member, conversation_id: str) -> Conversation:
    """The conversation, when the member may read it now.

    That is: at one of their doors, and waiting for somebody, or held by them, or theirs to read along; or an earlier
    one of the person whom they hold now.

    Raises:
        Problem: "gone" when there is none (any more), "not_your_door" or "not_yours" when it is not theirs to read.
    """
    conversation = session.get(Conversation, conversation_id)
    if conversation is None:
        raise Problem(404, "gone")
    if not member.at(conversation.door):
        raise Problem(403, "not_your_door")
    if may_read(session, member, conversation):
        return conversation
    raise Problem(403, "not_yours")


def may_read(session: Session, member: Member, conversation: Conversation) -> bool:
    """Whether a member who works at its door may read a conversation now."""
    if conversation.owner == "waiting" and member.may(Right.DESK):
        return True
    if holds(member, conversation) or member.may(Right.READ_ALONG):
        return True
    return member.may(Right.HISTORY) and _held_otherwise(session, member, conversation)


def holds(member: Member, conversation: Conversation) -> bool:
    return conversation.owner == "held" and conversation.holder == member.id


def may_write(session: Session, member: Member, conversation: Conversation) -> bool:
    """Whether a member may write to the person: the one who holds it, or a supervisor who has joined.

    Ask under the lock of the conversation's row: it may be given back or taken over at any moment.
    """
    if conversation.owner != "held" or not member.at(conversation.door):
        return False
    return conversation.holder == member.id or joined(session, member, conversation.id)


def joined(session: Session, member: Member, conversation_id: str) -> bool:
    """Whether a supervisor writes beside the one who holds it."""
    if not member.may(Right.TAKE_OVER):
        return False
    found = session.scalar(
        select(Taking.id)
        .join(Handoff, Handoff.id == Taking.handoff_id)
        .where(
            Handoff.conversation_id == conversation_id,
            Handoff.ended_at.is_(None),
            Taking.staff_id == member.id,
            Taking.how == "join",
            Taking.ended_at.is_(None),
        )
        .limit(1)
    )
    return found is not None


def written_under_lock(session: Session, member: Member, conversation_id: str) -> Conversation:
    """The conversation with its row locked until the transaction ends, when the member may write in it.

    Raises:
        Problem: "gone", "not_your_door", or "not_held": somebody else has it now, or nobody.
    """
    conversation = claims.writer(session, conversation_id, member.id)
    if conversation is not None and member.at(conversation.door):
        return conversation
    there = session.get(Conversation, conversation_id)
    if there is None:
        raise Problem(404, "gone")
    raise Problem(409, "not_held", by=first_name(session, there.holder) or "–", beside={"owner": there.owner})


def _held_otherwise(session: Session, member: Member, conversation: Conversation) -> bool:
    """Whether the member holds another conversation of the same pseudonym."""
    if conversation.person_id is None:
        return False
    found = session.scalar(
        select(Conversation.id)
        .where(
            Conversation.person_id == conversation.person_id,
            Conversation.owner == "held",
            Conversation.holder == member.id,
        )
        .limit(1)
    )
    return found is not None
