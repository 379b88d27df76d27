"""What people answered to evaluations, in sums. No conversation can be reached from here."""

from __future__ import annotations

from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response

from bot.after.evaluation import LEAST, tallies
from bot.clock import TORONTO
from bot.console.api.asked import Asked
from bot.console.floor.shared import reading, show, shown
from bot.staff.gate import console_route
from bot.staff.record import record
from bot.staff.rights import Right

HOME = "/console/evaluation"


@shown
def page(request: Request, asked: Asked) -> Response:
    """The answers to each question with their number, by door and days; the view is on record."""
    doors = {code: door for code, door in asked.service.doors.items() if door.evaluation and asked.member.at(code)}
    chosen = request.query_params.get("door", "")
    chosen = chosen if chosen in doors else next(iter(doors), "")
    today = asked.now.astimezone(TORONTO).date()
    first = _day(request.query_params.get("from"), today - timedelta(days=365))
    last = _day(request.query_params.get("to"), today)
    found = []
    if chosen:
        with reading(asked) as session:
            found = list(tallies(session, doors[chosen], first, last))
        with asked.service.ledger.writing() as session:
            record(session, asked.member.id, "evaluation_view", door=chosen, at=asked.now)
    door = doors.get(chosen)
    evaluation = door.evaluation if door else None
    asked_of = {one.id: one for one in evaluation.questions} if evaluation else {}
    say = asked.service.catalogue.say
    rows = [
        {
            "ask": say(asked_of[one.question].ask, asked.language),
            "answers": one.answers,
            "counts": [
                (say(option.label, asked.language), one.counts[option.id] if one.counts else None)
                for option in asked_of[one.question].choices
            ],
        }
        for one in found
    ]
    names = {code: asked.labels.door(code) for code in doors}
    return show(
        request, asked, "evaluation.html", rows=rows, doors=names, door=chosen, first=first, last=last, least=LEAST
    )


def _day(text: str | None, otherwise: date) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return otherwise


routes = [console_route(HOME, page, right=Right.EVALUATION)]
