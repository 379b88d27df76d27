"""The evaluation of a door's service: an invitation, a few numbered questions, and answers that join to nobody.

What somebody typed as an answer is taken out of the conversation in the same transaction, and the answer is stored by
itself, with the day. Whoever reads one of the two learns nothing of the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.after.models import EvaluationAnswer
from bot.answers import Piece, choice, do, say
from bot.clock import TORONTO

if TYPE_CHECKING:
    from bot.doors.door import Door
    from bot.doors.evaluation import Evaluation

YES, NO, ANSWER = "evaluate_yes", "evaluate_no", "evaluate_answer"
"""What the choices mean (`given.intent`)."""
LEAST = 5
"""The fewest answers to a question from which on they are shown."""


def offer_piece(evaluation: Evaluation) -> Piece:
    """The invitation, as numbered choices."""
    choices = [choice({"message": "handoff_choice_yes"}, YES), choice({"message": "handoff_choice_no"}, NO)]
    return say(evaluation.ask, choices)


def answered(door: Door, given: Mapping[str, Any]) -> list[Piece] | None:
    """What follows a choice of the evaluation; None when the choice is about something else."""
    intent, entities = given.get("intent"), given.get("entities") or {}
    evaluation = door.evaluation
    if evaluation is None or intent not in (YES, NO, ANSWER):
        return None
    if intent == NO:
        return [say("anything_else")]
    if intent == YES:
        return [_question(evaluation, 0)]
    at = next((n for n, one in enumerate(evaluation.questions) if one.id == entities.get("question")), None)
    if at is None:
        return [say(evaluation.thanks)]
    pieces: list[Piece] = [do("evaluation", door=door.id, question=None, answer=None)]
    if any(one.id == entities.get("answer") for one in evaluation.questions[at].choices):
        asked = evaluation.questions[at].id
        pieces = [do("evaluation", door=door.id, question=asked, answer=str(entities["answer"]))]
    if at + 1 < len(evaluation.questions):
        return [*pieces, _question(evaluation, at + 1)]
    return [*pieces, say(evaluation.thanks)]


def _question(evaluation: Evaluation, at: int) -> Piece:
    asked = evaluation.questions[at]
    choices = [choice({"message": one.label}, ANSWER, question=asked.id, answer=one.id) for one in asked.choices]
    skip = choice({"message": "common/choice_skip"}, ANSWER, question=asked.id, answer=None)
    return say(asked.ask, [*choices, skip])


def keep(session: Session, door: str, question: str, answer: str, now: datetime) -> None:
    """Stores one answer by itself: the day in Toronto is all that it knows of its moment."""
    day = now.astimezone(TORONTO).date()
    session.add(EvaluationAnswer(door=door, question=question, answer=answer, day=day))
    session.flush()


@dataclass(frozen=True, slots=True)
class Tally:
    """The answers to one question. `counts` is None while there are too few of them to be shown."""

    question: str
    answers: int | None
    counts: Mapping[str, int] | None


def tallies(session: Session, door: Door, first: date, last: date) -> Sequence[Tally]:
    """How often each answer was given, question by question, with their number.

    Below `LEAST` answers to a question nothing of it is told, not even how many there are.
    """
    if door.evaluation is None:
        return []
    rows = session.execute(
        select(EvaluationAnswer.question, EvaluationAnswer.answer, func.count())
        .where(EvaluationAnswer.door == door.id, EvaluationAnswer.day >= first, EvaluationAnswer.day <= last)
        .group_by(EvaluationAnswer.question, EvaluationAnswer.answer)
    ).all()
    found = []
    for asked in door.evaluation.questions:
        counts = {one.id: 0 for one in asked.choices}
        counts |= {answer: count for question, answer, count in rows if question == asked.id}
        whole = sum(counts.values())
        found.append(Tally(asked.id, whole, counts) if whole >= LEAST else Tally(asked.id, None, None))
    return found
