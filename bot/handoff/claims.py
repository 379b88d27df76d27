"""Taking, holding and letting go of a conversation. Each function is one transaction, and blocks: call it in a thread.

All say what came of it: `Claimed` or `Done`, or `Refused` with a reason that the console words. Rights are checked
before, by the route; the door, the holder and the capacity here, where the change is made. `also` writes what belongs
to the change in the same transaction (an outcome, the row of a transfer to a partner).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import answers
from bot.bus import DESK
from bot.conversations import ownership
from bot.conversations.models import Conversation, Message
from bot.handoff import book, presence
from bot.handoff.people import Taker, account, first_name, serves
from bot.handoff.saying import tell
from bot.safety.levels import Level
from bot.service import Service
from bot.staff.record import record
from bot.waiting import wording
from directory_client.lines import lines

Also = Callable[[Session], None]
Reason = Literal[
    "taken",  # another holds it: by
    "full",  # they hold as many as they may: by, when it is a colleague
    "not_waiting",  # it is with the bot, closed, or gone
    "not_your_door",
    "not_yours",  # another holds it (by), or nobody
    "unseen",  # the person has written something that the page did not show yet
    "away",  # the colleague is not on duty
    "no_phone",  # a caller waits, and the telephone of whoever claimed could not be rung
]
IN_DANGER = 1
"""So many more than their capacity may somebody take when a person is in danger: a full desk must not keep them
waiting."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """It is yours. `fresh` is false when it was already."""

    conversation: str
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class Done:
    """It was done. `to` is the name of the colleague who has it now."""

    conversation: str
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """It was not done, and why. `by` is the name of whoever it is about, `by_id` their account."""

    reason: Reason
    by: str | None = None
    by_id: str | None = None


@dataclass(frozen=True, slots=True)
class To:
    """Where a conversation is handed to: a colleague, or whoever has a skill or speaks a language."""

    staff: str | None = None
    skill: str | None = None
    language: str | None = None

    @property
    def wanted(self) -> str | None:
        """The skill as a handoff keeps it."""
        return f"language:{self.language}" if self.language else self.skill


def claim(service: Service, conversation: str, member: Taker, *, also: Also | None = None) -> Claimed | Refused:
    """Takes somebody who waits. Of two who press at once one gets it, and the other is told who."""
    now = service.clock()
    with service.ledger.writing() as session:
        presence.locked(session, member.id, now, status="available").seen_at = now
        found = _now(session, conversation)
        if found is None or not member.at(found.door):
            return Refused("not_your_door" if found else "not_waiting")
        if found.owner == "held":
            return Claimed(conversation, fresh=False) if found.holder == member.id else _taken(session, found)
        handoff = book.open_handoff(session, conversation)
        danger = max(found.risk_level, handoff.risk_level if handoff else 0) >= Level.HIGH
        if holding(session, member.id) >= member.capacity + (IN_DANGER if danger else 0):
            return Refused("full")
        if not ownership.claim(session, conversation, member.id, now):
            found = _now(session, conversation)
            held = found is not None and found.owner == "held"
            return _taken(session, found) if found and held else Refused("not_waiting")
        tell(service, session, conversation, wording.claimed_pieces(member.name), now)
        _record(session, member.id, "claimed", found, now, also)
    _ring(service, conversation, "claimed", by=member.id)
    return Claimed(conversation)


def release(service: Service, conversation: str, member: Taker, *, also: Also | None = None) -> Done | Refused:
    """Lets go of it: the person waits again, with the time and the priority that they had, and is told."""
    now = service.clock()
    with service.ledger.writing() as session:
        found = _held_by(session, conversation, member.id)
        if isinstance(found, Refused):
            return found
        ownership.release(session, conversation, member.id, now)
        tell(service, session, conversation, wording.released_pieces(), now)
        _record(session, member.id, "released", found, now, also)
    _ring(service, conversation, "released", by=member.id)
    return Done(conversation)


def give_back(
    service: Service, conversation: str, member: Taker, *, seen: int | None = None, also: Also | None = None
) -> Done | Refused:
    """Gives it back to the bot, which answers what the person writes from now on and nothing from before.

    Args:
        seen: the number of the last message that the page showed; refused when the person has written since.
    """
    now = service.clock()
    with service.ledger.writing() as session:
        found = _held_by(session, conversation, member.id, seen)
        if isinstance(found, Refused):
            return found
        ownership.give_back(session, conversation, member.id, now)
        tell(service, session, conversation, wording.returned_pieces(), now)
        _record(session, member.id, "returned", found, now, also)
    _ring(service, conversation, "returned", by=member.id)
    return Done(conversation)


def close(
    service: Service,
    conversation: str,
    member: Taker,
    *,
    seen: int | None = None,
    farewell: bool = True,
    outcome: str = "closed",
    also: Also | None = None,
) -> Done | Refused:
    """Ends it. What the person writes later opens it again, with the bot.

    Args:
        seen: as in `give_back`.
        farewell: whether the person is told; not on a telephone that somebody watches.
        outcome: "closed", or "partner" when a partner line has them now.
        also: writes the outcome.
    """
    now = service.clock()
    with service.ledger.writing() as session:
        found = _held_by(session, conversation, member.id, seen)
        if isinstance(found, Refused):
            return found
        if farewell:
            tell(service, session, conversation, wording.closed_pieces(), now)
        ownership.close(session, conversation, member.id, now, outcome=outcome)
        _record(session, member.id, "closed", found, now, also)
    _ring(service, conversation, "closed", by=member.id)
    return Done(conversation)


def transfer(service: Service, conversation: str, member: Taker, to: To, *, also: Also | None = None) -> Done | Refused:
    """Hands it to a colleague who is on duty and has room, or back to the queue for whoever has a skill.

    A colleague has it at once: the bot stays silent in between. In the queue the person keeps their place, and the bot
    helps meanwhile.
    """
    return _handed(service, conversation, member.id, to, how="transfer", by=member, also=also)


def reassign(
    service: Service, conversation: str, supervisor: Taker, to: To, *, also: Also | None = None
) -> Done | Refused:
    """The same by a supervisor, whoever holds it; and from the queue to a colleague, whatever their capacity."""
    return _handed(service, conversation, None, to, how="reassign", by=supervisor, also=also)


def take_over(service: Service, conversation: str, supervisor: Taker, *, also: Also | None = None) -> Done | Refused:
    """A supervisor takes it from whoever holds it; capacity does not matter then."""
    return _handed(service, conversation, None, To(staff=supervisor.id), how="takeover", by=supervisor, also=also)


def join(service: Service, conversation: str, supervisor: Taker, *, also: Also | None = None) -> Done | Refused:
    """A supervisor may write beside the holder, who keeps it."""
    now = service.clock()
    with service.ledger.writing() as session:
        found = _now(session, conversation)
        if found is None or found.owner != "held":
            return Refused("not_waiting")
        if not supervisor.at(found.door):
            return Refused("not_your_door")
        if book.joined(session, conversation, supervisor.id, now):
            tell(service, session, conversation, wording.joined_pieces(supervisor.name), now)
        _record(session, supervisor.id, "joined", found, now, also)
    _ring(service, conversation, "joined", by=supervisor.id)
    return Done(conversation)


def partner(
    service: Service, conversation: str, member: Taker, line: str, *, also: Also | None = None
) -> Done | Refused:
    """Tells the person which partner line is for them, as part of a warm transfer. They stay with the specialist until
    the line has them: then it is closed with the outcome "partner".

    Args:
        line: id of a line of the directory. Its number is that of the record, never one that was typed.
        also: writes the row of the transfer with the fields that the person agreed to share.

    Raises:
        KeyError: for an unknown line.
    """
    known = lines()[line]
    now = service.clock()
    with service.ledger.writing() as session:
        found = _held_by(session, conversation, member.id)
        if isinstance(found, Refused):
            return found
        said = answers.say("handoff_partner", name={"line_name": known.id}, phone={"line": known.id})
        tell(service, session, conversation, [said], now)
        _record(session, member.id, "partner", found, now, also, line=known.id)
    _ring(service, conversation, "partner", by=member.id)
    return Done(conversation)


def leave(service: Service, conversation: str) -> bool:
    """The person does not want to wait any longer. False when they do not wait."""
    now = service.clock()
    with service.ledger.writing() as session:
        if not ownership.stop_waiting(session, conversation, "left", now, actor="person"):
            return False
        tell(service, session, conversation, wording.left_pieces(), now)
    _ring(service, conversation, "left")
    return True


# -- for those who write in a conversation


def writer(session: Session, conversation: str, staff_id: str) -> Conversation | None:
    """The conversation, its row locked, when this member of staff may write in it now: they hold it or have joined.

    What is written in the same transaction cannot come after it was taken from them.
    """
    found = _now(session, conversation, lock=True)
    if found is None or found.owner != "held":
        return None
    if found.holder == staff_id:
        return found
    handoff = book.open_handoff(session, conversation)
    return found if handoff is not None and book.beside(session, handoff.id, staff_id) else None


def answered(session: Session, conversation: str, now: datetime) -> None:
    """A specialist has written to the person: when first, and that they have seen a danger that rose."""
    handoff = book.open_handoff(session, conversation)
    if handoff is not None:
        handoff.first_answer_at = handoff.first_answer_at or now
        if handoff.raised_at is not None:
            handoff.raise_seen_at = handoff.raise_seen_at or now
        session.flush()


def danger_seen(service: Service, conversation: str, member: Taker) -> bool:
    """The holder, or a supervisor who has joined, says that they have seen the danger that rose."""
    now = service.clock()
    with service.ledger.writing() as session:
        found = writer(session, conversation, member.id)
        handoff = book.open_handoff(session, conversation)
        if found is None or handoff is None or handoff.raised_at is None or handoff.raise_seen_at is not None:
            return False
        handoff.raise_seen_at = now
        _record(session, member.id, "danger_seen", found, now, None)
    _ring(service, conversation, "seen", by=member.id)
    return True


def holding(session: Session, staff_id: str) -> int:
    """How many conversations somebody holds."""
    mine = select(func.count()).where(Conversation.owner == "held", Conversation.holder == staff_id)
    return int(session.scalar(mine) or 0)


# --


def _handed(
    service: Service,
    conversation: str,
    holder: str | None,
    to: To,
    *,
    how: Literal["transfer", "takeover", "reassign"],
    by: Taker,
    also: Also | None,
) -> Done | Refused:
    now = service.clock()
    name: str | None = None
    with service.ledger.writing() as session:
        if to.staff is not None:  # before the conversation, as in `claim`: two locks in one order
            presence.locked(session, to.staff, now)
        found = _now(session, conversation, lock=True) if holder is None else _held_by(session, conversation, holder)
        if isinstance(found, Refused):
            return found
        if found is None or found.owner not in ("held", "waiting"):
            return Refused("not_waiting")
        if holder is None and not by.at(found.door):
            return Refused("not_your_door")
        if to.staff is None:
            if found.owner == "waiting":
                book.freed(session, conversation, how, now, skill=to.wanted)
            else:
                ownership.release(session, conversation, str(found.holder), now, how="transfer", skill=to.wanted)
                tell(service, session, conversation, wording.transferred_pieces(), now)
        else:
            refused = _unfit(session, to.staff, found.door, now, room=how == "transfer", self_=to.staff == by.id)
            if refused is not None:
                return refused
            name = first_name(session, to.staff)
            if found.owner == "waiting":
                changed = ownership.claim(session, conversation, to.staff, now)
            elif found.holder == to.staff:
                return Done(conversation, name)
            else:
                holder = str(found.holder)
                changed = ownership.hand_over(session, conversation, holder, to.staff, now, how=how, by=by.id)
            if not changed:
                return Refused("not_waiting")
            tell(service, session, conversation, wording.claimed_pieces(name), now)
        _record(session, by.id, how, found, now, also, to=to.staff or to.wanted)
    _ring(service, conversation, how, by=by.id, to=to.staff)
    return Done(conversation, name)


def _unfit(session: Session, staff_id: str, door: str, now: datetime, *, room: bool, self_: bool) -> Refused | None:
    """Why a colleague cannot be given a conversation of this door."""
    row = presence.locked(session, staff_id, now)
    if self_:
        row.seen_at = now
        return None
    colleague = account(session, staff_id)
    if colleague is None or not serves(colleague, door):
        return Refused("not_your_door", colleague.name if colleague else None, staff_id)
    if row.status not in ("available", "busy") or row.seen_at < now - presence.GONE:
        return Refused("away", colleague.name, staff_id)
    if room and holding(session, staff_id) >= colleague.capacity:
        return Refused("full", colleague.name, staff_id)
    return None


def _now(session: Session, conversation: str, *, lock: bool = False) -> Conversation | None:
    statement = select(Conversation).where(Conversation.id == conversation)
    if lock:
        statement = statement.with_for_update()
    return session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()


def _held_by(session: Session, conversation: str, staff_id: str, seen: int | None = None) -> Conversation | Refused:
    """The conversation, locked, when this member holds it and nothing new came in."""
    found = _now(session, conversation, lock=True)
    if found is None or found.owner != "held":
        return Refused("not_yours")
    if found.holder != staff_id:
        return Refused("not_yours", first_name(session, found.holder), found.holder)
    if seen is not None:
        last = session.scalar(
            select(func.max(Message.seq)).where(Message.conversation_id == conversation, Message.direction == "in")
        )
        if (last or 0) > seen:
            return Refused("unseen")
    return found


def _taken(session: Session, found: Conversation) -> Refused:
    return Refused("taken", first_name(session, found.holder), found.holder)


def _record(
    session: Session,
    actor: str,
    action: str,
    found: Conversation,
    now: datetime,
    also: Also | None,
    **codes: str | None,
) -> None:
    """The row of the record, and what the caller writes with it."""
    known = {name: value for name, value in codes.items() if value}
    record(session, actor, action, conversation=found.id, door=found.door, at=now, **known)
    if also is not None:
        also(session)


def _ring(service: Service, conversation: str, how: str, **who: str | None) -> None:
    service.heard_of(conversation)
    known = {name: value for name, value in who.items() if value}
    service.bus.ring(DESK, "handoff", conversation=conversation, how=how, **known)
