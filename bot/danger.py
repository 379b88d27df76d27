"""The answer to danger: fixed sentences at once, and a person asked for. Needs nothing but the text."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot import answers
from bot.answers import Piece
from bot.conversations.ownership import DANGER
from bot.conversations.views import ConversationView
from bot.dialogue import Decision
from bot.doors.loading import door_named
from bot.named_lines import LINE_988
from bot.safety import Level
from bot.safety.replies import crisis_reply, still_here
from bot.understanding import Heard


def in_danger(conversation: ConversationView) -> bool:
    """Whether somebody in danger waits for a specialist."""
    return conversation.owner == "waiting" and conversation.risk_level >= Level.HIGH


def crisis_answer(
    conversation: ConversationView,
    heard: Heard,
    language: str,
    now: datetime,
    *,
    meanwhile: Decision | None = None,
) -> Decision:
    """What to say in danger.

    The first time the whole crisis reply; while the person waits something brief, and the whole again when it
    got worse. `meanwhile` is the dialogue's answer to a message without danger: services that it found are
    shown, its questions are not.
    """
    risk = heard.risk
    worse = risk.level >= Level.HIGH and risk.level > conversation.risk_level
    if in_danger(conversation) and not worse:
        return _while_waiting(conversation, language, now, meanwhile)
    door = door_named(conversation.door)
    spoken = crisis_reply(risk, door_youth=door.youth, language=language, now=now)
    pieces: list[Piece] = [{"say": message, "facts": facts} for message, facts in spoken]
    priority = DANGER * (int(risk.level) - 1)
    pieces.append(answers.do("handoff", reason=f"risk:{risk.level.label}", priority=priority, silent=True))
    return Decision(
        pieces,
        dict(conversation.memory),
        crisis=True,
        priority=priority,
        engine_stale=True,
        notes={"danger_said": 1},
    )


def _while_waiting(
    conversation: ConversationView, language: str, now: datetime, meanwhile: Decision | None
) -> Decision:
    lines = answers.say("concern_lines", line_988=LINE_988)
    if meanwhile is not None and any("listings" in piece for piece in meanwhile.pieces):
        return replace(meanwhile, pieces=[*meanwhile.pieces, lines])
    said = int(conversation.memory.get("still_here") or 0) + 1
    spoken = still_here(said, language=language, now=now)
    memory = {**conversation.memory, "still_here": said}
    pieces: list[Piece] = [{"say": message, "facts": facts} for message, facts in spoken]
    if meanwhile is not None:
        # Deleting, to stop waiting and the like still work for somebody in danger.
        pieces = [piece for piece in meanwhile.pieces if piece.get("do") in ("ask_delete", "delete", "leave")] or pieces
    return Decision(pieces, memory, crisis=True, engine_stale=True)
