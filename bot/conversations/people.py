"""Who writes or calls, and in which conversation: by keyed pseudonym, never by number."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.conversations.carrier_models import OptOut
from bot.conversations.identity import Keys
from bot.conversations.models import Conversation, Person, new_id


def known(session: Session, keys: Keys, channel: str, address: str) -> Person | None:
    """The person behind an address of a channel, if they have written before."""
    return session.scalars(select(Person).where(Person.pseudonym == keys.pseudonym(channel, address))).one_or_none()


def person_for(session: Session, keys: Keys, channel: str, address: str, now: datetime) -> Person:
    """The person behind an address of a channel, made when new. Their row is locked until the transaction ends,
    so that two first messages at one moment do not begin two conversations."""
    pseudonym = keys.pseudonym(channel, address)
    mine = select(Person).where(Person.pseudonym == pseudonym).with_for_update()
    known = session.scalars(mine).one_or_none()
    if known is not None:
        return known
    try:
        with session.begin_nested():
            person = Person(
                id=new_id(), pseudonym=pseudonym, channel=channel, address=keys.sealed(address), created_at=now
            )
            session.add(person)
            session.flush()
            return person
    except IntegrityError:  # another process was quicker
        return session.scalars(mine).one()


def last_conversation(
    session: Session, person_id: str, line: str, since: datetime | None = None
) -> Conversation | None:
    """The person's newest conversation with one of our numbers; with `since` only if something was said after it."""
    statement = select(Conversation).where(Conversation.person_id == person_id, Conversation.line == line)
    if since is not None:
        statement = statement.where(Conversation.updated_at >= since)
    return session.scalars(
        statement.order_by(Conversation.created_at.desc(), Conversation.id.desc()).limit(1)
    ).one_or_none()


def new_conversation(
    session: Session, *, door: str, channel: str, person_id: str | None, line: str, language: str, now: datetime
) -> Conversation:
    """Opens a conversation on a channel of the carrier. Its language is the operator's until more is known."""
    conversation = Conversation(
        id=new_id(), door=door, channel=channel, person_id=person_id, line=line, owner="bot", language=language,
        language_from="default", memory={}, options=[], created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(conversation)
    session.flush()
    return conversation


def opted_out(session: Session, line: str, pseudonym: str) -> bool:
    """Whether the person wants no texts from this number of ours."""
    mine = exists().where(OptOut.line == line, OptOut.pseudonym == pseudonym)
    return bool(session.scalar(select(mine)))


def opt_out(session: Session, line: str, pseudonym: str, *, word: str, told_by: str, now: datetime) -> None:
    """Remembers that the person wants no texts from this number."""
    if not opted_out(session, line, pseudonym):
        session.add(OptOut(line=line, pseudonym=pseudonym, word=word[:20], told_by=told_by, created_at=now))
        session.flush()


def opt_in(session: Session, line: str, pseudonym: str) -> None:
    """Forgets it: the person has said START."""
    found = session.get(OptOut, (line, pseudonym))
    if found is not None:
        session.delete(found)
        session.flush()
