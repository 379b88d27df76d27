"""What doors pass on by themselves: a case to a service, a form to a program, a name to an agency at a table.

They ask and check for themselves, each in its own way. Here it is put on record like all else that partners are told:
to whom, for what, which fields, on which ground, until when.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.conversations.models import new_id
from bot.doors.door import Door
from bot.sharing import checking
from bot.sharing.models import Disclosure
from bot.sharing.rule import rule_in_force
from bot.staff.record import record

Kind = Literal["door", "listing", "agency"]
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Passed:
    """One time that something was passed on."""

    recipient: str
    purpose: str
    fields: tuple[str, ...]
    ground: str
    ends_at: datetime


def recipient_of(kind: Kind, *names: str) -> str:
    """How a recipient that is no line of the directory is written down: "agency:rmt-sudbury:housing"."""
    return ":".join((kind, *names))[:LONGEST]


def answered(questions: Iterable[str]) -> tuple[str, ...]:
    """Answers at a door as fields of a disclosure."""
    return tuple(f"answer:{one}" for one in questions)


def pass_on(
    session: Session,
    passed: Passed,
    *,
    conversation: str | None,
    door: str,
    by: str,
    consent: str | None = None,
    now: datetime,
) -> None:
    """Writes it down in the caller's transaction. Nothing is written where no field is passed on.

    Args:
        by: id of the account, or "system" where the person sent it themselves.
        consent: the row of their yes, where that is the ground.
    """
    if not passed.fields:
        return
    rule = rule_in_force()
    row = Disclosure(
        id=new_id(), conversation_id=conversation, door=door, recipient=passed.recipient, purpose=passed.purpose,
        fields=list(passed.fields), ground=passed.ground, ends_at=passed.ends_at, by=by, rule_version=rule.version,
        consent_id=consent, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    record(
        session, by, "passed_on", conversation=conversation, door=door, at=now, disclosure=row.id,
        to=passed.recipient, purpose=passed.purpose, fields=list(passed.fields), ground=passed.ground,
    )  # fmt: skip


def taken_back(session: Session, conversation: str, recipient: str, now: datetime) -> None:
    """The person takes it back before anybody has looked at it."""
    session.execute(
        update(Disclosure)
        .where(
            Disclosure.conversation_id == conversation,
            Disclosure.recipient == recipient,
            Disclosure.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
        .execution_options(synchronize_session=False)
    )


def kept_from(session: Session, conversation: str | None, door: Door) -> Collection[str]:
    """The agencies of a door's table that must not know, because the person has excluded their kind at the desk."""
    if conversation is None or door.table is None:
        return frozenset()
    kinds = {one.kind for one in checking.exclusions(session, conversation) if one.kind}
    return frozenset(agency for agency, kind in door.table.kinds.items() if kind in kinds)
