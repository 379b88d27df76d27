"""A warm transfer to a partner line: what the person agreed to share, as a packet to read out, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anyio import to_thread
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.console.api import context
from bot.console.api.access import readable
from bot.console.api.asked import Asked, Problem, body_of
from bot.console.api.fitting import by_fit
from bot.console.api.moves import raised
from bot.console.models import TRANSFER_STATES, PartnerTransfer
from bot.conversations.models import Conversation, RiskFinding
from bot.handoff import claims
from bot.handoff.claims import Refused
from bot.safety import Level
from bot.sharing import checking, handed
from bot.sharing.checking import NotShared
from bot.sharing.deciding import CONNECT, Wish
from bot.sharing.desk_api import overview, problem_of
from bot.voice.bringing import Bringing, ringable, rings
from bot.voice.placing import Placing
from bot.voice.telephones import Telephones
from directory_client.lines import Line, lines

FIELDS = ("language", "needs", "place", "risk", "services")
"""What can be shared, each by its own yes: never the words, the number or the name."""
CONSENT = "desk-1"
"""The wording that the person agreed to: the canned reply "share". A new wording gets a new name."""


async def offered(request: Request, asked: Asked) -> Response:
    """Lines that a person can be handed to, those that fit the needs and the language first."""
    return JSONResponse(await to_thread.run_sync(_lines, asked, request.path_params["id"]))


async def hand_on(request: Request, asked: Asked) -> Response:
    """Names the line to the person and gives the packet, where the rule for sharing allows it.

    With nothing to share the packet is empty, and the line is told only that somebody is calling.
    """
    body = await body_of(request)
    line, share = body.get("line"), body.get("share") or []
    if line not in lines():
        raise Problem(404, "no_line")
    if not isinstance(share, list) or any(one not in FIELDS for one in share):
        raise Problem(400, "request")
    ground = str(body.get("ground") or "consent")
    if share and ground == "consent" and body.get("consent") is not True:
        raise Problem(409, "consent_share")
    fields = tuple(dict.fromkeys(str(one) for one in share))
    wish = Wish(str(line), CONNECT, fields, ground, consented=body.get("consent") is True)
    answer = await to_thread.run_sync(_handed, asked, request.path_params["id"], wish)
    return JSONResponse(answer, status_code=201)


async def ring(request: Request, asked: Asked) -> Response:
    """Rings the line into the call that the specialist has with the person; first it hears what was agreed."""
    transfer = (await body_of(request)).get("transfer")
    if not isinstance(transfer, str):
        raise Problem(400, "request")
    service, conversation = asked.service, request.path_params["id"]

    def whom() -> tuple[str, Line, bool]:
        with Session(service.ledger.reader) as session:
            row = _transfer(session, asked, conversation, transfer)
            line, offered = lines()[row.line], row.state == "offered"
            caller = ringable(service, conversation, line, asked.member.id) if offered else None
            if caller is None:
                raise Problem(409, "not_in_call")
            return caller, line, rings(session, conversation, caller, transfer)

    caller, line, already = await to_thread.run_sync(whom)
    if not already:  # a second press, or one whose answer was lost, rings nobody twice
        placing = Placing.from_settings(service.settings)
        rung = await Bringing(service, Telephones(service, placing)).ring(caller, line, transfer)
        if placing is not None:
            await placing.close()
        if not rung:
            raise Problem(409, "line_not_rung")
    return JSONResponse({"transfer": transfer, "state": "offered"}, status_code=202)


async def went(request: Request, asked: Asked) -> Response:
    """How it stands with a line that is rung: "offered" until somebody there has taken the call, or not."""

    def state() -> str:
        with Session(asked.service.ledger.reader) as session:
            return _transfer(session, asked, request.path_params["id"], request.path_params["transfer"]).state

    return JSONResponse({"state": await to_thread.run_sync(state)})


def _transfer(session: Session, asked: Asked, conversation_id: str, transfer: str) -> PartnerTransfer:
    conversation = readable(session, asked.member, conversation_id)
    row = session.get(PartnerTransfer, transfer)
    if row is None or row.conversation_id != conversation.id:
        raise Problem(404, "gone")
    return row


async def ended(request: Request, asked: Asked) -> Response:
    """How the call to the partner line went."""
    body = await body_of(request)
    state, transfer = body.get("state"), body.get("transfer")
    if state not in TRANSFER_STATES or not isinstance(transfer, str):
        raise Problem(400, "request")

    def changed() -> None:
        now = asked.now
        with asked.service.ledger.writing() as session:
            row = _transfer(session, asked, request.path_params["id"], str(transfer))
            handed.settle(session, row, str(state), by=asked.member.id, now=now)

    await to_thread.run_sync(changed)
    return JSONResponse({"transfer": transfer, "state": state})


def _handed(asked: Asked, conversation_id: str, wish: Wish) -> dict[str, Any]:
    made: dict[str, Any] = {}
    line, share = wish.recipient, list(wish.fields)

    def packet(session: Session) -> None:
        conversation = session.get_one(Conversation, conversation_id)
        row = PartnerTransfer(
            conversation_id=conversation_id, door=conversation.door, line=line, shared=share,
            consent_version=CONSENT if wish.ground == "consent" else wish.ground, state="offered", by=asked.member.id,
            created_at=asked.now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        made.update({"transfer": row.id, "packet": [], "code": None})
        if share:
            facts = _packet(session, asked, conversation, share)
            shared = checking.share(
                session,
                conversation,
                wish,
                by=asked.member.id,
                now=asked.now,
                keys=asked.service.keys,
                wording=CONSENT,
                packet=[{"field": one["field"], "value": one["value"]} for one in facts],
                known_as=row.id,
            )
            made.update({"packet": facts, "code": shared.code, "until": shared.disclosure.ends_at.isoformat()})

    try:
        done = claims.partner(asked.service, conversation_id, asked.member, line, also=packet)
    except NotShared as problem:  # nothing was told to anybody: the transaction is undone
        with asked.service.ledger.writing() as session:
            door = session.get_one(Conversation, conversation_id).door
            checking.note_refusal(
                session, conversation_id, door, wish, problem.refused, asked.member.id, asked.now
            )  # fmt: skip
        raise problem_of(asked, problem.refused) from None
    if isinstance(done, Refused):
        raise raised(done)
    ring = ringable(asked.service, conversation_id, lines()[line], asked.member.id) is not None
    return {**made, "ring": ring, "line": _line(lines()[line], asked.language)}


def _packet(session: Session, asked: Asked, conversation: Conversation, share: list[str]) -> list[dict[str, str]]:
    """The facts in the staff's language, in the order in which they are told on the phone."""
    labels = asked.labels
    told: dict[str, str] = {}
    if "language" in share:
        told["language"] = labels.language_name(conversation.language)
    if "needs" in share:
        told["needs"] = ", ".join(labels.need(code) for code, _ in context.needs(session, conversation.id))
    if "place" in share:
        told["place"] = str((conversation.memory.get("place") or {}).get("name") or "")
    if "risk" in share:
        worst = session.scalars(
            select(RiskFinding)
            .where(RiskFinding.conversation_id == conversation.id)
            .order_by(RiskFinding.level.desc(), RiskFinding.created_at.desc())
            .limit(1)
        ).one_or_none()
        level = worst.level if worst else int(Level.NONE)
        kind = labels.kind(worst.kind) if worst else None
        told["risk"] = f"{labels.level(level)} ({kind})" if kind else labels.level(level)
    if "services" in share:
        _, given = context.listings(session, asked.service.directory, conversation.id, labels, asked.now)
        told["services"] = ", ".join(one["name"] for one in given if one["name"])
    return [
        {"field": name, "label": labels.say(f"share_{name}"), "value": told[name]} for name in FIELDS if told.get(name)
    ]


