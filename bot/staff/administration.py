"""Pages of administrators: who has an account, with which roles, doors, languages, skills and capacity."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, object_session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.console.pages import language_of, page
from bot.language.names import endonym
from bot.staff import sessions
from bot.staff.accounts import BadAccount, add_staff, all_staff, change, set_password, unlock
from bot.staff.gate import console_route, length_of, member_of, pairs_of
from bot.staff.models import Staff, StaffSession
from bot.staff.own_account import remove_factor
from bot.staff.passwords import made_up
from bot.staff.record import record
from bot.staff.rights import EVERY_DOOR, ROLES, Right
from bot.staff.web import now_of, reading, redirect, service_of, writing

STAFF = "/console/staff"
_MANY = ("roles", "doors", "languages", "skills")


async def all_accounts(request: Request) -> Response:
    now, length = now_of(request), length_of(service_of(request))

    def load(session: Session) -> tuple[list[Staff], dict[str, int]]:
        counted = session.execute(
            select(StaffSession.staff_id, func.count())
            .where(
                StaffSession.ended_at.is_(None),
                StaffSession.expires_at > now,
                StaffSession.seen_at > now - length.idle,
            )
            .group_by(StaffSession.staff_id)
        )
        return all_staff(session), {staff: count for staff, count in counted}

    everyone, open_now = await reading(request, load)
    return page(request, "staff_list.html", everyone=everyone, open_now=open_now, now=now, doors=_doors(request))


async def new_account_page(request: Request) -> Response:
    return _form(request, "staff_new.html", _fields([]) | {"capacity": "3", "interface": "en", "languages": ["en"]})


async def new_account(request: Request) -> Response:
    given = _fields(await pairs_of(request))
    member, now, keys = member_of(request), now_of(request), service_of(request).keys
    provider_only = given.pop("provider_only", "") == "yes"
    password = None if provider_only else made_up()
    try:
        login = given.pop("login", "")
        one = await writing(
            request,
            lambda session: _plain(
                add_staff(session, keys, login=login, password=password, by=member.id, now=now, **_numbers(given))
            ),
        )
    except BadAccount as problem:
        return _form(request, "staff_new.html", given | {"login": login}, status=400, problem=problem)
    return page(request, "staff_password.html", account=one, password=password, new=True)


async def account(request: Request) -> Response:
    return await _account(request, done=request.query_params.get("done"))


async def _account(
    request: Request, *, status: int = 200, done: str | None = None, problem: BadAccount | None = None
) -> Response:
    staff_id, now, length = request.path_params["id"], now_of(request), length_of(service_of(request))

    def load(session: Session) -> tuple[Staff | None, list[StaffSession]]:
        return session.get(Staff, staff_id), sessions.open_sessions(session, staff_id, now, length)

    one, open_now = await reading(request, load)
    if one is None:
        raise HTTPException(404, "There is no such account.")
    given = {name: getattr(one, name) for name in (*_MANY, "name", "interface")} | {"capacity": str(one.capacity)}
    return _form(
        request, "staff_one.html", given, status=status, problem=problem,
        account=one, sessions=open_now, now=now, done=done if done in _DONE else None,
    )  # fmt: skip


_DONE = ("changed", "sessions", "factor", "unlocked", "state")


async def change_account(request: Request) -> Response:
    given = _fields(await pairs_of(request))
    member, now = member_of(request), now_of(request)
    for foreign in ("login", "provider_only"):
        given.pop(foreign, None)

    def store(session: Session, one: Staff) -> None:
        change(session, one, member.id, now, **_numbers(given))

    return await _changed(request, store, "changed")


async def change_state(request: Request) -> Response:
    """Disables an account, which ends its sessions, or opens it again."""
    member, now = member_of(request), now_of(request)
    state = dict(await pairs_of(request)).get("state", "")

    def store(session: Session, one: Staff) -> None:
        if one.id == member.id:
            raise BadAccount("oneself", "You cannot disable your own account.")
        change(session, one, member.id, now, state=state)
        if state == "disabled":
            sessions.end_all(session, one.id, now)

    return await _changed(request, store, "state")


async def end_sessions(request: Request) -> Response:
    member, now = member_of(request), now_of(request)

    def store(session: Session, one: Staff) -> None:
        end_sessions_of(session, one, member.id, now)

    return await _changed(request, store, "sessions")


def end_sessions_of(session: Session, one: Staff, by: str, now: datetime) -> int:
    """Ends every session of an account and records it."""
    ended = sessions.end_all(session, one.id, now)
    record(session, by, "sessions_ended", at=now, staff=one.id, count=ended)
    return ended


async def reset_factor(request: Request) -> Response:
    """For somebody who has lost telephone and recovery codes. Ends their sessions too."""
    member, now = member_of(request), now_of(request)

    def store(session: Session, one: Staff) -> None:
        remove_factor(session, one.id, member.id, now)
        sessions.end_all(session, one.id, now)

    return await _changed(request, store, "factor")


async def unlock_account(request: Request) -> Response:
    member, now = member_of(request), now_of(request)
    return await _changed(request, lambda session, one: unlock(session, one, member.id, now), "unlocked")


async def give_password(request: Request) -> Response:
    """A new password, shown once, that its owner has to change; ends their sessions."""
    member, now, password = member_of(request), now_of(request), made_up()

    def store(session: Session) -> Staff:
        one = _known(session, request)
        if one.demo:
            raise HTTPException(400, "The password of a demonstration account is made at the start.")
        set_password(session, one, password, member.id, now, given=True)
        sessions.end_all(session, one.id, now)
        return _plain(one)

    one = await writing(request, store)
    return page(request, "staff_password.html", account=one, password=password, new=False)


async def _changed(request: Request, work: Callable[[Session, Staff], object], done: str) -> Response:
    def store(session: Session) -> None:
        work(session, _known(session, request))

    try:
        await writing(request, store)
    except BadAccount as problem:
        return await _account(request, status=400, problem=problem)
    return redirect(f"{STAFF}/{request.path_params['id']}?done={done}")


def _known(session: Session, request: Request) -> Staff:
    one = session.get(Staff, request.path_params["id"])
    if one is None:
        raise HTTPException(404, "There is no such account.")
    return one


def _plain(one: Staff) -> Staff:
    """Loaded to the end, for use after the transaction."""
    session = object_session(one)
    if session is not None:
        session.flush()
        session.refresh(one)
        session.expunge(one)
    return one


def _form(
    request: Request,
    template: str,
    given: dict[str, Any],
    *,
    status: int = 200,
    problem: BadAccount | None = None,
    **facts: Any,
) -> Response:
    service = service_of(request)
    return page(
        request,
        template,
        status=status,
        given=given,
        problem=problem.code if problem else None,
        roles=list(ROLES),
        doors=_doors(request),
        every_door=EVERY_DOOR,
        languages_known={code: endonym(code) for code in service.languages()},
        oidc=bool(service.settings.oidc_issuer),
        **facts,
    )


def _doors(request: Request) -> dict[str, str]:
    """Id → name of every door, for choosing."""
    member = member_of(request)
    language = language_of({}, {}, "", member)
    return {door.id: _name(door.names, language) for door in service_of(request).doors.values()}


def _name(names: Any, language: str) -> str:
    return str(names.get(language) or names.get("en") or "")


def _fields(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """The fields of the form; skills are words with commas or spaces between them."""
    given: dict[str, Any] = {name: [] for name in _MANY}
    for name, value in pairs:
        if name == "skills":
            given[name] = value.lower().replace(",", " ").split()
        elif name in _MANY:
            given[name].append(value)
        elif name in ("login", "name", "capacity", "interface", "provider_only"):
            given[name] = value
    return given


def _numbers(given: dict[str, Any]) -> dict[str, Any]:
    capacity = str(given.get("capacity", "")).strip()
    if not (capacity.isascii() and capacity.isdigit()):
        raise BadAccount("capacity", "Capacity is a number.")
    return given | {"capacity": int(capacity), "name": given.get("name", ""), "interface": given.get("interface", "en")}


routes = [
    console_route(STAFF, all_accounts, right=Right.STAFF),
    console_route(STAFF, new_account, right=Right.STAFF, methods=("POST",)),
    console_route(f"{STAFF}/new", new_account_page, right=Right.STAFF),
    console_route(f"{STAFF}/{{id}}", account, right=Right.STAFF),
    console_route(f"{STAFF}/{{id}}", change_account, right=Right.STAFF, methods=("POST",)),
    console_route(f"{STAFF}/{{id}}/state", change_state, right=Right.STAFF, methods=("POST",)),
    console_route(f"{STAFF}/{{id}}/sessions", end_sessions, right=Right.STAFF, methods=("POST",)),
    console_route(f"{STAFF}/{{id}}/second-factor", reset_factor, right=Right.STAFF, methods=("POST",)),
    console_route(f"{STAFF}/{{id}}/unlock", unlock_account, right=Right.STAFF, methods=("POST",)),
    console_route(f"{STAFF}/{{id}}/password", give_password, right=Right.STAFF, methods=("POST",)),
]
