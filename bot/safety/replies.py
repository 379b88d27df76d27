"""Which fixed sentences answer danger, in which order, with which lines. Pure: the words are the catalogue's.

9-1-1 comes first in an emergency. Lines are those of the directory's records that may stand in a crisis reply
(`crisis_ok`); a line for one group of people is named only when the text or the door says that it fits.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.named_lines import LINE_911, LINE_988
from bot.safety.levels import Level, Risk
from directory_client.lines import YOUNG, lines

Facts = dict[str, Mapping[str, str]]
Spoken = tuple[str, Facts]
"""A message id and its facts, as `bot.answers` writes them: {"line": id} and the like."""

_FACTS: dict[str, Facts] = {
    "crisis_emergency_911": {"line_911": LINE_911},
    "crisis_suicide": {"line_988": LINE_988},
    "crisis_self_harm": {"line_988": LINE_988},
    "crisis_overdose": {"line_911": LINE_911, "line_poison": {"line": "poison-centre"}},
    "crisis_partner_violence": {"line_911": LINE_911},
    "crisis_sexual_violence": {"line_911": LINE_911},
    "crisis_child_abuse": {"line_911": LINE_911},
    "crisis_elder_abuse": {"line_911": LINE_911, "line_seniors": {"line": "seniors-safety"}},
    "crisis_trafficking": {"line_911": LINE_911, "line_trafficking": {"line": "trafficking-hotline"}},
    "crisis_medical": {"line_911": LINE_911},
    "crisis_harm_to_others": {"line_911": LINE_911, "line_988": LINE_988},
    "crisis_attack": {"line_911": LINE_911},
    "crisis_other": {"line_911": LINE_911, "line_988": LINE_988},
    "crisis_youth": {
        "name": {"line_name": YOUNG},
        "line_khp": {"line": YOUNG},
        "line_khp_word": {"line_word": YOUNG},
        "line_khp_text": {"line_text": YOUNG},
    },
    "crisis_still_here_1": {"line_911": LINE_911, "line_988": LINE_988},
    "crisis_still_here_2": {"line_988": LINE_988},
    "crisis_still_here_3": {"line_911": LINE_911, "line_988": LINE_988},
}
_SAYS_911_ITSELF = {"overdose", "attack", "medical"}
"""Kinds whose own sentence begins with 9-1-1, so that it is not said twice."""
_WATCHED = {"partner_violence", "sexual_violence", "child_abuse", "elder_abuse", "trafficking", "attack"}
"""Kinds in which somebody else may read the phone."""
_NEEDS_988 = {"overdose", "attack", "medical", "partner_violence", "sexual_violence", "child_abuse"}
"""Kinds whose own sentence does not name a line to talk to."""


def crisis_reply(risk: Risk, *, door_youth: bool, language: str, now: datetime) -> list[Spoken]:
    """The whole reply to a finding of high or emergency.

    Args:
        risk: what the screen found.
        door_youth: the person came through a door for young people.
        language: of the person; a line that helps in it is named where there is one.
        now: the present time. All lines that are named here answer day and night.

    Returns:
        Message ids with facts, in the order in which they are said.
    """
    kind = risk.kind or "other"
    said: list[str] = []
    if risk.level == Level.EMERGENCY and kind not in _SAYS_911_ITSELF:
        said.append("crisis_emergency_911")
    if risk.third_person:
        said.append("crisis_third_person")
    said.append(f"crisis_{kind}")
    spoken = [_spoken(message) for message in said]
    spoken += _line_in_language(kind, language)
    if risk.minor or door_youth or kind == "child_abuse":
        spoken.append(_spoken("crisis_youth"))
    elif kind in _NEEDS_988:
        spoken.append(("concern_lines", {"line_988": LINE_988}))
    if kind in _WATCHED:
        spoken.append(("crisis_safe_device", {}))
    spoken.append(("crisis_person_joining", {}))
    return spoken


def still_here(said: int, *, language: str, now: datetime) -> list[Spoken]:
    """What to say to somebody in danger who writes again while waiting for a person.

    Args:
        said: how often, this time included; the words change so that nobody talks to a wall.
    """
    spoken = [_spoken(f"crisis_still_here_{min(said, 3)}")]
    if said == 1:
        spoken.append(("crisis_breathing", {}))
    return spoken


def _spoken(message: str) -> Spoken:
    return message, _FACTS.get(message, {})


def _line_in_language(kind: str, language: str) -> list[Spoken]:
    """For violence: the line of the person's own language, when there is one that may be named."""
    if kind not in ("partner_violence", "sexual_violence") or language != "fr":
        return []
    line = lines()["femaide"]
    if not line.crisis_ok or not line.voice:
        return []
    facts: Facts = {"name": {"line_name": "femaide"}, "phone": {"line": "femaide"}}
    return [("crisis_line_language", facts)]
