"""Languages, skills and capacity of those who take conversations."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.console.api.asked import Asked
from bot.console.floor.shared import Form, back, posted, reading, show, shown
from bot.handoff import presence
from bot.language.names import known
from bot.staff import accounts
from bot.staff.gate import console_route
from bot.staff.models import Staff
from bot.staff.rights import EVERY_DOOR, Right, rights_of

HOME = "/console/floor/skills"
_CODE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,38}")


def _takers(session: Session, asked: Asked) -> list[Staff]:
    """Active staff who take conversations at a door of the reader."""
    return [
        one
        for one in accounts.all_staff(session)
        if one.state == "active"
        and Right.DESK in rights_of(one.roles)
        and (EVERY_DOOR in one.doors or any(asked.member.at(door) for door in one.doors))
    ]


@shown
def skills(request: Request, asked: Asked) -> Response:
    """Everybody, a line each."""
    with reading(asked) as session:
        people = _takers(session, asked)
        status = presence.statuses(session, [one.id for one in people], asked.now)
        return show(request, asked, "skills.html", people=people, statuses=status)


@shown
def one(request: Request, asked: Asked) -> Response:
    """One colleague."""
    return _form(request, asked, None, None)


def _form(request: Request, asked: Asked, fields: Mapping[str, str] | None, problem: str | None) -> Response:
    with reading(asked) as session:
        person = _person(session, request, asked)
        had = {
            "languages": " ".join(person.languages),
            "skills": " ".join(person.skills),
            "capacity": str(person.capacity),
        }
        return show(
            request, asked, "skills_form.html", status=422 if problem else 200, person=person, fields=fields or had,
            problem=problem, most=accounts.MOST,
        )  # fmt: skip


def _person(session: Session, request: Request, asked: Asked) -> Staff:
    found = next((one for one in _takers(session, asked) if one.id == request.path_params["staff"]), None)
    if found is None:
        raise HTTPException(404, "There is nobody with this account who takes conversations at your doors.")
    return found


def read(form: Mapping[str, str]) -> tuple[list[str], list[str], int]:
    """Languages, skills and capacity from a form; codes with spaces or commas between them.

    Raises:
        ValueError: whose text is the id of a sentence for the reader.
    """
    languages = _codes(form.get("languages", ""))
    unknown = [code for code in languages if code not in known()]
    if unknown or not languages:
        raise ValueError("skills_language_unknown")
    skills = _codes(form.get("skills", ""))
    if len(skills) > 20 or not all(_CODE.fullmatch(code) for code in skills):
        raise ValueError("skills_unread")
    capacity = form.get("capacity", "").strip()
    if not capacity.isascii() or not capacity.isdigit() or not 1 <= int(capacity[:4]) <= accounts.MOST:
        raise ValueError("skills_capacity")
    return languages, skills, int(capacity)


def _codes(text: str) -> list[str]:
    return sorted(set(re.split(r"[\s,;]+", text.casefold().strip())) - {""})


@posted
def change(request: Request, asked: Asked, form: Form) -> Response:
    """Changes them; on record."""
    try:
        languages, able, capacity = read(form)
    except ValueError as problem:
        return _form(request, asked, form, str(problem))
    with asked.service.ledger.writing() as session:
        person = _person(session, request, asked)
        accounts.change(
            session, person, asked.member.id, asked.now, languages=languages, skills=able, capacity=capacity
        )
    return back(HOME, done="saved")


routes = [
    console_route(HOME, skills, right=Right.REASSIGN),
    console_route(f"{HOME}/{{staff}}", one, right=Right.REASSIGN),
    console_route(f"{HOME}/{{staff}}", change, right=Right.REASSIGN, methods=("POST",)),
]
