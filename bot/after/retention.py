"""What is forgotten when: words first, then answers and who it was, by each door's `retention`. Counts stay.

Needs, places, risk, referrals and outcomes are codes and stay for the reports; they hang on messages, so messages keep
their row and lose their text. A conversation that people wait in or hold is left alone, and so is one that somebody is
still to be called back from.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from anyio import to_thread
from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.console.models import Note
from bot.conversations.carrier_models import Call, Callback, CallPage
from bot.conversations.models import Audit, Conversation, Message, Person
from bot.intake.models import CaseFile, IntakeAnswer
from bot.learners.models import LearnerForm
from bot.registers.models import Registration
from bot.service import Service

log = structlog.get_logger(__name__)
EVERY = timedelta(minutes=10)
AT_ONCE = 200
_SILENT: dict[str, Any] = {"synchronize_session": False}


class Retention:
    """Looks every ten minutes; between that a look costs nothing."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._next: datetime | None = None

    async def look(self) -> int:
        """Forgets what is due. Gives how many conversations lost words or answers."""
        now = self._service.clock()
        if self._next is not None and now < self._next:
            return 0
        words = await to_thread.run_sync(forget_words, self._service)
        answers = await to_thread.run_sync(forget_answers, self._service)
        for conversation in words:
            try:  # the engine has a memory of its own
                await self._service.engine.forget(conversation)
            except Exception as problem:
                log.warning("engine did not forget", conversation=conversation, problem=type(problem).__name__)
        self._next = now if AT_ONCE in (len(words), len(answers)) else now + EVERY
        return len(words) + len(answers)


def forget_words(service: Service) -> list[str]:
    """Takes the words out of conversations that have been silent for the door's `words_days`. Gives their ids."""
    return _each(service, Conversation.words_gone_at, "words_days", "words_forgotten", _without_words)


def forget_answers(service: Service) -> list[str]:
    """Takes answers, numbers and the person out of conversations after the door's `answers_days`."""
    return _each(service, Conversation.answers_gone_at, "answers_days", "answers_forgotten", _without_answers)


def _each(
    service: Service, gone: InstrumentedAttribute[datetime | None], days: str, action: str, forget: Any
) -> list[str]:
    now = service.clock()
    found: list[str] = []
    for door in service.doors.values():
        limit = now - timedelta(days=getattr(door.retention, days))
        due = and_(
            Conversation.door == door.id, Conversation.owner.in_(("bot", "closed")), Conversation.updated_at <= limit,
            or_(gone.is_(None), gone < Conversation.updated_at), ~_expects_a_call(),
        )  # fmt: skip
        with Session(service.ledger.reader) as session:
            ids = list(session.scalars(select(Conversation.id).where(due).limit(AT_ONCE - len(found))))
        found += [one for one in ids if _forgotten(service, one, due, gone, action, forget, now)]
        if len(found) >= AT_ONCE:
            break
    if found:
        log.info(action, conversations=len(found))
    return found


def _forgotten(
    service: Service, conversation: str, due: ColumnElement[bool], gone: InstrumentedAttribute[datetime | None],
    action: str, forget: Any, now: datetime,
) -> bool:  # fmt: skip
    with service.ledger.writing() as session:
        claimed = session.execute(
            update(Conversation)
            .where(Conversation.id == conversation, due)
            .values({gone: now})
            .execution_options(**_SILENT)
        )
        if claimed.rowcount != 1:  # type: ignore[attr-defined]
            return False
        forget(session, conversation)
        session.add(Audit(conversation_id=conversation, actor="system", action=action, detail={}, created_at=now))
    return True


def _expects_a_call() -> ColumnElement[bool]:
    return exists().where(Callback.conversation_id == Conversation.id, Callback.state == "open")


def _without_words(session: Session, conversation: str) -> None:
    calls: Sequence[str] = session.scalars(select(Call.sid).where(Call.conversation_id == conversation)).all()
    for statement in (
        update(Message).where(Message.conversation_id == conversation).values(text="", translation=None, payload={}),
        delete(Note).where(Note.conversation_id == conversation),
        delete(CallPage).where(CallPage.sid.in_(calls)),
        update(Call).where(Call.conversation_id == conversation).values(state={}),
        update(Conversation).where(Conversation.id == conversation).values(memory={}, options=[], engine_stale=True),
    ):
        session.execute(statement.execution_options(**_SILENT))


def _without_answers(session: Session, conversation: str) -> None:
    person = session.scalar(select(Conversation.person_id).where(Conversation.id == conversation))
    for statement in (
        delete(IntakeAnswer).where(IntakeAnswer.conversation_id == conversation),
        update(CaseFile).where(CaseFile.conversation_id == conversation).values(answers=None),
        delete(LearnerForm).where(LearnerForm.conversation_id == conversation),
        update(Registration).where(Registration.conversation_id == conversation).values(answers=None),
        update(Callback).where(Callback.conversation_id == conversation).values(number=None),
        update(Conversation).where(Conversation.id == conversation).values(person_id=None),
    ):
        session.execute(statement.execution_options(**_SILENT))
    if person is not None:  # who texts again is somebody new
        others = exists().where(Conversation.person_id == person)
        session.execute(delete(Person).where(Person.id == person, ~others).execution_options(**_SILENT))
