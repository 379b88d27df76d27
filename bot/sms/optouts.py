"""What is answered to STOP, START and HELP, and to any text of somebody who has stopped. A table, and nothing else.

Two things hold in every row. After an opt-out nothing is sent until a START word, also in danger, because a carrier
does not deliver it and somebody else may hold the phone; staff see it instead. And a word that somebody in danger
could mean as a word ("end", "help") is answered for both readings: the risk screen cannot tell from one word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot import answers
from bot.answers import Fact, Piece
from bot.named_lines import LINE_211, LINE_911, LINE_988
from bot.safety import Level
from bot.sms.keywords import Keyword

_FACTS: Mapping[str, Mapping[str, Fact]] = {
    "sms_stop": {"line_911": LINE_911},
    "sms_stop_or_help": {"line_911": LINE_911, "line_988": LINE_988},
    "sms_help": {"line_211": LINE_211, "line_911": LINE_911},
    "sms_help_or_danger": {"line_911": LINE_911, "line_988": LINE_988},
    "concern_lines": {"line_988": LINE_988},
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What follows from a text.

    messages: ids of the catalogue, in order; `pieces` gives them with their facts.
    opt_out: True: keep that the person has stopped; False: take that back; None: as it was.
    handoff: staff are shown the conversation, because it may be about danger.
    send_allowed: whether the messages may be sent. With `opt_out` True they are the one last text, which goes out
        although the opt-out is kept with it.
    turn: the text goes on to an ordinary turn, or to the specialist who holds the conversation.
    """

    messages: tuple[str, ...] = ()
    opt_out: bool | None = None
    handoff: bool = False
    send_allowed: bool = True
    turn: bool = False

    @property
    def pieces(self) -> list[Piece]:
        return [{**answers.say(message), "facts": dict(_FACTS.get(message, {}))} for message in self.messages]


def answer(
    keyword: Keyword | None,
    *,
    opted_out: bool,
    risk: Level = Level.NONE,
    ambiguous: bool = False,
    carrier_answered: bool = False,
    held: bool = False,
) -> Answer:
    """The row of the table for a text.

    Args:
        keyword: what the text means as a keyword; None for ordinary words.
        opted_out: the person has stopped texts from this number before.
        risk: the higher of what the screen says about this text and of the danger that the conversation is in.
        ambiguous: the keyword is one that somebody in danger could mean as a word.
        carrier_answered: the webhook had `OptOutType`: the carrier acted and answered by itself. After STOP it
            refuses whatever we send (21610).
        held: a specialist holds the conversation; then only STOP and START are answered by the system.
    """
    danger = risk >= Level.HIGH or (ambiguous and risk >= Level.CONCERN)
    match keyword:
        case "stop":
            return _stop(danger, silent=opted_out or carrier_answered, both=ambiguous or danger)
        case "start" if opted_out:
            lines = ("concern_lines",) if risk >= Level.CONCERN else ()
            return Answer(("sms_start", *lines), opt_out=False, handoff=risk >= Level.HIGH)
        case _ if opted_out:
            return Answer(handoff=danger, send_allowed=False)
        case "help" if not held:
            return _help(danger, again=carrier_answered and not ambiguous)
        case _:
            return Answer(turn=True)


def _stop(danger: bool, *, silent: bool, both: bool) -> Answer:
    if silent:
        return Answer(opt_out=True, handoff=danger, send_allowed=False)
    return Answer(("sms_stop_or_help" if both else "sms_stop",), opt_out=True, handoff=danger)


def _help(danger: bool, *, again: bool) -> Answer:
    if danger:
        return Answer(("sms_help_or_danger",), handoff=True)
    return Answer(() if again else ("sms_help",))
