"""What the desk asks about sharing: the rule in force, what the person has excluded, a second person's decision."""

from __future__ import annotations

from typing import Any

from anyio import to_thread
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.bus import DESK
from bot.console.api.access import readable, written_under_lock
from bot.console.api.asked import Asked, Problem, answered, body_of, text_in
from bot.sharing import agreements, checking, overrides
from bot.sharing.deciding import Refused, Wish
from bot.sharing.models import Exclusion, Override
from bot.sharing.rule import rule_in_force
from bot.staff.gate import console_route
from bot.staff.record import record, record_view
from bot.staff.rights import Right
from directory_client.lines import lines

ONE = "/console/api/conversations/{id}"


def said(asked: Asked, message: str, **facts: object) -> str:
    """A sentence of the area "sharing"."""
    return asked.interface.say(f"sharing_{message}", asked.language, **facts)


def problem_of(asked: Asked, refused: Refused) -> Problem:
    """A refusal as the desk shows it, with the fields it is about."""
    names = ", ".join(field_label(asked, one) for one in refused.fields)
    return Problem(409, f"sharing_{refused.code}", fields=names or "–", beside={"fields": list(refused.fields)})


def field_label(asked: Asked, field: str) -> str:
    """A field as staff read it; an answer at a door by the name of its question."""
    message = f"api_share_{field}"
    return (
        asked.interface.say(message, asked.language)
        if asked.interface.has(message)
        else field.partition(":")[2] or field
    )


def overview(session: Session, asked: Asked, conversation_id: str, purpose: str = "connect") -> dict[str, Any]:
    """The rule, what partners may be told, what the person has excluded, what was asked of a second person."""
    rule = rule_in_force()
    agreed: dict[str, dict[str, Any]] = {}
    for row in agreements.in_force(session, asked.now):
        if row.purpose == purpose:
            agreed[row.recipient] = {
                "fields": row.fields,
                "grounds": row.grounds,
                "kind": row.kind,
                "until": agreements.ends(row).isoformat(),
            }
    for line in rule.without_agreement:
        agreed.setdefault(line, {"fields": list(rule.fields), "grounds": ["risk_to_life"], "kind": None, "until": None})
    return {
        "rule": {"version": rule.version, "text": list(rule.words(asked.language)), "title": said(asked, "rule_title")},
        "grounds": _labelled(asked, "ground", rule.grounds),
        "kinds": _labelled(asked, "kind", rule.kinds),
        "reasons": _labelled(asked, "reason", rule.reasons),
        "agreed": agreed,
        "exclusions": [
            {"id": one.id, "kind": one.kind, "line": one.recipient, "label": _excluded(asked, one)}
            for one in checking.exclusions(session, conversation_id)
        ],
        "overrides": [
            {"id": one.id, "line": one.recipient, "state": one.state, "fields": one.fields}
            for one in session.scalars(
                select(Override).where(Override.conversation_id == conversation_id).order_by(Override.asked_at)
            )
        ],
    }


def _labelled(asked: Asked, what: str, codes: Any) -> list[dict[str, str]]:
    return [{"code": one, "label": said(asked, f"{what}_{one}")} for one in codes]


def _excluded(asked: Asked, one: Exclusion) -> str:
    if one.recipient:
        return lines()[one.recipient].name_in(asked.language) if one.recipient in lines() else one.recipient
    return said(asked, f"kind_{one.kind}")


async def sharing(request: Request, asked: Asked) -> Response:
    """Everything about sharing in one conversation."""
    conversation_id = request.path_params["id"]

    def read() -> dict[str, Any]:
        with Session(asked.service.ledger.reader) as session:
            door = readable(session, asked.member, conversation_id).door
            found = overview(session, asked, conversation_id)
        with asked.service.ledger.writing() as session:
            record_view(session, asked.member.id, conversation_id, door, asked.now, what="viewed_sharing")
        return found

    return JSONResponse(await to_thread.run_sync(read))


