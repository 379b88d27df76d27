"""The questions of a door file."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from bot.doors.conditions import Condition
from bot.doors.strict import Strict
from bot.doors.texts import TextId
from directory_client.needs import NEEDS

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Kind = Literal["choice", "yes_no", "number", "date", "place", "text", "listing"]
_BOUND = re.compile(r"today([+-]\d{1,4}[dmy])?")
LONGEST = 1000


class Option(Strict):
    """One of the answers to choose from."""

    id: Id
    label: TextId
    need: str | None = None
    """The need of the vocabulary that it stands for: a rule's `offer_from` offers it."""

    @field_validator("need")
    @classmethod
    def _known_need(cls, value: str | None) -> str | None:
        if value is not None and value not in NEEDS:
            raise ValueError(f"{value!r} is not a need of the vocabulary")
        return value


class Find(Strict):
    """For a question of kind listing: which services are its choices. Names are those of earlier questions."""

    by: Id
    """The choice that decides what is searched for."""
    needs: dict[Id, str] = Field(min_length=1)
    """Its options → needs of the vocabulary."""
    place: Id
    stream: Id | None = None
    """A choice among english, french, indigenous, deaf and any: the culture or language of the place."""
    mode: Id | None = None
    """A choice among in_person, online and any."""
    time: Id | None = None
    """A choice among day, evening, weekend and any."""
    about: dict[str, TextId] = Field(default_factory=dict)
    """Need → a sentence before the services: what kind they are."""
    near_km: float = Field(default=50, gt=0, le=500)
    """Further away is not near: counted as a gap when nothing else is there."""
    nothing: Id
    """The route taken when there is nothing to offer."""

    @field_validator("needs", "about")
    @classmethod
    def _known_needs(cls, value: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        for need in value.values() if info.field_name == "needs" else value:
            if need not in NEEDS:
                raise ValueError(f"{need!r} is not a need of the vocabulary")
        return value


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
    each: Id | None = None
    """An earlier question of kind number: asked once for each of them, with {nth} in the sentence."""
    nth: int | None = Field(default=None, ge=1)
    """Which of them; written by the loader, never in a file."""
    find: Find | None = None
    """Listings: which are offered."""
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
    listing: Id | None = None
    """The question of kind listing whose service gets them: named in place of `receiver`."""
    each: bool = False
    """Asked for each answer by itself, after showing it."""
    review: bool = True
    """The answers that would be shared are shown first, and can be changed."""
