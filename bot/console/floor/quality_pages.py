"""Quality: draw conversations, read and score them, see the sums."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.clock import TORONTO
from bot.console.api.asked import Asked
from bot.console.floor import quality
from bot.console.floor.models import QualityReview
from bot.console.floor.protection import written
from bot.console.floor.rows import Span
from bot.console.floor.shared import Form, back, doors_of, posted, reading, show, shown
from bot.console.floor.transcript import transcript
from bot.staff.gate import console_route
from bot.staff.record import record_view
from bot.staff.rights import Right

HOME = "/console/quality"
WHOLE = 2000
"""Messages of a review: all of a conversation, short of an endless one."""


def _today(asked: Asked) -> date:
    return asked.now.astimezone(TORONTO).date()


@shown
def overview(request: Request, asked: Asked) -> Response:
    """What is to be reviewed, the form to draw more, and the sums of the last twelve months."""
    return _overview(request, asked, None)


def _overview(request: Request, asked: Asked, problem: str | None) -> Response:
    today, doors = _today(asked), doors_of(asked)
    door = request.query_params.get("door", "")
    with reading(asked) as session:
        to_do = quality.to_review(session, asked.member.id, asked.member.at)
        wanted = [door] if door in doors else list(doors)
        scores = quality.scores_of(session, f"{today.year - 1}-{today.month:02}", f"{today:%Y-%m}", wanted)
    return show(
        request, asked, "quality.html", status=422 if problem else 200, to_do=to_do, doors=doors, door=door,
        averages=quality.averages(scores), first=today - timedelta(days=30), last=today, problem=problem,
        written=written, most=quality.MOST_DRAWN,
    )  # fmt: skip


@posted
def draw(request: Request, asked: Asked, form: Form) -> Response:
    """Draws at random from a door and some days."""
    doors = doors_of(asked)
    chosen = [form["door"]] if form.get("door") in doors else list(doors)
    try:
        span = Span(date.fromisoformat(form.get("from", "")), date.fromisoformat(form.get("to", "")))
        count = int(form.get("count", "5")[:4])
    except ValueError:
        return _overview(request, asked, "figures_days_unread")
    if span.last < span.first or not 1 <= count <= quality.MOST_DRAWN:
        return _overview(request, asked, "figures_days_wrong")
    with asked.service.ledger.writing() as session:
        drawn = len(quality.draw(session, asked.member.id, span, chosen, count, asked.now))
    return back(HOME, done="drawn" if drawn else "drawn_none")


@shown
def one(request: Request, asked: Asked) -> Response:
    """A drawn conversation and the questions; the view is on record."""
    return _one(request, asked, {}, None)


def _one(request: Request, asked: Asked, fields: Mapping[str, str], problem: str | None) -> Response:
    with asked.service.ledger.writing() as session:
        review = _review(session, request, asked)
        conversation = str(review.conversation_id)
        record_view(session, asked.member.id, conversation, review.door, asked.now, what="quality_view")
    with reading(asked) as session:
        review = _review(session, request, asked)
        lines = transcript(session, conversation, WHOLE)
        return show(
            request, asked, "quality_review.html", status=422 if problem else 200, review=review, lines=lines,
            questions=quality.QUESTIONS, scores=quality.SCORES, fields=fields, problem=problem,
            longest=quality.LONGEST_COMMENT,
        )  # fmt: skip


def _review(session: Session, request: Request, asked: Asked) -> QualityReview:
    """The reader's own open review."""
    found = session.get(QualityReview, request.path_params["review"])
    mine = found is not None and found.reviewer == asked.member.id and asked.member.at(found.door)
    if found is None or not mine or found.done_at is not None or found.conversation_id is None:
        raise HTTPException(404, "This review is done, or its conversation was erased.")
    return found


@posted
def keep(request: Request, asked: Asked, form: Form) -> Response:
    """Keeps the answers, once."""
    try:
        scores, comment = quality.read_review(form)
    except quality.BadReview as problem:
        return _one(request, asked, form, problem.code)
    with asked.service.ledger.writing() as session:
        review = _review(session, request, asked)
        quality.answer(session, review, scores, comment, f"{_today(asked):%Y-%m}", asked.now)
    return back(HOME, done="reviewed")


routes = [
    console_route(HOME, overview, right=Right.QUALITY),
    console_route(f"{HOME}/draw", draw, right=Right.QUALITY, methods=("POST",)),
    console_route(f"{HOME}/{{review}}", one, right=Right.QUALITY),
    console_route(f"{HOME}/{{review}}", keep, right=Right.QUALITY, methods=("POST",)),
]
