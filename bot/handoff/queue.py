"""Who waits, in the order in which they are to be taken.

The order is `(danger, -waited, …)`:

1. **danger** is the risk level where it is high (2) or emergency (3), else 0. It is compared before everything else, so
   no wait, skill or transfer ever puts somebody else before a danger, and an emergency comes before a high.
2. **waited** is the waiting time in seconds, and below danger a head start: ten minutes for a concern, ten for somebody
   who was in a specialist's hands already (released or transferred: they have told it once), five when the door and
   language fit whoever looks. A head start is a bound: whoever waits that much longer comes first again, so nobody
   waits for ever behind people who came later.
3. The id, so that the order is the same in each process.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.conversations.models import Conversation, Message, RiskFinding
from bot.handoff.book import BY_CALLBACK
from bot.handoff.models import Handoff
from bot.safety.levels import Level

CONCERN_START = timedelta(minutes=10)
BEFORE_START = timedelta(minutes=10)
FIT_START = timedelta(minutes=5)
LAST_WORDS = 200
ALL_DOORS = "*"
Alert = Literal["ring", "escalated"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits for a person.

    `reasons` are the codes of the screen's highest finding, `why` the code that the handoff was opened with; `since` is
    when they asked, `last_words` what they wrote last. `callback` says that they have left a number and need not stay.
    `alert` is what the console does about it: "ring" until somebody claims, "escalated" when that took too long.
    """

    conversation: str
    handoff: str
    door: str
    channel: str
    language: str
    risk_level: int
    risk_kind: str | None
    reasons: tuple[str, ...]
    why: str
    skill: str | None
    since: datetime
    waited_s: int
    last_words: str
    last_seq: int
    last_language: str
    skill_fits: bool
    alert: Alert | None
    before: bool = False
    callback: bool = False
    mark: str | None = None
    sign: str | None = None


def waiting(
    session: Session,
    now: datetime,
    doors: Collection[str] = (ALL_DOORS,),
    languages: Collection[str] = (),
    skills: Collection[str] = (),
    *,
    words: bool = True,
) -> list[Waiting]:
    """Everybody who waits at these doors, in order.

    Args:
        doors: ids of doors, or "*" among them for all.
        languages: of whoever looks: they decide what fits, not who is shown.
        skills: theirs as well.
        words: whether the last words are read; supervisors' figures need none.
    """
    statement = (
        select(Conversation, Handoff)
        .join(Handoff, (Handoff.conversation_id == Conversation.id) & Handoff.ended_at.is_(None))
        .where(Conversation.owner == "waiting")
    )
    if ALL_DOORS not in doors:
        statement = statement.where(Conversation.door.in_(sorted(doors)))
    rows = session.execute(statement.execution_options(populate_existing=True)).all()
    ids = [conversation.id for conversation, _ in rows]
    last = last_words(session, ids) if words else {}
    why = reasons(session, [one.id for one, handoff in rows if handoff.risk_level])
    found = [
        _waiting(conversation, handoff, now, last.get(conversation.id), why.get(conversation.id, ()))
        for conversation, handoff in rows
    ]
    return in_order(replace(one, skill_fits=fits(one, languages, skills)) for one in found)


def in_order(found: Iterable[Waiting]) -> list[Waiting]:
    """The order of this module's description. Pure."""
    return sorted(found, key=_rank)


def fits(one: Waiting, languages: Collection[str], skills: Collection[str]) -> bool:
    """Whether somebody with these languages and skills is the right one: the language, and the skill if one is asked
    for."""
    if one.skill and not one.skill.startswith("language:") and one.skill not in skills:
        return False
    wanted = one.skill.removeprefix("language:") if one.skill and one.skill.startswith("language:") else one.language
    return wanted in languages


def last_words(session: Session, conversations: Sequence[str]) -> Mapping[str, tuple[str, int, str]]:
    """What each person wrote last, at most 200 characters, with its number and language."""
    if not conversations:
        return {}
    newest = (
        select(Message.conversation_id, func.max(Message.seq).label("seq"))
        .where(Message.conversation_id.in_(conversations), Message.direction == "in")
        .group_by(Message.conversation_id)
        .subquery()
    )
    rows = session.execute(
        select(Message.conversation_id, Message.text, Message.seq, Message.language).join(
            newest, (Message.conversation_id == newest.c.conversation_id) & (Message.seq == newest.c.seq)
        )
    )
    return {row.conversation_id: (_short(row.text), row.seq, row.language) for row in rows}


def reasons(session: Session, conversations: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """The codes of each conversation's highest finding, the newest of them."""
    if not conversations:
        return {}
    rows = session.execute(
        select(RiskFinding.conversation_id, RiskFinding.reasons)
        .where(RiskFinding.conversation_id.in_(conversations))
        .order_by(RiskFinding.level, RiskFinding.created_at)
    )
    return {row.conversation_id: tuple(str(code) for code in row.reasons) for row in rows}


def _waiting(
    conversation: Conversation,
    handoff: Handoff,
    now: datetime,
    last: tuple[str, int, str] | None,
    why: tuple[str, ...],
) -> Waiting:
    level = max(handoff.risk_level, conversation.risk_level)
    words, seq, language = last or ("", 0, conversation.language)
    alert: Alert | None = None
    if level >= Level.HIGH:
        alert = "escalated" if handoff.escalated_at else "ring"
    return Waiting(
        conversation=conversation.id, handoff=handoff.id, door=conversation.door, channel=conversation.channel,
        language=conversation.language, risk_level=level, risk_kind=handoff.kind, reasons=why, why=handoff.reason,
        skill=handoff.skill, since=handoff.asked_at, waited_s=max(0, int((now - handoff.asked_at).total_seconds())),
        last_words=words, last_seq=seq, last_language=conversation.language if language == "und" else language,
        skill_fits=False, alert=alert, before=handoff.claimed_at is not None,
        callback=handoff.callback_id is not None or handoff.reason in BY_CALLBACK, mark=handoff.mark,
        sign=handoff.sign,
    )  # fmt: skip


def _rank(one: Waiting) -> tuple[int, float, str]:
    danger = one.risk_level if one.risk_level >= Level.HIGH else 0
    start = timedelta()
    if not danger:
        start += CONCERN_START if one.risk_level == Level.CONCERN else timedelta()
        start += BEFORE_START if one.before else timedelta()
        start += FIT_START if one.skill_fits else timedelta()
    return -danger, (one.since - start).timestamp(), one.conversation


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= LAST_WORDS else f"{one_line[: LAST_WORDS - 1]}…"
