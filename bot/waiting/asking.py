"""The choices of somebody who waits, by text: to leave, and to be called back, one short question at a time.

Pure: it reads an answer and says what is asked next and what is to be kept. Silence is never taken for a yes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot import answers
from bot.answers import Piece
from bot.conversations.identity import Keys
from bot.conversations.views import ConversationView
from bot.dialogue import Decision
from bot.intake.labels import folded, worded
from bot.voice.yes_no import yes_no
from bot.waiting import wording
from bot.waiting.callback import Told, textable
from bot.waiting.numbers import like_a_number, number_in

AWAITED = "callback_number"
"""In the memory: how often the number has been asked for. Gone once it is known."""
TRIES = 2
LONGEST = 60
"""Letters of a message that may be the words of a choice."""
OURS = frozenset((wording.LEAVE, wording.CALLBACK, "wait_number", "wait_no_call", "wait_hours", "wait_message"))


def answered(
    conversation: ConversationView, text: str, given: Mapping[str, Any] | None, keys: Keys, language: str
) -> Decision | None:
    """What is decided for a message of somebody who waits or may wait; None when it is about something else.

    Args:
        given: what a chosen number means ({"intent", "entities"}), or None for free text.
        language: in which the person is answered now.
    """
    if given is None:
        given = _in_words(conversation, text, language)
    if given is None:
        return _number(conversation, text, keys)
    entities = given.get("entities") or {}
    memory = {name: value for name, value in conversation.memory.items() if name != AWAITED}
    match given.get("intent"):
        case wording.LEAVE:
            return _decided([answers.do("leave")], memory)
        case wording.CALLBACK if textable(conversation.channel) and not entities.get("other"):
            return _decided([wording.callback_this_piece()], memory)
        case wording.CALLBACK:
            return _decided([wording.callback_number_piece()], {**memory, AWAITED: 1})
        case "wait_number":
            return _decided([answers.do("callback", told=Told(own=True)), wording.callback_when_piece()], memory)
        case "wait_no_call":
            return _decided([answers.say("anything_else")], memory)
        case "wait_hours" if entities.get("hours") in wording.HOURS:
            told = Told(hours=str(entities["hours"]))
            return _decided([answers.do("callback", told=told), wording.callback_message_piece()], memory)
        case "wait_message":
            told = Told(may=entities.get("may") is True)
            return _decided([answers.do("callback", told=told), *wording.callback_pieces()], memory)
    return None


def _in_words(conversation: ConversationView, text: str, language: str) -> Mapping[str, Any] | None:
    """What the words of a choice mean, written out instead of its number, and a plain yes or no to the last question.

    To leave is always understood while somebody waits, however long ago the choice was shown.
    """
    plain = folded(text)
    if not plain or len(plain) > LONGEST:
        return None
    if conversation.owner == "waiting" and plain in map(folded, worded(wording.LEAVE_LABEL, language)):
        return {"intent": wording.LEAVE, "entities": {}}
    asked = [one for one in conversation.options if not one.get("old") and one["given"].get("intent") in OURS]
    for option in asked:
        if folded(str(option["label"])) == plain:
            return dict(option["given"])
    said = yes_no(text, language)
    meant = [one["given"] for one in asked if said is not None and _is(one["given"]) is said]
    return dict(meant[0]) if len(meant) == 1 else None


def _is(given: Mapping[str, Any]) -> bool | None:
    """Whether a choice is the yes or the no of its question."""
    match given.get("intent"):
        case "wait_number":
            return True
        case "wait_no_call":
            return False
        case "wait_message":
            return (given.get("entities") or {}).get("may") is True
    return None


def _number(conversation: ConversationView, text: str, keys: Keys) -> Decision | None:
    tries = int(conversation.memory.get(AWAITED) or 0)
    if not tries or not like_a_number(text):
        return None
    memory = {name: value for name, value in conversation.memory.items() if name != AWAITED}
    number = number_in(text)
    if number is not None:
        kept = answers.do("callback", told=Told(number=keys.sealed(number)))
        return replace(_decided([kept, wording.callback_when_piece()], memory), notes={"hidden": True})
    again = {**memory, AWAITED: tries + 1} if tries < TRIES else memory
    return _decided([wording.callback_number_piece(wrong=True)], again)


def _decided(pieces: list[Piece], memory: dict[str, Any]) -> Decision:
    return Decision(pieces, memory, intent="waiting", engine_stale=True)
