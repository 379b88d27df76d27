"""Whom a conversation can be handed to: colleagues at its door who are on duty, and what they know."""

from __future__ import annotations

from typing import Any

from anyio import to_thread
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.console.api.access import readable
from bot.console.api.asked import Asked
from bot.handoff import presence
from bot.handoff.people import serves
from bot.staff.models import Staff
from bot.staff.rights import ROLES, Right


async def offered(request: Request, asked: Asked) -> Response:
    """Colleagues, with the languages and skills that at least one of them has."""
    return JSONResponse(await to_thread.run_sync(_offered, asked, request.path_params["id"]))


def _offered(asked: Asked, conversation_id: str) -> dict[str, Any]:
    labels = asked.labels
    with Session(asked.service.ledger.reader) as session:
        conversation = readable(session, asked.member, conversation_id)
        on = {one.staff_id: one.status for one in presence.on_duty(session, asked.now)}
        accounts = session.scalars(select(Staff).where(Staff.id.in_(on), Staff.state == "active")).all()
        there = [
            one
            for one in accounts
            if one.id not in (asked.member.id, conversation.holder)
            and on[one.id] != "away"
            and serves(one, conversation.door)
            and _works(one)
        ]
        language = conversation.language
    # Who can be asked now comes first, and among them who speaks the person's language.
    there.sort(key=lambda one: (on[one.id] != "available", language not in one.languages, one.name.casefold()))
    spoken = sorted({str(code) for one in there for code in one.languages})
    return {
        "staff": [
            {"id": one.id, "name": one.name, "status": on[one.id], "languages": list(one.languages)} for one in there
        ],
        "skills": sorted({str(skill) for one in there for skill in one.skills}),
        "languages": [{"code": code, "label": labels.language_name(code)} for code in spoken],
    }


def _works(one: Staff) -> bool:
    return any(Right.DESK in ROLES.get(str(role), frozenset()) for role in one.roles)
