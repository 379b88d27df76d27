"""When somebody is asked whether we may ask later, and whether they would tell what the service was like. Pure.

Once in a conversation, after help was shown, as one more numbered choice; never from the door's level of danger on,
and never in a language in which the consent is not written: nobody agrees to what they cannot read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from bot.after import wording
from bot.after.evaluation import offer_piece
from bot.answers import Piece
from bot.dialogue import Decision
from bot.doors.door import Door
from bot.safety.levels import Level

MEMORY = "after"
"""In the conversation's memory: what was offered and what is being asked."""
_ENDS = frozenset(("goodbye_reply", "thanks_reply", "anything_else"))
_AFTER_RESULTS = "results_hint"
_ELSE = frozenset(("handoff", "delete", "ask_delete", "restart"))


class Has(Protocol):
    """Whether a sentence is written in a language (bot.language.catalogue.Catalogue)."""

    def has(self, message: str, language: str) -> bool: ...


def allowed(door: Door, level: int) -> bool:
    """Whether this door may ask later, with the highest danger that was found."""
    return door.follow_up.offered and not _too_high(door.follow_up.never_from, level)


def may_evaluate(door: Door, level: int) -> bool:
    """Whether this door may ask what the service was like."""
    return door.evaluation is not None and not _too_high(door.evaluation.never_from, level)


def _too_high(never_from: str, level: int) -> bool:
    return never_from == "none" or level >= Level.named(never_from)


def offering(
    decision: Decision, memory: Mapping[str, Any], door: Door, channel: str, language: str, level: int, catalogue: Has
) -> Decision:
    """The decision with the offers that fit its answer.

    Args:
        memory: of the conversation before this turn.
        level: the highest danger of the conversation and of this message.
    """
    if decision.crisis or channel == "voice" or not _plain(decision.pieces):
        return decision
    known = dict(decision.memory if decision.memory is not None else memory)
    told = dict(known.get(MEMORY) or {})
    pieces = list(decision.pieces)
    at = next((n for n in reversed(range(len(pieces))) if "say" in pieces[n]), None)
    if at is None:
        return decision
    last = pieces[at]
    routed = any(piece.get("do") == "outcome" for piece in pieces)
    ends, helped = last["say"] in _ENDS, bool(known.get("shown") or told.get("offered") or _routed(known))
    if (
        not told.get("evaluation") and ends and helped and may_evaluate(door, level)
        and door.evaluation is not None and catalogue.has(door.evaluation.ask, language)
    ):  # fmt: skip
        told["evaluation"] = True
        pieces.append(offer_piece(door.evaluation))
    elif (
        not told.get("offered") and (last["say"] == _AFTER_RESULTS or routed or (ends and helped))
        and allowed(door, level) and _reachable(door, channel) and catalogue.has("common/follow_up_ask", language)
    ):  # fmt: skip
        told["offered"] = True
        pieces[at] = {**last, "choices": [*(last.get("choices") or ()), wording.CHOICE]}
    else:
        return decision
    return replace(decision, pieces=pieces, memory={**known, MEMORY: told})


def ways(door: Door, channel: str, *, texting: bool) -> list[str]:
    """The channels on which a follow-up can be had: an anonymous door keeps no number."""
    if door.anonymous:
        return ["web"] if channel == "web" else []
    if channel == "web":
        return ["web", *(["sms"] if texting else []), "voice"]
    return ["sms", "voice"] if channel == "sms" else []


def _reachable(door: Door, channel: str) -> bool:
    return bool(ways(door, channel, texting=False))


def _routed(memory: Mapping[str, Any]) -> bool:
    """Whether a route of the door was taken, or its questions came to their end."""
    intake = memory.get("intake")
    return isinstance(intake, Mapping) and intake.get("phase") == "done"


def _plain(pieces: Sequence[Piece]) -> bool:
    """Nothing else goes on: no person was asked for, nothing is being erased, no question of a door is open."""
    return not any(
        piece.get("do") in ("handoff", "delete", "ask_delete", "restart") or "asks" in piece for piece in pieces
    )
