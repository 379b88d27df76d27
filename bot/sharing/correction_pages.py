"""/console/corrections: partners propose a correction to a listing; somebody with the right to sign decides."""

from __future__ import annotations

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.console.api.asked import Asked
from bot.console.floor.shared import back, reading, show, shown
from bot.handoff.people import first_name
from bot.sharing import corrections
from bot.sharing.desk_api import said
from bot.sharing.forms import Fields, one, sent
from bot.staff.gate import console_route
from bot.staff.permits import Access
from bot.staff.rights import Right
from directory_client import corrections as records
from directory_client.corrections import FIELDS, NotPossible
from directory_client.search import Query

HOME = "/console/corrections"
FOUND = 10


def _may(asked: Asked) -> bool:
    return any(asked.member.may(right) for right in (Right.PARTNER, Right.DESK, Right.SIGN_LISTINGS))


@shown
def listed(request: Request, asked: Asked) -> Response:
    """What waits for a signature, for those who sign; one's own proposals, for everybody who may propose."""
    return _page(request, asked)


def _page(
    request: Request, asked: Asked, fields: Fields | None = None, problem: str | None = None, status: int = 200
) -> Response:
    if not _may(asked):
        return back("/console")
    signs = asked.member.may(Right.SIGN_LISTINGS)
    fields = fields or {name: [value] for name, value in request.query_params.items()}
    listing, field = one(fields, "listing"), one(fields, "field")
    before = None
    if listing and field in FIELDS:
        try:
            with Session(asked.service.directory.engine) as shelves:
                before = records.present(shelves, listing, field)
        except NotPossible as missing:
            problem = problem or str(missing)
    with reading(asked) as session:
        waiting = corrections.waiting(session) if signs else []
        mine = corrections.reviewed(session, author=None if signs else asked.member.id)
        ids = {row.author for row in (*waiting, *mine)} | {row.reviewed_by for row in mine if row.reviewed_by}
        names = {id_: first_name(session, id_) for id_ in ids}
    return show(
        request, asked, "corrections.html", status=422 if problem and status == 200 else status, signs=signs,
        waiting=waiting, rows=mine, names=names, fields=fields, before=before, problem=problem, me=asked.member.id,
        found=_found(asked, one(fields, "q")), listing_name=lambda id_: _name(asked, id_),
        kinds={name: said(asked, f"field_{name}") for name in FIELDS}, refusals=corrections.REFUSALS,
    )  # fmt: skip


def _name(asked: Asked, listing: str) -> str:
    found = asked.service.directory.find(asked.now)(listing, None)
    if found is None:
        return listing
    return (found.name_fr if asked.language == "fr" else None) or found.name


def _found(asked: Asked, words: str) -> list[tuple[str, str]]:
    """Listings whose names or words fit, to choose the one that is wrong."""
    if not words:
        return []
    results = asked.service.directory.look(asked.now)(Query(words=words[:100], limit=FOUND))
    return [(one.id, ", ".join(filter(None, (_name(asked, one.id), one.city)))) for one in results.listings]


@sent
def propose(request: Request, asked: Asked, fields: Fields) -> Response:
    """Keeps a proposal. What people see stays as it is until somebody signs it."""
    if not _may(asked):
        return back("/console")
    try:
        with asked.service.ledger.writing() as session:
            corrections.propose(
                session, asked.service.directory, listing=one(fields, "listing"), field=one(fields, "field"),
                after=one(fields, "after"), source=one(fields, "source"), author=asked.member.id, now=asked.now,
            )  # fmt: skip
    except NotPossible as problem:
        return _page(request, asked, fields, str(problem))
    return back(HOME, done="sharing_proposed")


@sent
def review(request: Request, asked: Asked, fields: Fields) -> Response:
    """Signs or refuses."""
    service = asked.service
    correction, reason = one(fields, "correction"), one(fields, "reason")
    try:
        if one(fields, "answer") == "sign":
            done = corrections.sign(service.ledger, service.directory, correction, by=asked.member.id, now=asked.now)
        else:
            reason = reason if reason in corrections.REFUSALS else corrections.REFUSALS[0]
            with service.ledger.writing() as session:
                done = corrections.review(session, correction, reason=reason, by=asked.member.id, now=asked.now)
    except NotPossible as problem:
        return _page(request, asked, problem=str(problem), status=409)
    return back(HOME, done="saved" if done else "sharing_gone")


@shown
def shared(request: Request, asked: Asked) -> Response:
    """For partners: a field for the code that a specialist gave them."""
    return show(request, asked, "shared.html")


routes = [
    console_route(HOME, listed, right=Access.SIGNED_IN),
    console_route(HOME, propose, right=Access.SIGNED_IN, methods=("POST",)),
    console_route(f"{HOME}/review", review, right=Right.SIGN_LISTINGS, methods=("POST",)),
    console_route("/console/shared", shared, right=Right.PARTNER),
]
