"""Writing down what somebody agrees to about a follow-up, and what it has come to. Each in its caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.after import evaluation
from bot.after.models import FollowUp, NeedOutcome
from bot.clock import TORONTO
from bot.conversations.models import Conversation, Message, NeedFound, Person
from bot.handoff.callbacks import HOURS, POLITE
from bot.language.names import known
from bot.waiting.numbers import HIDDEN
from directory_client.needs import NEEDS

MOST_NEEDS = 5
INCOME = "income_group"
"""The name under which a door's question about income stands among what is known of a person (`once`)."""
UNKNOWN: dict[str, Any] = {"state": "unknown", "reason": None}


def written(
    session: Session, conversation_id: str, noted: Sequence[Mapping[str, Any]], parts: Sequence[str], now: datetime
) -> None:
    """Writes what was noted in a turn, in order.

    Args:
        parts: ids of the messages of the turn: an answer to an evaluation, and a number, do not stay among the words.
    """
    for one in noted:
        match one["do"]:
            case "follow_up":
                _agreed(session, conversation_id, one, now)
            case "follow_up_stop":
                stop(session, conversation_id, now, follow_up=one.get("follow_up"))
            case "follow_up_result":
                answered(session, one, now)
            case "evaluation" if one.get("question"):
                evaluation.keep(session, str(one["door"]), str(one["question"]), str(one["answer"]), now)
        if one["do"] == "evaluation" or one.get("number"):
            _hide(session, parts)
    session.flush()


def _hide(session: Session, parts: Sequence[str]) -> None:
    hidden = update(Message).where(Message.id.in_(parts)).values(text=HIDDEN, translation=None, payload={})
    session.execute(hidden.execution_options(synchronize_session=False))


def open_follow_up(session: Session, conversation_id: str) -> FollowUp | None:
    """The follow-up of a conversation that is being agreed or has not come to its end."""
    return session.scalars(
        select(FollowUp)
        .where(FollowUp.conversation_id == conversation_id, FollowUp.state.in_(("agreeing", "planned", "asked")))
        .order_by(FollowUp.created_at.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).one_or_none()


def _agreed(session: Session, conversation_id: str, one: Mapping[str, Any], now: datetime) -> None:
    row = open_follow_up(session, conversation_id)
    if "version" in one:
        if row is not None:
            session.delete(row)  # it is agreed to anew
            session.flush()
        conversation = session.get_one(Conversation, conversation_id, populate_existing=True)
        new(
            session, conversation, now, version=str(one["version"]), language=str(one["consent_language"]), by="person"
        )  # fmt: skip
        return
    if row is None or row.state != "agreeing":
        return
    row.channel = one.get("channel") or row.channel
    row.number = one.get("number") or row.number
    if one.get("own"):
        row.number = own_number(session, conversation_id)
    row.day = date.fromisoformat(one["day"]) if one.get("day") else row.day
    row.safe_hours = one.get("hours") or row.safe_hours
    row.language = one["language"] if one.get("language") in known() else row.language
    if one.get("done"):
        plan(row)
    session.flush()


def new(
    session: Session, conversation: Conversation, now: datetime, *, version: str, language: str, by: str,
    needs: Collection[str] | None = None,
) -> FollowUp:  # fmt: skip
    """A follow-up that was agreed to, with what it will be about; how and when comes next.

    Args:
        version: of the wording of the consent.
        language: in which they consented.
        by: "person", or the id of the member of staff who took the consent.
        needs: codes; those of the conversation when left out.
    """
    if needs is None:
        needs = session.scalars(
            select(NeedFound.code)
            .where(NeedFound.conversation_id == conversation.id)
            .order_by(NeedFound.created_at, NeedFound.rank)
        ).all() or list(conversation.memory.get("need") or ())
    memory = conversation.memory
    row = FollowUp(
        conversation_id=conversation.id, door=conversation.door, language=conversation.language,
        consent_version=version, consent_language=language, consent_at=now, consent_by=by,
        needs=[code for code in dict.fromkeys(needs) if code in NEEDS][:MOST_NEEDS],
        place=(memory.get("place") or {}).get("name"), income_group=_income(memory), created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _income(memory: Mapping[str, Any]) -> str | None:
    value = (memory.get("known") or {}).get(INCOME)
    return value[:40] if isinstance(value, str) else None


def plan(row: FollowUp) -> bool:
    """Fixes the moment, when everything for it is known; else it stays as it is. Gives whether it is planned."""
    if row.day is None or row.channel is None or (row.channel != "web" and row.number is None):
        return False
    row.due_at, row.state = due_moment(row.day, row.safe_hours, row.channel), "planned"
    return True


def due_moment(day: date, hours: str | None, channel: str) -> datetime:
    """The first moment of a day at which somebody may be reached."""
    opens, _ = HOURS.get(hours or "", POLITE)
    if channel == "web":
        opens = POLITE[0]
    return datetime.combine(day, opens, TORONTO)


def own_number(session: Session, conversation_id: str) -> bytes | None:
    """The sealed number that somebody texts or calls from."""
    conversation = session.get_one(Conversation, conversation_id)
    person = session.get(Person, conversation.person_id) if conversation.person_id else None
    return person.address if person is not None and person.channel in ("sms", "voice") else None


def stop(session: Session, conversation_id: str, now: datetime, *, follow_up: str | None = None) -> bool:
    """The person does not want to be asked (any more). The number is forgotten."""
    wanted = update(FollowUp).where(FollowUp.state.in_(("agreeing", "planned", "asked")))
    # A text may be answered in another conversation than the one that agreed to it.
    mine = FollowUp.id == follow_up if follow_up else FollowUp.conversation_id == conversation_id
    wanted = wanted.where(mine)
    changed = session.execute(
        wanted.values(state="cancelled", reason="withdrawn", number=None, done_at=now, done_by="person")
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def answered(session: Session, one: Mapping[str, Any], now: datetime) -> bool:
    """What a person answered about one need. The last need ends the follow-up. False when it is over already."""
    row = session.scalars(
        select(FollowUp)
        .where(FollowUp.id == str(one["follow_up"]), FollowUp.state == "asked")
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return False
    row.results = {**row.results, str(one["need"]): {"state": one["state"], "reason": one.get("reason")}}
    session.flush()
    if not one.get("rest"):
        finish(session, row.id, "person", now)
    return True


def finish(
    session: Session, follow_up: str, by: str, now: datetime, results: Mapping[str, Mapping[str, Any]] | None = None
) -> bool:
    """Ends a follow-up once and counts what became of each need; those that nobody told are unknown.

    Args:
        by: "person", "system" when nobody answered, or the id of the member of staff who called.
        results: need → {"state", "reason"}; what was answered before when left out.
    """
    changed = session.execute(
        update(FollowUp)
        .where(FollowUp.id == follow_up, FollowUp.state.in_(("planned", "asked")))
        .values(state="done", done_at=now, done_by=by, number=None)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        return False
    row = session.get_one(FollowUp, follow_up, populate_existing=True)
    known_results = {**row.results, **(results or {})}
    row.results = {need: dict(known_results.get(need) or UNKNOWN) for need in (row.needs or [""])}
    day = now.astimezone(TORONTO).date()
    for need, result in row.results.items():
        session.add(
            NeedOutcome(
                door=row.door, need=need, state=str(result["state"]), reason=result.get("reason"), place=row.place,
                language=row.language, income_group=row.income_group, day=day,
            )
        )  # fmt: skip
    session.flush()
    return True
