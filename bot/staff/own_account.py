"""One's own account: password, second factor, sessions, language of the interface."""

from __future__ import annotations

from typing import Any

from anyio import to_thread
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.clock import TORONTO
from bot.console.pages import LANGUAGE_COOKIE, page
from bot.staff import sessions, totp
from bot.staff.accounts import INTERFACES, BadAccount, change, set_password
from bot.staff.gate import ACCOUNT, Access, console_route, form_of, length_of, member_of, unready_for
from bot.staff.models import Staff
from bot.staff.passwords import matches
from bot.staff.record import record
from bot.staff.sign_in import attempts_of
from bot.staff.signer import opened, signed
from bot.staff.web import counted_as, keep_note, now_of, reading, redirect, safe_next, service_of, writing

FACTOR = f"{ACCOUNT}/second-factor"
_SETTING_UP = 900
"""Seconds that somebody may take to scan the picture and type the first code."""


async def account(request: Request) -> Response:
    return await _account(request, done=request.query_params.get("done"))


async def _account(request: Request, *, status: int = 200, **facts: Any) -> Response:
    member, now, length = member_of(request), now_of(request), length_of(service_of(request))

    def load(session: Session) -> tuple[Staff, list[Any]]:
        one = session.get_one(Staff, member.id)
        return one, list(sessions.open_sessions(session, member.id, now, length))

    one, mine = await reading(request, load)
    done = facts.pop("done", None)
    return page(
        request,
        "account.html",
        status=status,
        account=one,
        sessions=mine,
        here=member.session_id,
        recovery_left=len(one.recovery),
        local=lambda at: at.astimezone(TORONTO).strftime("%Y-%m-%d %H:%M"),
        hours=f"{length.most.total_seconds() / 3600:g}",
        minutes=f"{length.idle.total_seconds() / 60:g}",
        unready=unready_for(member, service_of(request).settings.staff_second_factor),
        done=done if done in _DONE else None,
        **({"problem": None} | facts),
    )


_DONE = ("password", "factor_off", "sessions", "language")


async def new_password(request: Request) -> Response:
    """Asks for the present password, and ends all other sessions."""
    form = await form_of(request)
    if not await _is_theirs(request, form.get("present", "")):
        return await _account(request, status=403, problem="password_wrong")
    if form.get("new", "") != form.get("again", ""):
        return await _account(request, status=400, problem="password_differs")
    member, now = member_of(request), now_of(request)

    def store(session: Session) -> None:
        one = session.get_one(Staff, member.id)
        if form["new"] == form.get("present"):
            raise BadAccount("password_same", "Choose a password that is not the present one.")
        set_password(session, one, form["new"], member.id, now, given=False)
        sessions.end_all(session, member.id, now, but=member.session_id)

    try:
        await writing(request, store)
    except BadAccount as problem:
        return await _account(request, status=400, problem=problem.code)
    return redirect(f"{ACCOUNT}?done=password")


async def factor_page(request: Request) -> Response:
    return await _factor(request, totp.new_secret())


async def _factor(request: Request, secret: str, *, status: int = 200, problem: str | None = None) -> Response:
    member = member_of(request)
    one = await reading(request, lambda session: session.get_one(Staff, member.id))
    return page(
        request,
        "second_factor.html",
        status=status,
        problem=problem,
        picture=totp.picture(secret, one.login),
        secret=totp.in_groups(secret),
        note=signed(service_of(request).keys, "factor", [member.id, secret]),
        has_password=one.password_hash is not None,
        on=one.totp_secret is not None,
    )


async def set_factor(request: Request) -> Response:
    """Takes the authenticator when it shows the right code, and gives recovery codes, once."""
    form, member, now, keys = await form_of(request), member_of(request), now_of(request), service_of(request).keys
    note = opened(keys, "factor", form.get("note"), _SETTING_UP)
    if note is None or note[0] != member.id:
        return redirect(FACTOR)
    secret = str(note[1])
    if not await _is_theirs(request, form.get("present", "")):
        return await _factor(request, secret, status=403, problem="password_wrong")
    step = totp.step_of(secret, form.get("code", ""), now, after=0)
    if step is None:
        return await _factor(request, secret, status=400, problem="code_failed")
    codes, kept = totp.new_recovery(keys, member.id)

    def store(session: Session) -> None:
        one = session.get_one(Staff, member.id)
        one.totp_secret, one.totp_step, one.recovery = keys.sealed(secret), step, kept
        sessions.end_all(session, member.id, now, but=member.session_id)
        record(session, member.id, "factor_set", at=now, staff=member.id)

    await writing(request, store)
    return page(request, "recovery.html", codes=codes)


