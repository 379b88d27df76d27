"""Writing down what an intake has come to, in the transaction of the turn."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.clock import TORONTO
from bot.conversations.identity import Keys
from bot.conversations.models import Conversation, Message, RiskFinding, new_id
from bot.intake.models import CaseFile, ConsentGiven, DoorEvent, IntakeAnswer, Report
from bot.learners import store as learners
from bot.registers import book
from bot.safety.levels import Level
from bot.sharing.passing import Passed, answered, pass_on, recipient_of
from bot.slips import used

KINDS = ("answer", "consent", "verdict", "outcome", "case", "report", "door", "entered", "language_gap",
         "danger", "register", "referral", "searched", "slip")  # fmt: skip
"""What pieces ask to be written down ({"do": …})."""


@dataclass(frozen=True, slots=True)
class Where:
    """The conversation in which it was said."""

    conversation_id: str
    door: str
    channel: str
    language: str
    place: str | None = None


def written(
    session: Session, where: Where, noted: Sequence[Mapping[str, Any]], keys: Keys | None, now: datetime
) -> None:
    """Writes what the machine has noted, in order."""
    consent_id: str | None = None
    for one in noted:
        match one["do"]:
            case "answer":
                session.add(_answer(where, one, keys, now))
            case "consent":
                consent_id = _consent(session, where, one, now)
            case "case":
                _case(session, where, one, consent_id, keys, now)
            case "referral":
                learners.referred(session, where, one, consent_id, keys, now)
                if one.get("listing"):
                    program = recipient_of("listing", str(one["listing"]))
                    _passed_on(session, where, one, program, "connect", consent_id, now)
                _count(session, where, "referral", "given", now, detail=str(one["route"]))
            case "searched":
                learners.searched(session, one, now)
            case "report":
                _report(session, where, one, now)
            case "register":
                state = book.registered(session, where, one, keys, now)
                _count(session, where, "register", state, now, detail=str(one["route"]))
            case "danger":
                _danger(session, where, one, now)
            case "verdict":
                _count(session, where, "verdict", one["verdict"], now, detail=one["rule"])
            case "outcome":
                _count(session, where, "outcome", one["outcome"], now)
            case "entered":
                _count(session, where, "entered", one.get("mark"), now, detail=one.get("sign"))
                if one.get("sign"):
                    _came_with(session, where, str(one["sign"]), keys, now)
            case "slip":
                _came_with(session, where, str(one["sign"]), keys, now)
            case "language_gap":
                _count(session, where, "language_gap", str(one["language"])[:8], now)
            case "door":
                session.execute(
                    update(Conversation)
                    .where(Conversation.id == where.conversation_id)
                    .values(door=one["door"])
                    .execution_options(synchronize_session=False)
                )
                where = replace(where, door=str(one["door"]))
    session.flush()


def _came_with(session: Session, where: Where, sign: str, keys: Keys | None, now: datetime) -> None:
    """The sign or slip by which somebody has come, and what the slip says."""
    for answer in used.came(session, where, sign, now):
        session.add(_answer(where, answer, keys, now))
    session.add(_answer(where, {"question": "sign", "kind": "choice", "value": sign, "door": where.door}, keys, now))


def _answer(where: Where, one: Mapping[str, Any], keys: Keys | None, now: datetime) -> IntakeAnswer:
    value, kind = one["value"], str(one["kind"])
    row = IntakeAnswer(
        conversation_id=where.conversation_id, door=str(one["door"]), question=str(one["question"]), kind=kind,
        created_at=now,
    )  # fmt: skip
    if value is None:
        row.kind = "skipped"
    elif isinstance(value, bool):
        row.code = "yes" if value else "no"
    elif kind == "choice":
        row.code = (",".join(value) if isinstance(value, list | tuple) else str(value))[:200]
    elif kind == "number":
        row.number = float(value)
    elif kind == "date":
        row.day = date.fromisoformat(str(value))
    elif kind == "listing":
        row.code = str(value["listing"])[:200]
    elif kind == "place":
        row.code, row.lat, row.lon = str(value.get("name") or "")[:200], value.get("lat"), value.get("lon")
    elif keys is not None:
        row.sealed = keys.sealed(str(value))
    return row


def _consent(session: Session, where: Where, one: Mapping[str, Any], now: datetime) -> str:
    row = ConsentGiven(
        id=new_id(), conversation_id=where.conversation_id, door=str(one["door"]), consent=str(one["consent"]),
        version=str(one["version"]), language=where.language, given=bool(one["given"]), fields=list(one["fields"]),
        receiver=str(one["receiver"])[:80], created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _count(session, where, "consent", "given" if one["given"] else "refused", now, detail=str(one["consent"]))
    return row.id


def _case(
    session: Session, where: Where, one: Mapping[str, Any], consent_id: str | None, keys: Keys | None, now: datetime
) -> None:
    sealed = keys.sealed(json.dumps(one["answers"], ensure_ascii=False)) if keys else None
    if consent_id is None:  # the yes came in an earlier turn
        consent_id = session.scalars(
            select(ConsentGiven.id)
            .where(ConsentGiven.conversation_id == where.conversation_id, ConsentGiven.given)
            .order_by(ConsentGiven.created_at.desc())
            .limit(1)
        ).one_or_none()
    session.add(
        CaseFile(
            conversation_id=where.conversation_id, consent_id=consent_id, door=str(one["door"]),
            route=str(one["route"]), language=where.language, channel=where.channel, answers=sealed, created_at=now,
            changed_at=now,
        )
    )  # fmt: skip
    _passed_on(session, where, one, recipient_of("door", str(one["door"])), "case", consent_id, now)
    _count(session, where, "case", "offered", now, detail=str(one["route"]))


def _passed_on(
    session: Session, where: Where, one: Mapping[str, Any], to: str, purpose: str, consent_id: str | None, now: datetime
) -> None:
    until = now + timedelta(days=int(one["days"]))
    passed = Passed(to, purpose, answered(one["answers"]), "consent", until)
    pass_on(
        session, passed, conversation=where.conversation_id, door=where.door, by="system", consent=consent_id, now=now
    )


def _report(session: Session, where: Where, one: Mapping[str, Any], now: datetime) -> None:
    """A report of its own, and the answers it was made of are taken from the conversation: nothing joins the two."""
    kind = one.get("kind")
    session.add(
        Report(
            door=str(one["door"]), kind=",".join(kind) if isinstance(kind, list) else kind, place=one.get("place"),
            happened=one.get("time"), frequency=one.get("frequency"), source=str(one["source"])[:16],
            more=dict(one.get("more") or {}), day=now.astimezone(TORONTO).date(),
        )
    )  # fmt: skip
    session.flush()
    session.execute(
        delete(IntakeAnswer).where(
            IntakeAnswer.conversation_id == where.conversation_id, IntakeAnswer.door == str(one["door"])
        )
    )


def _danger(session: Session, where: Where, one: Mapping[str, Any], now: datetime) -> None:
    """Somebody has said in answer to a question that danger is now: a finding like those of the screen."""
    level = int(Level.named(str(one["level"])))
    message = session.scalars(
        select(Message.id)
        .where(Message.conversation_id == where.conversation_id)
        .order_by((Message.direction == "in").desc(), Message.seq.desc())
        .limit(1)
    ).one()
    session.add(
        RiskFinding(
            conversation_id=where.conversation_id, message_id=message, level=level, kind=str(one["kind"]),
            reasons=[f"door:{one['door']}:{one['route']}"], created_at=now,
        )
    )  # fmt: skip
    session.execute(
        update(Conversation)
        .where(Conversation.id == where.conversation_id, Conversation.risk_level < level)
        .values(risk_level=level)
        .execution_options(synchronize_session=False)
    )


def _count(
    session: Session, where: Where, event: str, code: str | None, now: datetime, detail: str | None = None
) -> None:
    session.add(
        DoorEvent(
            door=where.door, event=event, code=code, detail=detail, place=where.place, language=where.language,
            channel=where.channel, created_at=now,
        )
    )  # fmt: skip


def case_answers(case: CaseFile, keys: Keys) -> dict[str, Any]:
    """What the case-worker may read: the answers that were consented to."""
    return dict(json.loads(keys.opened(case.answers))) if case.answers else {}


def answers_of(session: Session, conversation_id: str, keys: Keys) -> dict[str, Any]:
    """The last answer of every question of a conversation, as codes, numbers, days and names; None when skipped."""
    rows = session.scalars(
        select(IntakeAnswer).where(IntakeAnswer.conversation_id == conversation_id).order_by(IntakeAnswer.created_at)
    )
    return {row.question: value_of(row, keys) for row in rows}


def value_of(row: IntakeAnswer, keys: Keys) -> Any:
    """An answer as a code, number, day, name or text; None when it was skipped."""
    if row.kind == "skipped":
        return None
    if row.sealed is not None:
        return keys.opened(row.sealed)
    if row.day is not None:
        return row.day.isoformat()
    return row.number if row.number is not None else row.code
