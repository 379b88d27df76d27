"""Conditions of a door file: small structured rules over answers, settings and the situation. Nothing is evaluated.

A question that was not answered fulfils no comparison: a rule that must hold then says `answered: false`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from dateutil.relativedelta import relativedelta
from pydantic import ConfigDict, Field

from bot.clock import TORONTO
from bot.doors.areas import Area, inside
from bot.doors.strict import Strict

Value = bool | int | float | str
Fact = Literal["language", "channel", "mark", "sign", "hours", "season", "status", "risk", "register", "slip"]


class Condition(Strict):
    """One comparison, or a list of conditions under `all`, `any` or `none`."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    question: str | None = None
    """Id of an earlier question."""
    setting: str | None = None
    """Name of one of the door's settings."""
    fact: Fact | None = None
    """language, channel, mark and sign of the entry, hours (open, closed), season (in, out), status, risk (0 to 3),
    register (open, full), slip (read, unknown)."""
    is_: Value | tuple[Value, ...] | None = Field(default=None, alias="is")
    not_: Value | tuple[Value, ...] | None = Field(default=None, alias="not")
    at_least: float | None = None
    at_most: float | None = None
    years_at_least: int | None = None
    years_at_most: int | None = None
    inside: str | None = None
    outside: str | None = None
    answered: bool | None = None
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    none: tuple[Condition, ...] = ()

    @property
    def comparisons(self) -> int:
        """How many comparisons stand in it, without those of its lists."""
        plain = (self.is_, self.not_, self.at_least, self.at_most, self.years_at_least, self.years_at_most)
        return sum(one is not None for one in (*plain, self.inside, self.outside, self.answered))


@dataclass(frozen=True, slots=True)
class World:
    """What conditions may look at."""

    now: datetime
    answers: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    areas: Mapping[str, Area] = field(default_factory=dict)


def holds(condition: Condition | None, world: World) -> bool:
    """Whether a condition is fulfilled; none is."""
    if condition is None:
        return True
    if not all(holds(one, world) for one in condition.all):
        return False
    if condition.any and not any(holds(one, world) for one in condition.any):
        return False
    if any(holds(one, world) for one in condition.none):
        return False
    return not condition.comparisons or _compared(condition, _value(condition, world), world)


def _value(condition: Condition, world: World) -> Any:
    if condition.question is not None:
        return world.answers.get(condition.question)
    if condition.setting is not None:
        return world.settings.get(condition.setting)
    return world.facts.get(str(condition.fact))


def _compared(condition: Condition, value: Any, world: World) -> bool:
    if condition.answered is not None and (value is not None) != condition.answered:
        return False
    if value is None:
        return condition.comparisons == (condition.answered is not None)
    checks = (
        condition.is_ is None or _among(value, condition.is_),
        condition.not_ is None or not _among(value, condition.not_),
        condition.at_least is None or (_number(value) is not None and _number(value) >= condition.at_least),  # type: ignore[operator]
        condition.at_most is None or (_number(value) is not None and _number(value) <= condition.at_most),  # type: ignore[operator]
        condition.years_at_least is None or _years(value, world.now, -1) >= condition.years_at_least,
        condition.years_at_most is None or _years(value, world.now, 10_000) <= condition.years_at_most,
        condition.inside is None or inside(value, condition.inside, world.areas),
        condition.outside is None or not inside(value, condition.outside, world.areas),
    )
    return all(checks)


def _among(value: Any, wanted: Any) -> bool:
    allowed = wanted if isinstance(wanted, tuple) else (wanted,)
    given = value if isinstance(value, list | tuple) else (value,)
    return any(_same(one, other) for one in given for other in allowed)


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _number(value: Any) -> float | None:
    if isinstance(value, list | tuple):
        return float(len(value))
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _years(value: Any, now: datetime, unknown: int) -> int:
    """Whole years since a date."""
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        return unknown
    return relativedelta(now.astimezone(TORONTO).date(), day).years
