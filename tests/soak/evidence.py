"""What is known after a soak: what people texted, what the database holds, what the carrier accepted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.conversations.identity import Keys
from bot.conversations.models import Conversation, Message, Outbox, Person
from tests.soak.sending import Texted


@dataclass(frozen=True, slots=True)
class Heard:
    """A text in the database. `conversation` and `seq` are its place, `done` says that its turn is."""

    id: str
    sid: str
    conversation: str
    person: str
    line: str
    seq: int
    done: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A reply in the database with its row in the outbox; `out` is that row's id, None when there is none.

    answers: the text that it answers. turn: the moment of the transaction that wrote it, one for each turn.
    """

    id: str
    answers: str | None
    conversation: str
    person: str
    line: str
    seq: int
    turn: float
    kind: str
    body: str
    out: str | None
    state: str | None
    sid: str | None
    priority: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """A text of ours at the carrier. `out` is our own id, which stands in the address of its status callbacks."""

    sid: str
    out: str
    to: str
    from_: str
    body: str
    at: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of it. `accepted` is in the order in which the carrier took them."""

    texted: Sequence[Texted]
    heard: Sequence[Heard]
    said: Sequence[Said]
    accepted: Sequence[Accepted]


def waiting(engine: Engine) -> tuple[int, int]:
    """Texts without their turn, and replies that the carrier has not taken yet."""
    with Session(engine) as session:
        unanswered = select(func.count()).select_from(Message).where(Message.state == "received")
        unsent = select(func.count()).select_from(Outbox).where(Outbox.state.in_(("ready", "sending")))
        return session.scalar(unanswered) or 0, session.scalar(unsent) or 0


def stored(engine: Engine, keys: Keys) -> tuple[list[Heard], list[Said]]:
    """Everything that was said by text, from the database."""
    with Session(engine) as session:
        people = {
            one.id: keys.opened(one.address) for one in session.scalars(select(Person)) if one.address is not None
        }
        owners = {
            id_: (people.get(person or "", "?"), line or "?")
            for id_, person, line in session.execute(select(Conversation.id, Conversation.person_id, Conversation.line))
        }
        heard: list[Heard] = []
        said: list[Said] = []
        rows = session.execute(
            select(Message, Outbox)
            .outerjoin(Outbox, Outbox.message_id == Message.id)
            .where(Message.channel == "sms")
            .order_by(Message.conversation_id, Message.seq)
            .execution_options(yield_per=1_000)
        )
        for one, row in rows:
            person, line = owners[one.conversation_id]
            if one.direction == "in":
                sid, done = one.channel_id or "", one.state == "done"
                heard.append(Heard(one.id, sid, one.conversation_id, person, line, one.seq, done))
                continue
            said.append(
                Said(
                    one.id, one.answers, one.conversation_id, person, line, one.seq, one.created_at.timestamp(),
                    one.kind, one.text, row.id if row else None, row.state if row else None, row.sid if row else None,
                    row.priority if row else 0,
                )
            )  # fmt: skip
        return heard, said


def accepted(state: Mapping[str, Any]) -> list[Accepted]:
    """From what the fake carrier tells of itself at /fake/state."""
    return [
        Accepted(one["sid"], _out(one["callback"]), one["to"], one["from"], one["body"], one["created"])
        for one in _outgoing(state["messages"])
    ]


def _outgoing(messages: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    return (one for one in messages if one["direction"] != "inbound")


def _out(callback: str | None) -> str:
    return parse_qs(urlsplit(callback or "").query).get("out", [""])[0]
