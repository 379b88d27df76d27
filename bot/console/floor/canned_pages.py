"""Canned replies: the list, writing one, changing it, taking it out of use. Every wording stays on view."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.console.api.asked import Asked
from bot.console.floor import canned
from bot.console.floor.canned import BadReply, Reply
from bot.console.floor.shared import Form, back, doors_of, posted, reading, show, shown
from bot.handoff.people import first_name
from bot.staff.gate import console_route
from bot.staff.rights import EVERY_DOOR, Right

HOME = "/console/canned"


def _mine(asked: Asked, door: str | None) -> bool:
    """Whether the reader may change replies of a door; those for all doors need somebody of all doors."""
    return EVERY_DOOR in asked.member.doors if door is None else asked.member.at(door)


@shown
def listed(request: Request, asked: Asked) -> Response:
    """The replies in use, or the retired ones, perhaps of one door or phase."""
    query = request.query_params
    retired = query.get("retired") == "1"
    with reading(asked) as session:
        found = [
            one
            for one in canned.replies(session, retired=retired)
            if (one.door is None or asked.member.at(one.door))
            and query.get("door", "") in ("", one.door or "all")
            and query.get("phase", "") in ("", one.phase)
        ]
    return show(
        request, asked, "canned.html", replies=found, retired=retired, doors=doors_of(asked), phases=canned.PHASES,
        chosen_door=query.get("door", ""), chosen_phase=query.get("phase", ""),
    )  # fmt: skip


def _form(
    request: Request, asked: Asked, reply: Reply | None, fields: Mapping[str, str], problem: BadReply | None = None
) -> Response:
    with reading(asked) as session:
        authors = _authors(session, reply)
    return show(
        request, asked, "canned_form.html", status=422 if problem else 200, reply=reply, fields=fields, problem=problem,
        doors=doors_of(asked), every=EVERY_DOOR in asked.member.doors, phases=canned.PHASES, authors=authors,
        languages_written=canned.LANGUAGES, longest_title=canned.LONGEST_TITLE, longest_text=canned.LONGEST_TEXT,
    )  # fmt: skip


def _authors(session: Session, reply: Reply | None) -> dict[str, str]:
    return {author: first_name(session, author) for author in {one.author for one in (reply.versions if reply else ())}}


@shown
def new(request: Request, asked: Asked) -> Response:
    """An empty form."""
    return _form(request, asked, None, {"phase": "opening"})


def _reply(asked: Asked, request: Request) -> Reply:
    with reading(asked) as session:
        found = canned.replies(session, reply_id=request.path_params["reply"])
    if not found or not (found[0].door is None or asked.member.at(found[0].door)):
        raise HTTPException(404, "This canned reply is not there.")
    return found[0]


@shown
def one(request: Request, asked: Asked) -> Response:
    """A reply with its words, how it reads, and all its versions."""
    reply = _reply(asked, request)
    fields = {"door": reply.door or "", "phase": reply.phase, "shortcut": reply.shortcut}
    for language in canned.LANGUAGES:
        words = reply.now(language)
        fields |= {f"title_{language}": words.title, f"text_{language}": words.text} if words else {}
    return _form(request, asked, reply, fields)


def _draft(asked: Asked, form: Form) -> canned.Draft:
    draft = canned.read_reply(form, list(doors_of(asked)))
    if not _mine(asked, draft.door):
        raise BadReply("door", "door_not_yours")
    return draft


@posted
def add(request: Request, asked: Asked, form: Form) -> Response:
    """Keeps a new reply."""
    try:
        draft = _draft(asked, form)
        with asked.service.ledger.writing() as session:
            canned.add(session, draft, author=asked.member.id, now=asked.now)
    except BadReply as problem:
        return _form(request, asked, None, form, problem)
    return back(HOME, done="saved")


@posted
def change(request: Request, asked: Asked, form: Form) -> Response:
    """Gives a reply other words."""
    reply = _reply(asked, request)
    try:
        if not _mine(asked, reply.door):
            raise BadReply("door", "door_not_yours")
        draft = _draft(asked, form)
        with asked.service.ledger.writing() as session:
            canned.change(session, reply.id, draft, author=asked.member.id, now=asked.now)
    except BadReply as problem:
        return _form(request, asked, reply, form, problem)
    return back(HOME, done="saved")


@posted
def retire(request: Request, asked: Asked, form: Form) -> Response:
    """Takes a reply out of use, or back into it."""
    reply = _reply(asked, request)
    returned = form.get("back") == "1"
    try:
        if not _mine(asked, reply.door):
            raise BadReply("door", "door_not_yours")
        with asked.service.ledger.writing() as session:
            canned.retire(session, reply.id, author=asked.member.id, now=asked.now, back=returned)
    except BadReply as problem:
        return _form(request, asked, reply, {"shortcut": reply.shortcut, "phase": reply.phase}, problem)
    return back(HOME, done="restored" if returned else "retired")


routes = [
    console_route(HOME, listed, right=Right.CANNED),
    console_route(f"{HOME}/new", new, right=Right.CANNED),
    console_route(f"{HOME}/new", add, right=Right.CANNED, methods=("POST",)),
    console_route(f"{HOME}/{{reply}}", one, right=Right.CANNED),
    console_route(f"{HOME}/{{reply}}", change, right=Right.CANNED, methods=("POST",)),
    console_route(f"{HOME}/{{reply}}/retire", retire, right=Right.CANNED, methods=("POST",)),
]
