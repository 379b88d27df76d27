"""The page of the record: who has seen and changed what, newest first. It shows codes and ids, for it has no more."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.clock import TORONTO
from bot.console.pages import page
from bot.staff.gate import console_route, member_of
from bot.staff.models import Staff, StaffAudit
from bot.staff.record import record
from bot.staff.rights import Right
from bot.staff.web import now_of, reading, writing

AUDIT = "/console/audit"
PAGE = 100
_EXACT = ("actor", "action", "conversation", "door")


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody looks for. Empty fields ask for everything."""

    actor: str = ""
    action: str = ""
    conversation: str = ""
    door: str = ""
    first: date | None = None
    last: date | None = None
    before: tuple[datetime, str] | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filter:
        """Reads a page's address; what cannot be read is left out."""
        actor, action, conversation, door = (query.get(name, "").strip()[:64] for name in _EXACT)
        days = _day(query.get("first")), _day(query.get("last"))
        return cls(actor, action, conversation, door, *days, _place(query.get("before")))

    def narrowed(self) -> list[str]:
        """The names of the fields that are used."""
        return [name for name in (*_EXACT, "first", "last") if getattr(self, name)]


def rows(session: Session, asked: Filter, limit: int = PAGE) -> list[StaffAudit]:
    """The rows that fit, newest first, one more than a page if there are more."""
    statement: Select[tuple[StaffAudit]] = select(StaffAudit)
    for column, value in (
        (StaffAudit.actor, asked.actor),
        (StaffAudit.action, asked.action),
        (StaffAudit.conversation_id, asked.conversation),
        (StaffAudit.door, asked.door),
    ):
        if value:
            statement = statement.where(column == value)
    if asked.first:
        statement = statement.where(StaffAudit.at >= _midnight(asked.first))
    if asked.last:
        statement = statement.where(StaffAudit.at < _midnight(asked.last + timedelta(days=1)))
    if asked.before:
        at, row = asked.before
        statement = statement.where(or_(StaffAudit.at < at, and_(StaffAudit.at == at, StaffAudit.id < row)))
    return list(session.scalars(statement.order_by(StaffAudit.at.desc(), StaffAudit.id.desc()).limit(limit + 1)))


async def audit(request: Request) -> Response:
    asked, member, now = Filter.of(request.query_params), member_of(request), now_of(request)

    def load(session: Session) -> tuple[list[StaffAudit], dict[str, str], list[str]]:
        names = {one.id: one.name for one in session.scalars(select(Staff))}
        actions = session.scalars(select(StaffAudit.action).distinct().order_by(StaffAudit.action))
        return rows(session, asked), names, list(actions)

    found, names, actions = await reading(request, load)
    if asked.before is None:
        used = asked.narrowed()
        await writing(request, lambda session: record(session, member.id, "record_read", at=now, by=used))
    more = len(found) > PAGE
    found = found[:PAGE]
    query = {name: str(getattr(asked, name)) for name in asked.narrowed()}
    return page(
        request,
        "audit.html",
        rows=[_shown(row, names) for row in found],
        names=names,
        actions=actions,
        asked=asked,
        query=query,
        older=query | {"before": _as_place(found[-1])} if more else None,
    )


def _shown(row: StaffAudit, names: Mapping[str, str]) -> dict[str, Any]:
    codes = {name: value for name, value in row.codes.items() if value not in (None, [], "")}
    if codes.get("staff") in names:
        codes["staff"] = names[codes["staff"]]
    return {
        "at": row.at.astimezone(TORONTO),
        "actor": names.get(row.actor, row.actor),
        "action": row.action,
        "conversation": row.conversation_id,
        "door": row.door,
        "codes": [(name, ", ".join(map(str, v)) if isinstance(v, list) else str(v)) for name, v in codes.items()],
    }


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), TORONTO)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _as_place(row: StaffAudit) -> str:
    return base64.urlsafe_b64encode(f"{row.at.isoformat()} {row.id}".encode()).decode().rstrip("=")


def _place(text: str | None) -> tuple[datetime, str] | None:
    """Where the next page begins: the time and the id of the last row."""
    if not text:
        return None
    try:
        at, _, row = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(" ")
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (moment, row) if moment.tzinfo else None


routes = [console_route(AUDIT, audit, right=Right.AUDIT)]