def _lines(asked: Asked, conversation_id: str) -> dict[str, Any]:
    with Session(asked.service.ledger.reader) as session:
        conversation = readable(session, asked.member, conversation_id)
        needs = {code for code, _ in context.needs(session, conversation_id)}
        language, door = conversation.language, asked.service.doors.get(conversation.door)
        worst = worst_of(session, conversation_id)
        kind, level = (worst.kind, worst.level) if worst else (None, 0)
        rules = overview(session, asked, conversation_id, CONNECT)
    able = [one for one in lines().values() if one.voice or one.text]
    able = by_fit(able, kind=kind, level=level, door=door, needs=needs, language=language, now=asked.now)
    return {
        "lines": [_line(one, asked.language) for one in able],
        "fields": [{"code": name, "label": asked.labels.say(f"share_{name}")} for name in FIELDS],
        "sharing": rules,
    }


def worst_of(session: Session, conversation_id: str) -> RiskFinding | None:
    """The worst danger that was found, the latest of several."""
    return session.scalars(
        select(RiskFinding)
        .where(RiskFinding.conversation_id == conversation_id)
        .order_by(RiskFinding.level.desc(), RiskFinding.created_at.desc())
        .limit(1)
    ).one_or_none()


def _line(one: Line, reader: str) -> Mapping[str, Any]:
    return {
        "id": one.id,
        "name": one.name_in(reader),
        "phone": one.voice,
        "text": one.text,
        "hours": one.hours,
        "languages": list(one.languages),
        "note": (one.hours_note_fr if reader == "fr" else None) or one.hours_note,
        "needs": list(one.needs),
    }
