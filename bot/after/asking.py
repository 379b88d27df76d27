"""The questions about a follow-up, and the answers when it has come, by number: no engine takes part.

Pure: it reads an answer and says what is asked next and what is to be kept. Silence is never taken for a yes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from bot import answers
from bot.after import evaluation, wording
from bot.after.models import CHANNELS
from bot.after.offer import MEMORY, ways
from bot.answers import Piece
from bot.clock import TORONTO
from bot.conversations.identity import Keys
from bot.conversations.views import ConversationView
from bot.dialogue import Decision
from bot.doors.door import Door
from bot.voice.yes_no import yes_no
from bot.waiting.numbers import like_a_number, number_in
from bot.waiting.wording import HOURS

TRIES = 2


@dataclass(frozen=True, slots=True)
class Around:
    """What the questions depend on.

    Attributes:
        language: in which the person is answered now.
        texting: whether one of our numbers can text any phone.
    """

    door: Door
    language: str
    now: datetime
    keys: Keys
    texting: bool = False


def answered(
    conversation: ConversationView, text: str, given: Mapping[str, Any] | None, around: Around
) -> Decision | None:
    """What is decided for a message about a follow-up or an evaluation; None when it is about something else.

    Args:
        given: what a chosen number means ({"intent", "entities"}), or None for free text.
    """
    told = dict(conversation.memory.get(MEMORY) or {})
    if given is None:
        given = _in_words(conversation, text, around.language)
    if given is None:
        return _number(conversation, text, told, around)
    pieces = evaluation.answered(around.door, given)
    if pieces is not None:
        return Decision(pieces, dict(conversation.memory), intent="after", engine_stale=True)
    told.pop("number", None)
    decided = _chosen(conversation, given, told, around)
    return _decided(conversation, *decided) if decided is not None else None


def _chosen(
    conversation: ConversationView, given: Mapping[str, Any], told: dict[str, Any], around: Around
) -> tuple[list[Piece], dict[str, Any]] | None:
    entities, channel = given.get("entities") or {}, conversation.channel
    today = around.now.astimezone(TORONTO).date()
    match given.get("intent"):
        case wording.ASK:
            return [wording.ask_piece()], told
        case wording.NO:
            return [wording.stopped_piece()], told
        case wording.YES:
            offered = ways(around.door, channel, texting=around.texting)
            if not offered:
                return [wording.stopped_piece()], told
            begun = _keep(version=wording.VERSION, consent_language=around.language)
            if len(offered) == 1:
                return [begun, *_with(channel, offered[0], told, today)], told
            return [begun, wording.how_piece(offered)], told
        case wording.HOW if entities.get("channel") in CHANNELS:
            return _with(channel, str(entities["channel"]), told, today), told
        case wording.DAY if isinstance(entities.get("day"), str):
            told["day"] = day = entities["day"]
            web = told.pop("by", None) == "web"  # a page disturbs nobody: they come to it themselves
            return [_keep(day=day), wording.language_piece(around.language) if web else wording.safe_piece()], told
        case wording.SAFE if entities.get("hours") in HOURS:
            return [_keep(hours=entities["hours"]), wording.language_piece(around.language)], told
        case wording.LANGUAGE if isinstance(entities.get("language"), str) and told.get("day"):
            done = wording.done_piece(str(told.pop("day")))
            return [_keep(language=entities["language"], done=True), done], told
        case wording.STOP:
            stopped = answers.do("follow_up_stop", follow_up=entities.get("follow_up"))
            return [stopped, wording.stopped_piece()], told
        case wording.RESULT | wording.WHY if entities.get("follow_up"):
            return _result(given, told, around.door.id)
    return None


def _with(channel: str, by: str, told: dict[str, Any], today: date) -> list[Piece]:
    """The next question once the channel is known: the number, where we do not have it, or the day."""
    told["by"] = by
    if by != "web" and channel != "sms":
        told["number"] = 1
        return [_keep(channel=by), wording.number_piece()]
    return [_keep(channel=by, own=by != "web"), wording.when_piece(today)]


def _result(given: Mapping[str, Any], told: dict[str, Any], door: str) -> tuple[list[Piece], dict[str, Any]]:
    """An answer to the follow-up itself, and the question about the next need, or the end."""
    about = given["entities"]
    row, need = str(about["follow_up"]), str(about.get("need") or "")
    rest, unmet = list(about.get("rest") or ()), list(about.get("unmet") or ())
    reason = None
    if given["intent"] == wording.WHY:
        reason = about.get("reason") if about.get("reason") in wording.REASONS else "other"
        state = "unmet"
    else:
        state = "met" if about.get("state") == "met" else "unmet"
    noted = answers.do("follow_up_result", follow_up=row, need=need, state=state, reason=reason, rest=rest)
    if state == "unmet" and reason is None:
        return [{**noted, "rest": [need, *rest]}, wording.why_piece(about)], told
    unmet += [need] if state == "unmet" else []
    if rest:
        return [noted, wording.check_piece(door, row, rest, unmet)], told
    return [noted, wording.end_piece(unmet)], told


def _number(conversation: ConversationView, text: str, told: dict[str, Any], around: Around) -> Decision | None:
    tries = int(told.get("number") or 0)
    if not tries or not like_a_number(text):
        return None
    number = number_in(text)
    if number is not None:
        told.pop("number")
        kept = _keep(number=around.keys.sealed(number))
        return _decided(conversation, [kept, wording.when_piece(around.now.astimezone(TORONTO).date())], told)
    told["number"] = tries + 1
    if tries >= TRIES:
        told.pop("number")
    return _decided(conversation, [wording.number_piece(wrong=True)], told)


def _in_words(conversation: ConversationView, text: str, language: str) -> Mapping[str, Any] | None:
    """A plain yes or no to the question that was asked last, in any language of the product."""
    fresh: list[Mapping[str, Any]] = [one["given"] for one in conversation.options if not one.get("old")]
    offered = {str(one.get("intent")): one for one in fresh}
    asked = [one for one in fresh if one.get("intent") == wording.RESULT]
    if not asked and wording.YES not in offered:
        return None
    said = yes_no(text, language)
    if said is None:
        return None
    if wording.YES in offered:
        return offered[wording.YES] if said else offered[wording.NO]
    wanted = "met" if said else "unmet"
    return next((one for one in asked if (one.get("entities") or {}).get("state") == wanted), None)


def _keep(**told: Any) -> Piece:
    return answers.do("follow_up", **told)


def _decided(conversation: ConversationView, pieces: list[Piece], told: dict[str, Any]) -> Decision:
    memory = {**conversation.memory, MEMORY: told}
    return replace(Decision(pieces, memory), intent="after", engine_stale=True)
