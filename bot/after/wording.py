"""What is said about follow-ups, as pieces for `bot.words`. Pure. The sentences stand in doors/texts/common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from bot.answers import PERSON, Choice, Fact, Piece, choice, say
from bot.language.names import endonym
from bot.waiting.wording import HOURS

VERSION = "2026-11"
"""Of the wording of `common/follow_up_ask`: a new wording has a new version."""
ASK, YES, NO, HOW, DAY, SAFE, LANGUAGE, STOP, RESULT, WHY = (
    *("after_ask", "after_yes", "after_no", "after_how", "after_day", "after_safe", "after_language"),
    *("after_stop", "after_result", "after_why"),
)
"""What the choices mean (`given.intent`)."""
DAYS = (3, 7, 14)
"""Days from today on which one may be asked."""
REASONS = ("full", "not_eligible", "cost", "distance", "other")
"""Why a need stayed unmet, of those in bot.console.api.outcomes.UNMET that somebody can tell by number."""
CHOICE: Choice = choice({"message": "common/follow_up_choice"}, ASK)
_WAYS: Mapping[str, str] = {"sms": "by_text", "voice": "by_call", "web": "here"}


def ask_piece() -> Piece:
    """The consent, in words of version `VERSION`."""
    return say("common/follow_up_ask", [_yes(YES), _no(NO)])


def how_piece(channels: Sequence[str]) -> Piece:
    ways = [choice({"message": f"common/follow_up_{_WAYS[one]}"}, HOW, channel=one) for one in channels]
    return say("common/follow_up_how", [*ways, _stop()])


def number_piece(*, wrong: bool = False) -> Piece:
    return say("common/follow_up_number_again" if wrong else "common/follow_up_number", [_stop()])


def when_piece(today: date) -> Piece:
    days = [(today + timedelta(days=ahead)).isoformat() for ahead in DAYS]
    return say("common/follow_up_when", [choice({"date": day}, DAY, day=day) for day in days])


def safe_piece() -> Piece:
    hours = [choice({"message": f"handoff_hours_{one}"}, SAFE, hours=one) for one in HOURS]
    return say("common/follow_up_safe", hours)


def language_piece(language: str) -> Piece:
    """The person's own language first; English and French are always there."""
    codes = dict.fromkeys((language, "en", "fr"))
    return say("common/follow_up_language", [choice(endonym(one), LANGUAGE, language=one) for one in codes])


def done_piece(day: str) -> Piece:
    return say("common/follow_up_done", [_stop()], day={"date": day})


def stopped_piece() -> Piece:
    return say("common/follow_up_stopped")


def check_piece(door: str, follow_up: str, needs: Sequence[str], unmet: Sequence[str] = ()) -> Piece:
    """The question whether the first of these needs was met.

    Args:
        door: its id.
        follow_up: id of the row, which the answers carry.
        needs: codes that are still to be asked about; "" where it is not known what they came for.
        unmet: codes that were found to be unmet before.
    """
    need, *rest = needs or [""]
    name: Fact = {"message": f"{door}/door_name"}
    about = {"follow_up": follow_up, "need": need, "rest": rest, "unmet": list(unmet)}
    choices = [
        choice({"message": "handoff_choice_yes"}, RESULT, **about, state="met"),
        choice({"message": "handoff_choice_no"}, RESULT, **about, state="unmet"),
        PERSON,
        choice({"message": "common/follow_up_stop"}, STOP, follow_up=follow_up),
    ]
    if not need:
        return say("common/follow_up_check_any", choices, door=name)
    return say("common/follow_up_check", choices, door=name, need={"need": need})


def why_piece(about: Mapping[str, Any]) -> Piece:
    """Why a need stayed unmet; `about` is what the answer before carried."""
    kept = {name: about.get(name) for name in ("follow_up", "need", "rest", "unmet")}
    reasons = [choice({"message": f"common/follow_up_why_{one}"}, WHY, **kept, reason=one) for one in REASONS]
    return say("common/follow_up_why", reasons)


def end_piece(unmet: Sequence[str]) -> Piece:
    """The end of a follow-up; what stayed unmet can be looked for again."""
    if not unmet:
        return say("common/follow_up_thanks")
    return say("common/follow_up_again", [*(choice({"need": c}, "need", need=[c]) for c in unmet if c), PERSON])


def _yes(intent: str) -> Choice:
    return choice({"message": "handoff_choice_yes"}, intent)


def _no(intent: str) -> Choice:
    return choice({"message": "handoff_choice_no"}, intent)


def _stop() -> Choice:
    return choice({"message": "common/follow_up_stop"}, STOP)
