"""The pages to sign in: password, second factor, the organization's own accounts; and to sign out."""

from __future__ import annotations

import structlog
from anyio import to_thread
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.console.pages import page
from bot.staff import sessions
from bot.staff.entrance import CodeAsked, Entrance, Inside, Refused
from bot.staff.gate import COOKIE, SIGN_IN, Access, console_route, form_of, home_of, length_of, member_if_any, member_of
from bot.staff.lockout import Attempts
from bot.staff.loopback import demonstration_allowed
from bot.staff.oidc import Provider, ProviderProblem
from bot.staff.permits import ROOT
from bot.staff.record import record
from bot.staff.signer import opened, signed
from bot.staff.web import (
    client_of,
    counted_as,
    keep_note,
    keep_session,
    now_of,
    redirect,
    safe_next,
    service_of,
    writing,
)

log = structlog.get_logger(__name__)
CODE = f"{SIGN_IN}/code"
OIDC = f"{SIGN_IN}/oidc"
BACK = f"{OIDC}/back"
STEP_COOKIE = "porchlight_console_step"
OIDC_COOKIE = "porchlight_console_oidc"
STEP_SECONDS = 300
OIDC_SECONDS = 600


def entrance_of(request: Request) -> Entrance:
    service = service_of(request)
    return Entrance(service.ledger, service.keys, length_of(service))


def attempts_of(request: Request) -> Attempts:
    state = request.app.state
    if not hasattr(state, "sign_ins"):
        state.sign_ins = Attempts.allowing(service_of(request).settings.rate_sign_in, state.limits.limiter)
    attempts: Attempts = state.sign_ins
    return attempts


def provider_of(request: Request) -> Provider | None:
    state = request.app.state
    if not hasattr(state, "oidc_provider"):
        state.oidc_provider = Provider.from_settings(service_of(request).settings)
    provider: Provider | None = state.oidc_provider
    return provider


def _local(request: Request) -> bool:
    return demonstration_allowed(request.scope, service_of(request).settings)


def _form(request: Request, *, status: int = 200, problem: str | None = None, **facts: object) -> Response:
    wanted = safe_next(request.query_params.get("next"))
    return page(
        request,
        "sign_in.html",
        status=status,
        problem=problem,
        oidc=bool(service_of(request).settings.oidc_issuer),
        **({"next": wanted or "", "login": ""} | facts),
    )


async def sign_in_page(request: Request) -> Response:
    member = member_if_any(request)
    if member is not None:
        return redirect(safe_next(request.query_params.get("next")) or home_of(member))
    return _form(request)


async def sign_in(request: Request) -> Response:
    form = await form_of(request)
    login, password, wanted = form.get("login", ""), form.get("password", ""), safe_next(form.get("next")) or ""
    wait = await attempts_of(request).refuses(counted_as(request), login)
    if wait:
        response = _form(request, status=429, problem="sign_in_slow", next=wanted)
        response.headers["retry-after"] = str(wait)
        return response
    entrance, client, local, now = entrance_of(request), client_of(request), _local(request), now_of(request)
    step = await to_thread.run_sync(lambda: entrance.by_password(login, password, client, now, demo_allowed=local))
    if isinstance(step, Refused):
        return _form(request, status=401, problem="sign_in_failed", next=wanted, login=login[:80])
    if isinstance(step, CodeAsked):
        response = redirect(CODE)
        note = signed(service_of(request).keys, "step", [step.staff_id, step.passed, wanted])
        keep_note(request, response, STEP_COOKIE, note, SIGN_IN, STEP_SECONDS)
        return response
    return _entered(request, step, redirect(wanted or ROOT))


async def code_page(request: Request) -> Response:
    if _asked(request) is None:
        return redirect(SIGN_IN)
    return page(request, "sign_in_code.html", problem=None)


