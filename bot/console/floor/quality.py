"""Quality sampling: closed conversations drawn at random, read by somebody who had no part in them.

Four fixed questions, each from 1 to 4 or "cannot tell". Scores are kept without conversation, reviewer or
colleague and shown only as sums of at least five, so that they teach a team and rank nobody.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.console.floor.models import QualityComment, QualityReview, QualityScore
from bot.console.floor.protection import LEAST
from bot.console.floor.rows import Span
from bot.conversations.models import Conversation
from bot.handoff.models import Handoff, Taking
from bot.staff.record import record

QUESTIONS = ("understood", "safe", "referral", "tone")
SCORES = (1, 2, 3, 4)
LONGEST_COMMENT = 2000
MOST_DRAWN = 20


class BadReview(ValueError):
    """A review that cannot be kept; `code` is the reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Average:
    """What the answers to one question came to. `mean` is None when there are too few to show."""

    question: str
    answers: int | None
    mean: float | None
    low: int | None
    """Answers of 1 or 2."""


def draw(
    session: Session,
    reviewer: str,
    span: Span,
    doors: Sequence[str],
    count: int,
    now: datetime,
    rng: random.Random | None = None,
) -> list[QualityReview]:
    """Draws closed conversations that specialists ended in the span, at random.

    Never one that the reviewer had a part in, and none that was drawn before.

    Args:
        doors: doors to draw from, all of which the reviewer works at.
        count: how many; at most twenty at a time.
        rng: of tests; otherwise the system's.
    """
    own = select(Taking.handoff_id).where(Taking.staff_id == reviewer)
    had_part = select(Handoff.conversation_id).where(Handoff.id.in_(own), Handoff.conversation_id.isnot(None))
    drawn = select(QualityReview.conversation_id).where(QualityReview.conversation_id.isnot(None))
    found = session.execute(
        select(Conversation.id, Conversation.door)
        .join(Handoff, Handoff.conversation_id == Conversation.id)
        .where(
            Conversation.owner == "closed",
            Conversation.door.in_(doors),
            Handoff.outcome == "closed",
            Handoff.claimed_at.isnot(None),
            Handoff.ended_at >= span.begins,
            Handoff.ended_at < span.ends,
            Conversation.id.notin_(had_part),
            Conversation.id.notin_(drawn),
        )
        .distinct()
        .order_by(Conversation.id)
    ).all()
    chosen = (rng or random.SystemRandom()).sample(found, min(count, len(found), MOST_DRAWN))
    reviews = [QualityReview(conversation_id=id_, door=door, reviewer=reviewer, drawn_at=now) for id_, door in chosen]
    session.add_all(reviews)
    session.flush()
    if reviews:
        record(session, reviewer, "quality_drawn", at=now, count=len(reviews), doors=sorted(set(doors)))
    return reviews


def to_review(session: Session, reviewer: str, at: Callable[[str], bool]) -> list[QualityReview]:
    """What the reviewer has drawn and not yet answered, the oldest first; erased conversations are left out."""
    rows = session.scalars(
        select(QualityReview)
        .where(
            QualityReview.reviewer == reviewer,
            QualityReview.done_at.is_(None),
            QualityReview.conversation_id.isnot(None),
        )
        .order_by(QualityReview.drawn_at, QualityReview.id)
    )
    return [row for row in rows if at(row.door)]


def read_review(form: Mapping[str, str]) -> tuple[dict[str, int], str]:
    """Scores by question and the comment, from a form. A question without a score was "cannot tell".

    Raises:
        BadReview: for a question that was not answered at all, a score that is none, or a comment that is too long.
    """
    scores = {}
    for question in QUESTIONS:
        given = form.get(question, "")
        if given == "unknown":
            continue
        if given not in map(str, SCORES):
            raise BadReview("review_incomplete")
        scores[question] = int(given)
    comment = form.get("comment", "").replace("\r\n", "\n").strip()
    if len(comment) > LONGEST_COMMENT:
        raise BadReview("text_long")
    return scores, comment


def answer(
    session: Session, review: QualityReview, scores: Mapping[str, int], comment: str, month: str, now: datetime
) -> bool:
    """Keeps a review, once.

    Returns:
        False when it was answered already: nothing is counted twice.
    """
    done = session.execute(
        update(QualityReview)
        .where(QualityReview.id == review.id, QualityReview.done_at.is_(None))
        .values(done_at=now)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        return False
    for question, score in scores.items():
        session.add(QualityScore(door=review.door, month=month, question=question, score=score))
    if comment and review.conversation_id is not None:
        session.add(
            QualityComment(
                conversation_id=review.conversation_id, reviewer=review.reviewer, text=comment, created_at=now
            )
        )
    record(session, review.reviewer, "quality_reviewed", conversation=review.conversation_id, door=review.door, at=now)
    return True


def averages(scores: Sequence[tuple[str, int]]) -> list[Average]:
    """The answers to each question in sum: (question, score) in, one line a question out."""
    given: defaultdict[str, list[int]] = defaultdict(list)
    for question, score in scores:
        given[question].append(score)
    return [_average(question, given[question]) for question in QUESTIONS]


def _average(question: str, scores: Sequence[int]) -> Average:
    if not scores:
        return Average(question, 0, None, None)
    if len(scores) < LEAST:
        return Average(question, None, None, None)
    return Average(question, len(scores), sum(scores) / len(scores), sum(score <= 2 for score in scores))


def scores_of(session: Session, first_month: str, last_month: str, doors: Sequence[str]) -> list[tuple[str, int]]:
    """The scores of some months (2026-11) and doors."""
    wanted = select(QualityScore.question, QualityScore.score).where(
        QualityScore.month >= first_month, QualityScore.month <= last_month, QualityScore.door.in_(doors)
    )
    return [(question, score) for question, score in session.execute(wanted)]
