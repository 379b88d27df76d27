"""The questions of a door file."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from bot.doors.conditions import Condition
from bot.doors.strict import Strict
from bot.doors.texts import TextId

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Kind = Literal["choice", "yes_no", "number", "date", "place", "text"]
_BOUND = re.compile(r"today([+-]\d{1,4}[dmy])?")
LONGEST = 1000


class Option(Strict):
    """One of the answers to choose from."""

    id: Id
    label: TextId


class Question(Strict):
    """A question of the intake."""

    id: Id
    kind: Kind
    ask: TextId
    again: TextId | None = None
    """Said when the answer was not understood; without it a sentence for the kind."""
    why: TextId
    """The answer to "why do you ask?"."""
    then: TextId | None = None
    """Said once it has been answered, before whatever comes next; not when it was skipped."""
    short: TextId | None = None
    """The question in a word or two, for the summary before something is sent, and for the console."""
    required: bool = True
    """False: may be skipped."""
    choices: tuple[Option, ...] = ()
    several: bool = False
    """More than one choice may be given."""
    least: float | str | None = None
    """Number: the least. Text: the fewest characters. Date: the earliest (YYYY-MM-DD, today, today-18y)."""
    most: float | str | None = None
    """Number: the greatest. Text: the most characters. Date: the latest."""
    whole: bool = True
    """Numbers: without a fraction."""
    precision: Literal["day", "month", "year"] = "day"
    """Dates: what is enough. A month or year alone is kept as its first day."""
    when: Condition | None = None
    """Asked only if this holds."""
    once: Id | None = None
    """A name under which the answer follows the person through doors and channels; not asked again there."""
    confirm: bool = False
    """Text and places that go to others are read back with yes and no before they are taken."""

    @field_validator("least", "most")
    @classmethod
    def _bound(cls, value: float | str | None) -> float | str | None:
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, str) and not _BOUND.fullmatch(value):
            date.fromisoformat(value)
        return value

    def option(self, option_id: object) -> Option | None:
        return next((one for one in self.choices if one.id == option_id), None)


class Consent(Strict):
    """What the person is asked before anything about them goes to somebody else."""

    id: Id
    version: str = Field(min_length=1, max_length=20)
    """Of the wording: a new wording has a new version, and old consents keep theirs."""
    ask: TextId
    why: TextId
    shares: tuple[Id, ...] = Field(min_length=1)
    """Questions whose answers may be shared; nothing else is."""
    receiver: TextId
    """Who gets them."""
    each: bool = False
    """Asked for each answer by itself, after showing it."""
    review: bool = True
    """The answers that would be shared are shown first, and can be changed."""
