"""What a door file may say of a situation table, and of people whom another service has sent over."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, field_validator, model_validator

from bot.doors.questions import Id
from bot.doors.strict import Strict
from bot.sharing.rule import rule_in_force
from directory_client.lines import lines

Label = dict[
    Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")],
    Annotated[str, StringConstraints(min_length=1, max_length=400)],
]
"""What staff read, by language."""
Labels = dict[Id, Label]


def both(value: Label) -> Label:
    """Staff read English or French, so both are there.

    Raises:
        ValueError: when one is missing.
    """
    if not {"en", "fr"} <= value.keys():
        raise ValueError("a label needs en and fr")
    return value


def all_both(value: Labels) -> Labels:
    for label in value.values():
        both(label)
    return value


class Table(Strict):
    """A situation table: agencies that look together at a situation of acutely elevated risk.

    Lists only: nothing here gives points, because no score of a person decides anything.
    """

    threshold: Label
    """What the agencies decide on, in the words of the table's own rules."""
    version: str = Field(min_length=1, max_length=20)
    """Of the wording; it is stored with each decision."""
    factors: Labels = Field(min_length=2)
    """The fixed list of risk factors."""
    agencies: Labels = Field(min_length=2)
    """Members of staff belong to one by their skill `agency_<id>`."""
    kinds: dict[Id, Id] = Field(default_factory=dict)
    """What an agency is, as the rule for sharing has it ("police", "health"): who excludes a kind excludes it here."""
    areas: Labels = Field(min_length=1)
    """Parts of the region, for counts: so large that a situation in one names nobody."""
    outcomes: Labels = Field(min_length=1)
    """How an intervention can end."""
    quorum: int = Field(default=2, ge=2, le=20)
    """So many agencies must have said the same before the table's decision can be recorded."""
    meeting: Id
    """The setting (kind text) that says when the table meets: "TU 09:30-11:00; TH 09:30-11:00", or nothing."""
    names_days: int = Field(ge=1, le=180)
    """Days after which names and words leave. Risk factors, area, agencies and outcome stay."""

    _threshold = field_validator("threshold")(both)
    _labels = field_validator("factors", "agencies", "areas", "outcomes")(all_both)

    @model_validator(mode="after")
    def _enough(self) -> Table:
        if self.quorum > len(self.agencies):
            raise ValueError("quorum is greater than the number of agencies")
        for agency, kind in self.kinds.items():
            if agency not in self.agencies:
                raise ValueError(f"kinds: there is no agency {agency!r}")
            if kind not in rule_in_force().kinds:
                raise ValueError(f"kinds: {kind!r} is no kind of the rule for sharing")
        return self


class Diversion(Strict):
    """People who are sent over by another service: accepted, with where their need belongs, or returned warm."""

    back: str
    """The line record of the service that sends them."""
    reasons: Labels = Field(min_length=1)
    """Why somebody is returned."""
    destinations: Labels = Field(min_length=1)
    """What kind of need it was."""

    _labels = field_validator("reasons", "destinations")(all_both)

    @field_validator("back")
    @classmethod
    def _line_is_known(cls, value: str) -> str:
        if value not in lines():
            raise ValueError(f"there is no line record named {value!r} in the directory's lines")
        return value
