"""/console/overrides: a second person decides about sharing against what a person has excluded."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bot.console.api.asked import Asked
from bot.console.floor.shared import back, reading, show, shown
from bot.handoff.people import first_name
from bot.sharing import overrides
from bot.sharing.desk_api import field_label
from bot.sharing.forms import Fields, labelled, one, recipient, sent
from bot.sharing.rule import rule_in_force
from bot.staff.gate import console_route
from bot.staff.record import record
from bot.staff.rights import Right

HOME = "/console/overrides"


@shown
def listed(request: Request, asked: Asked) -> Response:
    """What is asked, by whom and why. Nothing of the conversation. One's own requests are for somebody else."""
    rule = rule_in_force()
    with reading(asked) as session:
        rows = [row for row in overrides.pending(session, rule, asked.now) if asked.member.at(row.door)]
        names = {row.asked_by: first_name(session, row.asked_by) for row in rows}
    if rows:
        with asked.service.ledger.writing() as session:
            for row in rows:
                record(
                    session, asked.member.id, "override_viewed", conversation=row.conversation_id, door=row.door,
                    at=asked.now, override=row.id,
                )  # fmt: skip
    opened = {row.id: asked.service.keys.opened(row.words) if row.words else "" for row in rows}
    return show(
        request, asked, "overrides.html", rows=rows, names=names, opened=opened, me=asked.member.id,
        recipient=lambda line: recipient(asked, line), field_label=lambda name: field_label(asked, name),
        grounds=labelled(asked, "ground", rule.grounds), reasons=labelled(asked, "reason", rule.reasons),
        rule=rule, words=rule.words(asked.language),
    )  # fmt: skip


@sent
def decide(request: Request, asked: Asked, fields: Fields) -> Response:
    """Decides. Whoever asked cannot; a request that was decided or is too old stays as it is."""
    answer = one(fields, "answer")
    rule = rule_in_force()
    conversation = None
    with asked.service.ledger.writing() as session:
        waiting = {row.id for row in overrides.pending(session, rule, asked.now) if asked.member.at(row.door)}
        decided = None
        if one(fields, "override") in waiting and answer in ("approve", "refuse"):
            decided = overrides.decide(
                session, one(fields, "override"), approved=answer == "approve", by=asked.member.id, rule=rule,
                now=asked.now,
            )  # fmt: skip
            conversation = decided.conversation_id if decided else None
    if conversation:
        asked.service.heard_of(conversation)
    return back(HOME, done="saved" if decided else "sharing_gone")


routes = [
    console_route(HOME, listed, right=Right.OVERRIDE),
    console_route(HOME, decide, right=Right.OVERRIDE, methods=("POST",)),
]