async def exclude(request: Request, asked: Asked) -> Response:
    """Keeps whom the person has named: a kind of recipient or one line."""
    body = await body_of(request)
    kind, line = body.get("kind"), body.get("line")
    if (kind is None) == (line is None):
        raise Problem(400, "request")
    if kind is not None and kind not in rule_in_force().kinds:
        raise Problem(400, "request")
    if line is not None and line not in lines():
        raise Problem(404, "no_line")

    def kept() -> str:
        with asked.service.ledger.writing() as session:
            conversation = written_under_lock(session, asked.member, request.path_params["id"])
            same = (
                one
                for one in checking.exclusions(session, conversation.id)
                if (one.kind, one.recipient) == (kind, line)
            )
            row = next(same, None)
            if row is None:
                row = Exclusion(
                    conversation_id=conversation.id, kind=kind, recipient=line, by=asked.member.id, created_at=asked.now
                )
                session.add(row)
                session.flush()
                record(
                    session, asked.member.id, "excluded", conversation=conversation.id, door=conversation.door,
                    at=asked.now, kind=kind, line=line,
                )  # fmt: skip
            return row.id

    return JSONResponse({"exclusion": await to_thread.run_sync(kept)}, status_code=201)


async def lift(request: Request, asked: Asked) -> Response:
    """The person has changed their mind: somebody may know after all."""
    body = await body_of(request)

    def lifted() -> None:
        with asked.service.ledger.writing() as session:
            conversation = written_under_lock(session, asked.member, request.path_params["id"])
            row = session.get(Exclusion, str(body.get("exclusion")))
            if row is None or row.conversation_id != conversation.id:
                raise Problem(404, "gone")
            if row.lifted_at is None:
                row.lifted_at, row.lifted_by = asked.now, asked.member.id
                record(
                    session, asked.member.id, "exclusion_lifted", conversation=conversation.id, door=conversation.door,
                    at=asked.now, kind=row.kind, line=row.recipient,
                )  # fmt: skip

    await to_thread.run_sync(lifted)
    return JSONResponse({"exclusion": body.get("exclusion")})


async def ask_override(request: Request, asked: Asked) -> Response:
    """Asks a second person to decide about going against an exclusion."""
    body = await body_of(request)
    words = text_in(body, "words", overrides.LONGEST_REASON)
    fields = body.get("share")
    line = body.get("line")
    if line not in lines():
        raise Problem(404, "no_line")
    if not isinstance(fields, list) or not fields or any(one not in rule_in_force().fields for one in fields):
        raise Problem(400, "request")
    wish = Wish(str(line), "connect", tuple(fields), str(body.get("ground")))

    def put() -> str:
        with asked.service.ledger.writing() as session:
            conversation = written_under_lock(session, asked.member, request.path_params["id"])
            seen = checking.look(session, conversation.id, wish, asked.now)
            if not isinstance(seen, Refused):
                raise Problem(409, "sharing_not_excluded")
            if seen.code != "excluded":
                raise problem_of(asked, seen)
            try:
                row = overrides.ask(
                    session, conversation, wish, reason=str(body.get("reason")), words=words, by=asked.member.id,
                    rule=rule_in_force(), keys=asked.service.keys, now=asked.now,
                )  # fmt: skip
            except overrides.NotAsked as problem:
                raise Problem(400, f"sharing_override_{problem}") from None
            return row.id

    made = await to_thread.run_sync(put)
    asked.service.bus.ring(DESK)
    return JSONResponse({"override": made, "state": "pending"}, status_code=202)


async def found(request: Request, asked: Asked) -> Response:
    """What a partner was told, by the code that a specialist gave them. Whatever they may not see is not there."""
    code = str((await body_of(request)).get("code") or "")[:40].strip().replace(" ", "").replace("-", "")

    def read() -> dict[str, Any] | None:
        with asked.service.ledger.writing() as session:
            seen = checking.found_by(session, asked.service.keys, asked.member.id, code, asked.now)
            record(session, asked.member.id, "disclosure_read" if seen else "disclosure_refused", at=asked.now)
        return seen

    seen = await to_thread.run_sync(read)
    if seen is None:
        raise Problem(404, "sharing_nothing")
    for one in seen["facts"]:
        one["label"] = field_label(asked, one["field"])
    return JSONResponse(seen)


routes = [
    console_route(f"{ONE}/sharing", answered(sharing), right=Right.DESK),
    console_route(f"{ONE}/exclusions", answered(exclude), right=Right.DESK, methods=("POST",)),
    console_route(f"{ONE}/exclusions/lift", answered(lift), right=Right.DESK, methods=("POST",)),
    console_route(f"{ONE}/override", answered(ask_override), right=Right.DESK, methods=("POST",)),
    console_route("/console/api/partner/found", answered(found), right=Right.PARTNER, methods=("POST",)),
]
