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
from bot.conversations.ledger import ConversationView
from bot.dialogue import Decision
from bot.waiting import wording
from bot.waiting.callback import Told, textable
from bot.waiting.numbers import like_a_number, number_in

AWAITED = "callback_number"
"""In the memory: how often the number has been asked for. Gone once it is known."""
TRIES = 2


def answered(conversation: ConversationView, text: str, given: Mapping[str, Any] | None, keys: Keys) -> Decision | None:
    """What is decided for a message of somebody who waits or may wait; None when it is about something else.

    Args:
        given: what a chosen number means ({"intent", "entities"}), or None for free text.
    """
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
