"""What pieces ask the gateway to do, and the sentences that go with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot import answers
from bot.after.kinds import KINDS as AFTER
from bot.answers import Piece
from bot.conversations.ownership import DANGER
from bot.conversations.views import ConversationView
from bot.doors.routes import LEVELS
from bot.intake.store import KINDS as INTAKE
from bot.named_lines import LINE_211
from bot.waiting.callback import Told
from bot.waiting.wording import left_pieces
from directory_client.needs import NEEDS


@dataclass(slots=True)
class Effects:
    """Changes that are committed with the replies."""

    handoff: dict[str, Any] | None = None
    erase: bool = False
    restart: bool = False
    unmet: list[tuple[str, str | None]] = field(default_factory=list)
    """Needs that nothing was found for, each with the reason where a door gives one."""
    complaint: bool = False
    intake: list[dict[str, Any]] = field(default_factory=list)
    """What the questions of a door have come to: `bot.intake.store` writes it down."""
    leave: bool = False
    connect: str | None = None
    """Id of the line to which somebody who calls is put through."""
    callback: list[Told] = field(default_factory=list)
    after: list[dict[str, Any]] = field(default_factory=list)
    """Follow-ups and evaluations: `bot.after.store` writes it down."""


def carried_out(pieces: list[Piece], conversation: ConversationView) -> tuple[list[Piece], Effects]:
    """Replaces each "do" by what is said about it and collects what is to be done."""
    effects = Effects()
    spoken: list[Piece] = []
    for piece in pieces:
        what = piece.get("do")
        if what is None:
            spoken.append(piece)
        elif what == "handoff":
            effects.handoff = {
                "reason": piece.get("reason", "asked"),
                "priority": int(piece.get("priority", 0)),
                "skill": piece.get("skill"),
                "mark": piece.get("mark"),
            }
            if not piece.get("silent"):
                again = conversation.owner == "waiting"
                message = "asked_person_again" if again else "person_waiting"
                spoken.append(answers.say(message, line_211=LINE_211))
        elif what == "danger":
            effects.intake.append(piece)
            level = LEVELS[piece["level"]]
            effects.handoff = {"reason": f"risk:{level.label}", "priority": DANGER * (int(level) - 1)}
        elif what in INTAKE:
            effects.intake.append(piece)
        elif what in AFTER:
            effects.after.append(piece)
        elif what == "ask_delete":
            spoken.append(answers.say("delete_ask", DELETE_CHOICES))
        elif what == "delete":
            effects.erase = True
            spoken.append(answers.say("delete_done"))
        elif what == "restart":
            effects.restart = True
            spoken.append(answers.say("restart_done", answers.area_menu(NEEDS)))
        elif what == "complaint":
            effects.complaint = True
            spoken.append(answers.say("complaint_reply", [answers.PERSON]))
        elif what == "connect":
            effects.connect = str(piece["line"])
        elif what == "leave":
            effects.leave = True
            spoken += left_pieces()
        elif what == "callback":
            effects.callback.append(piece["told"])
        elif what == "unmet":
            effects.unmet.append((str(piece["need"]), piece.get("reason")))
    return spoken, effects


DELETE_CHOICES = [
    answers.choice({"message": "choice_delete_yes"}, "delete_confirmed"),
    answers.choice({"message": "choice_delete_no"}, "delete_cancelled"),
]
