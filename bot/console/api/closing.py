"""Closing a conversation with what came of it; the outcome and the end are one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anyio import to_thread
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.console.api import context, follow_up
from bot.console.api.access import readable
from bot.console.api.asked import Asked, Problem, body_of
from bot.console.api.moves import raised
from bot.console.api.outcomes import UNMET, Ended, NotClosed, Wanted, ended
from bot.console.models import REFERRAL_STATES, DeskOutcome, Note, PartnerTransfer, Referral
from bot.conversations.models import Conversation, RiskFinding, new_id
from bot.handoff import claims
from bot.handoff.book import open_handoff
from bot.handoff.claims import Refused
from bot.handoff.models import Handoff
from bot.safety import Level
from directory_client.lines import lines
from directory_client.needs import NEEDS

OUTCOME = "outcome"
"""The field for how a contact ended, where the door names its ways."""


@dataclass(frozen=True, slots=True)
class _Ways:
    """The outcomes that a door names, as one more field of its form."""

    choices: Mapping[str, Mapping[str, str]]
    label: Mapping[str, str]
    required: bool
    id: str = OUTCOME
    kind: str = "choice"


async def form(request: Request, asked: Asked) -> Response:
    """What is asked when this conversation is closed."""
    return JSONResponse(await to_thread.run_sync(_form, asked, request.path_params["id"]))


async def close(request: Request, asked: Asked) -> Response:
    """Closes it. 422 with the field when something is missing; nothing is changed then."""
    body = await body_of(request)
    conversation = request.path_params["id"]
    return JSONResponse(await to_thread.run_sync(_close, asked, conversation, body))


def _form(asked: Asked, conversation_id: str) -> dict[str, Any]:
    labels = asked.labels
    with Session(asked.service.ledger.reader) as session:
        conversation = readable(session, asked.member, conversation_id)
        wanted = _wanted(session, asked, conversation)
        _, given = context.listings(session, asked.service.directory, conversation_id, labels, asked.now)
        follow_up_fields = follow_up.fields(asked, conversation) if wanted.follow_up else []
    return {
        "needs": [{"code": code, "label": labels.need(code)} for code in wanted.needs],
        "all_needs": [{"code": code, "label": labels.need(code)} for code in NEEDS],
        "reasons": [{"code": code, "label": labels.say(f"unmet_{code}")} for code in UNMET],
        "risk": {
            "required": wanted.danger,
            "levels": [{"code": int(level), "label": labels.level(int(level))} for level in Level],
        },
        "fields": [
            {
                "id": one.id,
                "kind": one.kind,
                "label": one.label.get(asked.language, one.label["en"]),
                "required": one.required,
                "choices": [
                    {"code": code, "label": names.get(asked.language, names["en"])}
                    for code, names in one.choices.items()
                ],
            }
            for one in wanted.fields
        ],
        "follow_up": {"offered": wanted.follow_up, "fields": follow_up_fields},
        "referrals": given,
        "referral_states": [{"code": code, "label": labels.say(f"referral_{code}")} for code in REFERRAL_STATES],
    }


def _wanted(session: Session, asked: Asked, conversation: Conversation) -> Wanted:
    needs = [code for code, _ in context.needs(session, conversation.id)]
    found = session.scalar(select(func.max(RiskFinding.level)).where(RiskFinding.conversation_id == conversation.id))
    handoff = open_handoff(session, conversation.id)
    level = max(found or 0, conversation.risk_level, handoff.risk_level if handoff else 0)
    door = asked.service.doors.get(conversation.door)
    fields: list[Any] = list(getattr(door, "closing", ()))
    ways = getattr(door, "outcomes", ())
    if ways:
        label = {code: asked.interface.say("api_closing_outcome", code) for code in ("en", "fr")}
        # Needs that were met or not say how it ended; where there are none, something has to.
        fields.insert(0, _Ways({way.id: way.label for way in ways}, label, required=not needs))
    follow = getattr(door, "follow_up", None)
    offered = True
    if follow is not None:
        never = Level.named(follow.never_from)
        offered = follow.offered and not (never > Level.NONE and level >= never)
    return Wanted(needs, level >= Level.HIGH, fields, offered)


def _close(asked: Asked, conversation_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    service, member, now = asked.service, asked.member, asked.now
    with Session(service.ledger.reader) as session:
        conversation = readable(session, member, conversation_id)
        wanted = _wanted(session, asked, conversation)
    try:
        came = ended(body, wanted, tuple(NEEDS))
    except NotClosed as problem:
        label = asked.labels.need(problem.field) if problem.field in NEEDS else problem.field
        raise Problem(422, f"closing_{problem.code}", field=label, beside={"field": problem.field}) from None
    if came.follow_up_consented and not wanted.follow_up:
        raise Problem(422, "closing_no_follow_up")
    _happened(asked, conversation_id, came)
    row_id = new_id()

    def outcome(session: Session) -> None:
        _write(session, asked, conversation_id, row_id, came, body)

    seen = body.get("seen")
    done = claims.close(
        service, conversation_id, member,
        seen=seen if isinstance(seen, int) and not isinstance(seen, bool) else None,
        farewell=body.get("farewell") is not False,
        outcome="partner" if came.fields.get(OUTCOME) == "transferred" else "closed",
        also=outcome,
    )  # fmt: skip
    if isinstance(done, Refused):
        raise raised(done)
    return {"conversation": conversation_id, "outcome": row_id, "closed": now.isoformat()}


def _happened(asked: Asked, conversation_id: str, came: Ended) -> None:
    """An outcome that says that a line was reached needs a transfer to it that was answered.

    Raises:
        Problem: 422, when the line has not answered.
    """
    with Session(asked.service.ledger.reader) as session:
        conversation = readable(session, asked.member, conversation_id)
        door = asked.service.doors.get(conversation.door)
        way = next((one for one in door.outcomes if one.id == came.fields.get(OUTCOME)), None) if door else None
        if way is None or way.reached is None:
            return
        answered = session.scalar(
            select(PartnerTransfer.id)
            .where(
                PartnerTransfer.conversation_id == conversation_id, PartnerTransfer.line == way.reached,
                PartnerTransfer.state == "connected",
            )
            .limit(1)
        )  # fmt: skip
    if answered is None:
        line = lines()[way.reached].name_in(asked.language)
        raise Problem(422, "closing_not_reached", line=line, beside={"field": OUTCOME})


def _write(
    session: Session, asked: Asked, conversation_id: str, row_id: str, came: Ended, body: Mapping[str, Any]
) -> None:
    """The outcome, what became of referrals, and texts of the door's form as a note."""
    now = asked.now
    conversation = session.get_one(Conversation, conversation_id)
    latest = _last_handoff(session, conversation_id)
    session.add(
        DeskOutcome(
            id=row_id, conversation_id=conversation_id, handoff_id=latest, door=conversation.door,
            channel=conversation.channel, language=conversation.language, staff_id=asked.member.id,
            met=list(came.met), unmet=list(came.unmet), risk_end=came.risk_end,
            follow_up_asked=came.follow_up_asked, follow_up_consented=came.follow_up_consented,
            fields=dict(came.fields), created_at=now,
        )
    )  # fmt: skip
    if came.follow_up_consented:
        unmet = [str(one["need"]) for one in came.unmet]
        how = follow_up.how_of(body.get("follow_up") or {}, asked, conversation)
        follow_up.agreed(session, asked, conversation, [*unmet, *(str(one) for one in came.met)], how)
    states = {
        one.get("listing"): one.get("state")
        for one in body.get("referrals") or ()
        if isinstance(one, Mapping) and one.get("state") in REFERRAL_STATES
    }
    for row in session.scalars(select(Referral).where(Referral.conversation_id == conversation_id)):
        if row.listing_id in states and row.state != states[row.listing_id]:
            row.state, row.changed_at = str(states[row.listing_id]), now
    if came.words:
        text = "\n".join(f"{name}: {words}" for name, words in came.words.items())
        session.add(
            Note(
                conversation_id=conversation_id, client_id=f"closing-{row_id}", author=asked.member.id,
                author_name=asked.member.name[:80], text=text, created_at=now,
            )
        )  # fmt: skip
    session.flush()


def _last_handoff(session: Session, conversation_id: str) -> str | None:
    return session.scalars(
        select(Handoff.id).where(Handoff.conversation_id == conversation_id).order_by(Handoff.asked_at.desc()).limit(1)
    ).first()
