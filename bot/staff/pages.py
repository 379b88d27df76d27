"""All routes of staff accounts: signing in, one's own account, everybody's accounts, the record."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from bot.console.pages import page
from bot.staff import administration, audit, own_account, sign_in

routes = [*sign_in.routes, *own_account.routes, *administration.routes, *audit.routes]


def refusal(scope: Scope, code: str) -> Response:
    """The page of the gate for what it does not let through; its words come from the interface by the code."""
    return page(Request(scope), "refused.html", status=403, code=code)
