"""A finished turn, written down: what was found in the message, what the bot remembers, says and begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.after import store as after
from bot.conversations import ownership
from bot.conversations.identity import Keys
from bot.conversations.models import (
    Audit,
    Conversation,
    Message,
    NeedFound,
    PlaceFound,
    ReferralShown,
    RiskFinding,
    UnmetNeed,
)
from bot.conversations.saying import say
from bot.conversations.views import ConversationView, Outcome
from bot.handoff import book
from bot.intake.store import Where, written
from bot.understanding import place_json
from bot.waiting import callback
from bot.waiting.numbers import HIDDEN

if TYPE_CHECKING:
    from bot.dialogue import Decision
    from bot.safety import Risk
    from bot.words import Reply

CONNECT = "connect"
"""In the memory, until the next turn: the line to which a caller is to be put through."""


def write(session: Session, outcome: Outcome, risk_level: int, keys: Keys | None, now: datetime) -> None:
    """Writes what a turn has found, decided and said, in the caller's transaction.

    Args:
        risk_level: the conversation's as it stands now.
        keys: seal what people write into a door's questions.
    """
    _note_found(session, outcome, now)
    memory = _remembered(outcome)
    _note_service(session, outcome, memory, now)
    said = say(
        session, outcome.work.conversation.id, outcome.work.conversation.channel, list(outcome.replies),
        outcome.work.message.id, now,
    )  # fmt: skip
    _note_shown(session, outcome.work.conversation.id, said, memory, now)
    _change(session, outcome, memory, risk_level, now)
    _begin(session, outcome, memory, keys, now)
    session.flush()


def _note_found(session: Session, outcome: Outcome, now: datetime) -> None:
    """What the message says: its language, risk, needs and place."""
    message, heard, conversation = outcome.work.message, outcome.heard, outcome.work.conversation.id
    session.execute(
        update(Message).where(Message.id.in_(message.parts)).values(state="done", language=outcome.language.heard)
    )
    if heard.english and len(message.parts) == 1:
        # A machine's second opinion that has passed the gate: for whoever of our staff reads along.
        session.execute(update(Message).where(Message.id == message.id).values(translation=heard.english))
    note_risk(session, conversation, message.id, heard.risk, now)
    book.raised(session, conversation, int(heard.risk.level), heard.risk.kind, now)
    for rank, code in enumerate(outcome.decision.needs):
        session.add(
            NeedFound(conversation_id=conversation, message_id=message.id, code=code, rank=rank, created_at=now)
        )
    if place := heard.place:
        session.add(
            PlaceFound(
                conversation_id=conversation, message_id=message.id, name=place.name, kind=place.kind,
                lat=place.lat, lon=place.lon, radius_km=place.radius_km, created_at=now,
            )
        )  # fmt: skip


def _remembered(outcome: Outcome) -> dict[str, Any]:
    """The bot's memory after the turn."""
    decision, effects, language = outcome.decision, outcome.effects, outcome.language
    if effects.restart:
        return {}
    memory = dict(decision.memory if decision.memory is not None else outcome.work.conversation.memory)
    if (place := outcome.heard.place) and "place" not in _slots(decision):
        memory["place"] = place_json(place)
    if language.offered:
        memory["offered"] = language.offered
    if language.interpreter:
        memory["greeted"] = language.language
    memory.pop(CONNECT, None)
    if effects.connect:
        memory[CONNECT] = effects.connect
    return memory


def _slots(decision: Decision) -> Mapping[str, Any]:
    """What the dialogue itself has put into the memory."""
    memory = decision.memory or {}
    return {name: value for name, value in memory.items() if value is not None and not decision.crisis}


def _place_name(memory: Mapping[str, Any]) -> str | None:
    return (memory.get("place") or {}).get("name")


def _note_service(session: Session, outcome: Outcome, memory: Mapping[str, Any], now: datetime) -> None:
    """What the service itself should learn of the turn: needs that nothing met, complaints. It stays when the
    conversation is erased, and says nothing of the person."""
    conversation, effects = outcome.work.conversation, outcome.effects
    for need, reason in effects.unmet:
        session.add(
            UnmetNeed(
                door=conversation.door, need=need, reason=reason, place=_place_name(memory),
                language=outcome.language.language, created_at=now,
            )
        )  # fmt: skip
    if effects.complaint:
        session.add(
            Audit(conversation_id=conversation.id, actor="person", action="complaint", detail={}, created_at=now)
        )


