"""One turn at a time for each conversation, across threads, processes and machines.

A turn is a lease in the conversation's row. Whoever holds it names itself when it commits; a holder that was
too slow and lost the lease cannot commit any more, so nothing is answered twice.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Collection, Container
from datetime import datetime, timedelta

import psutil
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.conversations.models import Conversation

LENGTH = timedelta(seconds=20)
"""Longer than the slowest turn (two attempts at the engine and the database's own patience). A turn that has to wait
among many has its lease renewed."""


def new_holder() -> str:
    """A name for one taker of turns: machine, process, and a part that no later process has."""
    return f"{socket.gethostname()[:24]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


def take(session: Session, conversation_id: str, holder: str, now: datetime) -> bool:
    """Takes the turn unless somebody else has it."""
    changed = session.execute(
        update(Conversation)
        .where(
            Conversation.id == conversation_id,
            or_(Conversation.turn_until.is_(None), Conversation.turn_until < now),
        )
        .values(turn_owner=holder, turn_until=now + LENGTH)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def extend(session: Session, conversation_id: str, holder: str, now: datetime) -> bool:
    """Keeps the turn for another message; false when it was lost."""
    return _set(session, conversation_id, holder, holder, now + LENGTH)


def keep(session: Session, holders: Collection[str], now: datetime) -> int:
    """Renews the leases of turns that are still being done and would end soon. Gives their number."""
    changed = session.execute(
        update(Conversation)
        .where(Conversation.turn_owner.in_(holders), Conversation.turn_until < now + LENGTH / 2)
        .values(turn_until=now + LENGTH)
        .execution_options(synchronize_session=False)
    )
    return int(changed.rowcount)  # type: ignore[attr-defined]


def release(session: Session, conversation_id: str, holder: str) -> bool:
    """Gives the turn back; false when it was lost meanwhile."""
    return _set(session, conversation_id, holder, None, None)


def _set(session: Session, conversation_id: str, holder: str, owner: str | None, until: datetime | None) -> bool:
    changed = session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.turn_owner == holder)
        .values(turn_owner=owner, turn_until=until)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def of_the_dead(session: Session, alive: Container[str]) -> list[tuple[str, str]]:
    """Turns of processes of this machine that are gone: conversation and holder.

    Machines are told apart by their host names, so each gateway in a container needs one of its own.

    Args:
        alive: the names that this process holds turns under; another name with its number is of a dead
            process whose number was given out again.
    """
    host = socket.gethostname()[:24]
    held = select(Conversation.id, Conversation.turn_owner).where(Conversation.turn_owner.startswith(f"{host}:"))
    found = []
    for conversation_id, owner in session.execute(held).all():
        if owner is None:
            continue
        machine, pid, _ = owner.rsplit(":", 2)
        gone = owner not in alive if int(pid) == os.getpid() else not psutil.pid_exists(int(pid))
        if machine == host and gone:
            found.append((conversation_id, owner))
    return found
