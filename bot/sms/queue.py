"""Claiming what is to be sent next.

A text is claimed by writing "sending" before the carrier is asked, so a process that dies leaves a trace. `next_at`
tells more than its name:

- "ready": since when the text waits for its turn, or when it is tried again;
- "sending" and after: when the claim ends, which is `LEASE` after it was made. A claim that ran out belongs to a dead
  process; and the claims of the last second are what the pace of a number is counted by, in all processes together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, or_, select, text, update
from sqlalchemy.orm import Session

from bot.carrier.addresses import CHANNELS, WITH_A_WINDOW
from bot.carrier.numbers import Numbers
from bot.conversations.carrier_models import OptOut
from bot.conversations.models import Conversation, Message, Outbox, Person
from bot.conversations.ownership import DANGER
from bot.sms import order, outcome
from bot.words import FAREWELL

WINDOW = timedelta(hours=24)
"""Messengers let us answer this long after the person's last message (error 63016 otherwise)."""
RESERVED = 8
"""Of the requests that may be under way at once, so many are kept free for people in danger."""
_LOCK = 2_118_212
"""PostgreSQL's advisory lock: processes claim one after the other."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed text.

    `lookup`: an earlier attempt may have reached the carrier, which is to be asked first; `silent`: it was not answered
    at all, so that the carrier is to be asked twice. `held`: the person has opted out since, so it is not to be sent if
    it was not.
    """

    id: str
    conversation_id: str
    attempt: int
    channel: str
    line: str
    sealed: bytes
    body: str
    priority: int
    created_at: datetime
    lookup: bool = False
    held: bool = False
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a round brought. `wait`: seconds until another is worth its while; None when nothing is known to come."""

    parcels: tuple[Parcel, ...]
    wait: float | None


def strangers(session: Session) -> Sequence[str]:
    """Texts that were written without what delivery needs."""
    new = select(Outbox.id).where(Outbox.state == "ready", Outbox.next_at.is_(None), Outbox.channel.in_(CHANNELS))
    return session.scalars(new.limit(500)).all()


def adopt(session: Session, ids: Sequence[str]) -> None:
    """Gives them the line, person and number of their conversation and message, and a time to be sent at."""
    here = select(Conversation).where(Conversation.id == Outbox.conversation_id).correlate(Outbox)
    said = select(Message).where(Message.id == Outbox.message_id).correlate(Outbox)
    crisis = said.with_only_columns(Message.kind).scalar_subquery() == "crisis"
    line = here.with_only_columns(Conversation.line).scalar_subquery()
    person = here.with_only_columns(Conversation.person_id).scalar_subquery()
    seq = said.with_only_columns(Message.seq).scalar_subquery()
    session.execute(
        update(Outbox)
        .where(Outbox.id.in_(ids), Outbox.state == "ready", Outbox.next_at.is_(None))
        .values(
            line=func.coalesce(Outbox.line, line),
            person_id=func.coalesce(Outbox.person_id, person),
            seq=case((Outbox.seq > 0, Outbox.seq), else_=seq),
            priority=case((Outbox.priority > 0, Outbox.priority), (crisis, DANGER), else_=0),
            next_at=Outbox.created_at,
        )
        .execution_options(synchronize_session=False)
    )


def claim(session: Session, numbers: Numbers, now: datetime, room: int, probe: bool = False) -> Claimed:
    """Claims texts to be sent now; what cannot be sent at all is put aside with its reason.

    Args:
        room: how many requests may be begun.
        probe: the carrier seems to be away: one text, to see.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    parcels = _left_behind(session, now, 1 if probe else room)
    room -= len(parcels)
    heads: list[tuple[int, Outbox]] = []
    pace: list[float] = []
    for line in order.lines_with_work(session, now):
        ours = numbers.of(line) if line is not None else None
        free = order.allowance(session, ours, now) if ours and ours.sms else room
        heads += order.heads(session, line, now, min(free, room))
        if ours and free <= 0:
            pace.append(1 / ours.per_second)
    heads.sort(key=lambda head: (-head[0], head[1].next_at or now, head[1].created_at, head[1].seq))
    done = bool(parcels)
    known = _Known.of(session, [row for _, row in heads])
    served: set[str] = set()
    chosen: list[Outbox] = []
    for urgency, row in heads:
        if room <= (0 if urgency else RESERVED) or (probe and (parcels or chosen)) or row.conversation_id in served:
            continue
        done = True
        served.add(row.conversation_id)
        if _may_go(session, row, known, numbers, now):
            chosen.append(row)
            room -= 1
    claimed = _claim_all(session, chosen, now)
    parcels += [known.parcel(row) for row in chosen if row.id in claimed]
    if done:
        return Claimed(tuple(parcels), 0.0)
    return Claimed((), min(1.0, max(0.02, min(pace))) if pace else None)


