"""A floor for tests: staff, people who wait and are held, closed conversations, written straight into the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.conversations.carrier_models import Callback
from bot.conversations.models import Conversation, Message, Outbox, new_id
from bot.handoff.models import Handoff, Presence, Taking
from bot.service import Service


def conversation(
    session: Session,
    now: datetime,
    *,
    owner: str = "bot",
    door: str = "211",
    channel: str = "web",
    language: str = "en",
    holder: str | None = None,
    risk: int = 0,
    minutes: float = 5,
    said: Sequence[tuple[str, str]] = (("person", "I need a place for tonight"), ("bot", "Where are you?")),
) -> str:
    """A conversation that began some minutes ago."""
    began = now - timedelta(minutes=minutes)
    one = Conversation(
        id=new_id(), door=door, channel=channel, owner=owner, holder=holder, language=language, risk_level=risk,
        priority=100 * max(0, risk - 1), waiting_since=began if owner in ("waiting", "held") else None, memory={},
        options=[], created_at=began, updated_at=began, last_seq=len(said),
    )  # fmt: skip
    session.add(one)
    session.flush()
    for seq, (author, text) in enumerate(said, 1):
        session.add(
            Message(
                conversation_id=one.id, seq=seq, direction="in" if author == "person" else "out", author=author,
                channel=channel, text=text, language=language, payload={}, state="done",
                created_at=began + timedelta(seconds=seq),
            )
        )  # fmt: skip
    session.flush()
    return one.id


def handoff(
    session: Session,
    now: datetime,
    conversation_id: str | None,
    *,
    door: str = "211",
    channel: str = "web",
    language: str = "en",
    minutes: float = 5,
    waited: float | None = None,
    by: str | None = None,
    outcome: str | None = None,
    reason: str = "asked",
    risk: int = 0,
    **more: Any,
) -> Handoff:
    """A request for a person; `waited` seconds until `by` took it, with an outcome when it has ended."""
    asked = now - timedelta(minutes=minutes)
    claimed = asked + timedelta(seconds=waited) if waited is not None else None
    one = Handoff(
        conversation_id=conversation_id, door=door, channel=channel, language=language, reason=reason, risk_level=risk,
        kind="suicide" if risk >= 2 else None, priority=100 * max(0, risk - 1), asked_at=asked, claimed_at=claimed,
        claimed_by=by if outcome is None else None, ended_at=now if outcome else None, outcome=outcome, **more,
    )  # fmt: skip
    session.add(one)
    session.flush()
    if by is not None and claimed is not None:
        session.add(
            Taking(
                handoff_id=one.id, staff_id=by, how="claim", started_at=claimed, ended_at=now if outcome else None,
                ended_how="close" if outcome else None,
            )
        )  # fmt: skip
        session.flush()
    return one


def waiting(session: Session, now: datetime, **facts: Any) -> str:
    """Somebody who waits."""
    common = {name: facts[name] for name in ("door", "channel", "language", "risk", "minutes") if name in facts}
    id_ = conversation(session, now, owner="waiting", **common, **{k: facts[k] for k in ("said",) if k in facts})
    handoff(session, now, id_, **common, reason=facts.get("reason", "asked"))
    return id_


def held(session: Session, now: datetime, holder: str, **facts: Any) -> str:
    """A conversation that somebody holds."""
    common = {name: facts[name] for name in ("door", "channel", "language", "risk", "minutes") if name in facts}
    more = {name: facts[name] for name in ("said",) if name in facts}
    id_ = conversation(session, now, owner="held", holder=holder, **common, **more)
    handoff(
        session, now, id_, **common, waited=20, by=holder,
        **{name: facts[name] for name in ("raised_at", "raise_seen_at") if name in facts},
    )  # fmt: skip
    return id_


def closed(session: Session, now: datetime, by: str, **facts: Any) -> str:
    """A conversation that somebody closed."""
    common = {name: facts[name] for name in ("door", "channel", "language", "minutes") if name in facts}
    id_ = conversation(session, now, owner="closed", **common, **{k: facts[k] for k in ("said",) if k in facts})
    handoff(session, now, id_, **common, waited=facts.get("waited", 30), by=by, outcome="closed")
    return id_


def on_duty(session: Session, now: datetime, staff_id: str, status: str = "available") -> None:
    """Somebody whose console is connected."""
    session.merge(Presence(staff_id=staff_id, status=status, seen_at=now, since=now - timedelta(minutes=40)))
    session.flush()


def call_back(session: Session, service: Service, conversation_id: str, **facts: Any) -> str:
    """Somebody who left a number. Numbers of tests begin with 555."""
    number = facts.pop("number", "+14165550142")
    row = Callback(
        conversation_id=conversation_id, kind="callback", language="en", state="open",
        number=service.keys.sealed(number) if number else None, created_at=service.clock() - timedelta(minutes=50),
        **{"safe_hours": "evening", "may_leave_message": False, **facts},
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def dead_letter(session: Session, now: datetime, conversation_id: str, **facts: Any) -> None:
    """A text that failed."""
    message = Message(
        conversation_id=conversation_id, seq=90, direction="out", author="bot", channel="sms",
        text="planted words of a text", language="en", payload={}, state="said", created_at=now,
    )  # fmt: skip
    session.add(message)
    session.flush()
    session.add(
        Outbox(
            conversation_id=conversation_id, message_id=message.id, channel="sms", state="failed", seq=90,
            created_at=now, **{"error_code": 30003, "status": "undelivered", **facts},
        )
    )  # fmt: skip
    session.flush()
