"""What a table does with a situation: agencies speak, the decision is recorded, those ticked accept, it ends.

Every change is one statement with the old state in its condition, and a row of the record in the same transaction.
People decide; nothing here counts points of a person.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.conversations.identity import Keys
from bot.doors.door import Door
from bot.doors.tables import Table
from bot.sharing.passing import Passed, pass_on, recipient_of
from bot.staff.record import record
from bot.staff.sessions import Member
from bot.tables.models import Involved, Situation, Voice

SKILL = "agency_"


class NotNow(ValueError):
    """It cannot be done (any more). `code` names the sentence: tables_bad_<code>."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def agency_of(member: Member, table: Table) -> str | None:
    """The agency that a member speaks for, by their skill `agency_<id>`; None for somebody of no agency here."""
    found = (skill.removeprefix(SKILL) for skill in member.skills if skill.startswith(SKILL))
    return next((one for one in found if one in table.agencies), None)


def seen_by(situation: Situation, agency: str) -> bool:
    """Whether an agency may know of a situation: not when the person has excluded it."""
    return agency not in situation.excluded


def voices(session: Session, situation: str) -> dict[str, bool]:
    """What each agency has said of the threshold so far."""
    rows = session.scalars(select(Voice).where(Voice.situation_id == situation).order_by(Voice.agency))
    return {row.agency: row.met for row in rows}


def involved(session: Session, situation: str) -> dict[str, str]:
    """The agencies that were ticked, and whether they have accepted."""
    rows = session.scalars(select(Involved).where(Involved.situation_id == situation).order_by(Involved.agency))
    return {row.agency: row.state for row in rows}


def speak(session: Session, door: Door, situation: Situation, member: Member, met: bool, now: datetime) -> None:
    """An agency says whether the threshold is met. It may say otherwise until the table has decided."""
    agency = _agency(door, situation, member)
    if situation.state != "referred":
        raise NotNow("decided")
    session.merge(Voice(situation_id=situation.id, agency=agency, met=met, staff_id=member.id, created_at=now))
    _noted(session, member, "situation_voice", situation, now, agency=agency, met=met)


def decide(
    session: Session,
    door: Door,
    situation: Situation,
    member: Member,
    met: bool,
    ticked: Collection[str],
    now: datetime,
) -> None:
    """Records the table's decision, when enough agencies have said the same.

    On "no" who it is is erased at this moment; nobody has seen it. On "yes" the ticked agencies are asked.

    Raises:
        NotNow: the agencies have not said so, nobody was ticked, or an excluded one was.
    """
    table = _table(door)
    agency = _agency(door, situation, member)
    said = voices(session, situation.id)
    if sum(one is met for one in said.values()) < table.quorum:
        raise NotNow("quorum")
    if met and (not ticked or any(one not in table.agencies or one in situation.excluded for one in ticked)):
        raise NotNow("ticked")
    gone = {} if met else {"identity": None}
    done = session.execute(
        update(Situation)
        .where(Situation.id == situation.id, Situation.state == "referred")
        .values(
            state="met" if met else "not_met", decided_by=member.id, decided_agency=agency, decided_at=now,
            threshold_version=table.version, names_until=now + timedelta(days=table.names_days), **gone,
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise NotNow("decided")
    for one in sorted(set(ticked)) if met else ():
        session.add(Involved(situation_id=situation.id, agency=one, state="asked", created_at=now))
    _noted(session, member, "situation_decided", situation, now, met=met, agency=agency, ticked=sorted(ticked))


def answer(session: Session, door: Door, situation: Situation, member: Member, accept: bool, now: datetime) -> None:
    """A ticked agency accepts, or does not. Until it has accepted it sees nobody's name."""
    agency = _agency(door, situation, member)
    done = session.execute(
        update(Involved)
        .where(Involved.situation_id == situation.id, Involved.agency == agency, Involved.state == "asked")
        .values(state="accepted" if accept else "declined", staff_id=member.id, changed_at=now)
        .execution_options(synchronize_session=False)
    )
    if situation.state != "met" or done.rowcount != 1:  # type: ignore[attr-defined]
        raise NotNow("not_asked")
    _noted(session, member, "situation_answer", situation, now, agency=agency, accepted=accept)
    if accept:  # from now on it may look who it is
        ground = "consent" if situation.consent == "given" else "risk_to_life"
        to = recipient_of("agency", door.id, agency)
        passed = Passed(to, "protect", ("name", "reach"), ground, situation.names_until)
        who = situation.decided_by or situation.referred_by
        pass_on(session, passed, conversation=situation.conversation_id, door=door.id, by=who, now=now)


def has_accepted(session: Session, situation: str, agency: str) -> bool:
    return involved(session, situation).get(agency) == "accepted"


def identity(
    session: Session, door: Door, situation: Situation, member: Member, keys: Keys, now: datetime
) -> dict[str, str]:
    """Who it is, for an agency that was ticked and has accepted; each look is on record.

    Raises:
        NotNow: for everybody else, and once names have left.
    """
    agency = _agency(door, situation, member)
    if situation.state not in ("met", "closed") or not has_accepted(session, situation.id, agency):
        raise NotNow("not_yours")
    if situation.identity is None:
        raise NotNow("left")
    _noted(session, member, "situation_identity", situation, now, agency=agency)
    return {str(name): str(value) for name, value in json.loads(keys.opened(situation.identity)).items()}


def connected(session: Session, door: Door, situation: Situation, member: Member, now: datetime) -> None:
    """An agency that has accepted has met the person. The first time counts."""
    agency = _agency(door, situation, member)
    if not has_accepted(session, situation.id, agency):
        raise NotNow("not_yours")
    done = session.execute(
        update(Situation)
        .where(Situation.id == situation.id, Situation.state == "met", Situation.connected_at.is_(None))
        .values(connected_at=now)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise NotNow("connected")
    _noted(session, member, "situation_connected", situation, now, agency=agency)


def close(session: Session, door: Door, situation: Situation, member: Member, outcome: str, now: datetime) -> None:
    """How it ended. Names leave so many days from now."""
    table = _table(door)
    agency = _agency(door, situation, member)
    if outcome not in table.outcomes or not has_accepted(session, situation.id, agency):
        raise NotNow("not_yours")
    done = session.execute(
        update(Situation)
        .where(Situation.id == situation.id, Situation.state == "met")
        .values(state="closed", outcome=outcome, closed_at=now, names_until=now + timedelta(days=table.names_days))
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise NotNow("decided")
    _noted(session, member, "situation_closed", situation, now, agency=agency, outcome=outcome)


def _table(door: Door) -> Table:
    assert door.table is not None
    return door.table


def _agency(door: Door, situation: Situation, member: Member) -> str:
    agency = agency_of(member, _table(door))
    if agency is None or not seen_by(situation, agency):
        raise NotNow("no_agency")
    return agency


def _noted(session: Session, member: Member, action: str, situation: Situation, now: datetime, **codes: Any) -> None:
    record(session, member.id, action, door=situation.door, at=now, situation=situation.id, **codes)
    session.flush()