async def new_recovery(request: Request) -> Response:
    """New recovery codes; the old ones end."""
    if not await _is_theirs(request, (await form_of(request)).get("present", "")):
        return await _account(request, status=403, problem="password_wrong")
    member, now = member_of(request), now_of(request)
    codes, kept = totp.new_recovery(service_of(request).keys, member.id)

    def store(session: Session) -> bool:
        one = session.get_one(Staff, member.id)
        if one.totp_secret is None:
            return False
        one.recovery = kept
        record(session, member.id, "recovery_made", at=now, staff=member.id)
        return True

    return page(request, "recovery.html", codes=codes) if await writing(request, store) else redirect(ACCOUNT)


async def factor_off(request: Request) -> Response:
    if not await _is_theirs(request, (await form_of(request)).get("present", "")):
        return await _account(request, status=403, problem="password_wrong")
    member, now = member_of(request), now_of(request)
    await writing(request, lambda session: remove_factor(session, member.id, member.id, now))
    return redirect(f"{ACCOUNT}?done=factor_off")


def remove_factor(session: Session, staff_id: str, by: str, now: Any) -> None:
    """Takes the authenticator and its recovery codes off an account."""
    one = session.get_one(Staff, staff_id)
    one.totp_secret, one.recovery = None, []
    record(session, by, "factor_removed", at=now, staff=staff_id)


async def end_sessions(request: Request) -> Response:
    """Ends one session of one's own, or all but this one."""
    member, now, which = member_of(request), now_of(request), (await form_of(request)).get("session", "")

    def store(session: Session) -> None:
        if which:
            ended = int(sessions.end(session, which, member.id, now))
        else:
            ended = sessions.end_all(session, member.id, now, but=member.session_id)
        record(session, member.id, "sessions_ended", at=now, staff=member.id, count=ended)

    await writing(request, store)
    return redirect(f"{ACCOUNT}?done=sessions")


async def interface(request: Request) -> Response:
    """The language of the interface, for the account and for the next sign-in page of this browser."""
    form, member, now = await form_of(request), member_of(request), now_of(request)
    wanted = form.get("language", "")
    response = redirect(safe_next(form.get("back")) or f"{ACCOUNT}?done=language")
    if wanted in INTERFACES:
        await writing(
            request,
            lambda session: change(session, session.get_one(Staff, member.id), member.id, now, interface=wanted),
        )
        keep_note(request, response, LANGUAGE_COOKIE, wanted, "/console", 365 * 24 * 3600)
    return response


async def _is_theirs(request: Request, password: str) -> bool:
    """Whether the present password was given; guesses are counted like those at the door.

    An account without a password, whose owner signs in with OpenID Connect, has none to give.
    """
    member = member_of(request)
    one = await reading(request, lambda session: session.get_one(Staff, member.id))
    if one.password_hash is None:
        return True
    if await attempts_of(request).refuses(counted_as(request), f"present {member.id}"):
        return False
    right, _ = await to_thread.run_sync(matches, password, one.password_hash)
    if not right:
        now = now_of(request)
        await writing(request, lambda session: record(session, member.id, "password_wrong", at=now, staff=member.id))
    return right


routes = [
    console_route(ACCOUNT, account, right=Access.SIGNED_IN),
    console_route(f"{ACCOUNT}/password", new_password, right=Access.SIGNED_IN, methods=("POST",)),
    console_route(FACTOR, factor_page, right=Access.SIGNED_IN),
    console_route(FACTOR, set_factor, right=Access.SIGNED_IN, methods=("POST",)),
    console_route(f"{FACTOR}/off", factor_off, right=Access.SIGNED_IN, methods=("POST",)),
    console_route(f"{FACTOR}/recovery", new_recovery, right=Access.SIGNED_IN, methods=("POST",)),
    console_route(f"{ACCOUNT}/sessions", end_sessions, right=Access.SIGNED_IN, methods=("POST",)),
    console_route("/console/language", interface, right=Access.SIGNED_IN, methods=("POST",)),
]