def _note_shown(
    session: Session, conversation: str, said: Iterable[tuple[Reply, str]], memory: Mapping[str, Any], now: datetime
) -> None:
    """Which listings the person was shown, in which message."""
    need = (memory.get("need") or [None])[0]
    for reply, message in said:
        for rank, listing in enumerate(reply.shown):
            session.add(
                ReferralShown(
                    conversation_id=conversation, message_id=message, listing_id=listing, need=need, rank=rank,
                    created_at=now,
                )
            )  # fmt: skip


def _change(session: Session, outcome: Outcome, memory: dict[str, Any], risk_level: int, now: datetime) -> None:
    """The conversation after the turn."""
    conversation = outcome.work.conversation
    values: dict[str, Any] = {
        "language": outcome.language.language,
        "language_from": outcome.language.known_from,
        "memory": memory,
        "engine_stale": outcome.decision.engine_stale or outcome.effects.restart or outcome.work.silent,
        "risk_level": max(risk_level, int(outcome.heard.risk.level)),
        "updated_at": now,
    }
    options = [dict(option) for reply in outcome.replies for option in reply.options]
    if options:
        values["options"] = options
    elif outcome.replies and (shown := _outdated(session, conversation)):
        values["options"] = shown
    session.execute(
        update(Conversation)
        .where(Conversation.id == conversation.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _begin(session: Session, outcome: Outcome, memory: Mapping[str, Any], keys: Keys | None, now: datetime) -> None:
    """What goes on beside the dialogue from here: a door's record, a follow-up, waiting for a person, a call back."""
    conversation, effects, parts = outcome.work.conversation, outcome.effects, outcome.work.message.parts
    if effects.intake:
        where = Where(
            conversation.id, conversation.door, conversation.channel, outcome.language.language, _place_name(memory)
        )
        written(session, where, effects.intake, keys, now)
    if effects.after:
        after.written(session, conversation.id, effects.after, parts, now)
    if effects.handoff:
        ownership.ask_for_person(session, conversation.id, now=now, **effects.handoff)
    if effects.leave:
        ownership.stop_waiting(session, conversation.id, "left", now, actor="person")
    for told in effects.callback:
        if callback.keep(session, conversation.id, told, now) and told.number:
            # it stands encrypted from here on, and not among the words
            hidden = update(Message).where(Message.id.in_(parts)).values(text=HIDDEN, translation=None)
            session.execute(hidden.execution_options(synchronize_session=False))


def note_risk(session: Session, conversation_id: str, message_id: str, risk: Risk, now: datetime) -> None:
    """Keeps what the screen found in a message, if it found anything."""
    if risk.level > 0:
        session.add(
            RiskFinding(
                conversation_id=conversation_id, message_id=message_id, level=int(risk.level), kind=risk.kind,
                third_person=risk.third_person, reasons=list(risk.reasons), created_at=now,
            )
        )  # fmt: skip


def _outdated(session: Session, conversation: ConversationView) -> list[dict[str, Any]] | None:
    """The choices of a conversation once something else was said; None where that changes nothing.

    What was shown beside the turn, as by somebody whose waiting has ended meanwhile, is newer than the turn.
    """
    now = session.get_one(Conversation, conversation.id).options
    if list(now) != list(conversation.options) or all(option.get("old") for option in now):
        return None
    return [{**option, "old": True} for option in now]


def unsaid(outcome: Outcome) -> Outcome:
    """The turn without anything that the bot would have said or begun. What it found stays: specialists need it."""
    return replace(
        outcome,
        replies=(),
        effects=replace(outcome.effects, handoff=None, restart=False, unmet=[], intake=[], leave=False, after=[]),
        decision=replace(outcome.decision, memory=None, engine_stale=True),
        language=replace(outcome.language, offered=None, interpreter=False),
    )
