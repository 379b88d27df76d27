"""/console/agreements: what partners may be told, who of them signs in here, and every disclosure."""

from __future__ import annotations

import csv
import io
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.clock import TORONTO
from bot.console.api.asked import Asked
from bot.console.floor.shared import back, reading, show, shown
from bot.handoff.people import first_name
from bot.sharing import agreements
from bot.sharing.desk_api import field_label
from bot.sharing.forms import Fields, labelled, one, recipient, sent
from bot.sharing.models import Disclosure, PartnerMember
from bot.sharing.rule import rule_in_force
from bot.staff.gate import console_route
from bot.staff.models import Staff
from bot.staff.record import record
from bot.staff.rights import Right
from directory_client.lines import lines

HOME = "/console/agreements"
MOST_SHOWN = 200


@shown
def listed(request: Request, asked: Asked) -> Response:
    """What holds, what held, and a form for a new one."""
    return _page(request, asked)


def _page(
    request: Request, asked: Asked, *, fields: Fields | None = None, problem: agreements.BadAgreement | None = None
) -> Response:
    rule, now = rule_in_force(), asked.now
    with reading(asked) as session:
        rows = agreements.history(session)
        names = _names(session, {row.author for row in rows} | {row.ended_by for row in rows if row.ended_by})
        members = session.execute(
            select(PartnerMember.recipient, Staff.id, Staff.name).join(Staff, Staff.id == PartnerMember.staff_id)
        ).all()
    return show(
        request,
        asked,
        "agreements.html",
        status=422 if problem else 200,
        now=now,
        problem=problem,
        fields=fields or {},
        current=[row for row in rows if agreements.ends(row) > now],
        past=[row for row in rows if agreements.ends(row) <= now],
        ends=agreements.ends,
        names=names,
        members=members,
        recipient=lambda line: recipient(asked, line),
        lines={line.id: line.name_in(asked.language) for line in lines().values()},
        rule=rule,
        words=rule.words(asked.language),
        field_label=lambda name: field_label(asked, name),
        **_choices(asked),
    )


def _choices(asked: Asked) -> dict[str, Any]:
    rule = rule_in_force()
    return {
        "purposes": labelled(asked, "purpose", rule.purposes),
        "kinds": labelled(asked, "kind", rule.kinds),
        "grounds": labelled(asked, "ground", rule.grounds),
        "shareable": {name: field_label(asked, name) for name in rule.fields},
    }


def _names(session: Session, ids: set[str]) -> dict[str, str]:
    return {id_: first_name(session, id_) for id_ in ids}


@sent
def add(request: Request, asked: Asked, fields: Fields) -> Response:
    """Makes an agreement; the one that held for the same purpose ends now and stays in the history."""
    try:
        row = agreements.read_form(fields, rule_in_force(), asked.now)
    except agreements.BadAgreement as problem:
        return _page(request, asked, fields=fields, problem=problem)
    with asked.service.ledger.writing() as session:
        agreements.agree(session, row, author=asked.member.id, now=asked.now)
    return back(HOME, done="saved")


@sent
def end(request: Request, asked: Asked, fields: Fields) -> Response:
    """Ends an agreement: from this moment nothing more is shared under it."""
    with asked.service.ledger.writing() as session:
        agreements.end(session, one(fields, "agreement"), author=asked.member.id, now=asked.now)
    return back(HOME, done="saved")


@sent
def member(request: Request, asked: Asked, fields: Fields) -> Response:
    """Lets an account of role partner see what its organization was told, or takes that away."""
    line = one(fields, "recipient")
    with asked.service.ledger.writing() as session:
        found = session.scalars(
            select(Staff).where((Staff.login == one(fields, "login").lower()) | (Staff.id == one(fields, "account")))
        ).one_or_none()
        if found is None or line not in lines() or "partner" not in found.roles:
            return back(HOME, done="sharing_unreadable")
        mine = (PartnerMember.staff_id == found.id) & (PartnerMember.recipient == line)
        session.execute(delete(PartnerMember).where(mine))
        if one(fields, "remove") != "1":
            session.add(PartnerMember(staff_id=found.id, recipient=line, author=asked.member.id, created_at=asked.now))
        record(
            session,
            asked.member.id,
            "partner_member",
            at=asked.now,
            account=found.id,
            line=line,
            removed=one(fields, "remove") == "1",
        )
    return back(HOME, done="saved")


def _disclosures(session: Session, limit: int) -> list[Disclosure]:
    return list(session.scalars(select(Disclosure).order_by(Disclosure.created_at.desc()).limit(limit)))


@shown
def disclosures(request: Request, asked: Asked) -> Response:
    """Every disclosure: to whom, for what, which fields, on which ground, until when, by whom, under which rule."""
    as_csv = request.query_params.get("format") == "csv"
    with asked.service.ledger.writing() as session:
        record(session, asked.member.id, "disclosures_exported" if as_csv else "disclosures_viewed", at=asked.now)
    with reading(asked) as session:
        rows = _disclosures(session, 100_000 if as_csv else MOST_SHOWN)
        names = _names(session, {row.by for row in rows})
    if as_csv:
        return _csv(rows)
    return show(
        request,
        asked,
        "disclosures.html",
        rows=rows,
        names=names,
        now=asked.now,
        most=MOST_SHOWN,
        recipient=lambda line: recipient(asked, line),
        field_label=lambda name: field_label(asked, name),
        **_choices(asked),
    )


def _csv(rows: list[Disclosure]) -> Response:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["day", "door", "recipient", "purpose", "fields", "ground", "until", "rule", "override", "withdrawn"]
    )
    for row in rows:
        writer.writerow(
            [
                row.created_at.astimezone(TORONTO).date(), row.door, row.recipient, row.purpose, " ".join(row.fields),
                row.ground, row.ends_at.astimezone(TORONTO).date(), row.rule_version, int(row.override_id is not None),
                int(row.withdrawn_at is not None),
            ]
        )  # fmt: skip
    headers = {"content-disposition": 'attachment; filename="disclosures.csv"'}
    return Response(out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


routes: list[Any] = [
    console_route(HOME, listed, right=Right.AGREEMENTS),
    console_route(HOME, add, right=Right.AGREEMENTS, methods=("POST",)),
    console_route(f"{HOME}/end", end, right=Right.AGREEMENTS, methods=("POST",)),
    console_route(f"{HOME}/member", member, right=Right.AGREEMENTS, methods=("POST",)),
    console_route(f"{HOME}/disclosures", disclosures, right=Right.AGREEMENTS),
]
