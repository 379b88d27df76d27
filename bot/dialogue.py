"""What is decided for a message, wherever the decision comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot import answers
from bot.answers import Piece
from bot.conversations.views import ConversationView, Work
from bot.engine import EngineAnswer, Parse
from bot.language.identification import Identified
from bot.menu import Look, menu_answer
from bot.named_lines import LINE_988
from bot.person_words import asks_for_person
from bot.safety import Level, Risk
from bot.understanding import Heard, place_json
from directory_client.needs import NEEDS

UNKNOWN = Identified("und", False, 0.0)


@dataclass(frozen=True, slots=True)
class Decision:
    """Pieces to say, and what the conversation remembers afterwards (None: as before)."""

    pieces: list[Piece]
    memory: dict[str, Any] | None = None
    needs: tuple[str, ...] = ()
    intent: str | None = None
    crisis: bool = False
    priority: int | None = None
    engine_stale: bool = False
    notes: dict[str, Any] = field(default_factory=dict)


def from_engine(answer: EngineAnswer, conversation: ConversationView) -> Decision:
    """Rasa's answer as a decision."""
    parse: Parse = answer.parse
    memory = {**conversation.memory, **answer.slots}
    return Decision(list(answer.pieces), memory, needs=parse.needs, intent=parse.intent)


def without_engine(work: Work, heard: Heard, given: Mapping[str, Any] | None, language: str, look: Look) -> Decision:
    """The menu's answer as a decision; Rasa gets the memory again when it is back."""
    if given is None and asks_for_person(heard.text, language, within=True):
        given = {"intent": "ask_person", "entities": {}}
    answer = menu_answer(
        given=given,
        place=place_json(heard.place) if heard.place else None,
        outside=place_json(heard.outside) if heard.outside else None,
        memory=work.conversation.memory,
        door=work.conversation.door,
        language=language,
        look=look,
    )
    needs = tuple((given or {}).get("entities", {}).get("need") or ())
    return Decision(answer.pieces, answer.memory, needs=needs, intent="menu", engine_stale=True)


def unknown_number(number: int | None, conversation: ConversationView) -> Decision:
    """A number that was not offered: the choices again."""
    choices = [{"label": option["label"], "given": option["given"]} for option in conversation.options]
    return Decision([answers.say("number_unknown", choices, number=str(number))], dict(conversation.memory))


def next_question(conversation: ConversationView) -> Decision:
    """What to ask when a message was only about the language: the question that was open."""
    memory = conversation.memory
    if memory.get("need") and not memory.get("place"):
        return Decision([answers.say("ask_place")], dict(memory))
    if memory.get("shown"):
        return Decision([answers.say("results_hint")], dict(memory))
    return Decision([answers.say("ask_need", answers.area_menu(NEEDS))], dict(memory))


def plain_menu() -> Piece:
    return answers.say("menu_engine_away", answers.area_menu(NEEDS))


def with_concern(decision: Decision, risk: Risk, conversation: ConversationView) -> Decision:
    """Distress without clear danger: a gentle, direct question first, then the help that was asked for."""
    if risk.level != Level.CONCERN:
        return decision
    first = conversation.risk_level < Level.CONCERN
    piece = answers.say("concern_check_in" if first else "concern_lines", line_988=LINE_988)
    return replace(decision, pieces=[piece, *decision.pieces] if first else [*decision.pieces, piece])
