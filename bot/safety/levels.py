"""What the screen says about one text: how urgent, what about, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How urgent somebody's safety is; the higher of two findings always holds."""

    NONE = 0
    CONCERN = 1
    HIGH = 2
    EMERGENCY = 3

    @property
    def label(self) -> str:
        """The public name of the level: "none", "concern", "high" or "emergency"."""
        return self.name.lower()

    @classmethod
    def named(cls, label: str) -> Level:
        """The level with this public name; ValueError for any other word."""
        try:
            return cls[label.upper()]
        except KeyError:
            raise ValueError(f"unknown risk level {label!r}") from None


# In the order in which a kind names a text that has several at the same level: what decides the first
# words of the reply (breathing, poison, a weapon) comes before what decides the line that is offered.
KINDS = (
    "overdose",
    "medical",
    "attack",
    "suicide",
    "child_abuse",
    "trafficking",
    "sexual_violence",
    "partner_violence",
    "elder_abuse",
    "self_harm",
    "harm_to_others",
    "other",
)


@dataclass(frozen=True, slots=True)
class Risk:
    """The finding on one text. `reasons` are machine-readable codes and never words of the person."""

    level: Level
    kind: str | None
    reasons: tuple[str, ...]
    third_person: bool = False
    minor: bool = False


NO_RISK = Risk(Level.NONE, None, ())
