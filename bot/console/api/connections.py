"""Lines that were called for somebody, and what truly became of each try: by the telephone, or by a specialist."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.api.labels import Labels
from bot.console.models import PartnerTransfer
from bot.conversations.models import Audit
from directory_client.lines import lines

CONNECTED = "connected"


def connections(session: Session, conversation_id: str, labels: Labels) -> dict[str, Any]:
    """The tries in their order. "connected" is one that a person at the line has answered, and nothing else."""
    known = lines()
    tries: list[tuple[Any, str, str]] = []
    for row in session.scalars(
        select(Audit).where(Audit.conversation_id == conversation_id, Audit.action == "transfer")
    ):
        if str(row.detail.get("to")) in known and "outcome" in row.detail:
            tries.append((row.created_at, str(row.detail["to"]), str(row.detail["outcome"])))
    for transfer in session.scalars(select(PartnerTransfer).where(PartnerTransfer.conversation_id == conversation_id)):
        tries.append((transfer.ended_at or transfer.created_at, transfer.line, transfer.state))
    return {
        "title": labels.interface.say("connections_title", labels.language),
        "tries": [
            {
                "at": at.isoformat(),
                "line": line,
                "name": known[line].name_in(labels.language) if line in known else line,
                "outcome": outcome,
                "label": labels.interface.say(f"connection_{outcome}", labels.language),
                "connected": outcome == CONNECTED,
            }
            for at, line, outcome in sorted(tries, key=lambda one: one[0])
        ],
    }
