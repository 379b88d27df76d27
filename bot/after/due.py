"""What is due after conversations: follow-ups are asked, those that nobody answered end, calls back are announced.

As in `bot.handoff.due`: a reader looks, then each row is changed with its old state in the condition, in one
transaction with what is said. So several gateways may all do it, each thing is done once, and a restart loses nothing.
All block.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.after import store
from bot.after.models import FollowUp
from bot.after.offer import allowed
from bot.after.wording import check_piece
from bot.bus import DESK
from bot.carrier.addresses import CHANNELS as TEXTING
from bot.clock import TORONTO
from bot.conversations import people
from bot.conversations.carrier_models import Callback
from bot.conversations.models import Conversation, Person
from bot.conversations.saying import say
from bot.doors.loading import door_named
from bot.handoff import callbacks
from bot.service import Service
from bot.sms.wording import texts

log = structlog.get_logger(__name__)
PATIENCE = timedelta(days=7)
"""How long an answer to a follow-up is waited for; after that it is unknown what became of the needs."""
AGREEING = timedelta(days=1)
"""How long the questions about how and when may stay open."""
AT_ONCE = 100
"""Rows of one look; the next look is seconds away."""


def ask_due(service: Service) -> int:
    """Asks those whose day has come, by text or on their page. Calls are made by staff, from the worklist."""
    now = service.clock()
    statement = (
        select(FollowUp.id)
        .where(FollowUp.state == "planned", FollowUp.channel.in_(("sms", "web")), FollowUp.due_at <= now)
        .order_by(FollowUp.due_at)
        .limit(AT_ONCE)
    )
    with Session(service.ledger.reader) as session:
        due = list(session.scalars(statement))
    return sum(_asked(service, one, now) for one in due)


def _asked(service: Service, follow_up: str, now: datetime) -> bool:
    with service.ledger.writing() as session:
        row = session.get(FollowUp, follow_up, populate_existing=True)
        home = session.get(Conversation, row.conversation_id, populate_existing=True) if row else None
        if row is None or home is None or row.state != "planned":
            return False
        if not allowed(door_named(row.door), home.risk_level):
            return _cancelled(session, follow_up, "danger", now)
        if row.channel == "sms" and (later := _safe_again(row, now)) is not None:
            _change(session, follow_up, due_at=later)
            return False
        where = _where(service, session, row, home, now)
        if where is None:
            log.info("follow-up not possible", follow_up=follow_up)
            return (
                _change(session, follow_up, state="cancelled", reason="opted_out", number=None, done_at=now) and False
            )
        if where.owner in ("waiting", "held"):
            return False  # people talk there; it is asked when they have ended
        if not _change(session, follow_up, state="asked", asked_at=now):
            return False  # another gateway was quicker
        _said(service, session, row, where, now)
        told = where.id
    service.heard_of(told, desk=False)
    log.info("follow-up asked", follow_up=follow_up, conversation=told)
    return True


def _change(session: Session, follow_up: str, **values: object) -> bool:
    changed = session.execute(
        update(FollowUp)
        .where(FollowUp.id == follow_up, FollowUp.state == "planned")
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def _cancelled(session: Session, follow_up: str, why: str, now: datetime) -> bool:
    _change(session, follow_up, state="cancelled", reason=why, number=None, done_at=now, done_by="system")
    return False


def _safe_again(row: FollowUp, now: datetime) -> datetime | None:
    """When it is safe to text, if it is not now: after a night without a gateway nobody is woken."""
    hours = None if row.safe_hours == "any" else row.safe_hours
    here = now.astimezone(TORONTO)
    opens, closes = callbacks.HOURS.get(hours or "", callbacks.POLITE)
    if opens <= here.time() < closes:
        return None
    return callbacks.safe_from(hours, now)


def _where(service: Service, session: Session, row: FollowUp, home: Conversation, now: datetime) -> Conversation | None:
    """The conversation in which it is asked; None when the person cannot be reached by text any more."""
    if row.channel == "web":
        return home
    if row.number is None:
        return None
    number = service.keys.opened(row.number)
    line = _line(service, home, row.door)
    if line is None or people.opted_out(session, line, service.keys.pseudonym("sms", number)):
        return None
    if home.channel in TEXTING and home.person_id and home.line == line:
        person = session.get(Person, home.person_id)
        if person is not None and person.address and service.keys.opened(person.address) == number:
            return home
    person = people.person_for(session, service.keys, "sms", number, now)
    before = people.last_conversation(session, person.id, line)
    if before is not None and before.owner in ("waiting", "held"):
        return before
    return people.new_conversation(
        session, door=row.door, channel="sms", person_id=person.id, line=line, language=row.language, now=now
    )


def _line(service: Service, home: Conversation, door: str) -> str | None:
    """Our number to text from: the one that they know, else one of the door, else any."""
    if home.channel in TEXTING and home.line:
        return home.line
    able = [one for one in service.numbers.by_address.values() if one.texts]
    able.sort(key=lambda one: (one.door != door, one.number))
    return able[0].number if able else None


def _said(service: Service, session: Session, row: FollowUp, where: Conversation, now: datetime) -> None:
    piece = check_piece(row.door, row.id, [str(code) for code in row.needs])
    replies = service.words.replies([piece], row.language, service.directory.find(now), now)
    if where.channel in TEXTING:
        ours = service.numbers.of(where.line) if where.line else None
        replies = texts(replies, service.words.catalogue.say, row.language, ours.kind if ours else "long")
    say(session, where.id, where.channel, list(replies), None, now)
    options = [dict(option) for reply in replies for option in reply.options]
    session.execute(
        update(Conversation)
        .where(Conversation.id == where.id)
        # The answer is to come back here, in the language that they chose.
        .values(options=options, updated_at=now, language=row.language, language_from="chosen")
        .execution_options(synchronize_session=False)
    )


def end_unanswered(service: Service) -> int:
    """Ends follow-ups that nobody answered, as unknown, and forgets those that were never agreed to whole."""
    now = service.clock()
    silent = select(FollowUp.id).where(FollowUp.state == "asked", FollowUp.asked_at <= now - PATIENCE).limit(AT_ONCE)
    begun = select(FollowUp.id).where(FollowUp.state == "agreeing", FollowUp.created_at <= now - AGREEING)
    with Session(service.ledger.reader) as session:
        over, open_ = list(session.scalars(silent)), list(session.scalars(begun.limit(AT_ONCE)))
    done = 0
    for one in over:
        with service.ledger.writing() as session:
            done += store.finish(session, one, "system", now)
    for one in open_:
        with service.ledger.writing() as session:
            changed = session.execute(
                update(FollowUp)
                .where(FollowUp.id == one, FollowUp.state == "agreeing")
                .values(state="cancelled", reason="unfinished", number=None, done_at=now, done_by="system")
                .execution_options(synchronize_session=False)
            )
            done += changed.rowcount  # type: ignore[attr-defined]
    return done


def announce_calls(service: Service) -> int:
    """Tells the consoles of a call back that has become due: once, and once more after each try."""
    now = service.clock()
    with Session(service.ledger.reader) as session:
        due = [one for one in callbacks.worklist(session, now) if one.due]
    told = 0
    for one in due:
        with service.ledger.writing() as session:
            changed = session.execute(
                update(Callback)
                .where(
                    Callback.id == one.id, Callback.state == "open",
                    or_(Callback.rung_at.is_(None), Callback.rung_at < Callback.tried_at),
                )
                .values(rung_at=now)
                .execution_options(synchronize_session=False)
            )  # fmt: skip
        if changed.rowcount == 1:  # type: ignore[attr-defined]
            service.bus.ring(DESK, "callback", conversation=one.conversation, callback=one.id)
            told += 1
    return told