@dataclass(frozen=True, slots=True)
class _Known:
    """What has to be known of texts before they are sent, read for all of them at once."""

    people: Mapping[str, Person]
    messages: Mapping[str, Message]
    opted_out: Set[tuple[str, str]]
    """Number of ours and pseudonym."""

    @classmethod
    def of(cls, session: Session, rows: Sequence[Outbox]) -> _Known:
        if not rows:
            return cls({}, {}, frozenset())
        wanted = select(Person).where(Person.id.in_({row.person_id for row in rows if row.person_id}))
        people = {one.id: one for one in session.scalars(wanted)}
        said = select(Message).where(Message.id.in_({row.message_id for row in rows}))
        out = select(OptOut.line, OptOut.pseudonym).where(
            OptOut.pseudonym.in_({one.pseudonym for one in people.values()})
        )
        return cls(
            people,
            {one.id: one for one in session.scalars(said)},
            frozenset((line, pseudonym) for line, pseudonym in session.execute(out)),
        )

    def person(self, row: Outbox) -> Person | None:
        return self.people.get(row.person_id) if row.person_id else None

    def unwelcome(self, row: Outbox, line: str, person: Person) -> bool:
        """Whether the person wants no texts from this number; the one that tells them so is still theirs."""
        return self.messages[row.message_id].kind != FAREWELL and (line, person.pseudonym) in self.opted_out

    def parcel(self, row: Outbox, *, lookup: bool = False, held: bool = False) -> Parcel:
        """The row as it stood before the claim, which has made one attempt more of it.

        Its person has an address: who has none was put aside.
        """
        return Parcel(
            row.id, row.conversation_id, row.attempts + 1, row.channel, row.line or "",
            self.people[str(row.person_id)].address or b"", self.messages[row.message_id].text, row.priority,
            row.created_at, lookup, held, lookup and row.status == outcome.SILENT,
        )  # fmt: skip


def _left_behind(session: Session, now: datetime, room: int) -> list[Parcel]:
    """Texts whose claim has run out: nobody knows whether the carrier has them."""
    rows = session.scalars(
        select(Outbox)
        .where(Outbox.state == "sending", Outbox.next_at <= now, Outbox.channel.in_(CHANNELS))
        .order_by(Outbox.priority.desc(), Outbox.next_at)
        .limit(max(0, room))
    ).all()
    known = _Known.of(session, rows)
    chosen: list[Outbox] = []
    for row in rows:
        person = known.person(row)
        if row.message_id not in known.messages or person is None or person.address is None or row.line is None:
            outcome.give_up(session, row, "no-address", now)
        else:
            chosen.append(row)
    claimed = _claim_all(session, chosen, now)
    return [
        known.parcel(row, lookup=True, held=known.unwelcome(row, str(row.line), known.people[str(row.person_id)]))
        for row in chosen
        if row.id in claimed
    ]


def _may_go(session: Session, row: Outbox, known: _Known, numbers: Numbers, now: datetime) -> bool:
    """Whether a text can be sent; where not, it is put aside with the reason."""
    person, message = known.person(row), known.messages.get(row.message_id)
    ours = numbers.of(row.line) if row.line is not None else None
    if ours is None or not ours.sms:
        outcome.give_up(session, row, "no-number", now)
    elif person is None or person.address is None:
        outcome.give_up(session, row, "no-address", now)
    elif message is None or not message.text.strip():
        outcome.give_up(session, row, "no-words", now)
    elif known.unwelcome(row, ours.number, person):
        outcome.hold(session, row, now)
    elif row.channel in WITH_A_WINDOW and not _window_open(session, person.id, ours.number, now):
        outcome.give_up(session, row, "window", now, code=63016)
    else:
        return True
    return False


def _claim_all(session: Session, rows: Sequence[Outbox], now: datetime) -> Set[str]:
    """Writes the claims and gives the ids of those that hold: not of a row that somebody changed since it was read.

    What else their conversations have to say waits behind the others.
    """
    if not rows:
        return frozenset()
    as_read = [and_(Outbox.id == row.id, Outbox.state == row.state, Outbox.attempts == row.attempts) for row in rows]
    claimed = session.scalars(
        update(Outbox)
        .where(or_(*as_read))
        .values(state="sending", attempts=Outbox.attempts + 1, next_at=now + order.LEASE)
        .returning(Outbox.id)
        .execution_options(synchronize_session=False)
    ).all()
    first_time = {row.conversation_id for row in rows if row.state == "ready" and row.id in claimed}
    if first_time:
        session.execute(
            update(Outbox)
            .where(Outbox.conversation_id.in_(first_time), Outbox.state == "ready", Outbox.next_at < now)
            .values(next_at=now)
            .execution_options(synchronize_session=False)
        )
    return frozenset(claimed)


def _window_open(session: Session, person_id: str, line: str, now: datetime) -> bool:
    """Whether the person wrote to this line within the last day."""
    last = session.scalar(
        select(func.max(Message.created_at))
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.person_id == person_id, Conversation.line == line, Message.direction == "in")
    )
    return last is not None and now - last < WINDOW
