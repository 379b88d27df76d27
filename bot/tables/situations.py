"""A specialist's pages: refer a situation to a table, and see what became of one's own referrals."""

from __future__ import annotations

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response

from bot.console.api.access import may_read
from bot.console.api.asked import Asked
from bot.console.floor.shared import back, reading, show, shown
from bot.conversations.models import Conversation
from bot.staff.gate import console_route
from bot.staff.rights import Right
from bot.tables.models import AGE_GROUPS, CONSENTS, Situation
from bot.tables.pages import Pairs, common, door_of, posted_pairs, table_of
from bot.tables.referring import BadReferral, read_referral, refer

HOME = "/console/situations"
SHOWN = 50


@shown
def mine(request: Request, asked: Asked) -> Response:
    """The tables to which one may refer, and one's own referrals: how far they are, and no names."""
    with reading(asked) as session:
        tables = [
            common(session, asked, door)
            for door in asked.service.doors.values()
            if door.table is not None and asked.member.at(door.id)
        ]
        rows = session.scalars(
            select(Situation)
            .where(Situation.referred_by == asked.member.id)
            .order_by(Situation.created_at.desc())
            .limit(SHOWN)
        ).all()
        return show(request, asked, "situations.html", tables=tables, rows=rows)


@shown
def new(request: Request, asked: Asked) -> Response:
    """The form."""
    return _form(request, asked, [], None)


def _form(request: Request, asked: Asked, pairs: Pairs, problem: str | None) -> Response:
    door = door_of(request, asked)
    with reading(asked) as session:
        return show(
            request, asked, "situation_new.html", status=422 if problem else 200, fields=dict(pairs),
            many={name: [value for key, value in pairs if key == name] for name in ("factor", "excluded")},
            ages=AGE_GROUPS, consents=CONSENTS, problem=problem,
            conversation=dict(pairs).get("conversation") or request.query_params.get("conversation", ""),
            **common(session, asked, door),
        )  # fmt: skip


@posted_pairs
def keep(request: Request, asked: Asked, pairs: Pairs) -> Response:
    """Refers. In danger now the page that follows says what not to wait for."""
    door = door_of(request, asked)
    try:
        given = read_referral(pairs, table_of(door))
    except BadReferral as problem:
        return _form(request, asked, pairs, f"tables_bad_{problem.code}")
    with asked.service.ledger.writing() as session:
        found = session.get(Conversation, dict(pairs).get("conversation", ""))
        # Only from a conversation that one may read; any other number is as good as none.
        known = found is not None and asked.member.at(found.door) and may_read(session, asked.member, found)
        conversation = found if found is not None and known else None
        refer(
            session, door, given, asked.member.id, asked.service.keys, asked.now,
            conversation=conversation.id if conversation else None,
            language=conversation.language if conversation else asked.language,
            channel=conversation.channel if conversation else "console",
        )  # fmt: skip
    return back(HOME, done="referred_danger" if given.danger_now else "referred")


routes = [
    console_route(HOME, mine, right=Right.DESK),
    console_route(f"{HOME}/{{door}}/new", new, right=Right.DESK),
    console_route(f"{HOME}/{{door}}/new", keep, right=Right.DESK, methods=("POST",)),
]
