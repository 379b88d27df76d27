"""Members of staff for tests: an account and a session, straight in the database, and what a request carries."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from bot.service import Service
from bot.staff import sessions
from bot.staff.accounts import add_staff
from bot.staff.gate import COOKIE, HEADER, length_of
from bot.staff.sessions import Member


def signed_in(
    app_or_service: Any,
    roles: Iterable[str] = ("specialist",),
    doors: Iterable[str] = ("*",),
    languages: Iterable[str] = ("en", "fr"),
    *,
    name: str = "Sam Example",
    login: str | None = None,
    skills: Iterable[str] = (),
    capacity: int = 3,
    interface: str = "en",
    password: str | None = None,
) -> tuple[Member, dict[str, str]]:
    """Somebody who has just signed in, and the headers of their requests: cookie and CSRF token."""
    service: Service = app_or_service if isinstance(app_or_service, Service) else app_or_service.state.service
    now = service.clock()
    with service.ledger.writing() as session:
        one = add_staff(
            session,
            service.keys,
            login=login or f"test-{uuid.uuid4().hex[:12]}",
            name=name,
            roles=roles,
            doors=doors,
            languages=languages,
            skills=skills,
            capacity=capacity,
            interface=interface,
            password=password,
            password_given=False,
            now=now,
        )
        token, row = sessions.begin(session, one, now, length_of(service))
        member = sessions.member_from(one, row)
        headers = {"cookie": f"{COOKIE}={token}", HEADER: row.csrf}
    return member, headers
