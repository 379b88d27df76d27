"""The bot's part of a conversation in one line: facts of the book put into fixed sentences, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.console.api.labels import Labels
from bot.safety import Level


@dataclass(frozen=True, slots=True)
class Facts:
    """What the line is made of."""

    door: str
    channel: str
    language: str
    needs: Sequence[str] = ()
    place_known: bool = False
    listings_shown: int = 0
    risk_level: int = 0
    risk_kind: str | None = None
    third_person: bool = False


def summary(facts: Facts, labels: Labels) -> str:
    """One line in the reader's language: door, channel, language; needs; place; services shown; danger first."""
    parts = []
    if facts.risk_level >= Level.CONCERN:
        who = "summary_danger_other" if facts.third_person else "summary_danger"
        kind = labels.kind(facts.risk_kind)
        parts.append(labels.say(who, level=labels.level(facts.risk_level), kind=f" ({kind})" if kind else ""))
    parts.append(
        labels.say(
            "summary_where",
            door=labels.door(facts.door),
            channel=labels.channel(facts.channel),
            language=labels.language_name(facts.language),
        )
    )
    if facts.needs:
        parts.append(labels.say("summary_needs", needs=", ".join(labels.need(code) for code in facts.needs)))
    else:
        parts.append(labels.say("summary_no_need"))
    parts.append(labels.say("summary_place" if facts.place_known else "summary_no_place"))
    shown = facts.listings_shown
    parts.append(labels.say("summary_shown_none" if not shown else "summary_shown", count=shown))
    return " · ".join(parts)