async def code(request: Request) -> Response:
    asked = _asked(request)
    if asked is None:
        return redirect(SIGN_IN)
    step, wanted = asked
    wait = await attempts_of(request).refuses(counted_as(request), f"code {step.staff_id}")
    if wait:
        slow = page(request, "sign_in_code.html", status=429, problem="sign_in_slow")
        slow.headers["retry-after"] = str(wait)
        return slow
    given = (await form_of(request)).get("code", "")[:40]
    entrance, client, local, now = entrance_of(request), client_of(request), _local(request), now_of(request)
    entered = await to_thread.run_sync(lambda: entrance.by_code(step, given, client, now, demo_allowed=local))
    if isinstance(entered, Refused):
        return page(request, "sign_in_code.html", status=401, problem="code_failed")
    response: Response = redirect(wanted or ROOT)
    response.delete_cookie(STEP_COOKIE, path=SIGN_IN)
    return _entered(request, entered, response)


def _asked(request: Request) -> tuple[CodeAsked, str] | None:
    note = opened(service_of(request).keys, "step", request.cookies.get(STEP_COOKIE), STEP_SECONDS)
    if note is None:
        return None
    staff_id, passed, wanted = note
    return CodeAsked(staff_id, passed), wanted


def _entered(request: Request, inside: Inside, response: Response) -> Response:
    keep_session(request, response, inside.token, length_of(service_of(request)).most.total_seconds())
    return response


async def to_provider(request: Request) -> Response:
    provider = provider_of(request)
    if provider is None:
        return redirect(SIGN_IN)
    try:
        response, kept = await provider.send_away(request)
    except ProviderProblem as problem:
        log.warning("sign-in provider cannot be reached", problem=problem.code)
        return _form(request, status=502, problem="oidc_away")
    note = signed(service_of(request).keys, "oidc", [kept, safe_next(request.query_params.get("next")) or ""])
    # The way back begins at another site, where browsers send no strict cookie.
    keep_note(request, response, OIDC_COOKIE, note, OIDC, OIDC_SECONDS, samesite="lax")
    return response


async def from_provider(request: Request) -> Response:
    provider = provider_of(request)
    note = opened(service_of(request).keys, "oidc", request.cookies.get(OIDC_COOKIE), OIDC_SECONDS)
    if provider is None or note is None:
        return _form(request, status=400, problem="oidc_stale")
    wait = await attempts_of(request).refuses(counted_as(request), "")
    if wait:
        return _form(request, status=429, problem="sign_in_slow")
    kept, wanted = note
    try:
        told = await provider.welcome(request, kept)
    except ProviderProblem as problem:
        log.warning("sign-in provider's answer refused", problem=problem.code)
        return _without_note(_form(request, status=401, problem="oidc_failed"))
    entrance, client, local, now = entrance_of(request), client_of(request), _local(request), now_of(request)
    entered = await to_thread.run_sync(
        lambda: entrance.by_provider(told.subject, told.email, client, now, demo_allowed=local)
    )
    if isinstance(entered, Refused):
        return _without_note(_form(request, status=403, problem="oidc_unknown"))
    # A page and not a redirect: only a step that begins here carries the strict cookie of the session.
    return _without_note(_entered(request, entered, page(request, "signed_in.html", next=wanted or ROOT)))


def _without_note(response: Response) -> Response:
    response.delete_cookie(OIDC_COOKIE, path=OIDC)
    return response


async def sign_out(request: Request) -> Response:
    member, now = member_of(request), now_of(request)

    def end(session: Session) -> None:
        sessions.end(session, member.session_id, member.id, now)
        record(session, member.id, "signed_out", at=now, session_id=member.session_id)

    await writing(request, end)
    response = redirect(SIGN_IN)
    response.delete_cookie(COOKIE, path=ROOT)
    response.headers["clear-site-data"] = '"cache"'
    return response


routes = [
    console_route(SIGN_IN, sign_in_page, right=Access.PUBLIC, name="console_sign_in"),
    console_route(SIGN_IN, sign_in, right=Access.PUBLIC, methods=("POST",)),
    console_route(CODE, code_page, right=Access.PUBLIC),
    console_route(CODE, code, right=Access.PUBLIC, methods=("POST",)),
    console_route(OIDC, to_provider, right=Access.PUBLIC),
    console_route(BACK, from_provider, right=Access.PUBLIC),
    console_route("/console/sign-out", sign_out, right=Access.SIGNED_IN, methods=("POST",)),
]
